"""Prints the figures of the targets side by side with what a user would otherwise pick: ``make bench``."""

import argparse
import platform
from collections.abc import Iterator
from functools import partial

from scripts.bench_load import Load, bench_load, load_options
from scripts.bench_network import bench_network
from scripts.bench_pages import bench_pages
from scripts.bench_partners import bench_partners
from scripts.bench_peers import bench_peers
from scripts.bench_stores import bench_neo4j, bench_sqlite
from scripts.figures import Bench, Figure, table

BENCHES: dict[str, Bench] = {
    "network": bench_network,
    "peers": bench_peers,
    "partners": bench_partners,
    "sqlite": bench_sqlite,
    "neo4j": bench_neo4j,
    "pages": bench_pages,
    "load": bench_load,
}


def main() -> None:
    """Run all benchmarks, or those that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("only", nargs="*", choices=[*BENCHES, []], help="which (all if none is named)")
    load_options(parser)
    given = parser.parse_args()
    chosen = given.only or list(BENCHES)
    load = Load(given.minutes * 60, given.store, given.times, tuple(given.users))
    benches = BENCHES | {"load": partial(bench_load, load)}
    print(f"Python {platform.python_version()} on {platform.machine()}")
    print("Medians of several runs; of peers the fastest; of imports the only one\n")

    def figures() -> Iterator[Figure]:
        for name in chosen:
            yield from benches[name]()

    for line in table(figures()):
        print(line, flush=True)


if __name__ == "__main__":
    main()

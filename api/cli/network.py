"""``kompass network``: the group of its commands, and those about one node or two."""

from collections.abc import Sequence

import click

from api.cli.base import Entry, LazyGroup, app, argument, command, option
from api.cli.network_options import chosen_types, labels_option, limit_option, types_option
from api.cli.output import Cell, Column, format_option, print_csv, print_json, print_table
from api.cli.paragraphs import say
from api.language import N_
from api.questions.network import find_anything, find_ego, find_paths
from api.words.network import Speaker
from graph_service.keys import Label
from graph_service.network.between import find_between
from graph_service.network.ego import EgoNetwork


@click.group(
    cls=LazyGroup,
    entries={
        "ego": Entry("api.cli.network:ego", N_("Show what is around an actor, an alliance or a municipality.")),
        "paths": Entry("api.cli.network:paths", N_("Show the best ways from one to another, in words.")),
        "communities": Entry(
            "api.cli.network_overview:communities", N_("Show who works together more than with others.")
        ),
        "brokers": Entry("api.cli.network_overview:brokers", N_("Show who connects those that are otherwise apart.")),
        "isolated": Entry("api.cli.network_overview:isolated", N_("Show actors without ties, and islands.")),
        "fields": Entry(
            "api.cli.network_overview:fields", N_("Show how dense each field of action is, and which overlap.")
        ),
        "between": Entry("api.cli.network:between", N_("Show what links two municipalities.")),
        "duplicates": Entry("api.cli.duplicates:duplicates", N_("Show actors that are probably recorded twice.")),
        "merge": Entry("api.cli.duplicates:merge", N_("Enter that two records are the same actor.")),
        "distinguish": Entry("api.cli.duplicates:distinguish", N_("Enter that two records are different actors.")),
        "undo": Entry("api.cli.duplicates:undo", N_("Take back what was entered about two records.")),
    },
    help=N_("Ask the network: who is near, between, together, alone, or recorded twice."),
)
def network() -> None:
    """Hold the commands about the network."""


@command(help=N_("Show what is around NODE (a key or a name), the nearest first."))
@argument("name", metavar="NODE")
@option("--depth", type=click.IntRange(1, 6), default=1, show_default=True, help=N_("How many steps away at most."))
@limit_option(50, N_("How many nodes to show at most; the nearest are kept."))
@types_option
@labels_option
@format_option
def ego(name: str, depth: int, limit: int, types: Sequence[str], labels: Sequence[str], form: str) -> None:
    """Show an ego network."""
    here = app()
    snapshot = here.services.snapshot()
    projection = snapshot.projection
    found = find_ego(
        snapshot,
        find_anything(projection, name),
        depth=depth,
        limit=limit,
        types=chosen_types(types),
        labels=[Label(each) for each in labels],
    )
    if form == "json":
        print_json(found)
    elif form == "csv":
        print_csv(["key", "name", "label", "hops", "cost", "via"], (
            [n.key, n.name, n.label.value, n.hops, n.cost, n.via] for n in found.nodes
        ))  # fmt: skip
    else:
        _print_ego(found, Speaker(projection, here.words))


def _print_ego(found: EgoNetwork, speaker: Speaker) -> None:
    words = speaker.words
    others = found.nodes[1:]
    if not others:
        say(words("{name} has no ties of this kind yet.", name=found.name))
        return
    say(
        words.plural(
            "One node is around {name} within {steps}:",
            "{n} nodes are around {name} within {steps}, the nearest first:",
            len(others),
            name=found.name,
            steps=words.plural("one step", "{n} steps", found.depth),
        )
    )
    columns = [Column("name", words("Name")), Column("label", words("Kind")), Column("hops", words("Steps"))]
    columns.append(Column("how", words("Through")))
    rows: list[list[Cell]] = [
        [n.name, speaker.term("node_label", n.label.value), n.hops, speaker.joined(found, n)] for n in others
    ]
    print_table(columns, rows, words)
    if found.left_out:
        rest = (
            f"{words.number(count)} × {speaker.term('node_label', label.value)}"
            for label, count in found.left_out.items()
        )
        say(words("Left out, because they are farther: {rest}. --limit shows more.", rest=", ".join(rest)))


@command(help=N_("Show the best ways from SOURCE to TARGET (keys or names); strong and exclusive ties are preferred."))
@argument("source")
@argument("target")
@limit_option(3, N_("How many ways to show."))
@types_option
@labels_option
@format_option
def paths(source: str, target: str, limit: int, types: Sequence[str], labels: Sequence[str], form: str) -> None:
    """Show paths."""
    here = app()
    snapshot, words = here.services.snapshot(), here.words
    projection = snapshot.projection
    ends = find_anything(projection, source), find_anything(projection, target)
    found = find_paths(snapshot, *ends, limit=limit, types=chosen_types(types), labels=[Label(each) for each in labels])
    if form == "json":
        print_json(found)
        return
    if form == "csv":
        rows = (
            [rank, path.cost, i, tie.type.value, tie.source, tie.target]
            for rank, path in enumerate(found.paths, 1)
            for i, step in enumerate(path.steps, 1)
            for tie in step[:1]
        )
        print_csv(["path", "cost", "step", "type", "source", "target"], rows)
        return
    speaker = Speaker(projection, words)
    if not found.paths:
        one, other = (speaker.name(key) for key in ends)
        say(words("{one} and {other} are not connected through these relations.", one=one, other=other))
    for rank, path in enumerate(found.paths, 1):
        say(words("Way {rank}: {names}", rank=rank, names=" – ".join(name for _, name in path.nodes)), hang=2)
        for step in path.steps:
            say(speaker.step(step), indent=4, hang=2)
    if not found.complete:
        say(words("The search was given up: there may be more or better ways. Fewer relations (--type) help."))


@command(help=N_("Show what links two municipalities with all that lies within them: codes, keys or names."))
@argument("one")
@argument("other")
@limit_option(20, N_("How many links of each kind to show."))
@format_option
def between(one: str, other: str, limit: int, form: str) -> None:
    """Show links."""
    here = app()
    services = here.services
    found = find_between(services.projection(), services.municipality(one), services.municipality(other), limit=limit)
    if form == "json":
        print_json(found)
        return
    if form == "csv":
        print_csv(["kind", "one", "via", "other"], (
            [link.kind.value, *(";".join(key for key, _ in part) for part in (link.one, link.via, link.other))]
            for link in found.links
        ))  # fmt: skip
        return
    speaker = Speaker(services.projection(), here.words)
    names = {"one": speaker.name(found.one), "other": speaker.name(found.other)}
    if not found.links:
        say(here.words("Nothing links {one} and {other} yet, as far as this store knows.", **names))
        return
    for kind, count in found.counts.items():
        click.echo(speaker.link_kind(kind) + f": {here.words.number(count)}")
        for link in found.links:
            if link.kind is kind:
                say("- " + speaker.link(link), indent=2, hang=2)

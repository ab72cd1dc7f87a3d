"""What must hold between the rows of a package."""

from collections.abc import Iterable

from graph_service.errors import Place
from graph_service.keys import NodeKey
from graph_service.model import Edge, EdgeType, Record
from importers.package.problems import Problems


def check_parents(records: Iterable[Record], problems: Problems) -> None:
    """A municipality is never part of itself, however long the way round."""
    parents: dict[NodeKey, list[NodeKey]] = {}
    for record in records:
        if isinstance(record, Edge) and record.type is EdgeType.PART_OF:
            parents.setdefault(record.source, []).append(record.target)
    done: set[NodeKey] = set()
    for start in parents:
        for cycle in _cycles(start, parents, done):
            found = " → ".join(key.local for key in (*cycle, cycle[0]))
            problems.add("parents without a circle", found, Place(table="municipalities.csv", column="parent"))


def _cycles(start: NodeKey, parents: dict[NodeKey, list[NodeKey]], done: set[NodeKey]) -> Iterable[list[NodeKey]]:
    """The circles reached from a municipality that no earlier walk has met; without recursion, chains may be long."""
    if start in done:
        return
    path: list[NodeKey] = [start]
    on_path = {start}
    waiting = [iter(parents.get(start, ()))]
    while waiting:
        following = next(waiting[-1], None)
        if following is None:
            waiting.pop()
            done.add(path[-1])
            on_path.discard(path.pop())
        elif following in on_path:
            yield path[path.index(following) :]
        elif following not in done:
            path.append(following)
            on_path.add(following)
            waiting.append(iter(parents.get(following, ())))

"""Enters rows into a store by hand, takes them back, and undoes: inside one unit of work, or not at all.

Only what other datasets do not say already is entered, so that their later news shows through. It never knows who
may do this; `rights` does.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import orjson

from api.editing.rows import Row, key_of, linked, require_columns, row_of
from api.http.errors import Conflict, PreconditionFailed
from graph_service.codec import edge_properties, node_from, node_properties, shown_node, to_plain
from graph_service.errors import NotFound
from graph_service.exchange import NODE_TABLES, Table
from graph_service.keys import Label, NodeKey
from graph_service.model import CURATED, Edge, EdgeType, Node
from graph_service.store.contract import Reader, Writer
from graph_service.store.journal import Entry
from graph_service.vocabulary import load_vocabulary
from importers.package.building import build_edge, build_links, build_node, build_requester


@dataclass(frozen=True, slots=True)
class Sight:
    """What of the graph who edits sees; all else is left alone, and as if it were not there."""

    node: Callable[[NodeKey], bool]
    edge: Callable[[Edge], bool]


EVERYTHING = Sight(lambda _: True, lambda _: True)


@dataclass(frozen=True, slots=True)
class Entered:
    """A record as it stands after an edit."""

    key: NodeKey
    version: str
    row: Row
    revision: int = 0
    """The revision that the edit made, by which it can be undone; 0 where nothing was edited."""


def version_of(node: Node, edges: Iterable[Edge]) -> str:
    """A digest of a record with its edges: two that are equal say the same."""
    told = sorted([e.type.value, e.source, e.target, sorted(edge_properties(e).items())] for e in edges)
    parts = [node.key, sorted(node_properties(node).items()), told]
    return hashlib.sha256(orjson.dumps(parts, default=str)).hexdigest()[:24]


def read(reader: Reader, key: NodeKey, sight: Sight = EVERYTHING) -> Entered:
    """A record as it stands; raises NotFound."""
    node = reader.node(key)
    edges = [_without_hidden_actor(edge, sight) for edge in reader.edges_of(key) if sight.edge(edge)]
    return Entered(key, version_of(node, edges), row_of(node, edges))


def _without_hidden_actor(edge: Edge, sight: Sight) -> Edge:
    """What an edge says, without the name of an actor that who edits does not see."""
    actor = edge.properties.get("actor")
    if actor is None or sight.node(NodeKey.of(Label.ACTOR, str(actor))):
        return edge
    return replace(edge, properties={name: value for name, value in edge.properties.items() if name != "actor"})


def expect(reader: Reader, key: NodeKey, version: str, sight: Sight = EVERYTHING) -> None:
    """Check that a record is still the one that was read; raises PreconditionFailed, NotFound."""
    found = read(reader, key, sight).version
    if found != version:
        raise PreconditionFailed("the version that was read", version)


def create(writer: Writer, table: Table, row: Row, sight: Sight = EVERYTHING) -> Entered:
    """Enter a new record; entering the same once more changes nothing. Raises Conflict, NotFound, InvalidValue."""
    require_columns(table, row)
    key = key_of(table, row)
    try:
        found = read(writer, key, sight)
    except NotFound:
        return change(writer, table, row, sight)
    if {**found.row, **row} != found.row:
        raise Conflict("a key that is not taken yet", key)
    return found


def change(writer: Writer, table: Table, row: Row, sight: Sight = EVERYTHING) -> Entered:
    """Make a record say exactly this row; raises Conflict where only another dataset can take something back."""
    require_columns(table, row)
    key = key_of(table, row)
    _enter_node(writer, build_node(table, key.label, row))
    _enter_links(writer, table, key, row, sight)
    return read(writer, key, sight)


def _enter_node(writer: Writer, node: Node) -> None:
    others = shown_node(node.key, (c.properties for c in writer.claims(node.key) if c.dataset != CURATED.id))
    wanted = node_properties(node)
    lost = sorted(name for name in others if name not in wanted)
    if lost:
        raise Conflict("a value; another dataset has one", ", ".join(lost))
    own = {name: value for name, value in wanted.items() if others.get(name) != value}
    if own:
        writer.put(node_from(node.key, own))
    elif writer.curated(node.key) is not None:
        writer.remove(node.key)


def _enter_links(writer: Writer, table: Table, key: NodeKey, row: Row, sight: Sight) -> None:
    """Make the edges that the row's columns stand for the ones that there are."""
    wanted = {_identity(edge): edge for edge in _links(writer, table, key, row, sight)}
    present = {_identity(e): e for e in writer.edges_of(key) if sight.edge(e) and _has_column(table, key, e)}
    for identity, edge in present.items():
        if identity not in wanted:
            _take_back(writer, edge)
    for identity, edge in wanted.items():
        if identity not in present:
            _know(writer, edge.target if edge.source == key else edge.source, sight)
            writer.put(edge)


def _links(writer: Writer, table: Table, key: NodeKey, row: Row, sight: Sight) -> Iterator[Edge]:
    yield from build_links(table, key, row)
    if "requester" in row:
        requester = str(row["requester"])
        named = {
            label: {requester}
            for label in (Label.ACTOR, Label.ALLIANCE)
            if ":" not in requester and sight.node(found := NodeKey.of(label, requester)) and _is_there(writer, found)
        }
        yield build_requester(key, requester, named)


def _has_column(table: Table, key: NodeKey, edge: Edge) -> bool:
    requested = edge.type is EdgeType.REQUESTED_BY and edge.source == key
    return requested or any(linked(link, key, edge) is not None for link in table.links)


def _identity(edge: Edge) -> tuple[str, str, str, str]:
    return edge.type.value, edge.source, edge.target, edge.qualifier


def _is_there(reader: Reader, key: NodeKey) -> bool:
    try:
        reader.node(key)
    except NotFound:
        return False
    return True


def _know(writer: Writer, key: NodeKey, sight: Sight) -> None:
    """Make sure that a node is there: a term of the vocabulary is entered, anything else must be; raises NotFound."""
    if key.label is Label.CONCEPT and not _is_there(writer, key):
        for concept in load_vocabulary().concepts():
            if concept.key == key:
                writer.put(concept)
    if key.label is not Label.CONCEPT and not sight.node(key):
        raise NotFound("a known node", key)
    writer.node(key)


def _take_back(writer: Writer, edge: Edge) -> None:
    """Take back an edge; raises Conflict where another dataset has it, too."""
    if writer.curated(edge) is not None:
        writer.remove(edge)
    if any(_identity(each) == _identity(edge) for each in writer.edges_of(edge.source)):
        raise Conflict("an entry by hand; another dataset says so, too", f"{edge.type} {edge.source} {edge.target}")


def take_back(writer: Writer, key: NodeKey, sight: Sight = EVERYTHING) -> None:
    """Take back what was entered by hand of a record, with its edges; raises NotFound, Conflict."""
    node = writer.curated(key)
    if node is None:
        writer.node(key)
        raise Conflict("a record entered by hand", key)
    for edge in writer.edges_of(key):
        if writer.curated(edge) is None:
            continue
        if not sight.edge(edge):
            raise Conflict("a record that nothing else hangs on", key)
        writer.remove(edge)
    writer.remove(key)


def enter_edge(writer: Writer, table: Table, row: Row, sight: Sight = EVERYTHING) -> Edge:
    """Enter a row of a table of edges; raises NotFound for an unknown end."""
    require_columns(table, row)
    edge = build_edge(table, row)
    for end in (edge.source, edge.target):
        _know(writer, end, sight)
    writer.put(edge)
    return edge


def take_back_edge(writer: Writer, table: Table, row: Row, sight: Sight = EVERYTHING) -> Edge:
    """Take back a row of a table of edges; raises NotFound, Conflict."""
    edge = build_edge(table, row)
    present = [each for each in writer.edges_of(edge.source) if sight.edge(each) and _identity(each) == _identity(edge)]
    if not present:
        raise NotFound("a known relation", f"{edge.type} {edge.source} {edge.target}")
    _take_back(writer, present[0])
    return present[0]


def undo(writer: Writer, revision: int) -> list[Entry]:
    """Make everything as it was before a revision of single edits; raises NotFound, Conflict.

    Only where nothing of it was changed again: later edits are never lost.
    """
    entries = [entry for entry in writer.journal(since=revision - 1) if entry.revision == revision]
    if not entries:
        raise NotFound("a known change", revision)
    for entry in reversed(entries):
        subject = entry.after or entry.before
        if subject is None:
            raise Conflict("a change made by hand", entry.dataset)
        if writer.curated(subject if isinstance(subject, Edge) else subject.key) != entry.after:
            raise Conflict("a change that nothing later builds on", _name(subject))
        if entry.before is not None:
            writer.put(entry.before)
        else:
            writer.remove(subject if isinstance(subject, Edge) else subject.key)
    return entries


def _name(subject: Node | Edge) -> str:
    return subject.key if isinstance(subject, Node) else f"{subject.type} {subject.source} {subject.target}"


def plain_row(row: Row) -> dict[str, object]:
    """A row as JSON types."""
    return {name: to_plain(value) for name, value in row.items()}


def table_of(key: NodeKey) -> Table:
    """The table whose rows are nodes of this kind."""
    return NODE_TABLES[key.label]

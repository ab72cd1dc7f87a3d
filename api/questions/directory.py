"""Lists of records, filtered and told in pages by key, without looking at every record each time."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import orjson

from api.questions.relations import Index, property_text, relations
from api.questions.terms import concept_places
from api.snapshot import Snapshot
from graph_service.arrays import IntArray
from graph_service.keys import Label, NodeKey
from graph_service.model import EdgeType
from graph_service.network.places import inside
from graph_service.projection import Projection
from matching.about import day
from matching.naming.municipalities import plain

Mask = npt.NDArray[np.bool_]

KIND: Mapping[Label, str] = MappingProxyType({Label.EXCHANGE: "format", Label.PRACTICE: "evidence"})
"""The property that tells kinds of records apart, where it is not called kind."""
STATUS: Mapping[Label, str] = MappingProxyType({Label.EXCHANGE: "state"})
PLACES: Mapping[Label, tuple[EdgeType, ...]] = MappingProxyType(
    {
        Label.ACTOR: (EdgeType.LOCATED_IN, EdgeType.SERVES),
        Label.ALLIANCE: (EdgeType.ACTS_IN,),
        Label.PRACTICE: (EdgeType.APPLIED_IN,),
        Label.OFFER: (EdgeType.LOCATED_IN, EdgeType.SERVES),
        Label.REQUEST: (EdgeType.LOCATED_IN,),
        Label.EXCHANGE: (EdgeType.INVOLVES,),
    }
)
"""What ties records of a kind to municipalities."""
CARRIERS: Mapping[Label, tuple[EdgeType, bool]] = MappingProxyType(
    {Label.OFFER: (EdgeType.OFFERS, False), Label.REQUEST: (EdgeType.REQUESTED_BY, True)}
)
"""Where a record names no place, it is where these are; True: the record is the edge's source."""
TOPICS = (
    ("fields", "field", EdgeType.IN_FIELD),
    ("target_groups", "target_group", EdgeType.FOR_GROUP),
    ("challenges", "challenge", EdgeType.ADDRESSES),
)


@dataclass(frozen=True, slots=True)
class Named:
    """A record by key and name."""

    key: NodeKey
    name: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A record as lists show it; "" and nothing where its kind has no such thing or it is not known."""

    key: NodeKey
    name: str
    kind: str
    status: str
    municipalities: tuple[Named, ...]
    fields: tuple[str, ...]
    target_groups: tuple[str, ...]
    challenges: tuple[str, ...]
    assured_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsAsked:
    """Which records: every condition that is given must hold."""

    label: Label
    municipality: NodeKey | None = None
    """In it, or in what lies within it."""
    kind: str = ""
    status: str = ""
    field: str = ""
    target_group: str = ""
    challenge: str = ""
    q: str = ""
    """Part of the name."""
    limit: int = 50
    cursor: str = ""
    page: int = 0
    """From 1: a page of the list by name, instead of what is behind the cursor in the list by key."""


@dataclass(frozen=True, slots=True)
class Records:
    """A page of a list. ``next`` is where the following page begins, none on the last one."""

    items: tuple[Entry, ...]
    total: int
    next: str | None
    revision: int = field(kw_only=True)


class Directory:
    """The records of one label with what lists are filtered by; positions are among the label's nodes."""

    def __init__(self, projection: Projection, label: Label) -> None:
        """Read names, kinds and states once."""
        span, arrays = projection.spans[label], projection.arrays
        self.projection, self.label, self.span = projection, label, span
        self.keys = [arrays.keys[i].partition(":")[2] for i in span]
        forms = [plain(arrays.names[i]) for i in span]
        self._names = "\n".join(["", *forms, ""])
        self._starts = np.cumsum([0, *(len(form) + 1 for form in forms)])
        kind, status = KIND.get(label, "kind"), STATUS.get(label, "status")
        said = [_said(arrays.properties[i], kind, status) for i in span]
        self._kinds, self._kind = _coded([kind for kind, _ in said])
        self._states, self._status = _coded([status for _, status in said])
        self._where = _where(projection, label)

    def __len__(self) -> int:
        return len(self.span)

    def named(self, text: str) -> Mask:
        """Whose name holds this text, without regard to case, umlauts and punctuation; or whose key begins with it."""
        found = np.zeros(len(self), np.bool_)
        wanted = plain(text)
        at = self._names.find(wanted) if wanted else -1
        while at >= 0:
            i = int(np.searchsorted(self._starts, at, side="right")) - 1
            if i >= len(self):
                break
            found[i] = True
            at = self._names.find(wanted, int(self._starts[i + 1]))
        first = bisect_left(self.keys, text)
        for i in range(first, len(self)):
            if not self.keys[i].startswith(text):
                break
            found[i] = True
        return found

    def of_kind(self, kind: str) -> Mask:
        """Of which kind."""
        return np.asarray(self._kind == self._kinds.get(kind, -1))

    def in_state(self, status: str) -> Mask:
        """In which state."""
        return np.asarray(self._status == self._states.get(status, -1))

    def within(self, municipality: NodeKey) -> Mask:
        """Which are in a municipality or in what lies within it; raises NotFound."""
        record, town = self._where
        found = np.zeros(len(self), np.bool_)
        found[record[np.isin(town, inside(self.projection, municipality))]] = True
        return found

    def about(self, type: EdgeType, places: IntArray) -> Mask:
        """Which have an edge of this type to one of these nodes."""
        edges = self.projection.edges(type)
        sources = edges.source[np.isin(edges.target, places)] - self.span.start
        found = np.zeros(len(self), np.bool_)
        found[sources[(sources >= 0) & (sources < len(self))]] = True
        return found

    def towns(self, place: int) -> list[int]:
        """The positions of the municipalities of a record."""
        record, town = self._where
        first, last = np.searchsorted(record, [place, place + 1])
        found: list[int] = town[first:last].tolist()
        return found


def _said(properties: str, kind: str, status: str) -> tuple[str, str]:
    said = orjson.loads(properties)
    return property_text(said, kind), property_text(said, status)


def _coded(texts: list[str]) -> tuple[dict[str, int], IntArray]:
    places = {text: i for i, text in enumerate(sorted(set(texts)))}
    return places, np.array([places[text] for text in texts], np.int64)


def _where(projection: Projection, label: Label) -> tuple[IntArray, IntArray]:
    """Pairs of a record and a municipality that it is tied to, in order."""
    record, town = _ends(projection, label, PLACES.get(label, ()))
    if label in CARRIERS:
        lost = np.ones(len(projection.spans[label]), np.bool_)
        lost[record] = False
        type, forward = CARRIERS[label]
        edges = projection.edges(type)
        child, carrier = (edges.source, edges.target) if forward else (edges.target, edges.source)
        parts = [(record, town)]
        for carried in (Label.ACTOR, Label.ALLIANCE):
            parts.append(_carried(projection, label, carried, lost, child, carrier))
        record, town = (np.concatenate([part[i] for part in parts]) for i in range(2))
    pairs = np.unique(np.stack([record, town], axis=1), axis=0) if len(record) else np.zeros((0, 2), np.int64)
    return pairs[:, 0], pairs[:, 1]


def _carried(
    projection: Projection, label: Label, carried: Label, lost: Mask, child: IntArray, carrier: IntArray
) -> tuple[IntArray, IntArray]:
    """Records without a place of their own, where those are that carry them."""
    home, town = _ends(projection, carried, PLACES[carried][:1])
    own, by = projection.spans[label], projection.spans[carried]
    inside_span = (carrier >= by.start) & (carrier < by.stop) & lost[np.clip(child - own.start, 0, len(lost) - 1)]
    record, holder = child[inside_span] - own.start, carrier[inside_span] - by.start
    order = np.argsort(home, kind="stable")
    home, town = home[order], town[order]
    first, last = np.searchsorted(home, holder), np.searchsorted(home, holder, side="right")
    sizes = last - first
    at = np.repeat(first - np.cumsum(sizes) + sizes, sizes) + np.arange(int(sizes.sum()))
    return np.repeat(record, sizes), town[at]


def _ends(projection: Projection, label: Label, types: tuple[EdgeType, ...]) -> tuple[IntArray, IntArray]:
    span, towns = projection.spans[label], projection.spans[Label.MUNICIPALITY]
    sources, targets = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for type in types:
        edges = projection.edges(type)
        mine = (edges.source >= span.start) & (edges.source < span.stop)
        sources.append(edges.source[mine] - span.start)
        targets.append(edges.target[mine] - towns.start)
    return np.concatenate(sources), np.concatenate(targets)


def directory(snapshot: Snapshot, label: Label) -> Directory:
    """The directory of a label, made once for a snapshot."""
    return snapshot.prepared(("directory", label), lambda projection: Directory(projection, label), ahead=True)


def find_records(snapshot: Snapshot, asked: RecordsAsked) -> Records:
    """A page of the records that were asked for; raises NotFound for an unknown municipality or term."""
    known = directory(snapshot, asked.label)
    mask = np.ones(len(known), np.bool_)
    if asked.municipality is not None:
        mask &= known.within(asked.municipality)
    if asked.kind:
        mask &= known.of_kind(asked.kind)
    if asked.status:
        mask &= known.in_state(asked.status)
    for kind, id, type in (
        ("field", asked.field, EdgeType.IN_FIELD),
        ("target_group", asked.target_group, EdgeType.FOR_GROUP),
        ("challenge", asked.challenge, EdgeType.ADDRESSES),
    ):
        if id:
            mask &= known.about(type, concept_places(snapshot.projection, kind, id))
    if asked.q:
        mask &= known.named(asked.q)
    if asked.page:
        order = in_name_order(snapshot, asked.label)
        places, following = [i for i in order if mask[i]][(asked.page - 1) * asked.limit :][: asked.limit], None
    else:
        places, following = page_of(known, mask, asked.cursor, asked.limit)
    index = relations(snapshot)
    items = tuple(_entry(known, index, i) for i in places)
    return Records(items, int(mask.sum()), following, revision=snapshot.revision)


def in_name_order(snapshot: Snapshot, label: Label) -> list[int]:
    """The positions of all records of a kind in the alphabetical order of their names."""
    return snapshot.prepared(("by-name", label), lambda projection: _by_name(projection, label))


def _by_name(projection: Projection, label: Label) -> list[int]:
    span, names = projection.spans[label], projection.arrays.names
    return sorted(range(len(span)), key=lambda i: plain(names[span[i]]))


def page_of(known: Directory, mask: Mask, cursor: str, limit: int) -> tuple[list[int], str | None]:
    """The positions on the page behind a cursor, and the cursor of the next page."""
    start = bisect_right(known.keys, cursor) if cursor else 0
    places = (np.flatnonzero(mask[start:])[: limit + 1] + start).tolist()
    following = known.keys[places[limit - 1]] if len(places) > limit else None
    return places[:limit], following


def _entry(known: Directory, index: Index, i: int) -> Entry:
    projection, place = known.projection, known.span[i]
    said = orjson.loads(projection.arrays.properties[place])
    topics = {name: tuple(_terms(projection, index, place, kind, type)) for name, kind, type in TOPICS}
    return Entry(
        NodeKey.trusted(projection.arrays.keys[place]),
        projection.arrays.names[place],
        property_text(said, KIND.get(known.label, "kind")),
        property_text(said, STATUS.get(known.label, "status")),
        tuple(named_town(projection, town) for town in known.towns(i)),
        topics["fields"],
        topics["target_groups"],
        topics["challenges"],
        day(said.get("assured_on")),
    )


def _terms(projection: Projection, index: Index, place: int, kind: str, type: EdgeType) -> list[str]:
    prefix = f"concept:{kind}."
    keys = (projection.arrays.keys[other] for other in index.others(type, "out", place))
    return [key.removeprefix(prefix) for key in keys if key.startswith(prefix)]


def named_town(projection: Projection, position: int) -> Named:
    """A municipality by its position."""
    return Named(projection.key(Label.MUNICIPALITY, position), projection.name(Label.MUNICIPALITY, position))

"""An exchange between municipalities: what is known of it, how it went on so far, and what both sides bring to it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from api.editing.editor import Editor
from api.files.calendar import Entry as CalendarEntry
from api.language import day_of
from api.questions.inventory import inventory, practices
from api.questions.peers import DEFAULT_LENS, PeerExplained, PeersAsked, explain_pair, shipped_lens
from api.questions.profile import ratings
from api.snapshot import Snapshot
from graph_service.errors import InvalidValue, NotFound
from graph_service.keys import Label, NodeKey
from graph_service.model import Exchange, Visibility
from graph_service.store.contract import Reader
from graph_service.store.journal import Entry
from matching.about import fields_of
from matching.inventory.offers import KnownOffer
from matching.peers.lens import Filters
from matching.peers.nearness import below, position_keys
from matching.practices.records import Event, Known


@dataclass(frozen=True, slots=True)
class Station:
    """A state that an exchange was moved to, and on which day."""

    state: str
    on: date


@dataclass(frozen=True, slots=True)
class ExchangeFound:
    """An exchange with whom and what it is about; ``version`` is what a change must name."""

    key: NodeKey
    record: Exchange
    version: str
    municipalities: tuple[NodeKey, ...]
    practices: tuple[NodeKey, ...]
    topics: tuple[str, ...]
    """As kind.id."""
    stations: tuple[Station, ...]
    """As the journal has them, the first one first; none where a dataset brought the exchange."""
    revision: int
    changed: datetime

    @property
    def name(self) -> str:
        """What it is called."""
        return self.record.name or self.key.local


@dataclass(frozen=True, slots=True)
class Side:
    """What one municipality brings to an exchange."""

    key: NodeKey
    name: str
    practices: tuple[tuple[Known, Event], ...]
    offers: tuple[KnownOffer, ...]


@dataclass(frozen=True, slots=True)
class Preparation:
    """Two municipalities side by side, as far as it concerns what they want to talk about."""

    own: Side
    other: Side
    pair: PeerExplained | None
    """None where too little is known to compare them."""
    challenges: tuple[tuple[str, float | None, float | None], ...]
    """Each with how either side rates it."""


def find_exchange(editor: Editor, key: NodeKey) -> ExchangeFound:
    """An exchange as the viewer may see it; raises NotFound, StoreError."""
    entered = editor.read(key)

    def work(reader: Reader) -> tuple[Exchange, list[Entry], list[tuple[datetime, int]]]:
        node = reader.node(key)
        if not isinstance(node, Exchange):
            raise NotFound("an exchange", key)
        shown = (None, Visibility.PUBLIC, node.visibility)
        since = [(each.since, 0) for each in reader.claims(key) if each.properties.get("visibility") in shown]
        return node, [each for each in reader.journal(key=key) if _told(each, node)], since

    node, entries, claims = editor.services.store.read(work)
    stations = tuple(_stations(entries))
    last = max(((each.at, each.revision) for each in entries), default=None)
    changed, revision = last or max(claims, default=(datetime.now(UTC), 0))
    return ExchangeFound(
        key,
        node,
        entered.version,
        tuple(NodeKey.of(Label.MUNICIPALITY, each) for each in _texts(entered.row.get("municipalities"))),
        tuple(NodeKey.of(Label.PRACTICE, each) for each in _texts(entered.row.get("practices"))),
        _texts(entered.row.get("topics")),
        stations,
        revision,
        changed,
    )


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, tuple | list) else ()


def _told(entry: Entry, node: Exchange) -> bool:
    """Whether an entry is about the exchange itself, and was not hidden from those who may see it now."""
    after = entry.after
    return isinstance(after, Exchange) and after.visibility in (None, Visibility.PUBLIC, node.visibility)


def _stations(entries: Iterable[Entry]) -> Iterable[Station]:
    """Each change of the state."""
    before = ""
    for entry in entries:
        state = entry.after.state or "" if isinstance(entry.after, Exchange) else ""
        if state and state != before:
            yield Station(state, day_of(entry.at))
        before = state


def calendar_entry(found: ExchangeFound, names: Sequence[str], url: str = "") -> CalendarEntry:
    """The exchange as an entry of a calendar with what its municipalities are called; InvalidValue without a date."""
    if found.record.planned_on is None and found.record.held_on is None:
        raise InvalidValue("an exchange with a date", found.key)
    return CalendarEntry(
        exchange=found.record,
        municipalities=tuple(names),
        revision=found.revision,
        changed=found.changed,
        url=url,
    )


def fields_about(snapshot: Snapshot, found: ExchangeFound) -> frozenset[str]:
    """The fields of action that an exchange is about, by its topics and practices."""
    named = dict.fromkeys(found.topics)
    fields = {each.removeprefix("field.") for each in named if each.startswith("field.")}
    challenges = [each.removeprefix("challenge.") for each in named if each.startswith("challenge.")]
    fields |= set(fields_of(snapshot.projection, challenges).values())
    for known in practices(snapshot):
        if known.key in found.practices:
            fields |= known.fields
    return frozenset(fields)


def prepare(snapshot: Snapshot, own: NodeKey, other: NodeKey, fields: frozenset[str]) -> Preparation:
    """What two municipalities share, where one is further, and what either brings; raises NotFound."""
    lens = shipped_lens(DEFAULT_LENS)
    asked = PeersAsked(municipality=own, lens=lens, filters=Filters())
    try:
        pair = explain_pair(snapshot, asked, other)
    except (NotFound, InvalidValue):
        pair = None
    mine, theirs = (
        {each.challenge: each for each in ratings(snapshot).get(key, ()) if not fields or each.field in fields}
        for key in (own, other)
    )
    rated = [
        (id, mine[id].severity if id in mine else None, theirs[id].severity if id in theirs else None)
        for id in dict.fromkeys((*mine, *theirs))
    ]
    return Preparation(_side(snapshot, own, fields), _side(snapshot, other, fields), pair, tuple(rated))


def _side(snapshot: Snapshot, key: NodeKey, fields: frozenset[str]) -> Side:
    projection = snapshot.projection
    stock = inventory(snapshot, shipped_lens(DEFAULT_LENS)).stock
    inside = {key, *position_keys(projection, below(projection, key))}
    applied = [
        (known, event)
        for known in practices(snapshot)
        if not fields or known.fields & fields
        for event in known.events
        if event.municipality in inside
    ]
    offers = tuple(each for each in stock.of(key) if each.running and (not fields or each.fields & fields))
    name = projection.name(Label.MUNICIPALITY, projection.position(key))
    return Side(key, name, tuple({known.key: (known, event) for known, event in applied}.values()), offers)

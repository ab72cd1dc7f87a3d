"""The atlas: the inventories of all municipalities of an area as one matrix of fields."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from graph_service.errors import NotFound
from graph_service.keys import Label, NodeKey
from graph_service.model import Level
from graph_service.projection import LEVELS, Projection
from matching.inventory.answers import AtlasAnswer, AtlasCell, AtlasQuestion, AtlasRow
from matching.inventory.offers import EVERYBODY
from matching.inventory.stock import HARD, Stock, span
from matching.peers.nearness import below, position_keys
from matching.practices.records import Known, read_practices


@dataclass(frozen=True, slots=True)
class Tried:
    """A practice with where in an area it was tried and did not fail."""

    practice: Known
    places: tuple[NodeKey, ...]


def atlas(stock: Stock, question: AtlasQuestion) -> AtlasAnswer:
    """The inventories of many municipalities; raises NotFound where there are none at the level."""
    rows, level = _rows(stock, question)
    found = rows_of(stock, rows)
    days = [o.offer.assured_on for key in rows for o in stock.of(key) if o.offer.assured_on is not None]
    count = len(found) or 1
    return AtlasAnswer(
        revision=stock.projection.revision,
        key=question.key,
        name=stock.projection.name(Label.MUNICIPALITY, stock.projection.position(question.key)),
        on=question.on,
        level=level,
        fields=stock.fields,
        rows=tuple(found),
        coverage=sum(row.recorded for row in found) / count,
        rated=sum(key in stock.ratings for key in rows) / count,
        assured=span(days),
    )


def rows_of(stock: Stock, keys: Iterable[NodeKey], group: str = "") -> list[AtlasRow]:
    """A row for each of these; with a target group only what is for it or for everybody counts."""
    tried = tried_within(stock.projection, read_practices(stock.projection), group)
    return [_row(stock, key, tried.get(key, ()), group) for key in keys]


def _rows(stock: Stock, question: AtlasQuestion) -> tuple[list[NodeKey], Level]:
    levels = stock.projection.municipalities.level
    inside = [place for place in below(stock.projection, question.key) if levels[place] >= 0]
    if not inside:
        raise NotFound("an area with municipalities in it", question.key)
    # regions and associations stand between, but it is districts and municipalities that act
    acting = [level for level in (Level.DISTRICT, Level.MUNICIPALITY) if level in {LEVELS[levels[p]] for p in inside}]
    level = question.level or (acting[0] if acting else LEVELS[min(int(levels[p]) for p in inside)])
    wanted = [place for place in inside if LEVELS[levels[place]] is level]
    if not wanted:
        raise NotFound("municipalities of this level in the area", level.value)
    present = [
        key
        for key in position_keys(stock.projection, wanted)
        if getattr(stock.projection.node(key), "valid_until", None) is None
    ]
    return present, level


def serves(groups: frozenset[str], group: str) -> bool:
    """Whether something for these groups is for that group, too."""
    return not group or not groups or bool(groups & {group, *EVERYBODY})


def tried_within(projection: Projection, practices: Iterable[Known], group: str = "") -> dict[NodeKey, list[Tried]]:
    """What was tried in each municipality or in what lies within it; the one rule of matrix, cells and who has what."""
    found: dict[NodeKey, list[Tried]] = defaultdict(list)
    parents = projection.municipalities.parent
    for practice in practices:
        places: dict[int, dict[NodeKey, None]] = defaultdict(dict)
        for event in practice.events if serves(practice.groups, group) else ():
            place = -1 if event.failed else projection.position(event.municipality)
            while place >= 0:
                places[place][event.municipality] = None
                place = int(parents[place])
        for place, those in places.items():
            found[projection.key(Label.MUNICIPALITY, place)].append(Tried(practice, tuple(those)))
    return dict(found)


def _row(stock: Stock, key: NodeKey, tried: Sequence[Tried], group: str) -> AtlasRow:
    recorded, hard = stock.areas.recorded(key), stock.severity(key)
    practices = Counter(field for each in tried for field in each.practice.fields)
    unproven = Counter(field for each in tried if each.practice.unproven for field in each.practice.fields)
    counts: dict[str, int] = defaultdict(int)
    for offer in stock.of(key):
        if offer.running and serves(offer.groups, group):
            for field in offer.fields:
                counts[field] += 1
    cells = tuple(
        AtlasCell(
            field,
            counts[field] if recorded else None,
            hard.get(field),
            practices[field],
            unproven[field],
            recorded and not counts[field] and hard.get(field, 0) >= HARD,
        )
        for field in stock.fields
    )
    return AtlasRow(key, stock.projection.name(Label.MUNICIPALITY, stock.projection.position(key)), recorded, cells)

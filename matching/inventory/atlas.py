"""The atlas: the inventories of all municipalities of an area as one matrix of fields."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from graph_service.errors import NotFound
from graph_service.keys import Label, NodeKey
from graph_service.model import Level
from graph_service.projection import LEVELS
from matching.inventory.answers import AtlasAnswer, AtlasCell, AtlasQuestion, AtlasRow
from matching.inventory.offers import EVERYBODY
from matching.inventory.stock import HARD, Stock, span
from matching.peers.nearness import below, position_keys
from matching.practices.records import read_practices


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
    practices = _practices(stock, group)
    return [_row(stock, key, practices, group) for key in keys]


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


def _practices(stock: Stock, group: str) -> Mapping[NodeKey, Mapping[str, int]]:
    """How many practices run in each municipality, by field."""
    found: dict[NodeKey, dict[str, set[NodeKey]]] = defaultdict(lambda: defaultdict(set))
    keys = stock.projection.arrays.keys
    parents = stock.projection.municipalities.parent
    first = stock.projection.spans[Label.MUNICIPALITY].start
    for practice in read_practices(stock.projection):
        if not serves(practice.groups, group):
            continue
        for event in practice.events:
            place = stock.projection.position(event.municipality) if not event.failed else -1
            while place >= 0:
                for field in practice.fields:
                    found[NodeKey.trusted(keys[first + place])][field].add(practice.key)
                place = int(parents[place])
    return {key: {field: len(those) for field, those in fields.items()} for key, fields in found.items()}


def _row(stock: Stock, key: NodeKey, practices: Mapping[NodeKey, Mapping[str, int]], group: str) -> AtlasRow:
    recorded, hard = stock.areas.recorded(key), stock.severity(key)
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
            practices.get(key, {}).get(field, 0),
            recorded and not counts[field] and hard.get(field, 0) >= HARD,
        )
        for field in stock.fields
    )
    return AtlasRow(key, stock.projection.name(Label.MUNICIPALITY, stock.projection.position(key)), recorded, cells)

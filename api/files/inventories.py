"""Inventories as files: a workbook to read, or an exchange package of the records behind them."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from api.files.sheets import Sheet, Value, write_sheets
from api.words.suggestions import Explainer
from graph_service.export.package import write_package
from graph_service.export.part import Part
from graph_service.keys import Label, NodeKey
from graph_service.model import EdgeType
from graph_service.store.contract import GraphStore, Reader
from matching.about import targets
from matching.inventory.answers import AtlasAnswer, CoverageAnswer, Due
from matching.inventory.matcher import Inventory
from matching.inventory.offers import KnownOffer
from matching.naming.municipalities import plain
from matching.peers.nearness import above, below, position_keys


def export_coverage(
    answer: CoverageAnswer, inventory: Inventory, explainer: Explainer, path: Path, store: GraphStore
) -> None:
    """Write the inventory of one municipality; the name's ending says in which form. Raises TargetError."""
    if path.suffix.lower() == ".xlsx":
        write_sheets(path, coverage_sheets(answer, inventory.stock.of(answer.key), explainer))
    else:
        _write_package(inventory, [answer.key], path, store)


def export_atlas(
    answer: AtlasAnswer, inventory: Inventory, explainer: Explainer, path: Path, store: GraphStore
) -> None:
    """Write the inventories of many; the name's ending says in which form. Raises TargetError."""
    if path.suffix.lower() == ".xlsx":
        write_sheets(path, atlas_sheets(answer, explainer))
    else:
        _write_package(inventory, [answer.key], path, store)


def _write_package(inventory: Inventory, areas: Sequence[NodeKey], path: Path, store: GraphStore) -> None:
    keys = records_behind(inventory, areas)

    def work(reader: Reader) -> None:
        write_package(Part(reader, keys), path, name="inventory")

    store.read(work)


def records_behind(inventory: Inventory, areas: Sequence[NodeKey]) -> frozenset[NodeKey]:
    """Areas with those within and around them, their offers, who provides these, practices, and all concepts."""
    projection = inventory.stock.projection
    municipalities: set[NodeKey] = set()
    for area in areas:
        around = above(projection, projection.position(area))
        municipalities |= {area, *position_keys(projection, [*around, *below(projection, area)])}
    inside = {key for area in areas for key in (area, *position_keys(projection, below(projection, area)))}
    offers = {offer.key: offer for key in inside for offer in inventory.stock.of(key)}
    providers = {provider for offer in offers.values() for provider in offer.providers}
    applied = targets(projection, EdgeType.APPLIED_IN, Label.PRACTICE)
    practices = {practice for practice, places in applied.items() if inside & set(places)}
    span = projection.spans[Label.CONCEPT]
    concepts = {projection.key(Label.CONCEPT, i) for i in range(len(span))}
    return frozenset(municipalities | offers.keys() | providers | practices | concepts)


def coverage_sheets(answer: CoverageAnswer, offers: Sequence[KnownOffer], explainer: Explainer) -> list[Sheet]:
    """The matrix first, then everything that it hides."""
    words, term = explainer.words, explainer.term
    counts = {(cell.field, cell.group): cell for cell in answer.cells}
    groups = ("", *answer.groups)
    labels = {"": words("No group named"), **{group: term("target_group", group) for group in answer.groups}}
    matrix: list[list[Value]] = [
        [
            term("field", field),
            counts[field, ""].severity,
            *(len(counts[field, group].offers) if answer.recorded else None for group in groups),
        ]
        for field in answer.fields
    ]
    challenges: list[list[Value]] = [
        [
            term("challenge", each.rating.challenge),
            term("field", each.rating.field),
            each.rating.severity,
            each.rating.rated_on,
            term("rater_role", each.rating.rater_role),
            each.offers,
            words("white spot") if each in answer.white_spots else "",
        ]
        for each in answer.challenges
    ]
    lacking: list[list[Value]] = [
        [
            term("field", lack.field),
            labels[lack.group],
            lack.peers,
            lack.of,
            e.name,
            explainer.name(e.municipality),
            e.provider,
            e.contact_role,
        ]
        for lack in answer.lacking
        for e in lack.examples
    ]
    names = {each.key: each.name for each in offers}
    overlaps: list[list[Value]] = [
        [
            term("field", o.field),
            labels[o.group],
            term("offer_kind", o.kind),
            "; ".join(names.get(key, key.local) for key in o.offers),
        ]
        for o in answer.overlaps
    ]
    field, group, offer = words("Field of action"), words("Target group"), words("Offer")
    due = [words("Key"), offer, words("Day"), words("Note")]
    return [
        Sheet(words("Matrix"), [field, words("Severity"), *(labels[group] for group in groups)], matrix),
        _offers(offers, explainer),
        Sheet(
            words("Challenges"),
            [
                words("Challenge"),
                field,
                words("Severity"),
                words("Rated on"),
                words("Rated by"),
                words("Offers"),
                words("Mark"),
            ],
            challenges,
        ),
        Sheet(
            words("Peers have"),
            [field, group, words("Peers"), words("of"), offer, words("Place"), words("Provider"), words("Contact")],
            lacking,
        ),
        Sheet(words("Overlaps"), [field, group, words("Kind"), words("Offers")], overlaps),
        Sheet(words("To confirm"), due, _due(answer.to_confirm)),
        Sheet(words("To improve"), due, _due(answer.to_improve)),
        Sheet(words("Funding ends"), due, _due(answer.funding_ends)),
        _about(answer, explainer),
    ]


def _offers(offers: Sequence[KnownOffer], explainer: Explainer) -> Sheet:
    """Every offer, under headings by which a list is pasted, too."""
    words, term = explainer.words, explainer.term
    heading = [
        words("Key"),
        words("Offer"),
        words("Kind"),
        words("Fields of action"),
        words("Target groups"),
        words("Provider"),
        words("Department"),
        words("Offer status"),
        words("Funded until"),
        words("Last confirmed"),
        words("What could be better"),
    ]
    rows: list[list[Value]] = [
        [
            each.key.local,
            each.name,
            term("offer_kind", each.offer.kind) if each.offer.kind else None,
            "; ".join(sorted((term("field", id) for id in each.fields), key=plain)),
            "; ".join(sorted((term("target_group", id) for id in each.groups), key=plain)),
            "; ".join(map(explainer.name, each.providers)),
            each.offer.department,
            term("offer_status", each.offer.status) if each.offer.status else None,
            each.offer.funded_until,
            each.offer.assured_on,
            each.offer.improvement_note,
        ]
        for each in sorted(offers, key=lambda each: plain(each.name))
    ]
    return Sheet(words("Offers"), heading, rows)


def _due(dues: Iterable[Due]) -> list[list[Value]]:
    return [[each.offer.local, each.name, each.day, each.note] for each in dues]


def atlas_sheets(answer: AtlasAnswer, explainer: Explainer) -> list[Sheet]:
    """Offers, challenges and practices as matrices of municipalities and fields."""
    words = explainer.words
    heading = [words("Key"), words("Name"), *(explainer.term("field", field) for field in answer.fields)]

    def matrix(name: str) -> list[list[Value]]:
        return [
            [row.key.local, explainer.name(row.key), *(getattr(cell, name) for cell in row.cells)]
            for row in answer.rows
        ]

    return [
        Sheet(words("Offers"), heading, matrix("offers")),
        Sheet(words("Challenges"), heading, matrix("severity")),
        Sheet(words("Practices"), heading, matrix("proven")),
        Sheet(words("Without evidence"), heading, matrix("unproven")),
        _about(answer, explainer),
    ]


def _about(answer: CoverageAnswer | AtlasAnswer, explainer: Explainer) -> Sheet:
    words = explainer.words
    rows: list[list[Value]] = [
        [words("Name"), explainer.name(answer.key)],
        [words("Key"), answer.key.local],
        [words("Day"), answer.on],
        [words("Revision"), answer.revision],
        [words("Share with recorded offers"), answer.coverage],
    ]
    if answer.assured:
        rows += [[words("Confirmed from"), answer.assured[0]], [words("Confirmed until"), answer.assured[1]]]
    return Sheet(words("About"), [words("What"), words("Value")], rows)

"""The matrix of an inventory: fields of action by target group, and a cell that was opened."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flask import request

from api.http.current import words
from api.pages.frame import record_url, term
from api.pages.names import name_of
from api.pages.offer_lines import ShownOffer
from api.words.coverage import in_cell
from graph_service.keys import NodeKey
from matching.inventory.answers import Cell, CoverageAnswer
from matching.inventory.matcher import FEWEST_PEERS, Inventory


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A field for a group, as a reader sees it."""

    offers: str
    peers_have: bool
    white: bool
    words: str
    url: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A cell that was opened: its offers, and what the closest have there."""

    title: str
    sentence: str
    offers: tuple[ShownOffer, ...]
    others: tuple[tuple[str, str, str, str], ...]
    """Place, its address, the offer, and its address."""
    field: str


def matrix_rows(answer: CoverageAnswer, seen: int) -> Iterator[tuple[str, str, list[ShownCell]]]:
    """For each field its label, the hardest challenge, and a cell for each group."""
    speak = words()
    cells = {(cell.field, cell.group): cell for cell in answer.cells}
    for field in answer.fields:
        severity = cells[field, ""].severity
        yield (
            term("field", field),
            "" if severity is None else speak.number(severity),
            [_cell(cells[field, group], answer, seen) for group in ("", *answer.groups)],
        )


def signs_of(rows: Iterable[tuple[str, str, list[ShownCell]]]) -> set[str]:
    """The signs that stand in these rows; a legend explains no others."""
    found = set()
    for _, severity, cells in rows:
        found |= {"challenge"} if severity else set()
        for cell in cells:
            marks = {"offer": bool(cell.offers), "gap": cell.white, "peers": cell.peers_have}
            found |= {sign for sign, stands in marks.items() if stands} or {"nothing"}
    return found


def _cell(cell: Cell, answer: CoverageAnswer, seen: int) -> ShownCell:
    speak = words()
    half = seen >= FEWEST_PEERS and 2 * cell.peers >= seen
    something = bool(cell.offers or cell.peers or cell.white)
    return ShownCell(
        speak.number(len(cell.offers)) if cell.offers else "",
        half,
        cell.white,
        in_cell(cell, answer, seen, speak),
        f"{request.path}?cell={cell.field}.{cell.group}#cell" if something else "",
    )


def opened_cell(answer: CoverageAnswer, stock: Inventory, shown: dict[NodeKey, ShownOffer], seen: int) -> Opened | None:
    """The cell that the address names."""
    field, _, group = request.args.get("cell", "").partition(".")
    cell = next((each for each in answer.cells if (each.field, each.group) == (field, group)), None)
    if cell is None:
        return None
    speak = words()
    others = []
    for peer in answer.peers:
        for offer in stock.stock.of(peer.key) if peer.recorded else ():
            if offer.running and field in offer.fields and (group in offer.groups or (not group and not offer.groups)):
                others.append(
                    (name_of(peer.key), f"/municipalities/{peer.key.local}/offers", offer.name, record_url(offer.key))
                )
    label = term("target_group", group) if group else speak("no group named")
    sentence = in_cell(cell, answer, seen, speak)
    return Opened(
        f"{term('field', field)}: {label}",
        sentence[:1].upper() + sentence[1:] + ".",
        tuple(shown[offer] for offer in cell.offers),
        tuple(others),
        field,
    )

"""The atlas: municipalities and fields of action as one matrix and one map."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template

from api.http.caching import depends_on_graph
from api.http.current import snapshot, words
from api.pages.atlas_chosen import Chosen, cell_url, read_chosen
from api.pages.atlas_map import SHAPES, mark_of
from api.pages.atlas_picture import lists_of, picture_of
from api.pages.frame import record_url, term, url_with
from api.pages.names import name_of
from api.questions.inventory import atlas_rows, without_field
from api.questions.peers import DEFAULT_LENS, shipped_lens
from api.words.atlas import Count, answer, cells_of, counted, first_by, in_cell, in_order
from api.words.suggestions import Explainer
from graph_service.keys import Label, NodeKey
from graph_service.model import Level
from graph_service.vocabulary import load_vocabulary
from matching.inventory.answers import AtlasCell, AtlasRow
from matching.inventory.stock import HARD
from matching.naming.municipalities import plain
from matching.peers.challenges import SEVERITY

atlas = Blueprint("atlas_pages", __name__)
depends_on_graph(atlas)

A_PAGE = 25


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell in words; its marks are drawn from the numbers."""

    field: str
    words: str
    white: bool
    severity: str
    offers: str
    practices: str
    unproven: str
    url: str

    @property
    def filled(self) -> bool:
        """Whether it has a mark."""
        return bool(self.severity or self.offers or self.practices or self.unproven)


@dataclass(frozen=True, slots=True)
class Row:
    """A municipality with its cells."""

    name: str
    place: str
    url: str
    recorded: bool
    cells: tuple[Cell, ...]


@atlas.get("/atlas")
def show_atlas() -> str:
    """The matrix and the map of what is chosen."""
    here, speak = snapshot(), words()
    chosen = read_chosen()
    explainer = Explainer(here.projection, speak)
    rows = atlas_rows(here, shipped_lens(DEFAULT_LENS), chosen.level, chosen.area, chosen.group)
    known = [row for row in rows if _known(row, chosen.field)]
    sought = plain(chosen.name)
    listed = [row for row in rows if sought in plain(name_of(row.key))] if sought else rows
    if known and not (chosen.all or sought):
        listed = known
    ordered = _sorted(listed, chosen)
    pages = max(1, -(-len(ordered) // A_PAGE))
    page = min(chosen.page, pages)
    counts = list(_counts(rows))
    lacks = _lacks(rows)
    shown = [_row(each, chosen, explainer) for each in ordered[(page - 1) * A_PAGE : page * A_PAGE]]
    return render_template(
        "atlas.html",
        chosen=chosen,
        title=name_of(chosen.area) if chosen.area else "",
        answer=list(answer(rows, counts, chosen.field, chosen.level, explainer)),
        total=len(rows),
        known=len(known),
        columns=[(each, term("field", each.field), _narrowed(each.field, chosen)) for each in counts],
        visible=[(each.field, term("field", each.field)) for each in counts if chosen.field in ("", each.field)],
        rows=shown,
        signs=_signs(shown),
        found=len(ordered),
        page=page,
        pages=pages,
        states=_places(Level.STATE, None),
        districts=_places(Level.DISTRICT, chosen.state) if chosen.state else [],
        groups=[(each.id, each.label(speak.language)) for each in load_vocabulary().terms("target_group")],
        lacks=lacks,
        order=in_order(chosen.sort, not lacks[1], explainer) if len(ordered) > 1 else "",
        orders=[("-" if other else "", first_by(other, not lacks[1], speak)) for other in (False, True)],
        loose=[] if chosen.field else list(_loose([row.key for row in rows], chosen.group)),
        counted=counted(chosen.level, speak),
        map=picture_of(rows, chosen),
        exchanges=len(here.projection.spans[Label.EXCHANGE]),
        marked=list(lists_of(rows, chosen.field)),
        shapes=SHAPES,
        most=SEVERITY,
        severity_up=chosen.sort.removeprefix("-"),
    )


def _places(level: Level, area: NodeKey | None) -> list[tuple[str, str]]:
    here = snapshot()
    rows = atlas_rows(here, shipped_lens(DEFAULT_LENS), level, area)
    return sorted(((row.key.local, name_of(row.key)) for row in rows), key=lambda each: plain(each[1]))


def _known(row: AtlasRow, field: str) -> bool:
    """Whether anything is recorded of a municipality in what is looked at."""
    return mark_of(cells_of(row, field)) is not None or (row.recorded and not field)


def _sorted(rows: Sequence[AtlasRow], chosen: Chosen) -> list[AtlasRow]:
    """By the alphabet, or by what a field's cells say; descending with a leading minus."""
    by, down = chosen.sort.removeprefix("-"), chosen.sort.startswith("-")
    named = sorted(rows, key=lambda row: plain(name_of(row.key)), reverse=down and by == "name")
    at = next((i for i, cell in enumerate(rows[0].cells) if cell.field == by), None) if rows else None
    if at is None:
        return named

    def weight(row: AtlasRow) -> tuple[float, int, int, int]:
        cell = row.cells[at]
        return (-1.0 if cell.severity is None else cell.severity, -(cell.offers or 0), -cell.proven, -cell.unproven)

    return sorted(named, key=weight, reverse=not down)


def _counts(rows: Sequence[AtlasRow]) -> Iterator[Count]:
    for i, first in enumerate(rows[0].cells if rows else ()):
        cells = [row.cells[i] for row in rows]
        yield Count(
            first.field,
            sum(cell.severity is not None for cell in cells),
            sum((cell.severity or 0) >= HARD for cell in cells),
            sum(bool(cell.offers) for cell in cells),
            sum(bool(cell.proven) for cell in cells),
            sum(bool(cell.unproven and not cell.proven) for cell in cells),
            sum(cell.white for cell in cells),
        )


def _loose(keys: Sequence[NodeKey], group: str) -> Iterator[tuple[str, str, str]]:
    """Name, address and places of what is in no cell, as it names no field."""
    found = without_field(snapshot(), shipped_lens(DEFAULT_LENS), keys, group)
    for key, (name, places) in sorted(found.items(), key=lambda each: plain(each[1][0])):
        yield name, record_url(key), ", ".join(sorted(map(name_of, places), key=plain))


def _lacks(rows: Sequence[AtlasRow]) -> tuple[bool, bool]:
    """Whether no offers are recorded at all, and whether no challenges are."""
    return (
        not any(row.recorded for row in rows),
        not any(cell.severity is not None for row in rows for cell in row.cells),
    )


def _signs(rows: Sequence[Row]) -> set[str]:
    """The signs that stand in these rows; a legend explains no others."""
    found = set()
    for row in rows:
        for cell in row.cells:
            marks = {"challenge": cell.severity, "offer": cell.offers, "practice": cell.practices}
            found |= {sign for sign, said in {**marks, "unproven": cell.unproven}.items() if said}
            found |= {"gap"} if cell.white else set()
            if not cell.filled:
                found |= {"zero" if row.recorded else "nothing"}
    return found


def _narrowed(field: str, chosen: Chosen) -> str:
    """The same atlas for one field alone, or again for all."""
    return url_with(field=None if chosen.field == field else field, page=None)


def _row(row: AtlasRow, chosen: Chosen, explainer: Explainer) -> Row:
    cells = tuple(_cell(cell, row, chosen) for cell in cells_of(row, chosen.field))
    return Row(name_of(row.key), explainer.place(row.key), record_url(row.key), row.recorded, cells)


def _cell(cell: AtlasCell, row: AtlasRow, chosen: Chosen) -> Cell:
    speak = words()
    something = bool(cell.severity is not None or cell.offers or cell.practices)
    return Cell(
        cell.field,
        in_cell(cell, speak),
        cell.white,
        "" if cell.severity is None else speak.number(cell.severity),
        "" if not cell.offers else speak.number(cell.offers),
        "" if not cell.proven else speak.number(cell.proven),
        "" if not cell.unproven else speak.number(cell.unproven),
        cell_url(row.key, cell.field, chosen.group) if something else "",
    )

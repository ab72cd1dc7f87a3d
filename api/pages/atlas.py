"""The atlas: municipalities and fields of action as one matrix and one map, and from a white spot to who could help."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from flask import Blueprint, redirect, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from api.http.caching import depends_on_graph
from api.http.current import services, snapshot, words
from api.pages.atlas_map import MEANING, SHAPES, Mark, Marked, draw_marks, mark_of, outlines
from api.pages.frame import has_page, record_url, term, url_with
from api.pages.pictures import points_of
from api.questions.inventory import Haver, atlas_rows, find_havers, inventory, practices
from api.questions.peers import DEFAULT_LENS, shipped_lens
from api.questions.profile import ratings
from api.questions.shapes import boundaries_of
from api.words.suggestions import Explainer
from graph_service.errors import NotFound, StoreError
from graph_service.keys import Label, NodeKey
from graph_service.model import Level
from graph_service.projection import LEVELS
from graph_service.vocabulary import load_vocabulary
from matching.inventory.answers import AtlasCell, AtlasRow
from matching.inventory.atlas import serves
from matching.inventory.offers import actors_named
from matching.naming.municipalities import plain
from matching.peers.challenges import SEVERITY

atlas = Blueprint("atlas_pages", __name__)
depends_on_graph(atlas)

A_PAGE = 25
MOST_HAVERS = 8
MOST_NAMED = 4


@dataclass(frozen=True, slots=True)
class Chosen:
    """The address as it was understood."""

    state: NodeKey | None
    district: NodeKey | None
    level: Level
    group: str
    field: str
    name: str
    all: bool
    sort: str
    page: int

    @property
    def area(self) -> NodeKey | None:
        """What the municipalities lie in; None: everywhere."""
        return self.district or self.state


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell in words; its marks are drawn from the numbers."""

    field: str
    words: str
    white: bool
    severity: str
    offers: str
    practices: str
    url: str


@dataclass(frozen=True, slots=True)
class Row:
    """A municipality with its cells."""

    name: str
    place: str
    url: str
    recorded: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A field over all rows: in how many municipalities what is recorded."""

    field: str
    label: str
    url: str
    rated: int
    hard: int
    offers: int
    practices: int
    white: int


@dataclass(frozen=True, slots=True)
class Shown:
    """Somebody who has what is missing elsewhere."""

    name: str
    place: str
    url: str
    closeness: str
    share: float
    offers: tuple[tuple[str, str, str], ...]
    """Name, address, and whom to ask."""
    practices: tuple[tuple[str, str], ...]
    more: int
    propose: str


@atlas.get("/atlas")
def show_atlas() -> str:
    """The matrix and the map of what is chosen."""
    here, speak = snapshot(), words()
    chosen = _chosen()
    rows = atlas_rows(here, shipped_lens(DEFAULT_LENS), chosen.level, chosen.area, chosen.group)
    known = [row for row in rows if _known(row, chosen.field)]
    sought = plain(chosen.name)
    listed = [
        row for row in (rows if chosen.all or sought or not known else known) if not sought or sought in plain(row.name)
    ]
    ordered = _sorted(listed, chosen)
    pages = max(1, -(-len(ordered) // A_PAGE))
    page = min(chosen.page, pages)
    columns = list(_columns(rows, chosen))
    return render_template(
        "atlas.html",
        chosen=chosen,
        title=_area_name(chosen),
        answer=list(_answer(rows, columns, chosen)),
        total=len(rows),
        known=len(known),
        columns=columns,
        visible=[each for each in columns if not chosen.field or each.field == chosen.field],
        rows=[_row(each, chosen) for each in ordered[(page - 1) * A_PAGE : page * A_PAGE]],
        found=len(ordered),
        page=page,
        pages=pages,
        states=_places(Level.STATE, None),
        districts=_places(Level.DISTRICT, chosen.state) if chosen.state else [],
        groups=[(each.id, each.label(speak.language)) for each in load_vocabulary().terms("target_group")],
        lacks=_lacks(rows),
        picture=_picture(rows, chosen),
        marked=list(_marked(rows, chosen)),
        shapes=SHAPES,
        most=SEVERITY,
        severity_up=chosen.sort.removeprefix("-"),
    )


@atlas.get("/atlas/<string(maxlength=60):code>/<string(maxlength=80):field>")
def show_cell(code: str, field: str) -> Response | str:
    """One cell: what is known of it, and which of the closest have something there."""
    here, speak = snapshot(), words()
    key = here.municipality(code)
    if load_vocabulary().find("field", field) is None:
        raise NotFound("a field of action of the vocabulary", field)
    if key.local != code:
        return redirect(f"/atlas/{quote(key.local)}/{quote(field)}", 303)
    group = _term("group", "target_group")
    lens = shipped_lens(DEFAULT_LENS)
    stock = inventory(here, lens).stock
    explainer = Explainer(here.projection, speak)
    name = here.projection.name(Label.MUNICIPALITY, here.projection.position(key))
    offers = [each for each in stock.of(key) if each.running and field in each.fields and serves(each.groups, group)]
    faced = [each for each in ratings(here).get(key, ()) if each.field == field]
    havers = find_havers(here, lens, key, field, group, limit=MOST_HAVERS)
    return render_template(
        "atlas_cell.html",
        key=key,
        name=name,
        field=field,
        label=term("field", field),
        group=group,
        recorded=stock.areas.recorded(key),
        faced=[(term("challenge", each.challenge), each) for each in faced],
        hardest=max((each.severity for each in faced), default=None),
        most=SEVERITY,
        offers=[(each.name, record_url(each.key)) for each in offers],
        practices=[
            (known.name, record_url(known.key))
            for known in practices(here)
            if field in known.fields and any(e.municipality == key and not e.failed for e in known.events)
        ],
        havers=[_shown(each, key, field, explainer) for each in havers],
        groups=[(each.id, each.label(speak.language)) for each in load_vocabulary().terms("target_group")],
    )


def _chosen() -> Chosen:
    state, district = _place("state", Level.STATE), _place("district", Level.DISTRICT)
    level = Level.MUNICIPALITY if district or request.args.get("level") == "municipality" else Level.DISTRICT
    if not state and not district:
        level = Level.DISTRICT if _any(Level.DISTRICT) else Level.MUNICIPALITY
    return Chosen(
        state,
        district,
        level,
        _term("group", "target_group"),
        _term("field", "field"),
        request.args.get("name", "").strip()[:100],
        request.args.get("show") == "all",
        request.args.get("sort", "name")[:60],
        max(1, request.args.get("page", 1, type=int)),
    )


def _any(level: Level) -> bool:
    return bool((snapshot().projection.municipalities.level == LEVELS.index(level)).any())


def _place(name: str, level: Level) -> NodeKey | None:
    """An area of the address; one that is not known is left out."""
    code = request.args.get(name, "").strip()[:60]
    key = snapshot().projection.known(f"municipality:{code}") if code else None
    if key is None:
        return None
    table = snapshot().projection.municipalities
    found = int(table.level[snapshot().projection.position(key)])
    return key if found == LEVELS.index(level) else None


def _term(name: str, kind: str) -> str:
    id = request.args.get(name, "").strip()[:80]
    return id if load_vocabulary().find(kind, id) else ""


def _places(level: Level, area: NodeKey | None) -> list[tuple[str, str]]:
    here = snapshot()
    rows = atlas_rows(here, shipped_lens(DEFAULT_LENS), level, area)
    return sorted(((row.key.local, row.name) for row in rows), key=lambda each: plain(each[1]))


def _area_name(chosen: Chosen) -> str:
    if chosen.area is None:
        return ""
    projection = snapshot().projection
    return projection.name(Label.MUNICIPALITY, projection.position(chosen.area))


def _cells(row: AtlasRow, field: str) -> tuple[AtlasCell, ...]:
    return tuple(cell for cell in row.cells if not field or cell.field == field)


def _known(row: AtlasRow, field: str) -> bool:
    """Whether anything is recorded of a municipality in what is looked at."""
    return mark_of(_cells(row, field)) is not None or (row.recorded and not field)


def _sorted(rows: Sequence[AtlasRow], chosen: Chosen) -> list[AtlasRow]:
    """By the alphabet, or by what a field's cells say; descending with a leading minus."""
    by, down = chosen.sort.removeprefix("-"), chosen.sort.startswith("-")
    named = sorted(rows, key=lambda row: plain(row.name), reverse=down and by == "name")
    at = next((i for i, cell in enumerate(rows[0].cells) if cell.field == by), None) if rows else None
    if at is None:
        return named

    def weight(row: AtlasRow) -> tuple[float, int, int]:
        cell = row.cells[at]
        return (-1.0 if cell.severity is None else cell.severity, -(cell.offers or 0), -cell.practices)

    return sorted(named, key=weight, reverse=not down)


def _columns(rows: Sequence[AtlasRow], chosen: Chosen) -> Iterator[Column]:
    if not rows:
        return
    for i, first in enumerate(rows[0].cells):
        cells = [row.cells[i] for row in rows]
        yield Column(
            first.field,
            term("field", first.field),
            url_with(field=first.field, page=None) if chosen.field != first.field else url_with(field=None, page=None),
            sum(cell.severity is not None for cell in cells),
            sum((cell.severity or 0) >= 3 for cell in cells),
            sum(bool(cell.offers) for cell in cells),
            sum(bool(cell.practices) for cell in cells),
            sum(cell.white for cell in cells),
        )


def _answer(rows: Sequence[AtlasRow], columns: Sequence[Column], chosen: Chosen) -> Iterator[str]:
    """What the atlas knows, in two or three sentences."""
    speak = words()
    if not rows:
        yield speak("No municipality of this level is recorded there.")
        return
    number = speak.number
    seen = [each for each in columns if not chosen.field or each.field == chosen.field]
    white, most = sum(each.white for each in seen), max(seen, key=lambda each: each.white, default=None)
    offers, practised = (
        sum(row.recorded for row in rows),
        sum(any(c.practices for c in _cells(row, chosen.field)) for row in rows),
    )
    rated = sum(any(cell.severity is not None for cell in row.cells) for row in rows)
    level = speak("districts and independent cities") if chosen.level is Level.DISTRICT else speak("municipalities")
    if white and most:
        places = sum(any(cell.white for cell in _cells(row, chosen.field)) for row in rows)
        yield speak.plural(
            "One hard challenge meets no recorded offer: in {field}.",
            "{n} times a hard challenge meets no recorded offer, in {places} of {total} {level}; most in {field}.",
            white,
            places=number(places),
            total=number(len(rows)),
            level=level,
            field=most.label,
        )
    elif not offers and not rated:
        yield speak(
            "Neither offers nor challenges are recorded for any of the {total} {level}, so white spots cannot be told.",
            total=number(len(rows)),
            level=level,
        )
    elif offers and rated:
        yield speak("No white spot is known: every hard challenge that was rated meets an offer, as far as recorded.")
    most_practised = max(seen, key=lambda each: each.practices, default=None)
    if practised and most_practised:
        yield speak.plural(
            "Practice at work is recorded for one of {total}.",
            "Practice at work is recorded for {n} of {total}; most often in {field}.",
            practised,
            total=number(len(rows)),
            field=most_practised.label,
        )
    if offers or rated:
        yield speak(
            "Offers are recorded for {offers} of {total}, challenges were rated by {rated}.",
            offers=number(offers),
            rated=number(rated),
            total=number(len(rows)),
        )


def _lacks(rows: Sequence[AtlasRow]) -> tuple[bool, bool]:
    """Whether no offers are recorded at all, and whether no challenges are."""
    return (
        not any(row.recorded for row in rows),
        not any(cell.severity is not None for row in rows for cell in row.cells),
    )


def _row(row: AtlasRow, chosen: Chosen) -> Row:
    explainer = Explainer(snapshot().projection, words())
    cells = tuple(_cell(cell, row, chosen) for cell in _cells(row, chosen.field))
    return Row(row.name, explainer.place(row.key), record_url(row.key), row.recorded, cells)


def _cell(cell: AtlasCell, row: AtlasRow, chosen: Chosen) -> Cell:
    speak = words()
    told = []
    if cell.severity is not None:
        told.append(speak("challenge {n} of {most}", n=speak.number(cell.severity), most=SEVERITY))
    if cell.offers is not None:
        told.append(speak.plural("one offer", "{n} offers", cell.offers) if cell.offers else speak("no offer recorded"))
    if cell.practices:
        told.append(speak.plural("one practice", "{n} practices", cell.practices))
    query = f"?{urlencode({'group': chosen.group})}" if chosen.group else ""
    something = bool(cell.severity is not None or cell.offers or cell.practices)
    return Cell(
        cell.field,
        ", ".join(told) or speak("nothing recorded"),
        cell.white,
        "" if cell.severity is None else speak.number(cell.severity),
        "" if not cell.offers else speak.number(cell.offers),
        "" if not cell.practices else speak.number(cell.practices),
        f"/atlas/{quote(row.key.local)}/{cell.field}{query}" if something else "",
    )


def _marks(rows: Sequence[AtlasRow], chosen: Chosen) -> dict[int, Mark]:
    projection = snapshot().projection
    found = ((projection.position(row.key), mark_of(_cells(row, chosen.field))) for row in rows)
    return {position: mark for position, mark in found if mark is not None}


def _marked(rows: Sequence[AtlasRow], chosen: Chosen) -> Iterator[Marked]:
    """The same as the map says, as lists."""
    for mark, meaning in MEANING.items():
        places = tuple((row.name, record_url(row.key)) for row in rows if mark_of(_cells(row, chosen.field)) is mark)
        if places:
            yield Marked(mark, words()(meaning), places)


def _picture(rows: Sequence[AtlasRow], chosen: Chosen) -> Markup:
    here, speak = snapshot(), words()
    if chosen.level is not Level.DISTRICT:
        return Markup("")
    points = here.prepared(("points", chosen.level), lambda projection: points_of(projection, chosen.level))
    counts = Counter(_marks(rows, chosen).values())
    title = speak(
        "Map of {what}: {counts}",
        what=term("field", chosen.field) if chosen.field else speak("all fields of action"),
        counts="; ".join(f"{speak(MEANING[mark])}: {speak.number(n)}" for mark, n in counts.items())
        or speak("nothing recorded"),
    )
    try:
        shapes = boundaries_of(services(), here.audience, chosen.level)
    except StoreError:  # the map is still true without boundaries
        shapes = {}
    lines = here.prepared(("outlines", chosen.level), lambda projection: outlines(points, projection, shapes))
    return draw_marks(points, lines, _marks(rows, chosen), title)


def _shown(haver: Haver, key: NodeKey, field: str, explainer: Explainer) -> Shown:
    projection = explainer.projection
    offers = []
    for each in haver.offers[:MOST_NAMED]:
        provider = next(iter(actors_named(projection, each.providers).values()), None)
        ask = ", ".join(filter(None, (provider.contact_role, provider.name))) if provider else ""
        offers.append((each.name, record_url(each.key), ask))
    found = tuple((known.name, record_url(known.key)) for known, _ in haver.practices[:MOST_NAMED])
    query: list[tuple[str, str]] = [("with", key.local), ("with", haver.peer.key.local), ("topic", f"field.{field}")]
    query += [("practice", known.key.local) for known, _ in haver.practices[:1]]
    return Shown(
        haver.peer.name,
        explainer.place(haver.peer.key),
        record_url(haver.peer.key),
        explainer.closeness(haver.peer),
        haver.peer.closeness,
        tuple(offers),
        found,
        len(haver.offers) + len(haver.practices) - len(offers) - len(found),
        f"/exchanges/new?{urlencode(query)}" if has_page("/exchanges/new") else "",
    )

"""The inventory of a municipality: what is on offer for whom, what is missing, what others have, and what is old."""

import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import quote

from flask import Blueprint, redirect, render_template, request, send_file
from werkzeug.wrappers import Response

from api.editing.rights import Rights
from api.files.inventories import export_coverage
from api.http.caching import today
from api.http.current import services, snapshot, words
from api.http.viewer import Role, viewer
from api.language import N_
from api.pages.frame import record_url, term
from api.pages.municipality import place_tabs
from api.questions.inventory import inventory as stock_of
from api.questions.peers import DEFAULT_LENS, shipped_lens
from api.words.coverage import how_old
from api.words.suggestions import Explainer
from graph_service.errors import Ambiguous, NotFound
from graph_service.keys import Label, NodeKey
from graph_service.projection import Projection
from graph_service.vocabulary import load_vocabulary
from matching.inventory.answers import Cell, CoverageAnswer, CoverageQuestion, Due, Lack
from matching.inventory.matcher import FEWEST_PEERS, Inventory
from matching.inventory.offers import KnownOffer, actors_named
from matching.inventory.stock import HARD
from matching.naming.municipalities import plain
from matching.peers.challenges import SEVERITY

inventory = Blueprint("inventory_pages", __name__)

A_PAGE = 25
PEERS = 10
DONE = {
    "created": N_("The offer is entered."),
    "changed": N_("The offer is changed."),
    "confirmed": N_("Confirmed: the entry still holds, as of today."),
    "noted": N_("The note is kept with the offer."),
    "pasted": N_("All rows are entered as offers."),
    "undone": N_("It is taken back; everything is as before."),
}
"""What is said after an action."""


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A field for a group, as a reader sees it."""

    offers: str
    peers_have: bool
    white: bool
    words: str
    url: str


@dataclass(frozen=True, slots=True)
class ShownOffer:
    """An offer in a list, with what may be done about it."""

    id: str
    name: str
    url: str
    about: str
    note: str
    day: str
    may_change: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """A cell that was opened: its offers, and what the closest have there."""

    title: str
    sentence: str
    offers: tuple[ShownOffer, ...]
    others: tuple[tuple[str, str, str, str], ...]
    """Place, its address, the offer, and its address."""
    field: str


@inventory.get("/offers")
def list_offers() -> Response | str:
    """Lead to a municipality's inventory; below, every offer that is recorded."""
    here, speak = snapshot(), words()
    text = request.args.get("municipality", "").strip()[:200]
    candidates: Sequence[tuple[str, str]] = ()
    problem = ""
    if text:
        try:
            return redirect(f"/municipalities/{here.municipality(text).local}/offers", 303)
        except Ambiguous as error:
            candidates = error.candidates
        except NotFound:
            problem = speak("No municipality is known as “{text}”.", text=text)
    stock = stock_of(here, shipped_lens(DEFAULT_LENS)).stock
    field, sought = _chosen("field"), plain(request.args.get("q", "").strip()[:100])
    found = [
        each
        for each in sorted(stock.offers, key=lambda offer: plain(offer.name))
        if (not field or field in each.fields) and sought in plain(each.name)
    ]
    pages = max(1, -(-len(found) // A_PAGE))
    page = min(max(1, request.args.get("page", 1, type=int)), pages)
    return render_template(
        "offers.html",
        text=text,
        candidates=candidates,
        problem=problem,
        total=len(stock.offers),
        places=len({place for each in stock.offers for place in each.places}),
        found=len(found),
        rows=[_listed(each, here.projection) for each in found[(page - 1) * A_PAGE : page * A_PAGE]],
        page=page,
        pages=pages,
        field=field,
        q=request.args.get("q", "").strip()[:100],
        fields=[(each.id, each.label(speak.language)) for each in load_vocabulary().terms("field")],
        own=_own_places(here.projection),
    )


@inventory.get("/municipalities/<string:code>/offers")
def show_inventory(code: str) -> Response | str:
    """The matrix first, then what it hides."""
    here, speak = snapshot(), words()
    key = here.municipality(code)
    if key.local != code:
        return redirect(f"/municipalities/{quote(key.local)}/offers", 303)
    stock, answer = _coverage(key)
    explainer = Explainer(here.projection, speak)
    rights = Rights(viewer(), here)
    shown = {each.key: _shown(each, rights) for each in stock.stock.of(key)}
    seen = sum(peer.recorded for peer in answer.peers)
    return render_template(
        "inventory.html",
        key=key,
        name=answer.name,
        answer=answer,
        sentences=list(_sentences(answer)),
        scope=list(_scope(answer, seen)),
        tabs=place_tabs(key, "/municipalities/{code}/offers"),
        groups=[("", speak("no group named")), *((each, term("target_group", each)) for each in answer.groups)],
        rows=list(_rows(answer, seen)),
        filled=any(cell.offers or cell.peers or cell.severity is not None for cell in answer.cells),
        opened=_opened(answer, stock, shown, seen),
        most=SEVERITY,
        hard=HARD,
        white=[(term("challenge", each.rating.challenge), each.rating) for each in answer.white_spots],
        lacking=[_lacking(each) for each in answer.lacking],
        overlaps=[
            (term("field", each.field), term("offer_kind", each.kind), [shown[offer] for offer in each.offers])
            for each in answer.overlaps
        ],
        to_confirm=_due(answer.to_confirm, shown),
        to_improve=_due(answer.to_improve, shown),
        funding=_due(answer.funding_ends, shown),
        offers=sorted(shown.values(), key=lambda each: plain(each.name)),
        may_edit=rights.covers(key),
        signed_in=viewer().account is not None,
        done=speak(DONE.get(request.args.get("done", ""), "")),
        undo=request.args.get("revision", 0, type=int),
        place=explainer.place(key),
    )


@inventory.get("/municipalities/<string:code>/offers.xlsx")
def export_inventory(code: str) -> Response:
    """The inventory as a workbook."""
    here = snapshot()
    key = here.municipality(code)
    stock, answer = _coverage(key)
    folder = Path(mkdtemp(prefix="kompass-inventory-"))
    path = folder / f"{words()('offers')}-{key.local}.xlsx"
    try:
        export_coverage(answer, stock, Explainer(here.projection, words()), path, services().store)
        body = path.open("rb")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    mime = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return send_file(body, mime, as_attachment=True, download_name=path.name)


def _coverage(key: NodeKey) -> tuple[Inventory, CoverageAnswer]:
    here = snapshot()
    stock = stock_of(here, shipped_lens(DEFAULT_LENS))
    answer = here.prepared(("coverage", key, today()), lambda _: stock.coverage(CoverageQuestion(key, today(), PEERS)))
    return stock, answer


def _chosen(name: str) -> str:
    id = request.args.get(name, "").strip()[:80]
    return id if load_vocabulary().find(name, id) else ""


def _own_places(projection: Projection) -> list[tuple[str, str]]:
    """The inventories that the viewer looks after."""
    if not viewer().role.covers(Role.EDITOR):
        return []
    keys = sorted(viewer().municipalities)
    known = [key for key in keys if projection.known(key)]
    return [
        (projection.name(Label.MUNICIPALITY, projection.position(key)), f"/municipalities/{key.local}/offers")
        for key in known
    ]


def _about(offer: KnownOffer) -> str:
    """What an offer is, in a line: kind, fields, for whom, by whom, state."""
    projection = snapshot().projection
    parts = [
        term("offer_kind", offer.offer.kind) if offer.offer.kind else "",
        ", ".join(term("field", each) for each in sorted(offer.fields)),
        ", ".join(term("target_group", each) for each in sorted(offer.groups)),
        ", ".join(actor.name or "" for actor in actors_named(projection, offer.providers).values()),
        offer.offer.department or "",
        term("offer_status", offer.offer.status) if offer.offer.status not in (None, "active") else "",
    ]
    return " · ".join(filter(None, parts))


def _listed(offer: KnownOffer, projection: Projection) -> tuple[str, str, list[tuple[str, str]], str]:
    places = [
        (projection.name(Label.MUNICIPALITY, projection.position(each)), f"/municipalities/{each.local}/offers")
        for each in offer.places
        if each.label is Label.MUNICIPALITY
    ]
    return offer.name, record_url(offer.key), places, _about(offer)


def _shown(offer: KnownOffer, rights: Rights) -> ShownOffer:
    day = offer.offer.assured_on
    return ShownOffer(
        offer.key.local,
        offer.name,
        record_url(offer.key),
        _about(offer),
        offer.offer.improvement_note or "",
        words()("last confirmed on {day}", day=words().date(day)) if day else words()("never confirmed"),
        rights.covers(offer.key),
    )


def _sentences(answer: CoverageAnswer) -> Iterator[str]:
    """The answer: how much is on offer, and how many hard challenges meet nothing."""
    speak = words()
    if not answer.recorded:
        yield speak("For {name} no offers are recorded yet, so nothing can be said about gaps.", name=answer.name)
        if answer.white_spots or any(each.rating.severity >= HARD for each in answer.challenges):
            yield speak("Hard challenges are rated, though: with the offers entered, white spots show.")
        return
    fields = {cell.field for cell in answer.cells if cell.offers}
    yield speak.plural(
        "{name} has one running offer on record, in {fields} of {all} fields of action.",
        "{name} has {n} running offers on record, in {fields} of {all} fields of action.",
        answer.running,
        name=answer.name,
        fields=len(fields),
        all=len(answer.fields),
    )
    if answer.white_spots:
        yield speak.plural(
            "One hard challenge meets no offer.", "{n} hard challenges meet no offer.", len(answer.white_spots)
        )
    if answer.to_confirm:
        yield speak.plural(
            "One entry should be confirmed anew.", "{n} entries should be confirmed anew.", len(answer.to_confirm)
        )


def _scope(answer: CoverageAnswer, seen: int) -> Iterator[str]:
    """How much is known, and how old it is."""
    speak = words()
    if answer.peers:
        yield speak.plural(
            "Compared with the closest peer; offers are recorded for {seen}.",
            "Compared with the {n} closest peers; offers are recorded for {seen} of them.",
            len(answer.peers),
            seen=speak.number(seen),
        )
        if answer.recorded and seen < FEWEST_PEERS:
            yield speak("That is too few to say what half of them have.")
    yield from how_old(answer, speak)


def _rows(answer: CoverageAnswer, seen: int) -> Iterator[tuple[str, str, list[ShownCell]]]:
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


def _cell(cell: Cell, answer: CoverageAnswer, seen: int) -> ShownCell:
    speak = words()
    half = seen >= FEWEST_PEERS and 2 * cell.peers >= seen
    told = [
        speak.plural("one offer", "{n} offers", len(cell.offers))
        if cell.offers
        else speak("no offer recorded")
        if answer.recorded
        else speak("nothing recorded")
    ]
    if cell.peers:
        told.append(speak("{peers} of {of} peers have one", peers=speak.number(cell.peers), of=speak.number(seen)))
    if cell.white:
        told.append(speak("gap"))
    something = bool(cell.offers or cell.peers or cell.white)
    return ShownCell(
        speak.number(len(cell.offers)) if cell.offers else "",
        half,
        cell.white,
        ", ".join(told),
        f"{request.path}?cell={cell.field}.{cell.group}#cell" if something else "",
    )


def _opened(answer: CoverageAnswer, stock: Inventory, shown: dict[NodeKey, ShownOffer], seen: int) -> Opened | None:
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
                    (peer.name, f"/municipalities/{peer.key.local}/offers", offer.name, record_url(offer.key))
                )
    label = term("target_group", group) if group else speak("no group named")
    sentence = _cell(cell, answer, seen).words
    return Opened(
        f"{term('field', field)}: {label}",
        sentence[:1].upper() + sentence[1:] + ".",
        tuple(shown[offer] for offer in cell.offers),
        tuple(others),
        field,
    )


def _lacking(lack: Lack) -> tuple[str, str, list[tuple[str, str, str, str, str]], str]:
    """What, by how many, examples with whom to ask, and the field."""
    speak = words()
    what = term("field", lack.field) + (f", {term('target_group', lack.group)}" if lack.group else "")
    examples = [
        (
            each.name,
            record_url(each.offer),
            each.place,
            f"/municipalities/{each.municipality.local}/offers",
            ", ".join(filter(None, (each.contact_role, each.provider))),
        )
        for each in lack.examples
    ]
    many = speak("{peers} of {of} peers have one", peers=speak.number(lack.peers), of=speak.number(lack.of))
    return what, many, examples, lack.field


def _due(dues: Iterable[Due], shown: dict[NodeKey, ShownOffer]) -> list[tuple[ShownOffer, Due]]:
    return [(shown[due.offer], due) for due in dues]

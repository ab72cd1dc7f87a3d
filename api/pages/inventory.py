"""The inventory of a municipality: what is on offer for whom, what is missing, what others have, and what is old."""

import shutil
from collections.abc import Iterable
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import quote

from flask import Blueprint, redirect, render_template, request, send_file
from werkzeug.wrappers import Response

from api.editing.rights import Rights
from api.files.inventories import export_coverage
from api.http.caching import today
from api.http.current import services, snapshot, words
from api.http.viewer import viewer
from api.language import N_
from api.pages.frame import record_url, term
from api.pages.inventory_matrix import matrix_rows, opened_cell, signs_of
from api.pages.municipality import place_tabs
from api.pages.offer_lines import ShownOffer, shown_offer
from api.questions.inventory import inventory as stock_of
from api.questions.peers import DEFAULT_LENS, shipped_lens
from api.words.coverage import compared_with, how_much, named_stock
from api.words.suggestions import Explainer
from graph_service.keys import NodeKey
from matching.inventory.answers import CoverageAnswer, CoverageQuestion, Due, Lack
from matching.inventory.matcher import Inventory
from matching.inventory.stock import HARD
from matching.naming.municipalities import plain
from matching.peers.challenges import SEVERITY

inventory = Blueprint("inventory_pages", __name__)

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


@inventory.get("/municipalities/<string:code>/offers")
def show_inventory(code: str) -> Response | str:
    """The matrix first, then what it hides."""
    here, speak = snapshot(), words()
    key = here.municipality(code)
    if key.local != code:
        return redirect(f"/municipalities/{quote(key.local)}/offers", 303)
    stock, answer = _coverage(key)
    rights = Rights(viewer(), here)
    shown = {each.key: shown_offer(each, rights) for each in stock.stock.of(key)}
    seen = sum(peer.recorded for peer in answer.peers)
    rows = list(matrix_rows(answer, seen))
    return render_template(
        "inventory.html",
        key=key,
        name=answer.name,
        answer=answer,
        sentences=list(how_much(answer, speak)),
        scope=list(compared_with(answer, seen, speak)),
        tabs=place_tabs(key, "/municipalities/{code}/offers"),
        groups=[("", speak("no group named")), *((each, term("target_group", each)) for each in answer.groups)],
        rows=rows,
        signs=signs_of(rows),
        filled=any(cell.offers or cell.peers or cell.severity is not None for cell in answer.cells),
        opened=opened_cell(answer, stock, shown, seen),
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
    return stock, named_stock(answer, Explainer(here.projection, words()))


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

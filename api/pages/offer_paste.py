"""Offers from a spreadsheet: rows are pasted, looked at, corrected, and entered together or not at all."""

import secrets
from collections.abc import Iterator, Sequence
from functools import cache

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from api.editing.pasted import MOST_ROWS, Pasted, PastedRow, read_pasted
from api.http.caching import today
from api.http.current import snapshot, words
from api.http.errors import STATUS
from api.http.viewer import Role, require, viewer
from api.pages.forms import editor, said
from api.pages.names import name_of
from api.pages.offer_forms import COLUMNS, back_to_inventory, who_may_enter
from api.pages.sign_in import refusal
from api.questions.directory import directory
from api.questions.providers import find_provider, providers_for
from graph_service.keys import Label, NodeKey
from graph_service.vocabulary import load_vocabulary
from matching.naming.municipalities import plain

offer_paste = Blueprint("offer_paste", __name__)

Page = Response | str | tuple[str, int]
MOST_TOLD = 10
EXAMPLE = ("name", "kind", "fields", "target_groups", "department")


@offer_paste.route("/municipalities/<string:code>/offers/paste", methods=("GET", "POST"))
def paste_offers(code: str) -> Page:
    """Rows from a spreadsheet: paste, look at what was understood, confirm."""
    if request.method == "GET" and not viewer().role.covers(Role.EDITOR):
        return who_may_enter(code)
    require(Role.EDITOR)
    key = snapshot().municipality(code)
    text = request.form.get("rows", "")
    if request.method == "GET":
        return _page(key, text, None)
    providers = providers_for(snapshot(), key)
    pasted = read_pasted(
        "offers",
        text,
        {"municipalities": [key.local]},
        cache(lambda cell: find_provider(snapshot(), providers, cell).local),
        {column: words()(label) for column, label in COLUMNS.items()},
    )
    if request.form.get("step") != "confirm" or not pasted.good:
        return _page(key, text, pasted)
    entered = []

    def work() -> None:
        rows = [{"assured_on": today(), **each.row} for each in pasted.rows]
        entered.extend(editor().create_all("offers", rows, request.form.get("idempotency", "")[:40]))

    error = refusal(work)
    if error:
        return _page(key, text, pasted, said(error, COLUMNS)), STATUS[error.code]
    return back_to_inventory(key, "pasted", entered[0].revision)


def _page(key: NodeKey, text: str, pasted: Pasted | None, problem: str = "") -> str:
    speak = words()
    rows = pasted.rows if pasted else ()
    known = _names_of_offers(key)
    problem = problem or (said(pasted.problem, COLUMNS) if pasted and pasted.problem else "")
    return render_template(
        "offers_paste.html",
        key=key,
        name=name_of(key),
        text=text,
        pasted=pasted,
        columns=list(_told_columns(pasted)) if pasted else [],
        summary=[("rows", problem)] if problem else list(_by_row(rows)),
        labels={column: speak(label) for column, label in COLUMNS.items()},
        example="\t".join(speak(COLUMNS[each]) for each in EXAMPLE),
        problems={each.line: [said(error, COLUMNS) for error in each.problems] for each in rows},
        wrong={each.line: {e.place.column for e in each.problems} for each in rows},
        known={each.line for each in rows if plain(str(each.row.get("name", ""))) in known},
        bad=sum(bool(each.problems) for each in rows),
        most=MOST_ROWS,
        idempotency=secrets.token_hex(8),
        **{kind: _labels(kind) for kind in ("offer_kind", "field", "target_group")},
    )


def _told_columns(pasted: Pasted) -> Iterator[tuple[int, str]]:
    """Where a column is and what it is, but for those in which nothing stands."""
    for at, column in enumerate(pasted.columns):
        if pasted.headings[at] or any(any(each.cells[at : at + 1]) for each in pasted.rows):
            yield at, column


def _by_row(rows: Sequence[PastedRow]) -> Iterator[tuple[str, str]]:
    """One sentence for each row that is not clear, as far as a reader can take it in."""
    speak, bad = words(), [each for each in rows if each.problems]
    for each in bad[:MOST_TOLD]:
        problems = "; ".join(said(error, COLUMNS) for error in each.problems)
        yield "rows", speak("Row {n}: {problems}", n=each.line, problems=problems)
    if len(bad) > MOST_TOLD:
        yield "rows", speak.plural("and one more", "and {n} more", len(bad) - MOST_TOLD)


def _labels(kind: str) -> list[str]:
    return [each.label(words().language) for each in load_vocabulary().terms(kind)]


def _names_of_offers(key: NodeKey) -> set[str]:
    here = snapshot()
    known = directory(here, Label.OFFER)
    return {plain(here.projection.name(Label.OFFER, at)) for at in known.within(key).nonzero()[0].tolist()}

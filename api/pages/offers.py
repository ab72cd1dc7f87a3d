"""All offers that are recorded, and the way to a municipality's inventory."""

from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from api.http.current import snapshot, words
from api.http.viewer import Role, viewer
from api.pages.frame import record_url
from api.pages.names import name_of
from api.pages.offer_lines import about_offer
from api.questions.inventory import inventory as stock_of
from api.questions.peers import DEFAULT_LENS, shipped_lens
from api.words.peers import told_apart
from api.words.suggestions import Explainer
from graph_service.errors import Ambiguous, NotFound
from graph_service.keys import Label
from graph_service.projection import Projection
from graph_service.vocabulary import load_vocabulary
from matching.inventory.offers import KnownOffer
from matching.naming.municipalities import plain

offers = Blueprint("offer_pages", __name__)

A_PAGE = 25


@offers.get("/offers")
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
            candidates = told_apart(error.candidates, Explainer(here.projection, speak))
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
        rows=[_listed(each) for each in found[(page - 1) * A_PAGE : page * A_PAGE]],
        page=page,
        pages=pages,
        field=field,
        q=request.args.get("q", "").strip()[:100],
        fields=[(each.id, each.label(speak.language)) for each in load_vocabulary().terms("field")],
        own=_own_places(here.projection),
    )


def _chosen(name: str) -> str:
    id = request.args.get(name, "").strip()[:80]
    return id if load_vocabulary().find(name, id) else ""


def _own_places(projection: Projection) -> list[tuple[str, str]]:
    """The inventories that the viewer looks after."""
    if not viewer().role.covers(Role.EDITOR):
        return []
    keys = sorted(viewer().municipalities)
    known = [key for key in keys if projection.known(key)]
    return [(name_of(key), f"/municipalities/{key.local}/offers") for key in known]


def _listed(offer: KnownOffer) -> tuple[str, str, list[tuple[str, str]], str]:
    places = [
        (name_of(each), f"/municipalities/{each.local}/offers")
        for each in offer.places
        if each.label is Label.MUNICIPALITY
    ]
    return offer.name, record_url(offer.key), places, about_offer(offer)

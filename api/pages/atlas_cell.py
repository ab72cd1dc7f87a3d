"""One cell of the atlas: what is known of it, which of the closest have something there, and on to an exchange."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from api.http.caching import depends_on_graph
from api.http.current import snapshot, words
from api.pages.atlas_chosen import cell_url, chosen_term
from api.pages.frame import first_of, has_page, record_url, term, theirs
from api.pages.names import name_of
from api.questions.inventory import Haver, find_havers, had, inventory, untried
from api.questions.peers import DEFAULT_LENS, shipped_lens
from api.questions.profile import ratings
from api.words.atlas import Told, about_cell
from api.words.practices import remark as remark_of
from api.words.suggestions import Explainer
from graph_service.errors import NotFound
from graph_service.keys import NodeKey
from graph_service.vocabulary import load_vocabulary
from matching.inventory.atlas import Tried
from matching.inventory.offers import actors_named
from matching.naming.municipalities import plain
from matching.peers.challenges import SEVERITY

atlas_cell = Blueprint("atlas_cell_pages", __name__)
depends_on_graph(atlas_cell)

MOST_HAVERS = 8
MOST_NAMED = 4


@dataclass(frozen=True, slots=True)
class Listed:
    """A practice as a cell lists it."""

    name: str
    url: str
    where: str
    """Where within the municipality; nothing where it is the municipality itself."""
    remark: str
    """What is known of one without evidence."""
    both: bool = False
    """Whether the one that asks has it, too."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Somebody who has what is missing elsewhere."""

    name: str
    place: str
    url: str
    closeness: str
    share: float
    offers: tuple[tuple[str, str, str, bool], ...]
    """Name, address, whom to ask, and whether it is there for the one that asks, too."""
    practices: tuple[Listed, ...]
    unproven: tuple[Listed, ...]
    more: int
    all: str
    """Where everything that it has in the field is listed."""
    new: bool
    hearsay: bool
    """Whether all that is new is known without evidence."""
    propose: str
    """Where an exchange is proposed; nothing where there is nothing new."""


@atlas_cell.get("/atlas/<string(maxlength=60):code>/<string(maxlength=80):field>")
def show_cell(code: str, field: str) -> Response | str:
    """One cell: what is known of it, and which of the closest have something there."""
    here, speak = snapshot(), words()
    key = here.municipality(code)
    if load_vocabulary().find("field", field) is None:
        raise NotFound("a field of action of the vocabulary", field)
    if key.local != code:
        return redirect(f"/atlas/{quote(key.local)}/{quote(field)}", 303)
    group = chosen_term("group", "target_group")
    lens = shipped_lens(DEFAULT_LENS)
    stock = inventory(here, lens).stock
    explainer = Explainer(here.projection, speak)
    name = name_of(key)
    offers, tried = had(here, lens, key, field, group)
    faced = [each for each in ratings(here).get(key, ()) if each.field == field]
    looked_at, havers = find_havers(here, lens, key, field, group)
    hardest, recorded = max((each.severity for each in faced), default=None), stock.areas.recorded(key)
    unproven = [each for each in tried if each.practice.unproven]
    names = tuple(name_of(each.peer.key) for each in havers)
    asked = next((each for each in sorted(havers, key=lambda each: each.hearsay) if each.new), None)
    first = name_of(asked.partner) if asked else ""
    told = Told(hardest, len(offers), len(tried) - len(unproven), len(unproven), recorded, looked_at, names, first)
    listed = havers if request.args.get("show") == "all" else first_of(havers, MOST_HAVERS)
    return render_template(
        "atlas_cell.html",
        key=key,
        name=name,
        field=field,
        label=term("field", field),
        group=group,
        answer=list(about_cell(told, speak)),
        asked=(first, _proposal(asked, key, (field, group)) if asked else ""),
        recorded=recorded,
        looked_at=looked_at,
        faced=[(term("challenge", each.challenge), each) for each in faced],
        most=SEVERITY,
        offers=[(each.name, record_url(each.key)) for each in offers],
        practices=[_listed(each, key) for each in tried if not each.practice.unproven],
        unproven=[_listed(each, key) for each in unproven],
        found=len(havers),
        havers=[_shown(each, key, (field, group), explainer) for each in listed],
        others=_others(key, field),
        groups=[(each.id, each.label(speak.language)) for each in load_vocabulary().terms("target_group")],
    )


def _listed(tried: Tried, within: NodeKey, both: frozenset[NodeKey] = frozenset()) -> Listed:
    """A practice of a municipality, and whether the one that asks has it, too."""
    practice = tried.practice
    where = ", ".join(sorted((name_of(place) for place in tried.places if place != within), key=plain))
    said = practice.practice.description or ""
    remark = (remark_of(said, words()) or theirs(said) or term("evidence", "none")) if practice.unproven else ""
    return Listed(practice.name, record_url(practice.key), where, remark, practice.key in both)


def _others(key: NodeKey, field: str) -> tuple[int, str]:
    """How many practices of a field were not tried here, and where they are."""
    found = untried(snapshot(), key, field)
    one = record_url(found[0].key) if len(found) == 1 else ""
    return len(found), one or f"/practices?{urlencode({'field': field})}"


def _shown(haver: Haver, key: NodeKey, cell: tuple[str, str], explainer: Explainer) -> Shown:
    projection = explainer.projection
    offers = []
    for each in first_of(haver.offers, MOST_NAMED):
        provider = next(iter(actors_named(projection, each.providers).values()), None)
        ask = ", ".join(filter(None, (provider.contact_role, provider.name))) if provider else ""
        offers.append((each.name, record_url(each.key), ask, each.key in haver.both))
    found = first_of(haver.practices, MOST_NAMED)
    return Shown(
        name_of(haver.peer.key),
        explainer.place(haver.peer.key),
        record_url(haver.peer.key),
        explainer.closeness(haver.peer),
        haver.peer.closeness,
        tuple(offers),
        tuple(_listed(each, haver.peer.key, haver.both) for each in found if not each.practice.unproven),
        tuple(_listed(each, haver.peer.key, haver.both) for each in found if each.practice.unproven),
        len(haver.offers) + len(haver.practices) - len(offers) - len(found),
        cell_url(haver.peer.key, *cell),
        haver.new,
        haver.hearsay,
        _proposal(haver, key, cell),
    )


def _proposal(haver: Haver, key: NodeKey, cell: tuple[str, str]) -> str:
    """Where an exchange with somebody is proposed; nothing where there is nothing new."""
    if not haver.new or not has_page("/exchanges/new"):
        return ""
    field, group = cell
    query: list[tuple[str, str]] = [("with", key.local), ("with", haver.partner.local), ("topic", f"field.{field}")]
    query += [("group", group)] if group else []
    query += [("practice", haver.new_practice.practice.key.local)] if haver.new_practice else []
    return f"/exchanges/new?{urlencode(query)}"

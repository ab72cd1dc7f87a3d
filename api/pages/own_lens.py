"""A lens of one's own: choose its indicators, name it, keep it, take one that was kept."""

from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

from flask import Blueprint, render_template, request

from api.http.current import services, snapshot, words
from api.http.viewer import viewer
from api.pages.names import name_of
from api.pages.peers_controls import more_indicators
from api.pages.peers_form import LONGEST_TITLE
from api.pages.peers_view import view_of
from api.questions.peers import OWN
from api.words.suggestions import Explainer
from graph_service.keys import NodeKey

own_lens = Blueprint("own_lens", __name__)


@dataclass(frozen=True, slots=True)
class Choice:
    """An indicator that can be chosen."""

    id: str
    label: str
    weight: float
    chosen: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """A lens that was kept, as it leads to the municipality at hand."""

    name: str
    url: str
    indicators: int


@own_lens.get("/municipalities/<string:code>/lens")
def show_lens(code: str) -> str:
    """The indicators of the lens at hand chosen, all others beside them; and what was kept before."""
    here = snapshot()
    key = here.municipality(code)
    view = view_of(key)
    explainer = Explainer(here.projection, words())
    empty = request.args.get("begin") == "nothing"
    weights = {} if empty else {each.id: each.weight for each in view.asked.lens.indicators} | dict(view.asked.weights)
    account = viewer().account
    return render_template(
        "own_lens.html",
        key=key,
        name=name_of(key),
        view=view,
        title=view.kept.get("title", ""),
        longest=LONGEST_TITLE,
        themes=[
            (theme, [Choice(id, label, weights.get(id) or 1.0, weights.get(id, 0.0) > 0) for id, label in options])
            for theme, options in more_indicators((), explainer)
        ],
        chosen=sum(weight > 0 for weight in weights.values()),
        kept=list(_kept(account, key)) if account else [],
        other_start=view.address(begin=None if empty else "nothing"),
        empty=empty,
        signed_in=account is not None,
        back=view.address(f"/municipalities/{key.local}/peers"),
    )


def _kept(account: str, key: NodeKey) -> list[Kept]:
    """The account's kept lists with chosen indicators or weights, for this municipality."""
    found = []
    for each in services().saved.of(account):
        parts = urlsplit(each.address)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path.startswith("/municipalities/") and asked.get("weights"):
            lens = [(name, asked[name]) for name in ("lens", "title", "weights") if name in asked]
            url = f"/municipalities/{key.local}/peers?{urlencode(lens)}"
            title = asked.get("title", "") if asked.get("lens") == OWN else ""
            found.append(Kept(title or each.name, url, asked["weights"].count(":")))
    return found

"""Exchanges between municipalities: which there are, and in which state."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, render_template, request

from api.http.caching import today
from api.http.current import snapshot, words
from api.pages.exchange import DONE
from api.pages.frame import record_url
from api.pages.names import name_of
from graph_service.keys import Label, NodeKey
from graph_service.model import EdgeType, Exchange
from graph_service.vocabulary import load_vocabulary
from matching.about import targets
from matching.naming.municipalities import plain

exchanges = Blueprint("exchange_pages", __name__)

AHEAD = ("proposed", "agreed")
"""States of an exchange whose planned day counts."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An exchange in the list."""

    key: NodeKey
    name: str
    state: str
    day: date | None
    towns: tuple[tuple[str, str], ...]
    about: str


@exchanges.get("/exchanges")
def list_exchanges() -> str:
    """Every exchange that may be seen, by state."""
    found = list(_all())
    state = request.args.get("state", "").strip()[:40]
    state = state if load_vocabulary().find("exchange_state", state) else ""
    shown = [each for each in found if not state or each.state == state]
    order = {id: i for i, id in enumerate(each.id for each in load_vocabulary().terms("exchange_state"))}
    shown.sort(key=lambda each: (order.get(each.state, -1), each.day or date.max, plain(each.name)))
    upcoming = sorted(
        (each for each in found if each.day and each.day >= today() and each.state in AHEAD),
        key=lambda each: each.day or date.max,
    )
    return render_template(
        "exchanges.html",
        total=len(found),
        shown=shown,
        state=state,
        states=[(id, sum(each.state == id for each in found)) for id in order if any(e.state == id for e in found)],
        upcoming=upcoming[0] if upcoming else None,
        done=words()(DONE["undone"]) if request.args.get("done") == "undone" else "",
    )


def _all() -> Iterator[Listed]:
    projection = snapshot().projection
    involved = targets(projection, EdgeType.INVOLVES, Label.EXCHANGE)
    about = targets(projection, EdgeType.ABOUT, Label.EXCHANGE)
    for node in projection.nodes(Label.EXCHANGE):
        if isinstance(node, Exchange):
            yield Listed(
                node.key,
                node.name or node.key.local,
                node.state or "",
                node.held_on or node.planned_on,
                tuple((name_of(each), record_url(each)) for each in involved.get(node.key, ())),
                " · ".join(name_of(each) for each in about.get(node.key, ())),
            )

"""The address of a list of peers: read as a question, written short, and changed by links."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

import marshmallow as ma
from flask import request
from werkzeug.datastructures import MultiDict

from api.http.current import snapshot, words
from api.questions.comparison import MOST
from api.questions.peers import PeersAsked, shipped_lens, usual_lens
from api.questions.profile import ratings
from api.schemas.peers import PeersQuery, peers_asked
from graph_service.errors import GraphServiceError, NotFound
from graph_service.keys import NodeKey, concept_key

MOST_WEIGHT = 3.0
KEPT = (
    "lens", "weights", "kind", "challenge", "level", "state", "population_from", "population_to", "challenge_share",
    "limit",
)  # fmt: skip
"""What of the address asks for another list; the rest is about the page."""

Args = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class View:
    """The address as it was understood: the question, what was picked for comparison, and what was wrong in it."""

    asked: PeersAsked
    query: Mapping[str, Any]
    args: Args
    chosen: tuple[NodeKey, ...]
    problem: str

    def address(self, path: str = "", **changed: object) -> str:
        """A page with this question, or with some of it changed; None takes it away."""
        present = {name: self.args.get(name) for name in KEPT} | changed
        kept = [(name, str(value)) for name, value in present.items() if value and not _is_usual(name, str(value))]
        kept += [("with", each.local) for each in self.chosen]
        path = path or request.path
        return f"{path}?{urlencode(kept)}" if kept else path


def view_of(key: NodeKey) -> View:
    """Understand the address; what cannot be understood is said, and the usual taken instead."""
    form = "weighed" in request.args
    args: MultiDict[str, str] = MultiDict(parse_qsl(short_query())) if form else MultiDict(request.args)
    schema = PeersQuery(unknown=ma.EXCLUDE)
    usual = {"lens": usual_lens(snapshot()).id}
    given = usual | {name: value for name, value in args.items() if value != "" and name in schema.fields}
    problem = ""
    try:
        query = schema.load(given)
        asked = _possible(peers_asked(key, query))
    except (ma.ValidationError, GraphServiceError) as error:
        fields = sorted(error.messages_dict) if isinstance(error, ma.ValidationError) else [str(error.found)]
        problem = words()("This part of the address was not understood and is left out: {what}", what=", ".join(fields))
        args = MultiDict([("with", each) for each in args.getlist("with")])
        query = schema.load(usual)
        asked = peers_asked(key, query)
    if asked.challenge_share and key not in ratings(snapshot()):
        problem = words()("Challenges cannot count here: nobody has rated them for this municipality yet.")
        asked = replace(asked, challenge_share=0.0)
    return View(asked, query, args, _known(args.getlist("with")), problem)


def _possible(asked: PeersAsked) -> PeersAsked:
    """The question, if its indicators and its challenge are known; raises NotFound."""
    unknown = set(asked.weights) - {each.id for each in asked.lens.indicators}
    if unknown and asked.lens.indicators:
        raise NotFound("an indicator of the lens", ", ".join(sorted(unknown)))
    if asked.challenge is not None:
        snapshot().projection.position(concept_key("challenge", asked.challenge))
    return asked


def _known(codes: Sequence[str]) -> tuple[NodeKey, ...]:
    projection = snapshot().projection
    found = (projection.known(f"municipality:{code}") for code in dict.fromkeys(codes))
    return tuple(key for key in found if key is not None)[:MOST]


def short_query() -> str:
    """What a form sent in full, without what is as usual; raises NotFound for an unknown lens."""
    lens = shipped_lens(request.args.get("lens") or usual_lens(snapshot()).id)
    usual = {each.id: each.weight for each in lens.indicators}
    changed = []
    for name in request.args:
        id, sent = name.removeprefix("w."), request.args.get(name, type=float)
        # a lens without a list of its own weighs every indicator once
        expected = usual.get(id, None if usual else 1.0)
        if name.startswith("w.") and sent is not None and expected is not None and 0 <= sent <= MOST_WEIGHT:
            changed += [f"{id}:{sent:g}"] if abs(sent - expected) > 1e-9 else []
    kept: list[tuple[str, str]] = [
        (name, value)
        for name in KEPT
        if name != "weights" and (value := request.args.get(name, "")) and not _is_usual(name, value)
    ]
    if changed:
        kept.append(("weights", ",".join(changed)))
    kept += [("with", each) for each in list(dict.fromkeys(request.args.getlist("with")))[:MOST]]
    return urlencode(kept)


def _is_usual(name: str, value: str) -> bool:
    return (name, value) in (
        ("lens", usual_lens(snapshot()).id),
        ("kind", "nearest"),
        ("limit", "10"),
        ("challenge_share", "0"),
        ("challenge_share", "0.0"),
    )

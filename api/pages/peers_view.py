"""The address of a list of peers: read as a question, and written short again with some of it changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

import marshmallow as ma
from flask import request
from werkzeug.datastructures import MultiDict

from api.http.current import snapshot, words
from api.pages.peers_form import KEPT, LONGEST_TITLE, is_long, is_usual, short_query
from api.questions.comparison import MOST
from api.questions.peers import PeersAsked, usual_lens
from api.questions.profile import ratings
from api.schemas.peers import PeersQuery, peers_asked
from graph_service.errors import GraphServiceError
from graph_service.keys import NodeKey, concept_key
from graph_service.model import Level
from graph_service.projection import LEVELS

Args = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class View:
    """The address as it was understood: the question, what was picked for comparison, and what was wrong in it."""

    asked: PeersAsked
    query: Mapping[str, Any]
    args: Args
    chosen: tuple[NodeKey, ...]
    problem: str

    @property
    def kept(self) -> dict[str, str]:
        """What of the address asks for this list, without what is as usual anyway."""
        return {name: value for name in KEPT if (value := self.args.get(name)) and not is_usual(name, value)}

    def address(self, path: str = "", **changed: object) -> str:
        """A page with this question, or with some of it changed; None takes it away."""
        present = self.kept | changed
        kept = [(name, str(value)) for name, value in present.items() if value and not is_usual(name, str(value))]
        kept += [("with", each.local) for each in self.chosen]
        path = path or request.path
        return f"{path}?{urlencode(kept)}" if kept else path


def view_of(key: NodeKey) -> View:
    """Understand the address; what cannot be understood is said, and the usual taken instead."""
    args: MultiDict[str, str] = MultiDict(parse_qsl(short_query())) if is_long() else MultiDict(request.args)
    schema = PeersQuery(unknown=ma.EXCLUDE)
    usual = {"lens": usual_lens(snapshot()).id}
    given = usual | {name: value for name, value in args.items() if value != "" and name in schema.fields}
    problem = ""
    try:
        query = schema.load(given) | {"title": args.get("title", "")[:LONGEST_TITLE]}
        asked, problem = _possible(peers_asked(key, query))
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


def _possible(asked: PeersAsked) -> tuple[PeersAsked, str]:
    """The question as far as the store can answer it, and what had to be left out; raises NotFound."""
    projection, problem = snapshot().projection, ""
    unknown = [each for each in asked.weights if projection.known(f"indicator:{each}") is None]
    if asked.challenge is not None:
        projection.position(concept_key("challenge", asked.challenge))
    for state in asked.filters.states:
        projection.position(NodeKey(f"municipality:{state}"))
    if unknown:
        weights = {id: weight for id, weight in asked.weights.items() if id not in unknown}
        problem = words()("These indicators are not known here and are left out: {names}", names=", ".join(unknown))
        asked = replace(asked, weights=weights)
    if asked.filters.level not in (None, level_of(asked.municipality)):
        problem = words()("Compared are only municipalities of the same level; the one in the address is left out.")
        usual = replace(asked.filters, level=None, any_level=asked.lens.filters.any_level)
        asked = replace(asked, filters=usual)
    ids = {each.id: each.weight for each in asked.lens.indicators} or dict.fromkeys(_indicators(), 1.0)
    if ids and not any((ids | asked.weights).values()):
        problem = words()("At least one indicator must count; the weights are as usual again.")
        asked = replace(asked, weights={})
    return asked, problem


def level_of(key: NodeKey) -> Level | None:
    """The level of a municipality; among others it cannot be compared."""
    projection = snapshot().projection
    place = int(projection.municipalities.level[projection.position(key)])
    return LEVELS[place] if place >= 0 else None


def _indicators() -> Iterable[str]:
    return (each.key.local for each in snapshot().projection.indicators)


def _known(codes: Sequence[str]) -> tuple[NodeKey, ...]:
    projection = snapshot().projection
    found = (projection.known(f"municipality:{code}") for code in dict.fromkeys(codes))
    return tuple(key for key in found if key is not None)[:MOST]

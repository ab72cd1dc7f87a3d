"""How peers are asked for over HTTP."""

from typing import Any

import marshmallow as ma
from webargs.fields import DelimitedList

from api.questions.lenses import lens_with
from api.questions.peers import DEFAULT_LENS, PeerKind, PeersAsked
from graph_service.errors import NotFound
from graph_service.keys import NodeKey
from graph_service.model import Level
from graph_service.vocabulary import load_vocabulary
from matching.peers.lens import Filters, StateFilter

SIDES = tuple(each.value for each in StateFilter)


class PeersQuery(ma.Schema):
    """The question in the address. ``weights`` is a list such as ``population:2,unemployment:0``."""

    lens = ma.fields.String(
        load_default=DEFAULT_LENS,
        metadata={"description": "What is compared; see /lenses. ``own``: what ``weights`` names."},
    )
    weights = DelimitedList(
        ma.fields.String(validate=ma.validate.Regexp(r"^[A-Za-z0-9._-]{1,100}:\d{1,3}(\.\d{1,6})?$")),
        load_default=list,
        validate=ma.validate.Length(max=200),
        metadata={
            "description": "Other weights than the lens's, and more indicators: indicator:weight, separated by commas."
        },
    )
    level = ma.fields.String(validate=ma.validate.OneOf([each.value for each in Level]))
    municipality_kind = ma.fields.String(
        validate=ma.validate.Regexp(r"^[a-z0-9-]{1,80}$"),
        metadata={"description": "Only this kind of municipality, and those that are a kind of it."},
    )
    municipality_type = ma.fields.String(
        validate=ma.validate.Regexp(r"^[a-z0-9-]{1,80}$"), metadata={"description": "Only this type of settlement."}
    )
    state = ma.fields.String(
        validate=ma.validate.Regexp(rf"^({'|'.join(SIDES)}|[A-Za-z0-9-]{{1,40}})$"),
        metadata={"description": "``same`` as the own state, any ``other``, or the code of a state."},
    )
    population_from = ma.fields.Float(validate=ma.validate.Range(0, 1), metadata={"description": "0.5: half as many."})
    population_to = ma.fields.Float(validate=ma.validate.Range(1, 1e6), metadata={"description": "2: twice as many."})
    kind = ma.fields.String(
        load_default=PeerKind.NEAREST.value, validate=ma.validate.OneOf([each.value for each in PeerKind])
    )
    challenge = ma.fields.String(validate=ma.validate.Regexp(r"^[a-z0-9-]{1,80}$"))
    challenge_share = ma.fields.Float(load_default=0.0, validate=ma.validate.Range(0, 1))
    limit = ma.fields.Integer(load_default=10, validate=ma.validate.Range(1, 200))


def peers_asked(municipality: NodeKey, query: dict[str, Any]) -> PeersAsked:
    """The question of a query; raises NotFound for an unknown lens."""
    weights = {id: float(weight) for id, weight in (each.rsplit(":", 1) for each in query["weights"])}
    lens = lens_with(query["lens"], weights, query.get("title", ""))
    return PeersAsked(
        municipality=municipality,
        lens=lens,
        filters=chosen_filters(lens.filters, query),
        weights=weights,
        kind=PeerKind(query["kind"]),
        challenge=query.get("challenge"),
        challenge_share=query["challenge_share"],
        limit=query["limit"],
    )


def chosen_filters(usual: Filters, query: dict[str, Any]) -> Filters:
    """The lens's filters, changed where the query says so."""
    band = usual.population
    if "population_from" in query or "population_to" in query:
        band = (query.get("population_from", 0.0), query.get("population_to", 1e6))
    level = Level(query["level"]) if "level" in query else usual.level
    state = query.get("state", "")
    return Filters(
        level=level,
        any_level=usual.any_level and level is None,
        kinds=kinds_within(query["municipality_kind"]) if "municipality_kind" in query else usual.kinds,
        types=(known_type(query["municipality_type"]),) if "municipality_type" in query else usual.types,
        states=usual.states if not state else () if state in SIDES else (state,),
        population=band,
        state=usual.state if not state else StateFilter(state) if state in SIDES else None,
        min_coverage=usual.min_coverage,
    )


def kinds_within(kind: str) -> tuple[str, ...]:
    """A kind of municipality and every kind of that kind; raises NotFound."""
    terms = {each.id: (each.broader or "").rpartition(".")[2] for each in load_vocabulary().terms("municipality_kind")}
    if kind not in terms:
        raise NotFound("a kind of municipality", kind)
    found = [kind]
    for each in found:
        found += [id for id, broader in terms.items() if broader == each]
    return tuple(found)


def known_type(type: str) -> str:
    """A type of municipality; raises NotFound."""
    if load_vocabulary().find("municipality_type", type) is None:
        raise NotFound("a type of municipality", type)
    return type

"""How peers are asked for over HTTP."""

from typing import Any

import marshmallow as ma
from webargs.fields import DelimitedList

from api.questions.peers import DEFAULT_LENS, PeerKind, PeersAsked, shipped_lens
from graph_service.keys import NodeKey
from graph_service.model import Level
from matching.peers.lens import Filters, StateFilter


class PeersQuery(ma.Schema):
    """The question in the address. ``weights`` is a list such as ``population:2,unemployment:0``."""

    lens = ma.fields.String(load_default=DEFAULT_LENS, metadata={"description": "What is compared; see /lenses."})
    weights = DelimitedList(
        ma.fields.String(validate=ma.validate.Regexp(r"^[A-Za-z0-9._-]{1,100}:\d{1,3}(\.\d{1,6})?$")),
        load_default=list,
        validate=ma.validate.Length(max=200),
        metadata={"description": "Other weights than the lens's: indicator:weight, separated by commas."},
    )
    level = ma.fields.String(validate=ma.validate.OneOf([each.value for each in Level]))
    state = ma.fields.String(validate=ma.validate.OneOf([each.value for each in StateFilter]))
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
    lens = shipped_lens(query["lens"])
    pairs = (each.rsplit(":", 1) for each in query["weights"])
    return PeersAsked(
        municipality=municipality,
        lens=lens,
        filters=chosen_filters(lens.filters, query),
        weights={indicator: float(weight) for indicator, weight in pairs},
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
    return Filters(
        level=level,
        any_level=usual.any_level and level is None,
        kinds=usual.kinds,
        population=band,
        state=StateFilter(query["state"]) if "state" in query else usual.state,
        min_coverage=usual.min_coverage,
    )

"""How peers are asked for over HTTP."""

from typing import Any

import marshmallow as ma
from webargs.fields import DelimitedList

from api.questions.lenses import lens_with
from api.questions.peer_filters import ANY_SIZE, SIDES, narrowed
from api.questions.peers import DEFAULT_LENS, PeerKind, PeersAsked
from graph_service.keys import NodeKey
from graph_service.model import Level
from matching.peers.lens import Filters


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
    band = None
    if "population_from" in query or "population_to" in query:
        band = (query.get("population_from", 0.0), query.get("population_to", ANY_SIZE))
    return narrowed(
        usual,
        level=query.get("level"),
        kind=query.get("municipality_kind"),
        type=query.get("municipality_type"),
        state=query.get("state") or None,
        population=band,
    )

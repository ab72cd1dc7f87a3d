"""How the network is asked for over HTTP."""

from typing import Any

import marshmallow as ma
from webargs.fields import DelimitedList

from api.questions.network import Grouping, find_anything
from api.schemas.answers import limit
from api.schemas.lists import ACTOR, place
from api.snapshot import Snapshot
from graph_service.keys import Label, NodeKey
from graph_service.model import EdgeType


def _node(description: str, example: str) -> ma.fields.String:
    said = {"description": f"{description}: a key or a name.", "examples": [example]}
    return ma.fields.String(required=True, validate=ma.validate.Length(1, 200), metadata=said)


def some_of(kinds: type[EdgeType] | type[Label], description: str) -> DelimitedList:
    """A choice of kinds; without it all of them. An empty one is refused: it would mean none as well as all."""
    return DelimitedList(
        ma.fields.String(validate=ma.validate.OneOf([each.value for each in kinds])),
        load_default=list,
        validate=ma.validate.Length(1, 30),
        metadata={"description": f"{description} Several are separated by commas."},
    )


class _TiesQuery(ma.Schema):
    types = some_of(EdgeType, "Follow only relations of these types.")
    labels = some_of(Label, "Only nodes of these kinds.")


class EgoQuery(_TiesQuery):
    """Around what, how far and how much."""

    node = _node("What is in the middle", "municipality:08119")
    depth = ma.fields.Integer(
        load_default=1, validate=ma.validate.Range(1, 6), metadata={"description": "How many steps away at most."}
    )
    limit = limit(50, 1000)


class PathsQuery(_TiesQuery):
    """From where to where."""

    source = _node("Where the ways begin", "actor:jugendamt-08119")
    target = _node("Where they end", "actor:jugendamt-08111")
    limit = limit(3, 20)


class AggregateQuery(ma.Schema):
    """By what the network is put into groups."""

    by = ma.fields.String(
        load_default=Grouping.DISTRICT.value, validate=ma.validate.OneOf([each.value for each in Grouping])
    )
    limit = ma.fields.Integer(
        load_default=200,
        validate=ma.validate.Range(1, 2000),
        metadata={"description": "How many links between groups at most, the strongest first."},
    )


class FewQuery(ma.Schema):
    """How many."""

    limit = limit(20)


class IsolatedQuery(ma.Schema):
    """Where, and how many."""

    municipality = place("Only actors in this municipality or within it.")
    limit = limit(50, 1000)


class BetweenQuery(ma.Schema):
    """Which two municipalities."""

    one = place("One municipality.", required=True)
    other = place("The other municipality.", "08111", required=True)
    limit = limit(20)


class DuplicatesQuery(ma.Schema):
    """Of whom, and how many."""

    actor = ma.fields.String(
        validate=ma.validate.Regexp(ACTOR), metadata={"description": "Only records like this actor's, by its key."}
    )
    limit = limit(20)


def chosen_ties(here: Snapshot, query: dict[str, Any], *names: str) -> tuple[list[NodeKey], dict[str, Any]]:
    """The nodes that a query names, and which relations are followed; raises NotFound, Ambiguous."""
    nodes = [find_anything(here.projection, query[name]) for name in names]
    return nodes, {
        "types": frozenset(map(EdgeType, query["types"])),
        "labels": frozenset(map(Label, query["labels"])),
        "limit": query["limit"],
    }

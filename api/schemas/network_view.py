"""How a view of the network is asked for: the same in the address of the page and over HTTP."""

from typing import Any

import marshmallow as ma

from api.questions.network import find_anything
from api.questions.network_groups import AreaBy
from api.questions.network_layout import Layout
from api.questions.network_shown import MOST, MOST_AT_ALL, MOST_DEPTH, Act, Entry, Size, Step, ViewAsked
from api.schemas.lists import TERM
from api.schemas.network import some_of
from api.snapshot import Snapshot
from graph_service.errors import InvalidValue
from graph_service.keys import Label
from graph_service.model import EdgeType

MOST_STEPS = 40
_STEP = f"^({'|'.join(Act)}):[^:]+:.+$"


def _one_of(kinds: Any, description: str, **options: Any) -> ma.fields.String:
    validate = ma.validate.OneOf([each.value for each in kinds])
    return ma.fields.String(validate=validate, metadata={"description": description}, **options)


def _name(description: str) -> ma.fields.String:
    return ma.fields.String(validate=ma.validate.Length(1, 200), metadata={"description": description})


class ViewQuery(ma.Schema):
    """What is looked at, and how."""

    start = _name("Where it starts: a key or a name. Without it the whole network is looked at.")
    target = _name("Show the best ways from the start to this one: a key or a name.")
    entry = _one_of(Entry, "Without a start: what of the whole network.", load_default=Entry.WHOLE.value)
    depth = ma.fields.Integer(
        validate=ma.validate.Range(1, MOST_DEPTH), metadata={"description": "How many steps away at most."}
    )
    labels = some_of(Label, "Only nodes of these kinds.")
    types = some_of(EdgeType, "Follow only relations of these types.")
    field = ma.fields.String(
        validate=ma.validate.Regexp(TERM), metadata={"description": "Only what is in this field of action."}
    )
    year = ma.fields.Integer(
        validate=ma.validate.Range(1000, 9999),
        metadata={"description": "Only what lasted in this year; what says nothing about time stays."},
    )
    by = _one_of(AreaBy, "By what groups are made where there are too many nodes; else what fits best.")
    layout = _one_of(Layout, "What places in the picture mean.", load_default=Layout.FORCE.value)
    size = _one_of(Size, "What the size of nodes shows.", load_default=Size.TIES.value)
    step = ma.fields.List(
        ma.fields.String(validate=[ma.validate.Length(6, 300), ma.validate.Regexp(_STEP)]),
        load_default=list,
        validate=ma.validate.Length(max=MOST_STEPS),
        metadata={"description": "Steps of exploring in their order: open: or hide: and the key of a node or group."},
    )
    most = ma.fields.Integer(
        load_default=MOST,
        validate=ma.validate.Range(1, MOST_AT_ALL),
        metadata={"description": "Of how many nodes groups are made."},
    )


def view_asked(here: Snapshot, query: dict[str, Any]) -> ViewAsked:
    """The view that a query means; raises NotFound, Ambiguous, InvalidValue."""
    start, target = (find_anything(here.projection, query[n]) if query.get(n) else None for n in ("start", "target"))
    return ViewAsked(
        start=start,
        target=target if start is not None and target != start else None,
        entry=Entry(query["entry"]),
        depth=query.get("depth") or 0,
        labels=frozenset(map(Label, query["labels"])),
        types=frozenset(map(EdgeType, query["types"])),
        field=query.get("field") or "",
        year=query.get("year"),
        by=AreaBy(query["by"]) if query.get("by") else None,
        layout=Layout(query["layout"]),
        size=Size(query["size"]),
        steps=tuple(map(_step, query["step"])),
        most=query["most"],
    )


def _step(text: str) -> Step:
    act, _, key = text.partition(":")
    if act not in list(Act) or ":" not in key:
        raise InvalidValue("a step: open: or hide: and a key", text)
    return Step(Act(act), key)

"""The address of a view of the network: everything chosen is in it, always written in the same way."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import marshmallow as ma
from flask import request

from api.http.current import words
from api.questions.network_shown import MOST, ViewAsked
from api.schemas.network_view import ViewQuery, view_asked
from api.snapshot import Snapshot
from api.words.peers import told_apart
from api.words.suggestions import Explainer
from graph_service.errors import Ambiguous, GraphServiceError, NotFound
from graph_service.keys import NodeKey
from graph_service.model import EdgeType

VIEW = (
    "start", "target", "entry", "depth", "labels", "types", "field", "year", "by", "layout", "size", "step", "most"
)  # fmt: skip
"""What of the address asks for another view; the rest is about this page."""
SEVERAL = ("labels", "types")
USUAL = {"entry": "whole", "layout": "force", "size": "ties", "most": str(MOST)}


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of several that a name may mean: the address that means it, what it is called, and its own key."""

    url: str
    name: str
    local: str


@dataclass(frozen=True, slots=True)
class Asked:
    """The address as it was understood: the view, its canonical query, who is chosen, and what was wrong in it."""

    view: ViewAsked
    query: tuple[tuple[str, str], ...]
    at: str = ""
    problem: str = ""
    candidates: tuple[Candidate, ...] = ()

    def url(self, **changed: object) -> str:
        """The page of this view with some of it changed; None takes it away."""
        return self._address("/network", {"at": self.at, **changed})

    def data_url(self) -> str:
        """Where the picture's data are."""
        return self._address("/api/v1/network/view", {})

    def export_url(self, format: str) -> str:
        """Where the view can be had as a file."""
        return self._address(f"/network/export/{format}", {})

    def _address(self, path: str, changed: Mapping[str, object]) -> str:
        kept = [(name, value) for name, value in self.query if name not in changed]
        for name, value in changed.items():
            values = value if isinstance(value, tuple | list) else [value]
            kept += [(name, str(each)) for each in values if each is not None and each != ""]
        kept = [pair for pair in kept if USUAL.get(pair[0]) != pair[1]]
        return f"{path}?{urlencode(kept, safe=':,')}" if kept else path

    def step(self, act: str, key: str) -> str:
        """The page after one more step."""
        return self.url(step=[*self.steps, f"{act}:{key}"], at=key if act == "open" else None)

    def undone(self) -> str:
        """The page before the last step."""
        return self.url(step=self.steps[:-1])

    @property
    def steps(self) -> list[str]:
        """The steps of exploring so far."""
        return [value for name, value in self.query if name == "step"]


def read_address(here: Snapshot) -> Asked:
    """Understand the address; what cannot be understood is said, and left out."""
    schema = ViewQuery(unknown=ma.EXCLUDE)
    given: dict[str, Any] = {name: value.strip() for name, value in request.args.items() if value.strip()}
    several = {name: ",".join(each for each in request.args.getlist(name) if each.strip()) for name in SEVERAL}
    given |= {name: values for name, values in several.items() if values}
    given["step"] = [each for each in request.args.getlist("step") if each]
    problem = ""
    candidates: tuple[Candidate, ...] = ()
    speak = words()
    while True:
        try:
            query = schema.load(given)
            break
        except ma.ValidationError as error:
            wrong = sorted(set(error.messages_dict) & set(given))
            problem = speak(
                "This part of the address was not understood and is left out: {what}", what=", ".join(wrong)
            )
            given = {name: value for name, value in given.items() if name not in wrong} if wrong else {}
    try:
        view = view_asked(here, query)
        occurring = frozenset(type for type in EdgeType if len(here.projection.edges(type).source))
        if view.types and view.types == replace(view, types=frozenset()).relations & occurring:
            view = replace(view, types=frozenset())
        if view.depth and view.depth == replace(view, depth=0).steps_deep:
            view = replace(view, depth=0)
        if view.field:
            here.projection.position(NodeKey(f"concept:field.{view.field}"))
    except Ambiguous as error:
        problem = speak("Several are called that. Which one do you mean?")
        candidates = _candidates(here, query, error)
    except NotFound as error:
        problem = _unknown(query, str(error.found))
    except GraphServiceError:
        problem = speak("This part of the address was not understood and is left out: {what}", what="step")
    if problem:
        kept = {n: query[n] for n in ("layout", "size") if n in query}
        view = view_asked(here, schema.load(kept))
    return Asked(view, tuple(_canonical(view)), request.args.get("at", ""), problem, candidates)


def _candidates(here: Snapshot, query: Mapping[str, Any], error: Ambiguous) -> tuple[Candidate, ...]:
    """All that are called so; whatever else was named at the other end stays as it is."""
    which = "start" if query.get("start") == error.found else "target"
    named = {name: query[name] for name in ("start", "target") if query.get(name)}
    places = (each for each in error.candidates if each[0].startswith("municipality:"))
    apart = dict(told_apart(places, Explainer(here.projection, words())))
    return tuple(
        Candidate(f"/network?{urlencode({**named, which: key}, safe=':')}", apart.get(key, name), key.partition(":")[2])
        for key, name in error.candidates
    )


def _unknown(query: Mapping[str, Any], found: str) -> str:
    """What was written and is not known, and what is called nearly so, which the error names in brackets."""
    typed = max(
        (text for text in map(query.get, ("start", "target")) if text and found.startswith(text)), default=found
    )
    said = words()("Nothing is known as “{text}”.", text=typed[:200])
    if near := found[len(typed) :].strip(" ()?"):
        said += " " + words()("Similar names: {names}.", names=near)
    return said


def _canonical(view: ViewAsked) -> Iterator[tuple[str, str]]:
    """A view as a query, always in the same order, without what is as usual."""
    several = {"labels": view.labels, "types": view.types}
    plain: dict[str, object] = {
        "start": view.start, "target": view.target, "entry": view.entry.value, "depth": view.depth or None,
        "labels": None, "types": None, "field": view.field, "year": view.year, "by": view.by and view.by.value,
        "layout": view.layout.value, "size": view.size.value, "most": view.most,
    }  # fmt: skip
    for name in VIEW:
        if name == "step":
            yield from (("step", f"{step.act.value}:{step.key}") for step in view.steps)
        elif name in several:
            if several[name]:
                yield name, ",".join(sorted(several[name]))
        elif (value := plain[name]) is not None and str(value) not in ("", USUAL.get(name)):
            yield name, str(value)


def about_page() -> dict[str, list[str]]:
    """What the address says about the page and not about the view."""
    return {name: request.args.getlist(name) for name in request.args if name not in VIEW}


def differs(asked: Asked) -> bool:
    """Whether the address says the same view in other words than the usual ones."""
    given = [(name, value) for name in VIEW for value in request.args.getlist(name)]
    return given != list(asked.query)

"""Derive the bodies that German districts have by law: a pure function of the list of districts.

Derived, not confirmed: no address, no contact and no date of assurance is claimed. What cannot be derived (bodies of
towns within a district, several job centres in one) is said in the dataset's note and left out.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from graph_service.errors import InvalidValue
from graph_service.keys import Label, NodeKey, concept_key
from graph_service.model import Actor, Edge, EdgeType, Level, Municipality, Record

_CITY_KINDS = frozenset({"kreisfreie-stadt", "stadtkreis", "stadtstaat"})
_NAMED_KREIS = frozenset({"01", "05"})
"""Where a rural district is called Kreis, not Landkreis: Schleswig-Holstein and Nordrhein-Westfalen."""
_SPEAKING = ("kreis", "region ", "regionalverband")
"""Parts of a district's name (in small letters) that say by themselves that it is a district."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """The words for a body in one place, where the general ones would be wrong."""

    name: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A kind of body that the law gives every district; the codes of `named` and `without` are beginnings."""

    id: str
    name: str
    kind: str
    task: str
    fields: tuple[str, ...]
    target_groups: tuple[str, ...]
    resources: tuple[str, ...]
    law: str = ""
    state_laws: Mapping[str, str] = field(default_factory=dict)
    city_laws: Mapping[str, str] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    served_by: Mapping[str, str] = field(default_factory=dict)
    named: Mapping[str, Named] = field(default_factory=dict)

    def key(self, code: str) -> NodeKey:
        """The key of the district's body."""
        return NodeKey.of(Label.ACTOR, f"{self.id}-{code}")


@cache
def load_bodies() -> tuple[Body, ...]:
    """The bodies of ``bodies.toml`` in its order."""
    text = (files("importers.statutory_bodies") / "bodies.toml").read_text("utf-8")
    bodies = []
    for entry in tomllib.loads(text)["body"]:
        named = {code: Named(**words) for code, words in entry.pop("named", {}).items()}
        lists = {name: tuple(value) for name, value in entry.items() if isinstance(value, list)}
        bodies.append(Body(**(entry | lists), named=named))
    return tuple(bodies)


def _is_city(district: Municipality) -> bool:
    if district.kind is not None:
        return district.kind in _CITY_KINDS
    return "," in (district.name or "")


def district_name(district: Municipality) -> str:
    """What the district is called behind a body's name: "Flensburg", "Rems-Murr-Kreis", "Landkreis München"."""
    full = (district.name or "").strip()
    name = full.partition(",")[0].strip()
    if _is_city(district) or any(word in name.lower() + " " for word in _SPEAKING):
        return name
    return f"{'Kreis' if district.key.local[:2] in _NAMED_KREIS else 'Landkreis'} {name}"


def _legal_basis(body: Body, district: Municipality, state_names: Mapping[str, str]) -> str:
    state = district.key.local[:2]
    law = body.city_laws.get(state, "") if _is_city(district) else ""
    law = law or body.state_laws.get(state, "")
    if law and state in state_names:
        law = f"{law}, {state_names[state]}"
    return "; ".join(part for part in (body.law, law) if part)


def _actor(body: Body, district: Municipality, state_names: Mapping[str, str]) -> Actor:
    code = district.key.local
    named = next((words for prefix, words in body.named.items() if code.startswith(prefix)), None)
    return Actor(
        key=body.key(code),
        name=named.name if named else f"{body.name} {district_name(district)}",
        kind=body.kind,
        resources=body.resources,
        description=f"{body.task} {named.note}".strip() if named else body.task,
        legal_basis=_legal_basis(body, district, state_names),
    )


def _records(body: Body, district: Municipality, state_names: Mapping[str, str]) -> Iterator[Record]:
    actor = _actor(body, district, state_names)
    yield actor
    yield Edge(EdgeType.LOCATED_IN, actor.key, district.key)
    yield Edge(EdgeType.SERVES, actor.key, district.key)
    for id in body.fields:
        yield Edge(EdgeType.IN_FIELD, actor.key, concept_key("field", id))
    for id in body.target_groups:
        yield Edge(EdgeType.FOR_GROUP, actor.key, concept_key("target_group", id))


def _check(district: Municipality) -> None:
    code = district.key.local
    states = load_bodies()[-1].state_laws
    if len(code) != 5 or not code.isdigit() or code[:2] not in states or district.level not in (None, Level.DISTRICT):
        raise InvalidValue("a German district with a code of 5 digits", district.key)
    if not (district.name or "").strip():
        raise InvalidValue("a name", district.key)


def statutory_bodies(districts: Iterable[Municipality], state_names: Mapping[str, str]) -> Iterator[Record]:
    """Yield each district's bodies with their place, fields and target groups; raises InvalidValue.

    ``state_names`` is the name of a Land by its two digits. Where the body of another district is responsible by law,
    only the edge to that body is yielded, and only if that district is among those given.
    """
    given = {district.key.local: district for district in districts}
    for code in sorted(given):
        district = given[code]
        _check(district)
        for body in load_bodies():
            if code.startswith(body.without):
                continue
            server = body.served_by.get(code)
            if server is None:
                yield from _records(body, district, state_names)
            elif server in given:
                yield Edge(EdgeType.SERVES, body.key(server), district.key)

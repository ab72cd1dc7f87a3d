"""The Reconciliation Service API 0.2 as JSON: manifest, batches of queries and their answers, suggestions, extension.

Pure functions between JSON and `matching.reconciliation.matcher`; a route passes on what came and what goes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson

from api.language import N_, Words
from graph_service.errors import InvalidValue, Place
from graph_service.model import Level
from graph_service.projection import Projection
from graph_service.vocabulary import load_vocabulary
from matching.reconciliation.hits import Query, Wanted
from matching.reconciliation.matcher import MOST, Candidate, Reconciler
from matching.reconciliation.values import ACTOR, INDICATOR, LEVEL, MUNICIPALITY, TYPES, Entity, Value

Json = dict[str, Any]

VERSIONS = ("0.1", "0.2")
BATCH = 100
"""Queries that one batch may have."""
MOST_IDS, MOST_PROPERTIES = 1000, 50
PREVIEW = (420, 240)
"""How wide and high a preview is."""
_LIMIT = 10
_SCHEMA = "urn:buendniskompass:type"

_TYPE_NAMES = {MUNICIPALITY: N_("municipality"), ACTOR: N_("actor")}
_PROPERTY_NAMES = {
    "code": N_("official code"),
    "level": N_("administrative level"),
    "kind": N_("kind"),
    "parent": N_("lies in"),
    "district": N_("district"),
    "state": N_("federal state"),
    "population": N_("population"),
    "area_km2": N_("area in km²"),
    "longitude": N_("longitude"),
    "latitude": N_("latitude"),
    "valid_from": N_("valid from"),
    "valid_until": N_("valid until"),
    "successor": N_("went over into"),
    "place": N_("place"),
    "serves": N_("serves"),
    "field": N_("field of action"),
    "target_group": N_("target group"),
    "languages": N_("languages"),
    "url": N_("web address"),
    "assured_on": N_("last confirmed on"),
}


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where the service is: its endpoint, and the page and the preview of an entity with ``{{id}}`` in them."""

    service: str
    page: str
    preview: str = ""
    documentation: str = ""

    @property
    def identifiers(self) -> str:
        """The beginning of every entity's address."""
        return self.page.partition("{{id}}")[0]


def manifest(endpoints: Endpoints, words: Words) -> Json:
    """What the service says of itself."""
    service = {"service_url": endpoints.service}
    said: Json = {
        "versions": list(VERSIONS),
        "name": words("Bündniskompass: municipalities and actors"),
        "identifierSpace": endpoints.identifiers,
        "schemaSpace": _SCHEMA,
        "defaultTypes": [_type(each, words) for each in TYPES],
        "view": {"url": endpoints.page},
        "batchSize": BATCH,
        "suggest": {
            "entity": service | {"service_path": "/suggest/entity"},
            "type": service | {"service_path": "/suggest/type"},
            "property": service | {"service_path": "/suggest/property"},
        },
        "extend": {"propose_properties": service | {"service_path": "/properties"}, "property_settings": []},
    }
    if endpoints.preview:
        said["preview"] = {"url": endpoints.preview, "width": PREVIEW[0], "height": PREVIEW[1]}
    return said | ({"documentation": endpoints.documentation} if endpoints.documentation else {})


# --- queries ---


def read_batch(text: str | bytes) -> dict[str, Query]:
    """A batch of queries as a client sends it; raises InvalidValue."""
    batch = _object(text, "queries")
    if len(batch) > BATCH:
        raise InvalidValue(f"at most {BATCH} queries at once", len(batch))
    return {id: _query(id, said) for id, said in batch.items()}


def _object(text: str | bytes, column: str) -> dict[str, Any]:
    try:
        loaded = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise InvalidValue("a JSON object", error.msg, Place(column=column)) from None
    if not isinstance(loaded, dict):
        raise InvalidValue("a JSON object", type(loaded).__name__, Place(column=column))
    return loaded


def _query(id: str, said: object) -> Query:
    place = Place(table=id)
    if not isinstance(said, dict):
        raise InvalidValue("a JSON object", type(said).__name__, place)
    text, limit, types = said.get("query") or "", said.get("limit", _LIMIT), said.get("type") or []
    types = [types] if isinstance(types, str | dict) else types
    if not isinstance(text, str) or not isinstance(limit, int | float) or not isinstance(types, list):
        raise InvalidValue("query as text, limit as number, type as text or list", said, place)
    # clients send a type as its id or as an object with one
    ids = tuple(str(each.get("id", "")) if isinstance(each, dict) else str(each) for each in types)
    try:
        return Query(text, ids, min(int(limit), MOST), _wanted(said.get("properties") or [], place))
    except InvalidValue as error:
        raise InvalidValue(error.expected, error.found, place) from None
    except (OverflowError, ValueError):
        raise InvalidValue("a limit from 1 on", limit, place) from None


def _wanted(properties: object, place: Place) -> tuple[Wanted, ...]:
    if not isinstance(properties, list) or len(properties) > MOST_PROPERTIES:
        raise InvalidValue(f"a list of at most {MOST_PROPERTIES} properties", type(properties).__name__, place)
    found = []
    for each in properties:
        if not isinstance(each, dict) or not isinstance(each.get("pid"), str) or "v" not in each:
            raise InvalidValue("a property with pid and v", each, place)
        values = each["v"] if isinstance(each["v"], list) else [each["v"]]
        kept = tuple(_value(value, place) for value in values[:MOST] if value not in (None, ""))
        if kept:
            found.append(Wanted(each["pid"], kept))
    return tuple(found)


def _value(value: object, place: Place) -> Value:
    if isinstance(value, dict) and isinstance(value.get("id"), str):
        return Entity(value["id"], str(value.get("name") or ""))
    if isinstance(value, str | int | float | bool):
        return value
    raise InvalidValue("a text, number, truth or object with id", value, place)


def answer(asked: Reconciler, queries: Mapping[str, Query], words: Words) -> Json:
    """The answer to a batch."""
    found = asked.answer(queries)
    return {id: {"result": [_candidate(each, words) for each in candidates]} for id, candidates in found.items()}


def _candidate(candidate: Candidate, words: Words) -> Json:
    return {
        "id": str(candidate.key),
        "name": candidate.name,
        "description": _description(candidate, words),
        "type": [_type(each, words) for each in candidate.types],
        "score": candidate.score,
        "match": candidate.match,
        "features": [{"id": feature.id, "value": feature.value} for feature in candidate.features],
    }


def _description(candidate: Candidate, words: Words) -> str:
    """What it is and where it lies, so that namesakes can be told apart."""
    kind = _type(candidate.types[-1], words)["name"]
    return ", ".join([kind, *candidate.within[:3]])


def _type(id: str, words: Words) -> Json:
    if not id.startswith(LEVEL):
        return {"id": id, "name": words(_TYPE_NAMES[id])}
    level = Level(id.removeprefix(LEVEL))
    name = load_vocabulary().label("level", level.value, words.language)
    return {"id": id, "name": name, "broader": [{"id": MUNICIPALITY, "name": words(_TYPE_NAMES[MUNICIPALITY])}]}


# --- suggestions ---


def suggest_entities(
    asked: Reconciler, prefix: str, words: Words, types: Sequence[str] = (), skip: int = 0, limit: int = _LIMIT
) -> Json:
    """Entities for what was typed so far; ``skip`` is what the protocol calls cursor."""
    found = asked.suggest(prefix, types, max(skip, 0), min(max(limit, 1), MOST))
    return {
        "result": [
            {
                "id": str(each.key),
                "name": each.name,
                "description": _description(each, words),
                "notable": [_bare(_type(type, words)) for type in each.types],
            }
            for each in found
        ]
    }


def suggest_types(prefix: str, words: Words, skip: int = 0) -> Json:
    """Types for what was typed so far."""
    return _beginning((_bare(_type(each, words)) for each in TYPES), prefix, skip)


def suggest_properties(asked: Reconciler, prefix: str, words: Words, skip: int = 0) -> Json:
    """Properties for what was typed so far."""
    names = property_names(asked.projection, asked.properties(), words)
    return _beginning(({"id": id, "name": name} for id, name in names.items()), prefix, skip)


def _beginning(items: Iterable[Json], prefix: str, skip: int) -> Json:
    typed = prefix.strip().casefold()
    fitting = [
        item
        for item in items
        if typed == str(item["id"]).casefold()
        or any(word.startswith(typed) for word in (str(item["name"]).casefold(), *str(item["name"]).casefold().split()))
    ]
    return {"result": fitting[max(skip, 0) : max(skip, 0) + _LIMIT]}


def _bare(type: Json) -> Json:
    return {"id": type["id"], "name": type["name"]}


def property_names(projection: Projection, ids: Iterable[str], words: Words) -> dict[str, str]:
    """What properties are called; one that nobody knows by its id."""
    indicators = {str(each.key): each for each in projection.indicators}
    names = {}
    for id in ids:
        indicator = indicators.get(id) if id.startswith(INDICATOR) else None
        if indicator is not None:
            name = (indicator.label_en if words.language == "en" else indicator.name) or indicator.name
            names[id] = name or indicator.key.local
        else:
            names[id] = words(_PROPERTY_NAMES[id]) if id in _PROPERTY_NAMES else id
    return names


# --- data extension ---


def propose_properties(asked: Reconciler, type: str, words: Words, limit: int = 0) -> Json:
    """The properties that a list of entities of this type can be extended with."""
    ids = asked.properties(type)
    names = property_names(asked.projection, ids[:limit] if limit > 0 else ids, words)
    said: Json = {"properties": [{"id": id, "name": name} for id, name in names.items()]}
    said |= {"type": type} if type else {}
    return said | ({"limit": limit} if limit > 0 else {})


def read_extension(text: str | bytes) -> tuple[list[str], list[str]]:
    """The ids and properties of a question for values; raises InvalidValue."""
    said = _object(text, "extend")
    ids, properties = said.get("ids"), said.get("properties")
    if not isinstance(ids, list) or len(ids) > MOST_IDS or not all(isinstance(id, str) for id in ids):
        raise InvalidValue(f"a list of at most {MOST_IDS} ids", type(ids).__name__, Place(column="ids"))
    listed = properties if isinstance(properties, list) else [None]
    named = [each["id"] for each in listed if isinstance(each, dict) and isinstance(each.get("id"), str)]
    if len(named) != len(listed) or len(named) > MOST_PROPERTIES:
        raise InvalidValue(f"a list of at most {MOST_PROPERTIES} properties", properties, Place(column="properties"))
    return ids, named


def extend(asked: Reconciler, ids: Sequence[str], properties: Sequence[str], words: Words) -> Json:
    """The values of properties, row by row."""
    rows = asked.extend(ids, properties)
    names = property_names(asked.projection, properties, words)
    return {
        "meta": [_meta(id, name, words) for id, name in names.items()],
        "rows": {
            id: {name: [cell(name, value, words) for value in values] for name, values in row.items()}
            for id, row in rows.items()
        },
    }


def _meta(id: str, name: str, words: Words) -> Json:
    areas = id in ("parent", "district", "state", "place", "serves", "successor")
    return {"id": id, "name": name} | ({"type": _bare(_type(MUNICIPALITY, words))} if areas else {})


def cell(name: str, value: Value, words: Words) -> Json:
    """A value in the protocol's form."""
    if isinstance(value, Entity):
        return {"id": value.id, "name": value.name}
    if isinstance(value, date):
        return {"date": f"{value.isoformat()}T00:00:00"}
    if isinstance(value, int):
        return {"int": value}
    if isinstance(value, float):
        return {"float": value}
    kinds = {"level": ("level",), "kind": ("municipality_kind", "actor_kind")}.get(name, ())
    terms = (load_vocabulary().find(kind, value) for kind in kinds)
    term = next((each for each in terms if each is not None), None)
    return {"str": term.label(words.language) if term else value}

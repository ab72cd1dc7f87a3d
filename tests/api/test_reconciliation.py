"""The reconciliation service speaks version 0.2 of the protocol: what it sends and takes has the expected form.

The schemas are facts taken down from those published with the specification (reconciliation-api.github.io/specs/0.2).
"""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from towns import Relation, Town, projection

from api import reconciliation as service
from api.language import Words
from graph_service.errors import InvalidValue
from graph_service.model import EdgeType, Level
from graph_service.projection import Projection
from matching.reconciliation.matcher import Reconciler

TEXT = {"type": "string"}
NAMED = {"type": "object", "required": ["id", "name"], "properties": {"id": TEXT, "name": TEXT}}
SUGGEST = {"type": "object", "properties": {"service_url": TEXT, "service_path": TEXT}, "additionalProperties": False}
MANIFEST = {
    "type": "object",
    "required": ["versions", "name", "identifierSpace", "schemaSpace"],
    "properties": {
        "versions": {"type": "array", "items": TEXT, "contains": {"const": "0.2"}},
        "name": TEXT,
        "identifierSpace": TEXT,
        "schemaSpace": TEXT,
        "documentation": TEXT,
        "defaultTypes": {"type": "array", "items": NAMED, "uniqueItems": True},
        "view": {
            "type": "object",
            "required": ["url"],
            "properties": {"url": {"type": "string", "pattern": r"\{\{id\}\}"}},
        },
        "suggest": {"type": "object", "additionalProperties": SUGGEST},
        "extend": {
            "type": "object",
            "properties": {"propose_properties": SUGGEST, "property_settings": {"type": "array"}},
        },
        "batchSize": {"type": "integer"},
    },
    "additionalProperties": False,
}
RESULTS = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "required": ["result"],
        "properties": {
            "result": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["id", "name", "score"],
                    "properties": {
                        "id": TEXT,
                        "name": TEXT,
                        "description": TEXT,
                        "score": {"type": "number"},
                        "match": {"type": "boolean"},
                        "type": {"type": "array", "items": {"oneOf": [NAMED, TEXT]}},
                        "features": {
                            "type": "array",
                            "items": {
                                "type": "object",
                                "properties": {"id": TEXT, "value": {"type": ["boolean", "number"]}},
                                "additionalProperties": False,
                            },
                        },
                    },
                    "additionalProperties": False,
                },
            }
        },
    },
}
CELLS = [
    {"id": TEXT, "name": TEXT},
    {"str": TEXT},
    {"float": {"type": "number"}},
    {"int": {"type": "integer"}},
    {"date": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$"}},
]
EXTENDED = {
    "type": "object",
    "required": ["meta", "rows"],
    "properties": {
        "meta": {"type": "array", "items": NAMED},
        "rows": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "additionalProperties": {
                    "type": "array",
                    "items": {
                        "oneOf": [
                            {"type": "object", "required": [*cell], "properties": cell, "additionalProperties": False}
                            for cell in CELLS
                        ]
                    },
                },
            },
        },
    },
}
ENDPOINTS = service.Endpoints("https://kompass.example.org/reconcile", "https://kompass.example.org/id/{{id}}")
DE = Words("de")


def graph() -> Projection:
    towns = [
        Town("05", "Nordrhein-Westfalen", Level.STATE, kind="bundesland"),
        Town("05315", "Köln, Stadt", Level.DISTRICT, "05", population=1_000_000, kind="kreisfreie-stadt"),
        Town("05554", "Borken", Level.DISTRICT, "05", kind="landkreis", valid_until="2030-01-01"),
    ]
    values = [("05315", "q", "2021", 2.5, "")]
    located = [Relation(EdgeType.LOCATED_IN, "actor:v", "municipality:05315")]
    return projection(towns, {"q": {"name": "Quote", "label_en": "Rate"}}, values, located, {"actor:v": "Elternverein"})


GRAPH = Reconciler(graph())


def ask(batch: object, words: Words = DE) -> dict[str, dict[str, list[dict[str, object]]]]:
    found = service.answer(GRAPH, service.read_batch(json.dumps(batch)), words)
    Draft202012Validator(RESULTS).validate(found)
    return found


def test_the_manifest_says_where_everything_is() -> None:
    said = service.manifest(ENDPOINTS, DE)
    Draft202012Validator(MANIFEST).validate(said)
    assert said["identifierSpace"] == "https://kompass.example.org/id/"
    types = {each["id"]: each["name"] for each in said["defaultTypes"]}
    assert types["level.district"] == "Kreis, kreisfreie Stadt"
    assert set(types) >= {"municipality", "actor"}
    assert said["suggest"]["entity"]["service_url"] + said["suggest"]["entity"]["service_path"] == (
        "https://kompass.example.org/reconcile/suggest/entity"
    )


def test_a_minimal_batch_is_answered() -> None:
    found = ask({"q0": {"query": "Köln"}, "q1": {"query": "Nirgendwo"}})
    (cologne,) = found["q0"]["result"]
    assert (cologne["id"], cologne["match"]) == ("municipality:05315", True)
    assert cologne["description"] == "Kreis, kreisfreie Stadt, Nordrhein-Westfalen"
    assert found["q1"] == {"result": []}


def test_a_batch_with_every_field_is_answered() -> None:
    query = {
        "query": "Koeln",
        "type": ["level.district"],
        "limit": 1,
        "type_strict": "should",
        "properties": [
            {"pid": "state", "v": ["Hessen", {"id": "municipality:05", "name": "Nordrhein-Westfalen"}]},
            {"pid": "population", "v": 1_100_000},
        ],
    }
    (cologne,) = ask({"q": query})["q"]["result"]
    assert cologne["match"] is True
    assert {feature["id"] for feature in cologne["features"]} == {"name", "state", "population"}
    (by_code,) = ask({"q": {"properties": [{"pid": "code", "v": "05554"}]}})["q"]["result"]
    assert by_code["name"] == "Borken"


def test_a_type_may_be_a_text_a_list_or_objects() -> None:
    for type in ("actor", ["actor"], [{"id": "actor", "name": "Akteur"}], {"id": "actor"}):
        assert [c["id"] for c in ask({"q": {"query": "Elternverein", "type": type}})["q"]["result"]] == ["actor:v"]
    assert ask({"q": {"query": "Elternverein", "type": "municipality"}})["q"]["result"] == []


@pytest.mark.parametrize(
    "batch",
    [
        "[]",
        "{",
        '"x"',
        '{"q1": {"limit": 1}}',
        '{"q1": {"query": ""}}',
        '{"q1": {"query": 7}}',
        '{"q1": ["x"]}',
        '{"q1": {"query": "x", "limit": 0}}',
        '{"q1": {"query": "x", "limit": "viele"}}',
        '{"q1": {"query": "x", "properties": {}}}',
        '{"q1": {"query": "x", "properties": {"pid": "a"}}}',
        '{"q1": {"query": "x", "properties": [{"pid": "a"}]}}',
        '{"q1": {"query": "x", "properties": [{"pid": "a", "v": {}}]}}',
        '{"q1": {"query": "x", "type": 7}}',
        json.dumps({str(i): {"query": "x"} for i in range(service.BATCH + 1)}),
    ],
)  # fmt: skip
def test_what_is_no_batch_is_refused_with_its_query(batch: str) -> None:
    if batch == '{"q1": {"query": "x", "properties": {}}}':
        assert service.read_batch(batch)["q1"].properties == ()
        return
    with pytest.raises(InvalidValue) as caught:
        service.read_batch(batch)
    assert "q1" not in batch or caught.value.place.table == "q1"


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "pid", "v", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["query", "type", "limit", "properties", "more"]), JSON_VALUES))
def test_any_query_is_answered_or_refused(query: dict[str, object]) -> None:
    with suppress(InvalidValue):
        ask({"q": query})


def test_suggestions_have_the_form_of_the_protocol() -> None:
    found = service.suggest_entities(GRAPH, "köl", DE)
    assert found["result"][0]["id"] == "municipality:05315"
    assert found["result"][0]["notable"][0] == {"id": "municipality", "name": "Kommune"}
    assert service.suggest_entities(GRAPH, "köl", DE, skip=1)["result"] == []
    for name, ids in (("krei", {"level.district"}), ("akteur", {"actor"}), ("level.state", {"level.state"})):
        result = service.suggest_types(name, DE)["result"]
        assert ids <= {each["id"] for each in result}
        assert all(set(each) == {"id", "name"} for each in result)
    assert {"id": "indicator:q", "name": "Quote"} in service.suggest_properties(GRAPH, "quo", DE)["result"]
    assert {"id": "indicator:q", "name": "Rate"} in service.suggest_properties(GRAPH, "ra", Words("en"))["result"]
    assert {"id": "population", "name": "Bevölkerung"} in service.suggest_properties(GRAPH, "bev", DE)["result"]


def test_rows_are_extended_in_the_form_of_the_protocol() -> None:
    ids, properties = service.read_extension(
        '{"ids": ["municipality:05315", "municipality:05554", "x"],'
        ' "properties": [{"id": "state"}, {"id": "kind"}, {"id": "population"}, {"id": "indicator:q", "settings": {}},'
        ' {"id": "valid_until"}, {"id": "code"}]}'
    )
    found = service.extend(GRAPH, ids, properties, DE)
    Draft202012Validator(EXTENDED).validate(found)
    cologne = found["rows"]["municipality:05315"]
    assert cologne["state"] == [{"id": "municipality:05", "name": "Nordrhein-Westfalen"}]
    assert cologne["population"] == [{"int": 1_000_000}]
    assert cologne["indicator:q"] == [{"float": 2.5}]
    assert cologne["code"] == [{"str": "05315"}]
    assert found["rows"]["municipality:05554"]["valid_until"] == [{"date": "2030-01-01T00:00:00"}]
    assert found["rows"]["x"] == {name: [] for name in properties}
    assert [each["id"] for each in found["meta"]] == properties
    assert found["meta"][0]["type"] == {"id": "municipality", "name": "Kommune"}
    assert found["meta"][3]["name"] == "Quote"


@pytest.mark.parametrize(
    "said",
    ["{}", "[]", '{"ids": "x", "properties": []}', '{"ids": [1], "properties": []}', '{"ids": [], "properties": [{}]}',
     '{"ids": [], "properties": ["x"]}', '{"ids": [], "properties": {}}'],
)  # fmt: skip
def test_what_asks_for_no_values_is_refused(said: str) -> None:
    with pytest.raises(InvalidValue):
        service.read_extension(said)


def test_properties_are_proposed_for_a_type() -> None:
    town = service.propose_properties(GRAPH, "level.district", DE)
    assert {"id": "indicator:q", "name": "Quote"} in town["properties"]
    assert town["type"] == "level.district"
    actor = service.propose_properties(GRAPH, "actor", DE, limit=2)
    assert actor["limit"] == 2
    assert len(actor["properties"]) == 2

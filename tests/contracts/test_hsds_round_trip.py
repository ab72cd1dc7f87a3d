"""What leaves as HSDS is HSDS, and comes back the same: on stores and made-up records."""

import json
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from graph_service.export import hsds_profile
from graph_service.export.hsds import write_hsds
from graph_service.export.hsds_records import taxonomies
from graph_service.keys import NodeKey
from graph_service.model import Actor, Concept, Dataset, Edge, EdgeType, Municipality, Offer, Record, Visibility
from graph_service.store.contract import GraphStore, Reader
from graph_service.store.sqlite_store import SQLiteStore
from importers.contract import Issues
from importers.hsds.importer import HSDSImporter
from importers.run import run

ROOT = Path(__file__).resolve().parents[2]
FACTS = json.loads((ROOT / "tests/fixtures/hsds/schema.json").read_text("utf-8"))
PROFILE = ROOT / "docs/hsds-profile/profile"
DATASET = Dataset(id="made", title="Made by hand", licence="CC0")
FORMATS = {"uuid", "uri", "email"}

PLACES: list[Record] = [
    Municipality(key=NodeKey("municipality:08119"), name="Rems-Murr-Kreis"),
    Municipality(key=NodeKey("municipality:08118"), name="Ludwigsburg"),
    Concept(key=NodeKey("concept:field.school"), name="Schule"),
    Concept(key=NodeKey("concept:field.own-one"), name="Eigenes"),
    Concept(key=NodeKey("concept:target_group.parents"), name="Eltern"),
    Concept(key=NodeKey("concept:challenge.kita-places"), name="Kitaplätze"),
]
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
MAYBE = st.none() | TEXTS
DATES = st.none() | st.dates(date(1900, 1, 1), date(2100, 1, 1))
WORDS = st.none() | st.lists(TEXTS | st.sampled_from(["de", "uk", "rooms"]), min_size=1, max_size=3, unique=True).map(
    tuple
)
VISIBLE = st.sampled_from([None, Visibility.PEERS, Visibility.OFFICE])
ADDRESSES = st.none() | st.sampled_from(["https://example.org/a?b=ä", "example.org", "kein Netz"])


@st.composite
def actors(draw: st.DrawFn, key: str) -> Actor:
    ages = [draw(st.none() | st.floats(-80, 80)) for _ in range(2)]
    texts = {name: draw(MAYBE) for name in ("kind", "description", "legal_basis", "contact_role")}
    lists = {name: draw(WORDS) for name in ("languages", "resources", "needs")}
    return Actor(
        key=NodeKey(key),
        name=draw(TEXTS),
        longitude=ages[0],
        latitude=ages[1],
        url=draw(ADDRESSES),
        assured_on=draw(DATES),
        visibility=draw(VISIBLE),
        **texts,
        **lists,
    )


@st.composite
def offers(draw: st.DrawFn, key: str) -> Offer:
    ages = sorted([draw(st.integers(0, 120)), draw(st.integers(0, 120))])
    texts = {name: draw(MAYBE) for name in ("kind", "department", "improvement_note")}
    days = {name: draw(DATES) for name in ("funded_until", "assured_on")}
    return Offer(
        key=NodeKey(key),
        name=draw(TEXTS),
        age_min=draw(st.sampled_from([None, ages[0]])),
        age_max=draw(st.sampled_from([None, ages[1]])),
        status=draw(st.none() | st.sampled_from([*hsds_profile.STATUS, "anders"])),
        languages=draw(WORDS),
        visibility=draw(VISIBLE),
        **texts,
        **days,
    )


@st.composite
def graphs(draw: st.DrawFn) -> list[Record]:
    nodes = [*(draw(actors(f"actor:{k}")) for k in ("a", "B.2")), *(draw(offers(f"offer:{k}")) for k in ("a", "o-1"))]
    edges: list[Record] = []
    for node in nodes:
        offered = isinstance(node, Offer)
        types = {
            EdgeType.LOCATED_IN: ["municipality:08119", "municipality:08118"],
            EdgeType.SERVES: ["municipality:08119", "municipality:08118"],
            EdgeType.IN_FIELD: ["concept:field.school", "concept:field.own-one"],
            EdgeType.FOR_GROUP: ["concept:target_group.parents"],
            **({EdgeType.ADDRESSES: ["concept:challenge.kita-places"]} if offered else {}),
        }
        for type, targets in types.items():
            edges += [Edge(type, node.key, NodeKey(t)) for t in draw(st.lists(st.sampled_from(targets), unique=True))]
        if offered:
            for provider in draw(st.lists(st.sampled_from(["actor:a", "actor:B.2"]), unique=True)):
                edges.append(Edge(EdgeType.OFFERS, NodeKey(provider), node.key))
    return [*nodes, *edges]


def shown(store: GraphStore) -> list[object]:
    """What a store shows of actors and offers, and all its edges."""

    def work(reader: Reader) -> list[object]:
        return [*(node for node in reader.nodes() if isinstance(node, Actor | Offer)), *reader.edges()]

    return store.read(work)


def validator(name: str) -> Draft202012Validator:
    """The facts on HSDS's objects, changed by our profile, as JSON Schema; unknown fields are refused."""

    def typed(said: object) -> dict[str, object]:
        if isinstance(said, list):
            return {"type": "array", "items": {"$ref": f"#/$defs/{said[0]}"}}
        if isinstance(said, dict):
            return said
        if said in FACTS:
            return {"$ref": f"#/$defs/{said}"}
        return {"type": "string", "format": said} if said in FORMATS else {"type": said}

    definitions = {}
    for each, facts in FACTS.items():
        if each == "$comment":
            continue
        schema = {
            "type": "object",
            "required": facts["required"],
            "additionalProperties": False,
            "properties": {field: typed(said) for field, said in facts["properties"].items()},
        }
        patch = PROFILE / f"{each}.json"
        definitions[each] = merge(schema, json.loads(patch.read_text("utf-8"))) if patch.exists() else schema
    Draft202012Validator.check_schema({"$defs": definitions})
    return Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": definitions}, format_checker=FormatChecker())


def merge(target: object, patch: object) -> object:
    """JSON Merge Patch (RFC 7386), by which profiles of HSDS are made."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge(merged.get(name), value)
    return merged


ORGANIZATION, SERVICE, TAXONOMY = validator("organization"), validator("service"), validator("taxonomy")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(graphs())
def test_every_document_is_valid_and_comes_back_as_it_left(graph: list[Record]) -> None:
    with TemporaryDirectory() as folder:
        here = Path(folder)
        first, second = SQLiteStore(here / "a.db"), SQLiteStore(here / "b.db")
        first.write(lambda tx: tx.replace(DATASET, [*PLACES, *graph]))
        first.read(lambda r: write_hsds(r, here / "x.json", visibility=Visibility.OFFICE))
        document = json.loads((here / "x.json").read_text("utf-8"))
        for schema, name in ((ORGANIZATION, "organizations"), (SERVICE, "services"), (TAXONOMY, "taxonomies")):
            for item in document[name]:
                schema.validate(item)
        ids = [item["id"] for name in ("organizations", "services") for item in document[name]]
        assert len(set(ids)) == len(ids)
        second.write(lambda tx: tx.replace(DATASET, PLACES))
        report = run(HSDSImporter(), [here / "x.json"], second)
        assert {i.kind for i in report.issues.examples()} <= {"unknown-term"}
        assert shown(second) == shown(first)
        second.read(lambda r: write_hsds(r, here / "y.json", visibility=Visibility.OFFICE))
        again = json.loads((here / "y.json").read_text("utf-8"))
        assert again["organizations"] == document["organizations"]
        assert again["services"] == document["services"]
        first.close()
        second.close()


def test_what_is_not_for_everybody_is_not_in_a_public_document(tmp_path: Path) -> None:
    store = SQLiteStore(tmp_path / "s.db")
    offer, hidden, shown_one = NodeKey("offer:o"), NodeKey("actor:h"), NodeKey("actor:s")
    records: list[Record] = [
        *PLACES,
        Offer(key=offer, name="Café"),
        Actor(key=hidden, name="Verborgen", visibility=Visibility.OWN),
        Actor(key=shown_one, name="Offen"),
        Edge(EdgeType.OFFERS, hidden, offer),
        Edge(EdgeType.SERVES, shown_one, NodeKey("municipality:08118"), visibility=Visibility.PEERS),
    ]
    store.write(lambda tx: tx.replace(DATASET, records))
    store.read(lambda r: write_hsds(r, tmp_path / "x.json"))
    text = (tmp_path / "x.json").read_text("utf-8")
    assert "Verborgen" not in text
    assert hsds_profile.identifier(hidden) not in text
    assert "08118" not in text
    told = store.read(lambda r: write_hsds(r, tmp_path / "y.json", visibility=Visibility.PEERS))
    # the relation may be seen, but HSDS could not say that it is not for everybody
    assert told.left_out == {"relations with a visibility of their own": 1}
    assert "08118" not in (tmp_path / "y.json").read_text("utf-8")
    store.close()


def test_a_document_says_profile_version_and_sources(tmp_path: Path) -> None:
    store = SQLiteStore(tmp_path / "s.db")
    store.write(lambda tx: tx.replace(DATASET, PLACES))
    store.read(lambda r: write_hsds(r, tmp_path / "x.json", profile="https://example.org/profile"))
    document = json.loads((tmp_path / "x.json").read_text("utf-8"))
    assert document["profile"] == "https://example.org/profile"
    assert document["version"] == "3.1"
    assert document["sources"] == ["Made by hand · CC0"]
    assert document["organizations"] == document["services"] == []
    store.close()


def test_the_published_profile_names_what_the_program_writes() -> None:
    assert json.loads((PROFILE / "data/taxonomy.json").read_text("utf-8")) == list(taxonomies())
    links = json.loads((PROFILE / "attribute.json").read_text("utf-8"))["properties"]["link_type"]["enum"]
    assert links == list(hsds_profile.LINK_TYPES)
    assert not {"contacts", "phones"} & set(SERVICE.schema["$defs"]["location"]["properties"])


@pytest.mark.parametrize("broken", [{"contacts": []}, {"status": "running"}, {"id": "7"}, {"attributes": None}])
def test_the_schema_of_the_tests_refuses_what_hsds_or_the_profile_refuses(broken: dict[str, object]) -> None:
    fine = {"id": hsds_profile.identifier("x"), "name": "x", "status": "active", "attributes": []}
    assert not list(SERVICE.iter_errors(fine))
    item = {name: value for name, value in (fine | broken).items() if value is not None}
    assert list(SERVICE.iter_errors(item))


def test_reading_twice_gives_the_same_records(tmp_path: Path) -> None:
    item = {"id": "7", "name": "x", "status": "active", "languages": [{"id": "1", "name": "Urdu"}]}
    (tmp_path / "x.json").write_text(json.dumps({"contents": [item]}))
    reads = [list(HSDSImporter().read([tmp_path / "x.json"], Issues()).records) for _ in range(2)]
    assert reads[0] == reads[1] == [Offer(key=NodeKey("offer:7"), name="x", status="active", languages=("Urdu",))]

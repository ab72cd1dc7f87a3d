# ruff: noqa: E501  # tables are read best in one line
"""HSDS of others goes in, in whatever form it is published; persons stay out, and nothing is guessed."""

import io
import json
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_service.errors import SourceError
from graph_service.keys import NodeKey
from graph_service.model import Actor, Concept, Edge, Offer, Record
from importers.contract import Issues, Reading
from importers.hsds import documents
from importers.hsds.importer import HSDSImporter

ORGANIZATION = {
    "id": "d9d5e0f5-d3ce-4f73-9a2f-4dd0ecc6c610",
    "name": "Beispielverein e. V.",
    "description": "Hilft <b>allen</b>.",
    "website": "https://example.org",
    "email": "post@example.org",
    "contacts": [{"id": "c1", "name": "Erika Mustermann", "email": "erika@example.org"}],
    "phones": [{"id": "p1", "number": "0711 1"}],
    "locations": [
        {
            "id": "l1",
            "location_type": "physical",
            "latitude": 48.83,
            "longitude": 9.31,
            "external_identifier": "081190079079",
            "external_identifier_type": "ARS",
            "addresses": [{"id": "a1", "postal_code": "71332", "city": "Waiblingen"}],
            "languages": [{"id": "g1", "name": "Arabisch", "code": "ar"}],
            "contacts": [{"id": "c2", "name": "Max Mustermann"}],
        }
    ],
    "attributes": [
        {
            "id": "t1",
            "link_type": "x",
            "taxonomy_term": {"id": "t", "name": "Migrantenselbstorganisation", "taxonomy": "fremd"},
        },
        {"id": "t2", "link_type": "x", "taxonomy_term": {"id": "u", "name": "Sternkunde", "taxonomy": "fremd"}},
    ],
}
SERVICE = {
    "id": "ac148810-d857-441c-9679-408f346de14b",
    "name": "Beratung",
    "status": "temporarily closed",
    "organization_id": ORGANIZATION["id"],
    "minimum_age": 12,
    "maximum_age": "27",
    "assured_date": "2024-05-06T10:00:00Z",
    "assurer_email": "erika@example.org",
    "languages": [{"id": "g2", "name": "Ukrainisch"}],
    "schedules": [{"id": "s1"}],
    "service_areas": [{"id": "b1", "name": "Rems-Murr-Kreis"}],
    "service_at_locations": [
        {
            "id": "e1",
            "location": {
                "id": "l2",
                "location_type": "physical",
                "addresses": [{"id": "a2", "postal_code": "71332", "city": "WAIBLINGEN"}],
            },
        },
        {
            "id": "e2",
            "location": {"id": "l3", "addresses": [{"id": "a3", "postal_code": "70173", "city": "Stuttgart"}]},
        },
    ],
}
ACTOR = NodeKey("actor:d9d5e0f5-d3ce-4f73-9a2f-4dd0ecc6c610")
OFFER = NodeKey("offer:ac148810-d857-441c-9679-408f346de14b")
NODES = [
    Actor(
        key=ACTOR,
        name="Beispielverein e. V.",
        kind="migrant-organisation",
        description="Hilft <b>allen</b>.",
        url="https://example.org",
        longitude=9.31,
        latitude=48.83,
        languages=("ar",),
    ),
    Offer(
        key=OFFER,
        name="Beratung",
        status="paused",
        age_min=12,
        age_max=27,
        assured_on=date(2024, 5, 6),
        languages=("Ukrainisch",),
    ),
]
LINKS = {
    ("LOCATED_IN", ACTOR, "municipality:08119079"),
    ("LOCATED_IN", OFFER, "municipality:08119079"),
    ("OFFERS", ACTOR, OFFER),
}
TABLES = {
    "organizations.csv": "id,name,description,website,email\nd9d5e0f5-d3ce-4f73-9a2f-4dd0ecc6c610,Beispielverein e. V.,Hilft <b>allen</b>.,https://example.org,x@example.org\n",
    "services.csv": "id,name,status,organization_id,minimum_age,maximum_age,assured_date\nac148810-d857-441c-9679-408f346de14b,Beratung,temporarily closed,d9d5e0f5-d3ce-4f73-9a2f-4dd0ecc6c610,12,27,2024-05-06\n",
    "locations.csv": "id,organization_id,location_type,latitude,longitude,external_identifier,external_identifier_type\nl1,d9d5e0f5-d3ce-4f73-9a2f-4dd0ecc6c610,physical,48.83,9.31,081190079079,ARS\nl2,,physical,,,,\n",
    "addresses.csv": "id,location_id,postal_code,city\na1,l1,71332,Waiblingen\na2,l2,71332,WAIBLINGEN\n",
    "service_at_location.csv": "id,service_id,location_id\ne1,ac148810-d857-441c-9679-408f346de14b,l2\n",
    "languages.csv": "id,service_id,location_id,name,code\ng1,,l1,Arabisch,ar\ng2,ac148810-d857-441c-9679-408f346de14b,,Ukrainisch,\n",
    "taxonomies.csv": "id,name,uri\nx1,Vokabular,fremd\n",
    "taxonomy_terms.csv": "id,name,taxonomy_id\nt,Migrantenselbstorganisation,x1\n",
    "attributes.csv": "id,link_id,link_entity,link_type,taxonomy_term_id\nt1,d9d5e0f5-d3ce-4f73-9a2f-4dd0ecc6c610,organization,x,t\n",
    "contacts.csv": "id,organization_id,name\nc1,d9d5e0f5-d3ce-4f73-9a2f-4dd0ecc6c610,Erika Mustermann\n",
    "notes.csv": "a,b\n1,2\n",
}  # fmt: skip


def read(*paths: Path) -> tuple[Reading, list[Record], Issues]:
    issues = Issues()
    reading = HSDSImporter().read(list(paths), issues)
    return reading, list(reading.records), issues


def write(path: Path, document: object) -> Path:
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path


def test_a_document_brings_the_terms_it_speaks_of(tmp_path: Path) -> None:
    def attribute(kind: str, code: str, name: str) -> dict[str, object]:
        term = {"id": code, "code": code, "name": name, "taxonomy": f"urn:buendniskompass:vocabulary:{kind}"}
        return {"id": code, "link_type": "field", "taxonomy_term": term}

    attributes = [
        attribute("field", "school", "School"),
        attribute("field", "gardens", "Gärten"),
        attribute("", "x", "X"),
    ]
    document = [{"id": "1", "name": "x", "description": "", "attributes": attributes}]
    records = read(write(tmp_path / "x.json", document))[1]
    assert [r for r in records if isinstance(r, Concept)] == [
        Concept(
            key=NodeKey("concept:field.school"),
            name="Schule und schulische Integration",
            label_en="School",
            kind="field",
        ),
        Concept(key=NodeKey("concept:field.gardens"), name="Gärten", kind="field"),
        Concept(key=NodeKey("concept:x"), name="X"),
    ]
    assert {target for _, _, target in links(records)} == {"concept:field.school", "concept:field.gardens", "concept:x"}


def links(records: list[Record]) -> set[tuple[str, str, str]]:
    return {(r.type.value, r.source, r.target) for r in records if isinstance(r, Edge)}


def nodes(records: list[Record]) -> list[Record]:
    return [r for r in records if not isinstance(r, Edge)]


@pytest.mark.parametrize(
    "document",
    [
        {"organizations": [ORGANIZATION], "services": [SERVICE]},
        {"organization": [ORGANIZATION], "service": [SERVICE]},
        [SERVICE | {"organization": ORGANIZATION}],
        SERVICE | {"organization": ORGANIZATION},
        {"total_items": 1, "page_number": 1, "contents": [SERVICE | {"organization": ORGANIZATION}]},
        {"content": [ORGANIZATION | {"services": [SERVICE]}]},
        [ORGANIZATION, SERVICE],
    ],
    ids=["document", "tabular", "list", "one", "page", "nested", "mixed"],
)
def test_every_form_of_json_means_the_same(tmp_path: Path, document: object) -> None:
    reading, records, issues = read(write(tmp_path / "Stadt Köln.json", document))
    assert nodes(records) == NODES
    assert links(records) == LINKS
    assert (reading.dataset.id, reading.dataset.title) == ("hsds-stadt-koeln", "Stadt Köln.json")
    assert reading.read() == 2
    assert issues.skipped == 0


def test_what_has_no_place_is_said_and_persons_are_not_even_named(tmp_path: Path) -> None:
    _, records, issues = read(write(tmp_path / "x.json", {"organizations": [ORGANIZATION], "services": [SERVICE]}))
    said = repr(issues.kept) + repr(records)
    assert "Mustermann" not in said
    assert "erika" not in said
    assert "0711" not in said
    assert issues.counts["person"] == 3, "a contact of the organization, of its location, and who assured the service"
    fields = {i.found for i in issues.kept["ignored-column"]}
    assert fields == {"organization.email", "organization.phones", "service.schedules"}
    assert [i.found for i in issues.kept["unknown-term"]] == ["fremd / Sternkunde"]
    places = [i.found for i in issues.kept["no-code"]]
    assert places == ["Rems-Murr-Kreis", "70173 Stuttgart"], "a name alone is no code, and nothing is guessed"


@pytest.mark.parametrize("form", ["folder", "zip", "zip-in-folder"])
def test_tables_mean_the_same_as_json(tmp_path: Path, form: str) -> None:
    path = tmp_path / ("x" if form == "folder" else "x.zip")
    if form == "folder":
        path.mkdir()
        for name, text in TABLES.items():
            (path / name).write_text(text, encoding="utf-8-sig")
    else:
        with zipfile.ZipFile(path, "w") as archive:
            for name, text in TABLES.items():
                archive.writestr(f"export/{name}" if form == "zip-in-folder" else name, text)
    _, records, issues = read(path)
    assert nodes(records) == NODES
    assert links(records) == LINKS
    assert issues.counts["person"] == 1
    assert [i.found for i in issues.kept["ignored-file"]] == [
        "export/notes.csv" if form == "zip-in-folder" else "notes.csv"
    ]


def test_pages_of_an_api_are_one_publication(tmp_path: Path) -> None:
    first = write(tmp_path / "page1.json", {"contents": [ORGANIZATION]})
    last = write(tmp_path / "page2.json", {"contents": [SERVICE]})
    empty = write(tmp_path / "page3.json", {"contents": []})
    _, records, _ = read(first, last, empty)
    assert nodes(records) == NODES
    with zipfile.ZipFile(tmp_path / "pages.zip", "w") as archive:
        archive.write(first, "page1.json")
        archive.write(last, "page2.json")
    assert nodes(read(tmp_path / "pages.zip")[1]) == NODES


def test_two_codes_for_one_town_are_none(tmp_path: Path) -> None:
    def at(id: str, code: str) -> dict[str, object]:
        return {
            "id": id,
            "external_identifier": code,
            "external_identifier_type": "AGS" if code else "",
            "addresses": [{"postal_code": "1", "city": "Neustadt"}],
        }

    document = [
        {"id": str(i), "name": "x", "description": "", "locations": [at("l", code)]}
        for i, code in enumerate(["08119079", "08118001", "", "8119"])
    ]
    _, records, issues = read(write(tmp_path / "x.json", document))
    assert {source for _, source, _ in links(records)} == {"actor:0", "actor:1"}
    assert issues.counts["no-code"] == 2


def test_what_is_wrong_with_one_item_leaves_the_others_whole(tmp_path: Path) -> None:
    services = [
        {"id": "1", "name": "gut", "status": "active"},
        {"id": "2", "status": "active"},
        {
            "id": "3",
            "name": "Alter",
            "status": "inactive",
            "minimum_age": 30,
            "maximum_age": 20,
            "assured_date": "bald",
        },
        {"id": "1", "name": "noch einmal", "status": "active"},
        {"id": "ä 4", "name": "Schlüssel", "status": "defunct", "minimum_age": 6.5, "attributes": "kaputt"},
        {"id": "5", "name": {"de": "x"}, "status": "active"},
    ]
    far = {"id": "o", "name": "Fern", "description": "", "locations": [{"id": "l", "latitude": 100, "longitude": [1]}]}
    _, records, issues = read(write(tmp_path / "x.json", {"services": services, "organizations": [far]}))
    assert nodes(records) == [
        Actor(key=NodeKey("actor:o"), name="Fern"),
        Offer(key=NodeKey("offer:1"), name="gut", status="active"),
        Offer(key=NodeKey("offer:3"), name="Alter"),
        Offer(key=NodeKey("offer:ae-4"), name="Schlüssel", status="ended"),
    ]
    found = [(i.kind, i.expected, i.found) for i in issues.examples()]
    assert ("unknown-term", "one of active, temporarily closed, defunct", "inactive") in found
    assert ("invalid-value", "age_min not above age_max", "30 > 20") in found
    assert ("invalid-value", "a date (YYYY-MM-DD)", "bald") in found
    assert ("invalid-value", "a whole number", "6.5") in found
    assert ("duplicate-key", "each organization and service once", "1") in found
    assert issues.counts["invalid-value"] == 6


def test_several_places_on_the_map_are_no_place(tmp_path: Path) -> None:
    two = [{"id": "l1", "latitude": 48.1, "longitude": 9.5}, {"id": "l2", "latitude": 48.2, "longitude": 9.5}]
    document = [{"id": "1", "name": "x", "description": "", "locations": two}]
    _, records, issues = read(write(tmp_path / "x.json", document))
    assert records == [Actor(key=NodeKey("actor:1"), name="x")]
    assert issues.counts["duplicate"] == 1


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "a file with content"),
        (b"%PDF-1.7", "an HSDS document in JSON"),
        (b"<html></html>", "an HSDS document in JSON"),
        (b'{"organizations": [', "a whole JSON document"),
        (b'{"type": "FeatureCollection", "features": []}', "organizations or services of HSDS"),
        (b'{"services": []}', "organizations or services of HSDS"),
        (b"[1, 2]", "a list of objects"),
        (b"[" * 100_000, "a whole JSON document"),
        (b"[" + b"{}," * 200_000 + b"{}]", "at most"),
        ('{"services": "ä"}'.encode("cp1252"), "a whole JSON document"),
    ],
    ids=["empty", "pdf", "html", "cut", "geojson", "nothing", "numbers", "deep", "many", "latin"],
)
def test_what_is_no_hsds_is_one_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, expected: str
) -> None:
    monkeypatch.setattr(documents, "MOST_VALUES", 150_000)
    path = tmp_path / "x.json"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=expected):
        list(read(path)[0].records)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("other.csv", "a,b\n1,2\n", "tables of HSDS"),
        ("services.csv", "id,name,status\n1,x,active,zu viel\n", "as many cells"),
        ("services.csv", 'id,name,status\n1,"x,active\n', "quotation marks closed"),
        ("services.csv", "id,name,status\n1," + "x" * 140_000 + ",active\n", "at most 131072"),
        ("services.csv", "id,name,status\n1," + "x," * 3_000_000 + "\n", "lines of at most"),
        ("services.csv", "id,name,status\n", "organizations or services"),
    ],
)
def test_broken_tables_are_one_clear_error(tmp_path: Path, name: str, text: str, expected: str) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / name).write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=expected):
        read(tmp_path / "x")


def test_tables_that_are_not_utf8_are_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("organizations.csv", "id,name,description\n1,Köln,x\n".encode("cp1252"))
    (tmp_path / "x.zip").write_bytes(buffer.getvalue())
    with pytest.raises(SourceError, match="text in UTF-8"):
        read(tmp_path / "x.zip")


NAMES = [
    "id", "name", "status", "organizations", "services", "organization", "service", "locations", "location", "attributes",
    "taxonomy_term", "taxonomy", "code", "value", "link_type", "service_areas", "service_at_locations", "languages",
    "latitude", "longitude", "minimum_age", "assured_date", "addresses", "contacts", "contents", "organization_id",
]  # fmt: skip
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=4)
)
CODES = st.sampled_from(
    ["urn:buendniskompass:property", "urn:buendniskompass:municipality", "key", "visibility", "08119", "1"]
)
ANYTHING = st.recursive(
    LEAVES | CODES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5),
    max_leaves=20,
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ANYTHING, ANYTHING)
def test_any_json_is_read_or_refused(tmp_path: Path, first: object, second: object) -> None:
    item = {"id": "1", "name": "x", "status": "active", **(first if isinstance(first, dict) else {"attributes": first})}
    for document in (first, [item], {"organizations": [item], "services": [second, item]}):
        try:
            records = read(write(tmp_path / "x.json", document))[1]
        except SourceError:
            continue
        assert all(isinstance(record, Actor | Offer | Edge | Concept) for record in records)


def test_an_id_of_signs_alone_costs_its_record_and_nothing_else(tmp_path: Path) -> None:
    items = [{"id": id, "name": name, "status": "active"} for id, name in (("¤", "¤"), ("2", "Haus Süd"))]
    _, records, issues = read(write(tmp_path / "x.json", {"organizations": [], "services": items}))
    assert [record.name for record in records if isinstance(record, Offer)] == ["Haus Süd"]
    assert [(i.found, i.expected) for i in issues.kept["invalid-value"]] == [("¤", "an id with letters or digits")]

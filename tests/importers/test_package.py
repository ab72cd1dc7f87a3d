"""An exchange package goes in whole, or not at all with every problem named."""

import json
import tracemalloc
import zipfile
from datetime import date
from pathlib import Path

import pytest

from graph_service.errors import InvalidPackage, Place, SourceError
from graph_service.keys import NodeKey
from graph_service.model import Edge, EdgeType, Node, ObservationTable, Record, Visibility
from importers.contract import Issues, Reading
from importers.package.importer import PackageImporter

TABLES = {
    "municipalities.csv": (
        "key,name,level,kind,parent,population\n"
        "08,Baden-Württemberg,state,,,\n"
        "08119,Rems-Murr-Kreis,district,landkreis,08,426158\n"
    ),
    "vocabulary.csv": "id,kind,broader,label_de,label_en\nschool,field,,Schule,School\nsilo,challenge,school,,Silos\n",
    "actors.csv": (
        "key,name,kind,municipality,fields,languages,assured_on\n"
        "a1,Jugendamt,youth-office,08119,school,de;en,2024-12-31\n"
        'a2,"Verein ""Brücke"", e. V.",,,,,\n'
    ),
    "alliances.csv": "key,name,municipalities,fields,challenges,started_on\nb1,Bündnis,08119,school,silo,2016-03-01\n",
    "memberships.csv": (
        "actor,alliance,role,since,until\na1,b1,lead,,\na2,b1,member,2016-03-01,\na2,b1,funding,2017-01-01,\n"
    ),
    "cooperations.csv": "actor_a,actor_b,strength\na1,a2,knows\n",
    "practices.csv": "key,title,fields,challenges\np1,Lernpatenschaften,school,silo\n",
    "applications.csv": "practice,municipality,actor,status,started_on,outcome\np1,08119,a1,running,2016-09-01,gut\n",
    "ratings.csv": "municipality,challenge,severity,rated_on,rater_role\n08119,silo,3,2024-01-01,youth-office\n",
    "offers.csv": "key,name,provider,municipalities,age_min,age_max\no1,Patenschaft,a2,08119;08,6,18\n",
    "requests.csv": "key,title,requester,municipality,resources\nr1,Räume gesucht,b1,08119,rooms;money\n",
    "indicators.csv": "id,label_de,polarity,scale\nq,Quote,-1,share\n",
    "observations.csv": "municipality,indicator,period,value,flag\n08119,q,2020,1.5,\n08119,q,2021,,/\n",
}

ACTORS = {"actors.csv": "key,name\n"}


def package(folder: Path, tables: dict[str, str], **descriptor: object) -> Path:
    folder.mkdir(exist_ok=True)
    resources = [{"name": name.removesuffix(".csv"), "path": name} for name in tables]
    content = {"name": "probe", "resources": resources} | descriptor
    (folder / "datapackage.json").write_text(json.dumps(content), encoding="utf-8")
    for name, text in tables.items():
        (folder / name).write_bytes(text.encode())
    return folder


def read(path: Path) -> tuple[Reading, list[Record], Issues]:
    issues = Issues()
    reading = PackageImporter().read([path], issues)
    return reading, list(reading.records), issues


def shown(node: Node, name: str) -> object:
    return getattr(node, name)


def edges(records: list[Record], type: EdgeType) -> list[Edge]:
    return [r for r in records if isinstance(r, Edge) and r.type is type]


def problems(path: Path) -> list[tuple[str, str, Place]]:
    with pytest.raises(InvalidPackage) as refused:
        read(path)
    return [(p.expected, p.found, p.place) for p in refused.value.problems]


def test_every_table_becomes_the_nodes_and_edges_it_stands_for(tmp_path: Path) -> None:
    reading, records, issues = read(package(tmp_path / "p", TABLES))
    found = {(e.type.value, str(e.source), str(e.target)) for e in records if isinstance(e, Edge)}
    assert found == {
        ("PART_OF", "municipality:08119", "municipality:08"),
        ("LOCATED_IN", "actor:a1", "municipality:08119"),
        ("IN_FIELD", "actor:a1", "concept:field.school"),
        ("ACTS_IN", "alliance:b1", "municipality:08119"),
        ("IN_FIELD", "alliance:b1", "concept:field.school"),
        ("ADDRESSES", "alliance:b1", "concept:challenge.silo"),
        ("MEMBER_OF", "actor:a1", "alliance:b1"),
        ("MEMBER_OF", "actor:a2", "alliance:b1"),
        ("COOPERATES_WITH", "actor:a1", "actor:a2"),
        ("IN_FIELD", "practice:p1", "concept:field.school"),
        ("ADDRESSES", "practice:p1", "concept:challenge.silo"),
        ("APPLIED_IN", "practice:p1", "municipality:08119"),
        ("FACES", "municipality:08119", "concept:challenge.silo"),
        ("OFFERS", "actor:a2", "offer:o1"),
        ("SERVES", "offer:o1", "municipality:08119"),
        ("SERVES", "offer:o1", "municipality:08"),
        ("REQUESTED_BY", "request:r1", "alliance:b1"),
        ("LOCATED_IN", "request:r1", "municipality:08119"),
    }
    assert len(edges(records, EdgeType.MEMBER_OF)) == 3
    applied = edges(records, EdgeType.APPLIED_IN)[0].properties
    assert applied == {"actor": "a1", "status": "running", "since": date(2016, 9, 1), "outcome": "gut"}
    nodes = {r.key: r for r in records if isinstance(r, Node)}
    assert shown(nodes[NodeKey("actor:a1")], "languages") == ("de", "en")
    assert shown(nodes[NodeKey("actor:a2")], "name") == 'Verein "Brücke", e. V.'
    silos = nodes[NodeKey("concept:challenge.silo")]
    assert (shown(silos, "name"), shown(silos, "label_en")) == ("", "Silos"), "listed; another's name may show through"
    table = next(r for r in records if isinstance(r, ObservationTable))
    assert list(table.flag) == ["", "/"]
    assert table.value[0] == 1.5
    assert str(table.value[1]) == "nan"
    assert reading.must_be_whole
    assert reading.read() == 19
    assert not issues.counts


def test_every_problem_is_listed_with_table_line_and_column(tmp_path: Path) -> None:
    broken = TABLES | {
        "municipalities.csv": (
            "key,name,level,parent,population,longitude\n"
            "1,A,district,2,viele,\n"
            "2,B,town,1,,400\n"
            "1 or 1=1,C,state,,,\n"
            "2,D,state\n"
        ),
        "alliances.csv": "key,name,started_on,ended_on\nb1,B,31.02.2020,2020-02-31\nb1,C,,\nb1,D,,\n",
        "actors.csv": "key,kind\na1,\n",
        "observations.csv": (
            "municipality,indicator,period,value\n1,q,2020-13,1\n1,q,2020,1,5\n1,q,2021,nan\n1,q,2022,1\n1,q,2022,2\n"
        ),
        "ratings.csv": "municipality,challenge,severity\n08119,silo,9\n08119,,\n",
    }
    found = {(p.table, p.line, p.column) for _, _, p in problems(package(tmp_path / "p", broken))}
    assert found >= {
        ("municipalities.csv", 2, "population"),
        ("municipalities.csv", 3, "level"),
        ("municipalities.csv", 3, "longitude"),
        ("municipalities.csv", 4, "key"),
        ("municipalities.csv", 5, ""),
        ("alliances.csv", 2, "started_on"),
        ("alliances.csv", 2, "ended_on"),
        ("alliances.csv", 4, "key"),
        ("actors.csv", 1, "name"),
        ("observations.csv", 2, "period"),
        ("observations.csv", 3, ""),
        ("observations.csv", 4, "value"),
        ("observations.csv", 6, "municipality, indicator, period"),
        ("ratings.csv", 2, "severity"),
        ("ratings.csv", 3, "challenge"),
        ("ratings.csv", 3, "severity"),
    }


def test_a_municipality_is_never_part_of_itself(tmp_path: Path) -> None:
    circle = "key,name,level,parent\n1,A,district,2\n2,B,district,3\n3,C,district,1\n4,D,district,1\n"
    found = problems(package(tmp_path / "p", {"municipalities.csv": circle}))
    assert [(expected, value) for expected, value, _ in found] == [("parents without a circle", "1 → 2 → 3 → 1")]
    long = "key,name,level,parent\n" + "".join(f"{i},M,district,{i + 1}\n" for i in range(5000)) + "5000,M,state,\n"
    assert len(read(package(tmp_path / "long", {"municipalities.csv": long}))[1]) == 5001 + 5000


@pytest.mark.parametrize(
    ("tables", "descriptor", "expected"),
    [
        ({}, {"resources": 7}, "a list of resources"),
        ({}, {"resources": [{"path": "../actors.csv"}]}, "a path within the package"),
        ({}, {"resources": [{"path": "actors.csv"}]}, "a file that is there"),
        (ACTORS, {"resources": [{"path": "actors.csv", "dialect": {"delimiter": ";"}}]}, "cells separated by commas"),
        (ACTORS, {"resources": [{"path": "actors.csv", "encoding": "latin-1"}]}, "text in UTF-8"),
        ({"actors.csv": ""}, {}, "a file with content"),
        ({"actors.csv": "key,name,key\n"}, {}, "each column once"),
        ({"actors.csv": 'key,name\na,"open\n'}, {}, "CSV as in RFC 4180"),
        ({"actors.csv": "key,name,fields\na,A,x;;y\n"}, {}, "a list separated by ';' without gaps"),
        ({"actors.csv": "key,name\n"}, {"name": "Über Uns"}, "a dataset id of small letters, digits, '.', '_' and '-'"),
        ({"requests.csv": "key,title,requester\nr,R,offer:x\n"}, {}, "actor: or alliance: before the key"),
        ({"offers.csv": "key,name,age_min,age_max\no,O,9,3\n"}, {}, "age_min not above age_max"),
        ({"links.csv": "type,source,target\nLIKES,actor:a,actor:b\n"}, {}, "a type of edge, and properties as a JSON object"),  # noqa: E501  # a case is a line
        ({"links.csv": "type,source,target\nOFFERS,offer:a,actor:b\n"}, {}, "OFFERS from Actor to Offer"),
    ],
)  # fmt: skip
def test_what_no_package_may_have_is_refused(
    tmp_path: Path, tables: dict[str, str], descriptor: dict[str, object], expected: str
) -> None:
    found = problems(package(tmp_path / "p", tables, **descriptor))
    assert [phrase for phrase, _, _ in found] == [expected]


def test_text_that_is_not_utf8_is_refused_with_its_table(tmp_path: Path) -> None:
    path = package(tmp_path / "p", {"actors.csv": "key,name\n"})
    (path / "actors.csv").write_bytes("key,name\na,Köln\n".encode("latin-1"))
    (expected, found, place) = problems(path)[0]
    assert (expected, found, place.table) == ("text in UTF-8", "byte 0xf6", "actors.csv")


@pytest.mark.parametrize("content", [b"", b"[", b"[]", b"\xff\xfe", b"[" * 100_000])
def test_a_descriptor_that_is_none_is_one_clear_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "datapackage.json").write_bytes(content)
    with pytest.raises(SourceError):
        read(tmp_path)


def test_a_folder_without_descriptor_or_nothing_at_all_is_one_clear_error(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "absent", tmp_path / "absent.zip"):
        with pytest.raises(SourceError):
            read(path)
    with pytest.raises(SourceError):
        PackageImporter().read([tmp_path, tmp_path], Issues())


@pytest.mark.parametrize("prefix", ["", "export/"])
def test_a_zip_reads_as_its_folder_does(tmp_path: Path, prefix: str) -> None:
    folder = package(tmp_path / "p", TABLES)
    with zipfile.ZipFile(tmp_path / "p.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for file in folder.iterdir():
            archive.write(file, prefix + file.name)

    def plain(records: list[Record]) -> list[Record]:
        return [r for r in records if not isinstance(r, ObservationTable)]

    assert plain(read(tmp_path / "p.zip")[1]) == plain(read(folder)[1])


def test_what_is_not_ours_is_ignored_aloud(tmp_path: Path) -> None:
    tables = {
        "municipalities.csv": "key,name,level,mayor\n1,A,state,x\n",
        "peers_truth.csv": "model,municipality\nx,1\n",
    }
    _, records, issues = read(package(tmp_path / "p", tables))
    assert len(records) == 1
    assert issues.counts == {"ignored-file": 1, "unknown-column": 1}


def test_a_table_that_the_descriptor_forgot_is_read_aloud(tmp_path: Path) -> None:
    _, records, issues = read(package(tmp_path / "p", TABLES, resources=[]))
    assert len(records) > 20
    assert issues.counts["unlisted-table"] == len(TABLES)


def test_the_dataset_is_what_the_descriptor_says(tmp_path: Path) -> None:
    described = {
        "title": "Titel",
        "description": "Worum es geht",
        "licenses": [{"name": "MIT", "title": "MIT licence"}, {"name": "ODbL-1.0"}],
        "sources": [{"title": "Amt", "path": "https://example.org/a"}],
        "created": "2024-05-06T10:00:00Z",
    }
    dataset = read(package(tmp_path / "p", TABLES, **described))[0].dataset
    assert (dataset.id, dataset.title, dataset.publisher) == ("probe", "Titel", "Amt")
    assert (dataset.licence, dataset.url) == ("MIT licence; ODbL-1.0", "https://example.org/a")
    assert dataset.retrieved_on == date(2024, 5, 6)


def test_a_table_in_one_endless_line_is_refused_without_reading_it_whole(tmp_path: Path) -> None:
    for content in ("x" * 20_000_000, "key,name\n" + "a," * 10_000_000):
        path = package(tmp_path / "p", {"actors.csv": content})
        tracemalloc.start()
        assert problems(path)
        assert tracemalloc.get_traced_memory()[1] < 40_000_000
        tracemalloc.stop()


def test_lines_are_counted_as_a_text_editor_does(tmp_path: Path) -> None:
    text = '\ufeffkey,name\r\na,"zwei\r\nZeilen"\r\n\r\nb c,B\r\n'
    assert problems(package(tmp_path / "p", {"actors.csv": text}))[0][2].line == 5


def test_visibility_comes_in_with_nodes_and_edges(tmp_path: Path) -> None:
    tables = {
        "actors.csv": "key,name,visibility\na,A,own\nb,B,\n",
        "cooperations.csv": "actor_a,actor_b,visibility\na,b,office\n",
    }
    records = read(package(tmp_path / "p", tables))[1]
    assert [r.visibility for r in records if isinstance(r, Node | Edge)] == [Visibility.OWN, None, Visibility.OFFICE]


def test_a_dated_parent_is_one_edge_not_two(tmp_path: Path) -> None:
    tables = {
        "municipalities.csv": "key,name,level,parent\n1,A,district,2\n2,B,state,\n3,C,state,\n",
        "parts.csv": "municipality,parent,since,until\n1,2,2000-01-01,\n1,3,,1999-12-31\n",
    }
    parts = edges(read(package(tmp_path / "p", tables))[1], EdgeType.PART_OF)
    assert {(e.target.local, *map(str, e.properties.values())) for e in parts} == {
        ("2", "2000-01-01"),
        ("3", "1999-12-31"),
    }


@pytest.mark.parametrize(
    ("name", "nodes", "observed"),
    [
        ("berlin", 13 + 8009 + 55957 + 45, 0),
        ("urbact", 622 + 591 + 172 + 76, 0),
        ("interreg_sweden", 30 + 584 + 586 + 66, 0),
        ("kolada", 311 + 9 + 14, 2610),
        ("mysociety", 409 + 2 + 11, 790),
        ("ons2025", 411 + 29 + 12, 10712),
    ],
)
@pytest.mark.germany
def test_the_packages_with_ground_truth_go_in_whole(evaluation: Path, name: str, nodes: int, observed: int) -> None:
    _, records, _ = read(evaluation / name)
    assert sum(isinstance(r, Node) for r in records) == nodes
    assert sum(len(r) for r in records if isinstance(r, ObservationTable)) == observed

"""Exports open in the programs they are for, say their sources, and hold nothing that is not public."""

import csv
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import networkx
import numpy as np
import openpyxl
import pyogrio
import pytest

from graph_service.errors import InvalidValue, TargetError
from graph_service.export.registry import EXPORTERS, exporter
from graph_service.keys import NodeKey
from graph_service.model import (
    Actor,
    Alliance,
    Boundary,
    Concept,
    Dataset,
    Edge,
    EdgeType,
    Indicator,
    Level,
    Municipality,
    ObservationTable,
    Record,
    Visibility,
)
from graph_service.store.contract import GraphStore
from graph_service.store.sqlite_store import SQLiteStore

SQUARE = {"type": "Polygon", "coordinates": [[[9, 48], [10, 48], [10, 49], [9, 48]]]}
RECORDS: list[Record] = [
    Municipality(
        key=NodeKey("municipality:08119"), name="Rems-Murr-Kreis", level=Level.DISTRICT, longitude=9.5, latitude=48.9
    ),
    Municipality(
        key=NodeKey("municipality:08118"), name="Ludwigsburg", level=Level.DISTRICT, longitude=9.2, latitude=49
    ),
    Municipality(key=NodeKey("municipality:08"), name="Baden-Württemberg", level=Level.STATE),
    Actor(
        key=NodeKey("actor:a"),
        name='=HYPERLINK("http://x")',
        kind="youth-office",
        languages=("de", "uk"),
        description="Erste Zeile\nzweite <Zeile> & \x01 mehr",
        assured_on=date(2024, 12, 31),
    ),
    Actor(key=NodeKey("actor:geheim"), name="Verborgen", visibility=Visibility.OWN),
    Alliance(key=NodeKey("alliance:b"), name="Bündnis „Ankommen“"),
    Concept(key=NodeKey("concept:field.school"), name="Schule", kind="field"),
    Indicator(key=NodeKey("indicator:q"), name="Quote", unit="%", theme="migration"),
    Concept(key=NodeKey("concept:municipality_type.mittel"), name="Mittlere Dichte", kind="municipality_type"),
    Edge(EdgeType.OF_TYPE, NodeKey("municipality:08119"), NodeKey("concept:municipality_type.mittel")),
    Edge(EdgeType.PART_OF, NodeKey("municipality:08119"), NodeKey("municipality:08"), {"since": date(1973, 1, 1)}),
    Edge(EdgeType.LOCATED_IN, NodeKey("actor:a"), NodeKey("municipality:08119")),
    Edge(EdgeType.IN_FIELD, NodeKey("actor:a"), NodeKey("concept:field.school")),
    Edge(EdgeType.MEMBER_OF, NodeKey("actor:a"), NodeKey("alliance:b"), {"role": "lead"}),
    Edge(EdgeType.MEMBER_OF, NodeKey("actor:a"), NodeKey("alliance:b"), {"role": "space"}),
    Edge(EdgeType.MEMBER_OF, NodeKey("actor:geheim"), NodeKey("alliance:b")),
    Edge(EdgeType.ADJACENT_TO, NodeKey("municipality:08118"), NodeKey("municipality:08119"), {"border_km": 12.5}),
    Boundary(NodeKey("municipality:08119"), json.dumps(SQUARE)),
    ObservationTable(
        ("08119", "08119", "08119", "08118", "08118"),
        ("q",) * 5,
        ("2020", "2021", "2022", "2021", "2022"),
        np.array([1.5, 2.25, np.nan, 7, np.nan]),
        ("", "", "/", "", "."),
    ),
]
DATASET = Dataset(
    id="amt",
    title="Zahlen des Amtes",
    publisher="Statistisches Amt",
    licence="dl-de/by-2-0",
    url="https://example.org/zahlen",
    retrieved_on=date(2024, 5, 6),
)


@pytest.fixture
def store(tmp_path: Path) -> GraphStore:
    kept = SQLiteStore(tmp_path / "s.db")
    kept.write(lambda tx: tx.replace(DATASET, RECORDS))
    return kept


@pytest.fixture
def export(store: GraphStore, tmp_path: Path) -> Callable[..., Path]:
    def write(format: str, name: str, visibility: Visibility = Visibility.PUBLIC) -> Path:
        told = store.read(lambda r: exporter(format)(r, tmp_path / name, visibility=visibility))
        assert (told.format, told.path) == (format, tmp_path / name)
        assert sum(told.counts.values()) > 0
        return tmp_path / name

    return write


@pytest.mark.parametrize(
    ("format", "read"), [("graphml", networkx.read_graphml), ("gexf", networkx.read_gexf)], ids=["graphml", "gexf"]
)
def test_the_network_opens_with_names_types_and_parallel_edges(
    export: Callable[..., Path], format: str, read: Callable[[Path], networkx.MultiDiGraph]
) -> None:
    path = export(format, f"n.{format}")
    graph = read(path)
    assert graph.is_directed()
    assert set(graph) == {
        "municipality:08119", "municipality:08118", "municipality:08", "actor:a", "alliance:b", "concept:field.school",
        "concept:municipality_type.mittel",
    }  # fmt: skip
    actor = graph.nodes["actor:a"]
    assert (actor["label"], actor["type"], actor["languages"]) == ('=HYPERLINK("http://x")', "Actor", "de; uk")
    assert actor["description"] == "Erste Zeile\nzweite <Zeile> & \ufffd mehr"
    assert graph.nodes["municipality:08119"]["longitude"] == 9.5
    assert sorted(d["role"] for d in graph.get_edge_data("actor:a", "alliance:b").values()) == ["lead", "space"]
    (border,) = graph.get_edge_data("municipality:08118", "municipality:08119").values()
    assert border["border_km"] == 12.5
    assert border["type"] == "ADJACENT_TO"
    text = path.read_text(encoding="utf-8")
    assert "Verborgen" not in text
    assert "dl-de/by-2-0" in text
    assert "https://example.org/zahlen" in text


def test_the_map_opens_with_boundaries_points_and_latest_figures(export: Callable[..., Path]) -> None:
    path = export("geojson", "karte.geojson")
    meta, _, geometry, columns = pyogrio.raw.read(path)
    table = dict(zip(meta["fields"].tolist(), (c.tolist() for c in columns), strict=True))
    at = table["key"].index("08119")
    assert (table["name"][at], table["q"][at], str(table["q_period"][at])) == ("Rems-Murr-Kreis", 2.25, "2021")
    assert table["key"] == ["08", "08118", "08119"]
    assert [None if g is None else g[1] for g in geometry.tolist()] == [None, 1, 3], "nothing, a point, a polygon"
    assert pyogrio.read_info(path)["crs"] == "EPSG:4326"
    assert "dl-de/by-2-0" in json.loads(path.read_text(encoding="utf-8"))["sources"][0]


def test_the_workbook_reads_like_a_table_for_people(export: Callable[..., Path]) -> None:
    book = openpyxl.load_workbook(export("xlsx", "mappe.xlsx"))
    assert book.sheetnames[0] == "Kommunen"
    assert book.sheetnames[-1] == "Quellen"
    actors = book["Akteure"]
    assert actors.freeze_panes == "A2"
    row = dict(zip((c.value for c in actors[1]), actors[2], strict=True))
    assert (row["Name"].value, row["Name"].data_type) == ('=HYPERLINK("http://x")', "s"), "text, never a formula"
    assert row["Art"].value == "Jugendamt"
    assert row["Kommune"].value == "Rems-Murr-Kreis (08119)"
    assert row["Handlungsfelder"].value == "Schule und schulische Integration"
    assert row["Zuletzt bestätigt am"].value.date() == date(2024, 12, 31)
    assert actors.max_row == 2
    assert [cell.value for cell in book["Raumtypen"][2]][:2] == ["Rems-Murr-Kreis (08119)", "Mittlere Dichte"]
    figures = book["Kreise – Migration und Asyl"]
    assert [[c.value for c in r] for r in figures.iter_rows()] == [
        ["Schlüssel", "Name", "Quote [%] 2021"],
        ["08118", "Ludwigsburg", 7],
        ["08119", "Rems-Murr-Kreis", 2.25],
    ]
    source = dict(zip((c.value for c in book["Quellen"][1]), (c.value for c in book["Quellen"][2]), strict=True))
    assert source["Lizenz"] == "dl-de/by-2-0"
    assert source["Abgerufen am"].date() == date(2024, 5, 6)


def test_the_files_for_neo4j_have_typed_headings_and_a_readme(export: Callable[..., Path]) -> None:
    folder = export("neo4j-csv", "neo4j")

    def table(name: str) -> list[dict[str, str]]:
        return list(csv.DictReader((folder / name).open(encoding="utf-8", newline="")))

    (actor,) = table("nodes_Actor.csv")
    assert actor["key:ID"] == "actor:a"
    assert actor["languages:string[]"] == "de;uk"
    assert actor["assured_on:date"] == "2024-12-31"
    assert actor[":LABEL"] == "Actor"
    members = table("relationships_MEMBER_OF.csv")
    assert [(m[":START_ID"], m[":END_ID"], m["role:string"], m[":TYPE"]) for m in members] == [
        ("actor:a", "alliance:b", "lead", "MEMBER_OF"),
        ("actor:a", "alliance:b", "space", "MEMBER_OF"),
    ]
    observed = table("relationships_OBSERVED.csv")
    assert [(o["value:double"], o["flag:string"]) for o in observed if o["period:string"] == "2022"] == [
        ("", "."),
        ("", "/"),
    ]
    readme = (folder / "README.txt").read_text(encoding="utf-8")
    for file in folder.glob("*.csv"):
        assert file.name in readme
    assert "dl-de/by-2-0" in readme


@pytest.mark.parametrize("format", sorted(EXPORTERS))
def test_what_may_be_seen_less_leaves_only_where_asked(export: Callable[..., Path], format: str) -> None:
    def content(path: Path) -> bytes:
        if format == "xlsx":
            book = openpyxl.load_workbook(path)
            return repr([[c.value for c in row] for sheet in book for row in sheet.iter_rows()]).encode()
        return path.read_bytes() if path.is_file() else b"".join(p.read_bytes() for p in sorted(path.iterdir()))

    assert b"erborgen" not in content(export(format, f"public.{format}"))
    if format not in ("geojson", "skos", "dcat"):  # places, terms and datasets alone
        assert b"erborgen" in content(export(format, f"own.{format}", Visibility.OWN))


@pytest.mark.parametrize("format", sorted(set(EXPORTERS) - {"xlsx"}))
def test_the_same_graph_is_the_same_file(export: Callable[..., Path], format: str) -> None:
    def content(path: Path) -> dict[str, bytes]:
        return {p.name: p.read_bytes() for p in (sorted(path.iterdir()) if path.is_dir() else [path])}

    first, second = content(export(format, "one")), content(export(format, "two"))
    assert list(first.values()) == list(second.values())


@pytest.mark.parametrize("format", sorted(EXPORTERS))
def test_a_place_that_cannot_be_written_is_one_clear_error(store: GraphStore, tmp_path: Path, format: str) -> None:
    with pytest.raises(TargetError):
        store.read(lambda r: exporter(format)(r, tmp_path / "absent" / "x"))
    before = sorted(p.name for p in tmp_path.iterdir())
    blocked = tmp_path / "folder"
    blocked.mkdir()
    (blocked / "thesis.docx").write_bytes(b"x")
    with pytest.raises(TargetError):
        store.read(lambda r: exporter(format)(r, blocked))
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([*before, "folder"])


def test_an_unknown_format_names_the_known_ones() -> None:
    with pytest.raises(InvalidValue, match="package, xlsx, graphml"):
        exporter("pdf")

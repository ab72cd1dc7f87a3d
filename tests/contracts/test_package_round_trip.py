"""What leaves as a package comes back the same: the law of the exchange package, on stores and made-up records."""

import csv
import io
import zipfile
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_type_hints

import numpy as np
import pytest
from frictionless import Package, system
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_service.codec import node_fields
from graph_service.errors import TargetError
from graph_service.exchange import EDGE_TABLES, NODE_TABLES, TABLES
from graph_service.export.package import write_package
from graph_service.keys import Label, NodeKey
from graph_service.model import (
    EDGE_SPECS,
    NODE_TYPES,
    Actor,
    Alliance,
    Concept,
    Dataset,
    Edge,
    EdgeType,
    Exchange,
    Indicator,
    Level,
    Municipality,
    Node,
    ObservationTable,
    Offer,
    Practice,
    Record,
    Request,
    Scale,
    Visibility,
)
from graph_service.store.contract import GraphStore
from graph_service.store.sqlite_store import SQLiteStore
from importers.package.importer import PackageImporter
from importers.run import run

LOCALS = ("a", "B-2", "c.3", "08119")
KINDS = ("field", "challenge", "target_group", "other-kind")


def local(label: Label) -> st.SearchStrategy[str]:
    if label is not Label.CONCEPT:
        return st.sampled_from(LOCALS)
    return st.builds(lambda kind, concept: f"{kind}.{concept}", st.sampled_from(KINDS), st.sampled_from(LOCALS))


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
WORDS = st.sampled_from(["de", "en", "rooms", "Räume, Säle", "=1+1", "x y"])
VALUES: dict[str, st.SearchStrategy[object]] = {
    "str": TEXTS,
    "date": st.dates(date(1, 1, 1), date(9999, 12, 31)),
    "int": st.integers(0, 120),
    "float": st.floats(-90, 90),
    "tuple[str, ...]": st.lists(WORDS, min_size=1, max_size=3, unique=True).map(tuple),
    "Level": st.sampled_from(Level),
    "Scale": st.sampled_from(Scale),
}
SPECIAL: dict[str, st.SearchStrategy[object]] = {
    "population": st.integers(0, 10**10),
    "area_km2": st.floats(0, 1e8),
    "polarity": st.sampled_from([-1, 0, 1]),
    "age_min": st.integers(0, 60),
    "age_max": st.integers(60, 120),
    "visibility": st.none() | st.sampled_from(Visibility),
}


@st.composite
def nodes(draw: st.DrawFn, label: Label) -> Node:
    node_type = NODE_TYPES[label]
    key = NodeKey.of(label, draw(local(label)))
    fields: dict[str, object] = {"name": draw(TEXTS)}
    for name, hint in get_type_hints(node_type).items():
        kind = str(hint).removesuffix(" | None").rpartition("graph_service.model.")[2]
        values = SPECIAL[name] if name in SPECIAL else VALUES.get(kind)
        if name in node_fields(node_type) and name != "name" and values is not None and draw(st.booleans()):
            fields[name] = draw(values)
    if label is Label.CONCEPT:
        fields["kind"] = key.local.partition(".")[0]
    return node_type(key=key, **fields)


@st.composite
def edges(draw: st.DrawFn, keys: list[NodeKey]) -> Edge | None:
    type = draw(st.sampled_from(EdgeType))
    spec = EDGE_SPECS[type]
    sources, targets = ([k for k in keys if k.label in side] for side in (spec.sources, spec.targets))
    if not sources or not targets:
        return None
    source, target = draw(st.sampled_from(sources)), draw(st.sampled_from(targets))
    if type is EdgeType.PART_OF and source <= target:
        return None
    chosen = {n: draw(VALUES[t.__name__]) for n, t in spec.properties.items() if draw(st.booleans())}
    return Edge(type, source, target, chosen, draw(SPECIAL["visibility"]))


@st.composite
def graphs(draw: st.DrawFn) -> list[Record]:
    made = draw(st.lists(st.sampled_from(Label).flatmap(nodes), min_size=1, max_size=12))
    by_key: dict[NodeKey, Node] = {n.key: n for n in made}
    keys = sorted(by_key)
    records: list[Record] = list(by_key.values())
    for _ in range(draw(st.integers(0, 12))):
        edge = draw(edges(keys))
        if edge is not None:
            records.append(edge)
    places = [k.local for k in keys if k.label is Label.MUNICIPALITY]
    indicators = [k.local for k in keys if k.label is Label.INDICATOR]
    if places and indicators:
        row = st.tuples(
            st.sampled_from(places),
            st.sampled_from(indicators),
            st.sampled_from(["2020", "2021-03", "2021-Q2", "2022-01-31"]),
            st.floats(allow_infinity=False) | st.integers(-(10**6), 10**6),
            st.sampled_from(["", "-", "/", "()", "upper_tier"]),
        )
        rows = {r[:3]: r for r in draw(st.lists(row, max_size=8))}.values()
        if rows:
            m, i, p, v, f = zip(*rows, strict=True)
            records.append(ObservationTable(m, i, p, np.array(v, np.float64), f))
    return records


def files(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir())}


def kept(folder: Path, name: str, records: list[Record]) -> GraphStore:
    store = SQLiteStore(folder / f"{name}.db")
    store.write(lambda tx: tx.replace(Dataset(id="made", title="Made up"), records))
    return store


def exported(store: GraphStore, path: Path, visibility: Visibility = Visibility.PUBLIC) -> dict[str, bytes]:
    store.read(lambda reader: write_package(reader, path, visibility=visibility))
    return files(path)


def imported(path: Path, database: Path) -> GraphStore:
    store = SQLiteStore(database)
    run(PackageImporter(), [path], store)
    return store


M, N = NodeKey("municipality:08119"), NodeKey("municipality:08")
A, B, C = NodeKey("actor:x"), NodeKey("actor:y"), NodeKey("alliance:x")
SAMPLE: list[Record] = [
    Municipality(key=M, name="Rems-Murr-Kreis", level=Level.DISTRICT, population=426158, area_km2=858.1),
    Municipality(key=N, name="Baden-Württemberg", level=Level.STATE),
    Actor(key=A, name='=HYPERLINK("x")', languages=("de", "uk; ru"), resources=()),
    Actor(key=B, name="Zeile\r\nzwei, mit Komma", visibility=Visibility.OWN),
    Alliance(key=C, name="Bündnis", started_on=date(2016, 3, 1)),
    Practice(key=NodeKey("practice:p"), name="Ansatz", description=""),
    Offer(key=NodeKey("offer:o"), name="Sprachcafé", age_min=6),
    Request(key=NodeKey("request:r"), name="Räume", resources=("rooms",)),
    Exchange(key=NodeKey("exchange:e"), name="Besuch", held_on=date(2024, 2, 29)),
    Concept(key=NodeKey("concept:field.school"), name="Schule", kind="field"),
    Concept(key=NodeKey("concept:challenge.silo"), name="Silos", kind="challenge", broader="field.school"),
    Indicator(key=NodeKey("indicator:q"), name="Quote", polarity=-1, scale=Scale.SHARE),
    Edge(EdgeType.PART_OF, M, N, {"since": date(1973, 1, 1)}),
    Edge(EdgeType.LOCATED_IN, A, M),
    Edge(EdgeType.LOCATED_IN, A, N),
    Edge(EdgeType.IN_FIELD, M, NodeKey("concept:field.school")),
    Edge(EdgeType.MEMBER_OF, A, C, {"role": "lead"}),
    Edge(EdgeType.MEMBER_OF, A, C, {"role": "space", "since": date(2017, 1, 1)}),
    Edge(EdgeType.MEMBER_OF, B, C, {"role": "member"}),
    Edge(EdgeType.COOPERATES_WITH, A, B, {"strength": "knows"}, Visibility.OFFICE),
    Edge(EdgeType.OFFERS, A, NodeKey("offer:o")),
    Edge(EdgeType.OFFERS, B, NodeKey("offer:o")),
    Edge(EdgeType.REQUESTED_BY, NodeKey("request:r"), C),
    Edge(EdgeType.APPLIED_IN, NodeKey("practice:p"), M, {"actor": "y", "status": "running"}),
    Edge(EdgeType.APPLIED_IN, NodeKey("practice:p"), M, {"status": "pilot"}),
    Edge(EdgeType.FACES, M, NodeKey("concept:challenge.silo"), {"severity": 3}),
    Edge(EdgeType.INVOLVES, NodeKey("exchange:e"), M),
    Edge(EdgeType.ADJACENT_TO, M, N, {"border_km": 12}),
    ObservationTable(
        ("08119",) * 3, ("q",) * 3, ("2019", "2020", "2021"), np.array([1.0, 1e-7, np.nan]), ("", "()", "/")
    ),
]


def everything(store: GraphStore) -> list[str]:
    return store.read(lambda r: [repr(x) for part in (r.nodes(), r.edges(), r.series()) for x in part])


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(graphs(), st.sampled_from(Visibility))
def test_an_export_that_comes_in_goes_out_the_same(records: list[Record], visibility: Visibility) -> None:
    with TemporaryDirectory() as place:
        folder = Path(place)
        store = kept(folder, "first", records)
        first = exported(store, folder / "one", visibility)
        if any(name.endswith(".csv") and content.count(b"\r\n") > 1 for name, content in first.items()):
            back = imported(folder / "one", folder / "second.db")
            assert exported(back, folder / "two", visibility) == first
            back.close()
        store.close()


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(graphs())
def test_everything_the_model_holds_leaves_and_comes_back(records: list[Record]) -> None:
    with TemporaryDirectory() as place:
        folder = Path(place)
        store = kept(folder, "first", records)
        exported(store, folder / "one", Visibility.OFFICE)
        back = imported(folder / "one", folder / "second.db")
        ours, theirs = everything(store), everything(back)
        store.close()
        back.close()
        assert theirs == ours


def test_every_field_and_property_of_the_model_has_a_column() -> None:
    for label, node_type in NODE_TYPES.items():
        assert set(node_fields(node_type)) == set(NODE_TABLES[label].properties.values()), label
    for type, table in EDGE_TABLES.items():
        assert set(EDGE_SPECS[type].properties) == set(table.properties.values()), type
        apart = [table.properties[name] for name in table.identity[2:]]
        assert apart == list(EDGE_SPECS[type].identity), type
    assert {type for type in EdgeType if EDGE_SPECS[type].properties} <= set(EDGE_TABLES)


def test_a_package_is_what_frictionless_calls_valid(tmp_path: Path) -> None:
    store = kept(tmp_path, "s", SAMPLE)
    for path, visibility in ((tmp_path / "p", Visibility.PUBLIC), (tmp_path / "q.zip", Visibility.OFFICE)):
        store.read(lambda r, p=path, v=visibility: write_package(r, p, visibility=v))
        if path.suffix == ".zip":
            zipfile.ZipFile(path).extractall(tmp_path / "q")
            path = tmp_path / "q"
        with system.use_context(trusted=True):
            report = Package(str(path / "datapackage.json")).validate()
        assert report.valid, report.flatten(["title", "message"])


@pytest.mark.germany
@pytest.mark.parametrize("name", ["berlin", "urbact", "interreg_sweden", "kolada", "mysociety", "ons2025"])
def test_the_packages_with_ground_truth_go_round(evaluation: Path, tmp_path: Path, name: str) -> None:
    store = imported(evaluation / name, tmp_path / "a.db")
    first = exported(store, tmp_path / "one")
    assert exported(imported(tmp_path / "one", tmp_path / "b.db"), tmp_path / "two") == first
    for table in TABLES.values():
        if table.file in first:
            rows = (evaluation / name / table.file).read_text(encoding="utf-8")
            assert sorted(records_of(first[table.file].decode())) == sorted(records_of(rows)), table.name


def records_of(text: str) -> list[tuple[str, ...]]:
    """Rows with numbers and lists in one form; other programs write 94.0 where we write 94."""
    rows = list(csv.DictReader(io.StringIO(text)))
    for row in rows:  # what has no name is shown by another
        row["label_de"] = row.get("label_de") or row.get("label_en", "")
        row["name"] = row.get("name") or row.get("key", "")
    return [tuple(sorted((name, canonical(cell)) for name, cell in row.items())) for row in rows]


def canonical(cell: str) -> str:
    try:
        return repr(float(cell))
    except ValueError:
        return ";".join(sorted(cell.split(";")))


def test_only_what_is_visible_leaves(tmp_path: Path) -> None:
    public = exported(kept(tmp_path, "s", SAMPLE), tmp_path / "p")
    everything = b"".join(public.values())
    assert b"zwei, mit Komma" not in everything
    assert b"visibility" not in everything
    assert "cooperations.csv" not in public
    assert public["memberships.csv"].decode().split() == [
        "actor,alliance,role,since,until",
        "x,x,lead,,",
        "x,x,space,2017-01-01,",
    ]
    # the hidden actor's name is gone from the application, which then says nothing the other does not
    assert public["applications.csv"].decode().splitlines()[1:] == ["p,08119,,pilot,,,"]


def test_cells_are_written_as_the_format_says(tmp_path: Path) -> None:
    public = exported(kept(tmp_path, "s", SAMPLE), tmp_path / "p")
    assert public["observations.csv"].decode().split("\r\n")[1:] == [
        "08119,q,2019,1,",
        "08119,q,2020,1e-07,()",
        "08119,q,2021,,/",
        "",
    ]
    assert public["adjacencies.csv"].decode().splitlines()[1] == "08119,08,12"
    assert public["parts.csv"].decode().splitlines()[1] == "08119,08,1973-01-01,"
    assert '"=HYPERLINK(""x"")"' in public["actors.csv"].decode()
    assert "de;uk, ru" in public["actors.csv"].decode(), "a separator inside an item would cut it in two"
    assert public["requests.csv"].decode().splitlines()[1].startswith("r,Räume,alliance:x,")
    assert set(public) == {
        "datapackage.json", "municipalities.csv", "parts.csv", "adjacencies.csv", "indicators.csv", "observations.csv",
        "actors.csv", "alliances.csv", "memberships.csv", "practices.csv", "applications.csv", "ratings.csv",
        "offers.csv", "requests.csv", "exchanges.csv", "vocabulary.csv", "links.csv",
    }  # fmt: skip


def test_the_same_graph_is_the_same_archive(tmp_path: Path) -> None:
    store = kept(tmp_path, "s", SAMPLE)
    for name in ("a.zip", "b.zip"):
        store.read(lambda r, name=name: write_package(r, tmp_path / name))
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    folder = exported(store, tmp_path / "p")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert {n: archive.read(n) for n in archive.namelist()} == folder


def test_an_empty_store_still_gives_a_package(tmp_path: Path) -> None:
    assert set(exported(SQLiteStore(tmp_path / "s.db"), tmp_path / "p")) == {"datapackage.json", "municipalities.csv"}


def test_an_export_replaces_an_earlier_one_and_nothing_else(tmp_path: Path) -> None:
    store = kept(tmp_path, "s", SAMPLE)
    exported(store, tmp_path / "p")
    exported(store, tmp_path / "p")
    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.docx").write_bytes(b"x")
    for path in (other, tmp_path / "absent" / "p"):
        with pytest.raises(TargetError):
            exported(store, path)
    assert sorted(p.name for p in tmp_path.iterdir() if not p.name.startswith("s.db")) == ["other", "p"]


def test_an_export_that_fails_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = kept(tmp_path, "s", SAMPLE)
    before = exported(store, tmp_path / "p")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("graph_service.export.package.describe", full)
    with pytest.raises(TargetError):
        exported(store, tmp_path / "p")
    assert files(tmp_path / "p") == before
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []

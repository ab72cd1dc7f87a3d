"""What is listed without a name is called as another dataset names it, and by its key only where nobody does."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from graph_service.errors import NotFound
from graph_service.exchange import DESCRIPTOR
from graph_service.export.package import write_package
from graph_service.keys import Label, NodeKey, municipality_key
from graph_service.model import Concept, Dataset, Edge, EdgeType, Level, Municipality, Node
from graph_service.store.contract import GraphStore, Reader
from importers.package.importer import PackageImporter
from importers.run import run

AACHEN, TRIER = municipality_key("05334002"), municipality_key("07211000")
FIELD = NodeKey("concept:field.housing")
REGISTER = Dataset(id="register", title="Gemeindeverzeichnis", precedence=50)
LATER = Dataset(id="later", title="Liste", precedence=200)
aachen = Municipality(key=AACHEN, name="Aachen")


def package(folder: Path, name: str = "", kind: str = "") -> Path:
    """A package that lists Aachen and Trier, Aachen by this name."""
    folder.mkdir(exist_ok=True)
    with (folder / "municipalities.csv").open("w", newline="") as file:
        rows = [("key", "name", "level", "kind"), (AACHEN.local, name, "municipality", kind)]
        csv.writer(file).writerows([*rows, (TRIER.local, "", "municipality", "")])
    described = {"name": "listed", "resources": [{"name": "municipalities", "path": "municipalities.csv"}]}
    (folder / DESCRIPTOR).write_text(json.dumps(described), "utf-8")
    return folder


def brought(store: GraphStore, path: Path) -> int:
    """Import a package; how many claims are different now."""
    return run(PackageImporter(), [path], store).changes.total


def claimed(store: GraphStore, dataset: Dataset, *records: Node | Edge) -> int:
    return store.write(lambda tx: tx.replace(dataset, records)).total


def _name_of(key: NodeKey) -> Callable[[Reader], str]:
    return lambda tx: str(getattr(tx.node(key), "name", None))


def named(store: GraphStore) -> dict[str, str]:
    """Key → name, however it is asked for."""
    nodes = {str(n.key): str(getattr(n, "name", None)) for n in store.read(lambda tx: list(tx.nodes()))}
    columns = store.read(lambda tx: tx.node_columns())
    told = (json.loads(text)["name"] for text in columns.properties)
    assert dict(zip(columns.key, told, strict=True)) == nodes
    assert {key: store.read(_name_of(key)) for key in store.read(lambda tx: tx.keys())} == nodes
    return nodes


@pytest.mark.parametrize("first", ["register", "package"])
@pytest.mark.parametrize("register", [REGISTER, LATER])
def test_what_a_package_lists_without_a_name_keeps_the_name_that_another_dataset_gives(
    store: GraphStore, tmp_path: Path, register: Dataset, first: str
) -> None:
    listed = package(tmp_path / "package", kind="Stadt")
    if first == "package":
        assert brought(store, listed) == 2
        assert named(store)[AACHEN] == AACHEN.local
    claimed(store, register, aachen)
    if first == "register":
        brought(store, listed)
    assert named(store) == {AACHEN: "Aachen", TRIER: TRIER.local}
    shown = store.read(lambda tx: tx.node(AACHEN))
    assert shown == Municipality(key=AACHEN, name="Aachen", kind="Stadt", level=Level.MUNICIPALITY)


def test_a_name_of_the_package_itself_goes_by_who_is_believed_first(store: GraphStore, tmp_path: Path) -> None:
    claimed(store, LATER, aachen)
    brought(store, package(tmp_path / "package", name="Bad Aachen"))
    assert named(store)[AACHEN] == "Bad Aachen"
    brought(store, package(tmp_path / "package"))
    assert named(store)[AACHEN] == "Aachen"
    assert store.read(lambda tx: {c.dataset: c.properties["name"] for c in tx.claims(AACHEN)}) == {
        "listed": "",
        "later": "Aachen",
    }


def test_the_same_package_again_changes_nothing(store: GraphStore, tmp_path: Path) -> None:
    claimed(store, REGISTER, aachen)
    listed = package(tmp_path / "package")
    assert [brought(store, listed), brought(store, listed)] == [2, 0]


def test_a_name_that_retires_leaves_the_key(store: GraphStore, tmp_path: Path) -> None:
    claimed(store, REGISTER, aachen)
    brought(store, package(tmp_path / "package"))
    claimed(store, REGISTER)
    assert named(store) == {AACHEN: AACHEN.local, TRIER: TRIER.local}
    claimed(store, REGISTER, aachen)
    store.write(lambda tx: tx.drop("register"))
    assert named(store) == {AACHEN: AACHEN.local, TRIER: TRIER.local}


def test_a_package_that_retires_takes_only_what_nobody_else_names(store: GraphStore, tmp_path: Path) -> None:
    claimed(store, REGISTER, aachen)
    brought(store, package(tmp_path / "package"))
    store.write(lambda tx: tx.drop("listed"))
    assert named(store) == {AACHEN: "Aachen"}


def test_what_is_listed_without_a_name_is_shown_with_its_edges(store: GraphStore, tmp_path: Path) -> None:
    part = Edge(EdgeType.PART_OF, AACHEN, TRIER)
    claimed(store, REGISTER, Municipality(key=AACHEN, population=1), part)
    assert named(store) == {}
    brought(store, package(tmp_path / "package"))
    assert store.read(lambda tx: tx.edges_of(TRIER)) == [part]
    assert store.read(lambda tx: tx.keys(Label.MUNICIPALITY)) == {AACHEN, TRIER}


def test_a_term_without_a_name_is_called_by_its_english_one_or_its_bare_id(store: GraphStore) -> None:
    claimed(store, REGISTER, Concept(key=FIELD, name="", kind="field"))
    assert named(store) == {FIELD: "housing"}
    claimed(store, LATER, Concept(key=FIELD, label_en="Housing"))
    assert named(store) == {FIELD: "Housing"}
    claimed(store, LATER, Concept(key=FIELD, name="Wohnen", label_en="Housing"))
    assert named(store) == {FIELD: "Wohnen"}


def test_what_is_listed_by_hand_without_a_name_keeps_the_name_of_others(store: GraphStore) -> None:
    claimed(store, LATER, aachen)
    store.write(lambda tx: tx.put(Municipality(key=AACHEN, name="", kind="Stadt")))
    assert named(store) == {AACHEN: "Aachen"}
    store.write(lambda tx: tx.drop("later"))
    assert named(store) == {AACHEN: AACHEN.local}
    store.write(lambda tx: tx.remove(AACHEN))
    assert named(store) == {}
    with pytest.raises(NotFound):
        store.read(lambda tx: tx.node(AACHEN))


def test_a_package_of_what_nobody_names_gives_no_key_for_a_name_elsewhere(store: GraphStore, tmp_path: Path) -> None:
    brought(store, package(tmp_path / "package"))
    store.read(lambda tx: write_package(tx, tmp_path / "out"))
    with (tmp_path / "out" / "municipalities.csv").open(encoding="utf-8", newline="") as file:
        assert [(row["key"], row["name"]) for row in csv.DictReader(file)] == [(AACHEN.local, ""), (TRIER.local, "")]
    store.write(lambda tx: tx.drop("listed"))
    claimed(store, LATER, aachen)
    brought(store, tmp_path / "out")
    assert named(store) == {AACHEN: "Aachen", TRIER: TRIER.local}

"""A projection shows one revision as arrays, and is the same when it is mapped from files."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import numpy as np
import pytest
from filelock import FileLock

from graph_service.errors import NotFound
from graph_service.keys import Label, NodeKey, concept_key, indicator_key, municipality_key
from graph_service.model import (
    Actor,
    Concept,
    Dataset,
    Edge,
    EdgeType,
    Indicator,
    Level,
    Municipality,
    ObservationTable,
    Record,
)
from graph_service.projection import LEVELS, Projection, project
from graph_service.projection_cache import ProjectionCache, cache_folder
from graph_service.store.contract import GraphStore
from graph_service.store.sqlite_store import SQLiteStore

LAND, KREIS, STADT = (municipality_key(code) for code in ("08", "08119", "08119008"))
AMT = NodeKey.of(Label.ACTOR, "jugendamt-08119")
SCHOOL = concept_key("field", "school")
DATASET = Dataset(id="test", title="Test")


def _records() -> list[Record]:
    return [
        Municipality(key=LAND, name="Baden-Württemberg", level=Level.STATE),
        Municipality(key=KREIS, name="Rems-Murr-Kreis", level=Level.DISTRICT, kind="landkreis", population=427_248),
        Municipality(key=STADT, name="Backnang", level=Level.MUNICIPALITY),
        Actor(key=AMT, name='Jugendamt "Rems-Murr"'),
        Concept(key=SCHOOL, name="Schule", kind="field"),
        Indicator(key=indicator_key("rent"), name="Miete"),
        Edge(EdgeType.PART_OF, STADT, KREIS),
        Edge(EdgeType.PART_OF, KREIS, LAND),
        Edge(EdgeType.LOCATED_IN, AMT, KREIS),
        Edge(EdgeType.IN_FIELD, AMT, SCHOOL),
        ObservationTable(
            ["08119", "08119", "08"],
            ["rent"] * 3,
            ["2021", "2020", "2021"],
            np.array([9.5, np.nan, 9.0]),
            ["", ".", ""],
        ),
    ]


@pytest.fixture
def store(tmp_path: Path) -> SQLiteStore:
    store = SQLiteStore(tmp_path / "kompass.db")
    store.write(lambda tx: tx.replace(DATASET, _records()))
    return store


@pytest.fixture(params=["built", "mapped"])
def projection(request: pytest.FixtureRequest, store: SQLiteStore) -> Projection:
    if request.param == "built":
        return project(store)
    cache = ProjectionCache(cache_folder(store, Path("unused")))
    cache.open(store)
    return cache.open(store)


def test_nodes_are_found_by_key_and_keep_every_property(projection: Projection) -> None:
    assert projection.node(KREIS) == _records()[1]
    assert projection.name(Label.ACTOR, projection.position(AMT)) == 'Jugendamt "Rems-Murr"'
    assert projection.key(Label.MUNICIPALITY, projection.position(STADT)) == STADT
    with pytest.raises(NotFound):
        projection.node(municipality_key("99999"))


def test_a_municipality_knows_its_district_and_state(projection: Projection) -> None:
    at = projection.position
    assert projection.district[at(STADT)] == at(KREIS)
    assert projection.district[at(LAND)] == -1
    assert projection.state.tolist() == [at(LAND)] * 3
    assert LEVELS[projection.municipalities.level[at(KREIS)]] is Level.DISTRICT


def test_unknown_numbers_are_nan_and_never_zero(projection: Projection) -> None:
    population = projection.municipalities.population
    assert population[projection.position(KREIS)] == 427_248
    assert np.isnan(population[projection.position(LAND)])


def test_observations_come_by_municipality_indicator_and_period_with_their_flags(projection: Projection) -> None:
    seen = projection.observations
    assert [seen.periods[i] for i in seen.period] == ["2021", "2020", "2021"]
    np.testing.assert_array_equal(seen.value, [9.0, np.nan, 9.5])
    assert [seen.flags[i] for i in seen.flag] == ["", ".", ""]


def test_adjacency_counts_edges_between_two_labels(projection: Projection) -> None:
    located = projection.adjacency(EdgeType.LOCATED_IN, Label.ACTOR, Label.MUNICIPALITY)
    assert located.shape == (1, 3)
    assert located[0, projection.position(KREIS)] == 1
    assert projection.adjacency(EdgeType.FACES, Label.MUNICIPALITY, Label.CONCEPT).nnz == 0


def test_a_subgraph_carries_names_labels_and_edge_types(projection: Projection) -> None:
    graph = projection.subgraph([AMT, KREIS])
    assert graph.nodes[str(KREIS)] == {"label": "Municipality", "name": "Rems-Murr-Kreis"}
    assert [data["type"] for *_, data in graph.edges(data=True)] == ["LOCATED_IN"]


def test_an_empty_store_projects_to_nothing(tmp_path: Path) -> None:
    projection = project(SQLiteStore(tmp_path / "empty.db"))
    assert len(projection.municipalities.level) == 0
    assert projection.indicators == ()


def test_the_cache_follows_the_revision_and_forgets_the_old_one(store: SQLiteStore) -> None:
    folder = cache_folder(store, Path("unused"))
    cache = ProjectionCache(folder)
    old = cache.open(store)
    store.write(lambda tx: tx.put(Municipality(key=municipality_key("09"), name="Bayern", level=Level.STATE)))
    new = cache.open(store)
    assert (old.revision, new.revision) == (1, 2)
    assert new.name(Label.MUNICIPALITY, new.position(municipality_key("09"))) == "Bayern"
    assert len(list(folder.glob("*-*"))) == 1


def test_a_new_store_in_an_old_one_s_place_is_not_mistaken_for_it(store: SQLiteStore, tmp_path: Path) -> None:
    cache = ProjectionCache(cache_folder(store, Path("unused")))
    cache.open(store)
    store.close()
    for file in tmp_path.glob("kompass.db*"):
        if file.is_file():
            file.unlink()
    fresh = SQLiteStore(tmp_path / "kompass.db")
    fresh.write(lambda tx: tx.put(Municipality(key=KREIS, name="Ganz anders")))
    assert cache.open(fresh).name(Label.MUNICIPALITY, 0) == "Ganz anders"


def test_only_one_of_several_that_want_the_same_revision_builds_it(
    store: SQLiteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = cache_folder(store, Path("unused"))
    built: list[int] = []
    at_it = Barrier(3)

    def build(asked: GraphStore) -> Projection:
        built.append(1)
        return project(asked)

    def ask() -> int:
        # a cache of its own, as another process has one
        at_it.wait(10)
        return ProjectionCache(folder).open(store).revision

    monkeypatch.setattr("graph_service.projection_cache.project", build)
    with ThreadPoolExecutor(3) as threads:
        assert {asked.result() for asked in [threads.submit(ask) for _ in range(3)]} == {1}
    assert built == [1]


def test_who_waits_in_vain_for_another_builds_for_itself(store: SQLiteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = cache_folder(store, Path("unused"))
    folder.mkdir(parents=True)
    monkeypatch.setattr("graph_service.projection_cache.PATIENCE", 0.1)
    with FileLock(folder / "building.lock"):
        assert ProjectionCache(folder).open(store).revision == 1


def test_a_damaged_cache_is_built_again(store: SQLiteStore) -> None:
    folder = cache_folder(store, Path("unused"))
    cache = ProjectionCache(folder)
    cache.open(store)
    (kept,) = folder.glob("*-*")
    (kept / "keys.block.npy").write_bytes(b"broken")
    assert cache.open(store).node(KREIS).key == KREIS


def test_a_cache_that_cannot_be_written_does_no_harm(store: SQLiteStore, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert ProjectionCache(tmp_path / "file" / "folder").open(store).revision == 1


def test_a_projection_that_was_mapped_outlives_its_files(store: SQLiteStore) -> None:
    folder = cache_folder(store, Path("unused"))
    ProjectionCache(folder).open(store)
    mapped = ProjectionCache(folder).open(store)
    shutil.rmtree(folder)
    assert mapped.node(KREIS) == _records()[1]

"""The bundled sample gives way to what a user imports."""

import numpy as np
import pytest

from api.sample import FIRST_DISTRICT, load_sample
from graph_service.keys import municipality_key
from graph_service.model import Dataset, Municipality, ObservationTable
from graph_service.store.sqlite_store import SQLiteStore


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> SQLiteStore:
    store = SQLiteStore(tmp_path_factory.mktemp("sample") / "kompass.db")
    load_sample(store)
    return store


def test_a_publisher_s_own_file_is_believed_before_the_sample(store: SQLiteStore) -> None:
    key = municipality_key(FIRST_DISTRICT)
    before = next(iter(store.read(lambda reader: list(reader.series(key)))))
    revised = ObservationTable(
        [FIRST_DISTRICT], [before.indicator.local], [before.periods[-1]], np.array([before.values[-1] + 1]), [""]
    )
    town = Municipality(key=key, name="Rems-Murr-Kreis", population=1)
    store.write(lambda tx: tx.replace(Dataset(id="own", title="Eigene Zahlen"), [town, revised]))
    after = next(iter(store.read(lambda reader: list(reader.series(key)))))
    assert after.values[-1] == before.values[-1] + 1
    shown = store.read(lambda reader: reader.node(key))
    assert isinstance(shown, Municipality)
    assert shown.population == 1


def test_loading_it_again_changes_nothing(store: SQLiteStore) -> None:
    revision = store.read(lambda reader: reader.revision())
    assert not load_sample(store)
    assert store.read(lambda reader: reader.revision()) == revision

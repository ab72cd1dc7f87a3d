"""What tests of matching share."""

import pytest

from graph_service.model import Dataset
from graph_service.projection import project
from graph_service.store.open import open_store


@pytest.fixture
def graph(tmp_path):
    def build(*records):
        with_path = tmp_path / f"{len(list(tmp_path.iterdir()))}.db"
        store = open_store(f"sqlite:///{with_path}")
        store.write(lambda tx: tx.replace(Dataset(id="t", title="t"), list(records)))
        projection = project(store)
        store.close()
        return projection

    return build

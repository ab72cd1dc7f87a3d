"""The bundled sample gives way to what a user imports."""

from pathlib import Path

import numpy as np
import pytest

from api.app import create_app
from api.sample import FIRST_DISTRICT, load_sample
from api.settings import Settings
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


def test_a_rural_district_is_called_what_it_is_called_there(store: SQLiteStore, tmp_path: Path) -> None:
    client = create_app(Settings(store=f"sqlite:///{store.path}", cache=tmp_path)).test_client()
    for code, german, english in (
        ("05154", "Kreis in Nordrhein-Westfalen", "Rural district in Nordrhein-Westfalen"),
        ("01061", "Kreis in Schleswig-Holstein", "Rural district in Schleswig-Holstein"),
        ("10041", "Regionalverband im Saarland", "Regional association in the Saarland"),
        ("08111", "Stadtkreis in Baden-Württemberg", "Independent city in Baden-Württemberg"),
        ("05315", "Kreisfreie Stadt in Nordrhein-Westfalen", "Independent city in Nordrhein-Westfalen"),
        ("08116", "Landkreis in Baden-Württemberg", "Rural district in Baden-Württemberg"),
    ):
        assert f">{german}" in client.get(f"/municipalities/{code}?lang=de").text
        assert f">{english}" in client.get(f"/municipalities/{code}?lang=en").text


def test_a_city_that_is_a_district_of_its_own_leads_to_its_figures(store: SQLiteStore, tmp_path: Path) -> None:
    client = create_app(Settings(store=f"sqlite:///{store.path}", cache=tmp_path)).test_client()
    city = client.get("/municipalities/05315000?lang=de").text
    assert "Köln bildet einen eigenen Kreis" in city
    assert "worin es liegt" not in city
    town = client.get("/municipalities/08119001").text
    assert "Rems-Murr-Kreis, worin es liegt" in town
    assert "eigenen Kreis" not in town


@pytest.mark.parametrize("lens", ["structure", "all-indicators"])
def test_a_state_leads_to_its_districts_instead_of_asking_for_peers(
    store: SQLiteStore, tmp_path: Path, lens: str
) -> None:
    client = create_app(Settings(store=f"sqlite:///{store.path}", cache=tmp_path)).test_client()
    page = client.get(f"/municipalities/08/peers?lens={lens}&lang=de").text
    assert "nur für die Kreise darin" in page
    assert 'href="/municipalities/08#parts"' in page

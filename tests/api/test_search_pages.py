"""The page of results: a part of every kind, and all of one kind page by page."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from api.app import create_app
from api.pages import search
from api.settings import Settings


@pytest.fixture
def client(kompass, store: str, package: Path, tmp_path: Path) -> FlaskClient:
    assert kompass("import", "package", str(package)).exit_code == 0
    return create_app(Settings(store=store, cache=tmp_path)).test_client()


def test_all_that_fits_of_one_kind_is_leafed_through(client, monkeypatch):
    def page(path: str) -> str:
        return client.get(path).get_data(as_text=True)

    monkeypatch.setattr(search, "A_PAGE", 1)
    monkeypatch.setattr(search, "LISTED_EACH", 1)
    address = "/search?q=M%C3%BChl"
    assert f"{address}&amp;kind=municipality" in page(address)
    first, second = (page(f"{address}&kind=municipality&page={number}") for number in (1, 2))
    assert "/municipalities/90003" in first
    assert "/municipalities/91002" not in first
    assert "/municipalities/91002" in second
    assert "/municipalities/90003" not in second
    assert "/municipalities/91002" in page(f"{address}&kind=municipality&page=99")

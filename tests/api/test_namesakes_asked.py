"""Where a page asks which of several municipalities of one name is meant, it tells them apart in its own language."""

import json
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from api.app import create_app
from api.settings import Settings

PLACES = "key,name,level,kind\n90801,Bärau,district,landkreis\n90802,Bärau,district,kreisfreie-stadt\n"


@pytest.fixture
def client(kompass, store: str, tmp_path: Path) -> FlaskClient:
    folder = tmp_path / "namesakes"
    folder.mkdir()
    (folder / "municipalities.csv").write_text(PLACES, encoding="utf-8")
    resources = [{"name": "municipalities", "path": "municipalities.csv"}]
    (folder / "datapackage.json").write_text(json.dumps({"name": "namesakes", "resources": resources}), "utf-8")
    kompass("import", "package", str(folder))
    return create_app(Settings(store=store, cache=tmp_path)).test_client()


@pytest.mark.parametrize(
    "path",
    ["/peers?municipality=", "/alliances?municipality=", "/requests?municipality=",
     "/offers?municipality=", "/network?start="],
)  # fmt: skip
def test_which_of_several_is_meant_is_asked_in_the_language_of_the_page(client, path):
    for language, said in (("de", ("Landkreis", "Kreisfreie Stadt")), ("en", ("Rural district", "Independent city"))):
        page = client.get(f"{path}B%C3%A4rau", headers={"Accept-Language": language}).text
        assert "(district" not in page
        assert set(re.findall(r"Bärau \(([^)]*)\)", page)) >= set(said), re.findall(r"Bärau[^<]*", page)

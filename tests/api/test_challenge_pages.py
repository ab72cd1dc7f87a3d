"""Rating challenges on a page: entering, changing, taking back, undoing, and who may."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from api.accounts.passwords import Passwords
from api.accounts.service import Accounts
from api.app import create_app
from api.http.viewer import Role
from api.services import Services
from api.settings import Settings
from graph_service.keys import municipality_key
from importers.package.importer import PackageImporter
from importers.run import run
from tests.api.conftest import write_package

PASSWORD = "ein Apfel im Schnee"
PAGE = "/municipalities/90001/challenges"
RATING = {
    "challenge": "prep-to-regular",
    "severity": "4",
    "rater_role": "administration",
    "rated_on": "2026-05-01",
}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[FlaskClient]:
    services = Services(Settings(store=f"sqlite:///{tmp_path / 'k.db'}", cache=tmp_path))
    package = write_package(tmp_path / "bears")
    (package / "ratings.csv").write_text(
        "municipality,challenge,severity,rated_on,rater_role\n90002,prep-to-regular,3,2026-01-01,youth\n"
    )
    described = package / "datapackage.json"
    listed = '"resources": [{"name": "ratings", "path": "ratings.csv"}, '
    described.write_text(described.read_text().replace('"resources": [', listed))
    run(PackageImporter(), [package], services.store)
    accounts = Accounts.on(services.state, passwords=Passwords(memory_kib=8, rounds=1))
    services.__dict__["_accounts"] = accounts
    for name, place in (("hier", "90001"), ("dort", "90002")):
        key = municipality_key(place)
        accounts.registry.add(f"{name}@stadt.example", Role.EDITOR, municipality=key, password=PASSWORD)
    yield create_app(services.settings, services).test_client()
    services.close()


def sign_in(client: FlaskClient, name: str = "hier") -> None:
    assert client.post("/sign-in", data={"email": f"{name}@stadt.example", "password": PASSWORD}).status_code == 303


def told(client: FlaskClient, path: str = PAGE) -> str:
    answer = client.get(path, headers={"Accept-Language": "de"})
    assert answer.status_code == 200
    main = answer.text[answer.text.index("<main") : answer.text.index("</main")]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def rows(client: FlaskClient) -> list[str]:
    body = re.search(r"<tbody.*?</tbody>", client.get(PAGE, headers={"Accept-Language": "de"}).text, re.DOTALL)
    return re.findall(r"\d von 4: [a-zäöüß ]+", body[0]) if body else []


def rate(client: FlaskClient, **changed: str) -> str:
    answer = client.post(PAGE, data=RATING | changed)
    assert answer.status_code == 303, told(client)
    return answer.location


def test_an_editor_rates_a_challenge_and_the_profile_tells_it(client):
    sign_in(client)
    assert "Die Einschätzung ist eingetragen." in told(client, rate(client))
    assert "4 von 4: sehr groß" in told(client)
    profile = told(client, "/municipalities/90001")
    assert "Verwaltung" in profile
    assert "01.05.2026" in profile


def test_a_rating_is_undone_at_once(client):
    sign_in(client)
    revision = re.search(r"revision=(\d+)", rate(client))
    assert revision
    answer = client.post("/undo", data={"revision": revision[1], "next": PAGE})
    assert answer.status_code == 303
    assert "alles ist wie zuvor" in told(client, answer.location)
    assert rows(client) == []


@pytest.mark.parametrize(
    "changed", [{"severity": "1"}, {"severity": "1", "rated_on": "2026-06-01", "rater_role": "youth"}]
)
def test_a_rating_is_changed_and_undone_as_one_edit(client, changed):
    sign_in(client)
    rate(client)
    location = rate(client, before="prep-to-regular|2026-05-01|administration", **changed)
    assert rows(client) == ["1 von 4: klein"]
    revision = re.search(r"revision=(\d+)", location)
    assert revision
    client.post("/undo", data={"revision": revision[1], "next": PAGE})
    assert rows(client) == ["4 von 4: sehr groß"]


def test_a_later_rating_stands_before_an_earlier_one(client):
    sign_in(client)
    rate(client)
    rate(client, severity="2", rated_on="2026-09-01")
    assert rows(client) == ["2 von 4: spürbar", "4 von 4: sehr groß"]
    assert "früher" in told(client)


def test_the_form_of_a_change_shows_what_is_recorded(client):
    sign_in(client)
    rate(client, rater_role="civil-society")
    link = re.search(rf'href="({PAGE}\?change[^"#]+)', client.get(PAGE).text)
    assert link
    page = client.get(unescape(link[1])).text
    assert '<option value="civil-society" selected>' in page
    assert '<option value="4" selected>' in page
    assert 'value="2026-05-01"' in page


def test_a_rating_is_taken_back_and_the_journal_keeps_it(client):
    sign_in(client)
    rate(client)
    answer = client.post(f"{PAGE}/withdrawn", data={"before": "prep-to-regular|2026-05-01|administration"})
    assert "zurückgenommen" in told(client, answer.location)
    assert rows(client) == []
    revision = re.search(r"revision=(\d+)", answer.location)
    assert revision
    client.post("/undo", data={"revision": revision[1], "next": PAGE})
    assert rows(client) == ["4 von 4: sehr groß"]


def test_sending_a_rating_twice_enters_nothing_new(client):
    sign_in(client)
    rate(client)
    assert rate(client).endswith("revision=0#content")
    assert len(rows(client)) == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"challenge": ""}, "challenge"), ({"severity": "9"}, "severity"), ({"rated_on": "gestern"}, "rated_on")],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(client, wrong, field):
    sign_in(client)
    answer = client.post(PAGE, data=RATING | wrong, headers={"Accept-Language": "de"})
    assert answer.status_code == 422
    assert f'href="#field-{field}"' in answer.text
    assert rows(client) == []
    assert 'value="administration" selected' in answer.text


def test_whoever_may_not_edit_here_is_told_and_refused(client):
    assert "Anmelden" in told(client)
    assert client.post(PAGE, data=RATING).status_code == 401
    sign_in(client, "dort")
    assert 'name="severity"' not in client.get(PAGE).text
    assert client.post(PAGE, data=RATING).status_code == 403


def test_whoever_may_not_edit_here_is_led_on_to_those_that_are_comparable(client):
    sign_in(client, "dort")
    (primary,) = re.findall(r'<a class="[^"]*kern-btn--primary[^"]*" href="([^"]+)"', client.get(PAGE).text)
    assert primary == "/municipalities/90001/peers"


def test_a_rating_that_was_imported_is_not_taken_back_and_it_is_said_what_to_do(client):
    sign_in(client, "dort")
    there = "/municipalities/90002/challenges"
    before = {"before": "prep-to-regular|2026-01-01|youth"}
    answer = client.post(f"{there}/withdrawn", data=before, headers={"Accept-Language": "de"})
    assert answer.status_code == 409
    assert "Tragen Sie stattdessen eine neuere ein" in answer.text
    assert "3 von 4: groß" in answer.text

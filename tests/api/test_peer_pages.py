"""The list of peers as a browser without script asks for it: filters, own lenses, and why somebody is missing."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from api.accounts.passwords import Passwords
from api.accounts.service import Accounts
from api.app import create_app
from api.http.viewer import Role
from api.services import Services
from api.settings import Settings
from importers.package.importer import PackageImporter
from importers.run import run
from tests.api.conftest import write_kinds_and_types, write_package

PEERS = "/municipalities/90001/peers"
LENS = "/municipalities/90001/lens"
PASSWORD = "ein Apfel im Schnee"
GERMAN = {"Accept-Language": "de"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    folder = tmp_path_factory.mktemp("peers")
    package = write_package(folder / "bears")
    write_kinds_and_types(package)
    services = Services(Settings(store=f"sqlite:///{folder / 'k.db'}", cache=folder))
    run(PackageImporter(), [package], services.store)
    accounts = Accounts.on(services.state, passwords=Passwords(memory_kib=8, rounds=1))
    services.__dict__["_accounts"] = accounts
    accounts.registry.add("reader@stadt.example", Role.READER, password=PASSWORD)
    yield create_app(services.settings, services).test_client()
    services.close()


def page(client: FlaskClient, path: str) -> str:
    answer = client.get(path, headers=GERMAN)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.text


def text(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html[html.index("<main") :])).split())


def listed(html: str) -> set[str]:
    return set(re.findall(r'bk-peer__name.*?href="/municipalities/(\d+)"', html))


def weights(address: str) -> str:
    return parse_qs(urlsplit(address).query).get("weights", [""])[0]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("municipality_kind=stadtkreis", {"91001"}),
        ("municipality_kind=kreisfreie-stadt", {"91001"}),
        ("municipality_kind=landkreis", {"90002", "90003", "90004", "91002"}),
        ("municipality_kind=kreis", {"90004"}),
        ("municipality_type=bbsr-kreistyp-2", {"90002"}),
        ("state=91", {"91001", "91002"}),
        ("state=same", {"90002", "90003", "90004"}),
        ("population_from=0.5&population_to=2", {"90002", "91001"}),
        ("municipality_kind=landkreis&state=91", {"91002"}),
    ],
)
def test_a_filter_in_the_address_keeps_whom_it_says_and_the_page_and_its_files_say_so(client, query, wanted):
    html = page(client, f"{PEERS}?{query}")
    assert listed(html) == wanted
    assert "Nur: " in text(html)
    rows = client.get(f"{PEERS}.csv?{query}", headers=GERMAN).data.decode("utf-8-sig").splitlines()
    assert {row.split(";")[1] for row in rows[1:]} == wanted


def test_a_level_is_chosen_only_where_several_are_compared_and_another_one_is_said_and_left_out(client):
    html = page(client, f"{PEERS}?level=municipality")
    assert "nur Kommunen derselben Ebene" in text(html)
    assert listed(html) == listed(page(client, PEERS))
    assert 'name="level"' not in page(client, f"{PEERS}?lens=own&weights=income:1")
    every = page(client, f"{PEERS}?lens=all-indicators")
    assert 'value="district"' in every[every.index('name="level"') :]
    assert listed(page(client, f"{PEERS}?lens=all-indicators&level=district")) <= listed(every)


def test_every_filter_stands_in_the_form_as_it_is_in_the_address(client):
    html = page(client, f"{PEERS}?municipality_kind=landkreis&municipality_type=bbsr-kreistyp-2&state=90")
    for chosen in ("landkreis", "bbsr-kreistyp-2", "90"):
        assert f'<option value="{chosen}" selected>' in html
    assert "Stadtkreis" in html
    assert 'value="kreisfreie-stadt"' in html


def english(client) -> str:
    return client.get(PEERS, headers={"Accept-Language": "en"}).get_data(as_text=True)


def test_rural_districts_are_one_choice_however_they_are_called(client):
    html = page(client, PEERS)
    assert '<option value="landkreis">Landkreis, Kreis</option>' in html
    assert 'value="kreis"' not in html
    assert '<option value="kreis" selected>Kreis</option>' in page(client, f"{PEERS}?municipality_kind=kreis")
    assert '<option value="landkreis">Rural district</option>' in english(client)


def test_independent_cities_are_one_choice_however_they_are_called(client):
    html = page(client, PEERS)
    assert '<option value="kreisfreie-stadt">Kreisfreie Stadt, Stadtkreis</option>' in html
    assert 'value="stadtkreis"' not in html
    assert '<option value="kreisfreie-stadt">Independent city</option>' in english(client)


@pytest.mark.parametrize("query", ["municipality_kind=nonsense", "municipality_type=nonsense", "state=77"])
def test_a_filter_that_nobody_knows_is_said_and_left_out(client, query):
    html = page(client, f"{PEERS}?{query}")
    assert "nicht verstanden" in text(html)
    assert len(listed(html)) == 5


def test_a_band_of_size_is_chosen_by_a_word_and_one_of_ones_own_is_kept(client):
    answer = client.get(f"{PEERS}?weighed=yes&size=half")
    assert answer.location == f"{PEERS}?population_from=0.5&population_to=2"
    html = page(client, f"{PEERS}?population_from=0.25&population_to=3")
    assert "das 0,25- bis 3-Fache an Einwohnern" in text(html)
    kept = client.get(f"{PEERS}?weighed=yes&size=as-is&population_from=0.25&population_to=3")
    assert kept.location == f"{PEERS}?population_from=0.25&population_to=3"
    assert client.get(f"{PEERS}?weighed=yes&size=&population_from=0.25").location == PEERS


def test_chosen_indicators_become_a_lens_with_a_name(client):
    sent = "chosen=yes&lens=own&title=Geld%20allein&i=income:1&i=nonsense:1&with=90002"
    answer = client.get(f"{PEERS}?{sent}")
    assert answer.location == f"{PEERS}?lens=own&title=Geld+allein&weights=income%3A1&with=90002"
    html = page(client, answer.location)
    assert "Geld allein" in html
    assert "Blickwinkel: Geld allein (ein Merkmal" in text(html)
    assert 'name="w.income"' in html
    assert 'name="w.foreigners"' not in html
    assert client.get(f"/municipalities/90001/compare{answer.location.removeprefix(PEERS)}", headers=GERMAN).text.count(
        "Geld allein"
    )


def test_indicators_are_added_to_a_lens_and_left_out_again(client):
    own = f"{PEERS}?lens=own&weights=income:2"
    added = client.get(f"{own}&add=foreigners").location
    assert weights(added) == "income:2,foreigners:1"
    assert 'name="drop" value="income"' in page(client, added)
    assert weights(client.get(f"{added}&drop=income").location) == "foreigners:1"
    # without any indicator there is no lens of one's own
    assert client.get(f"{own}&drop=income").location == PEERS


def test_an_indicator_of_a_shipped_lens_is_not_left_out_but_weighs_nothing(client):
    assert weights(client.get(f"{PEERS}?lens=all-indicators&drop=income").location) == "income:0"


def test_what_a_store_does_not_know_is_left_out_of_a_lens(client):
    html = page(client, f"{PEERS}?lens=own&weights=income:1,elsewhere.indicator:2")
    assert "elsewhere.indicator" in text(html)
    assert len(listed(html)) == 4
    assert "Mindestens ein Merkmal muss zählen" in text(page(client, f"{PEERS}?lens=own&weights=income:0"))


def test_the_same_lens_is_asked_over_http(client):
    answer = client.get("/api/v1/municipalities/90001/peers?lens=own&weights=income:1&municipality_kind=landkreis")
    assert answer.status_code == 200
    assert list(answer.json["weights"]) == ["income"]
    assert client.get("/api/v1/municipalities/90001/peers?lens=own").status_code == 422
    assert client.get("/api/v1/municipalities/90001/peers?municipality_kind=nonsense").status_code == 404


def test_a_lens_is_kept_and_chosen_again_for_another_municipality(client):
    kept = f"{PEERS}?lens=own&title=Geld+allein&weights=income%3A1"
    assert f'href="/saved?{"address="}' in page(client, kept)
    led = client.get("/saved?address=/x&name=y")
    assert (led.status_code, led.location) == (303, "/sign-in?next=%2Fsaved%3Faddress%3D%2Fx%26name%3Dy")
    assert "in Ihrem Konto" in page(client, led.location)
    client.post("/sign-in", data={"email": "reader@stadt.example", "password": PASSWORD})
    assert client.post("/saved", data={"address": kept, "name": "Meins"}).status_code == 303
    html = page(client, "/municipalities/91001/lens")
    link = re.search(r'href="(/municipalities/91001/peers\?[^"]+)">Geld allein', html)
    assert link
    assert weights(unescape(link[1])) == "income:1"
    client.post("/sign-out")
    assert "Geld allein" not in page(client, "/municipalities/91001/lens")


def test_the_page_of_a_lens_begins_with_what_counts_now(client):
    html = page(client, f"{LENS}?lens=own&weights=income:2")
    assert '<input type="checkbox" name="i" value="income:2" checked>' in html
    assert '<input type="checkbox" name="i" value="foreigners:1">' in html


def test_the_answer_comes_before_what_changes_it_and_the_question_left_by_the_list_behind_it(client):
    html = page(client, PEERS)
    order = ['class="bk-lead"', 'class="bk-lenses"', 'id="list"', 'id="asking"', 'id="panel"']
    assert [html.count(each) for each in order] == [1] * len(order)
    assert sorted(order, key=html.index) == order


def test_the_answer_follows_the_sliders(client):
    partial = client.get(f"{PEERS}?weighed=yes&w.income=2", headers=GERMAN | {"HX-Request": "true"}).text
    replaced = partial.partition('id="ways" hx-swap-oob="true"')[2]
    assert 'class="bk-lead"' in replaced


def test_a_list_after_a_slider_comes_without_tables_which_are_told_one_by_one(client):
    partial = client.get(f"{PEERS}?weighed=yes&w.income=2", headers=GERMAN | {"HX-Request": "true"})
    assert "<table" not in partial.text
    link = re.search(r'hx-get="([^"]+/reasons[^"]*)"', partial.text)
    assert link
    table = client.get(unescape(link[1]), headers=GERMAN | {"HX-Request": "true"}).text
    assert "Summe" in table
    plain = client.get(unescape(link[1]), headers=GERMAN)
    assert plain.status_code == 303
    assert "why=" in plain.location
    assert weights(plain.location)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("Küstenkreis", "steht an Stelle"),
        ("kustenkreis", "steht an Stelle"),
        ("Mühlenkreis", "Mühlenkreis (Süd; Landkreis, Seenland)"),
        ("Großbärenkreis", "Das ist die Kommune selbst"),
        ("Bärenland", "liegt in oder um die Kommune"),
        ("Bärenland&lens=own&weights=income:1", "gehört zu einer anderen Ebene"),
        ("Nirgendwo", "ist keine Kommune bekannt"),
    ],
)
def test_whoever_is_missing_is_explained(client, asked, said):
    html = page(client, f"{PEERS}?why={asked}")
    told = html[html.index("bk-explained") :]
    assert said in unescape(re.sub(r"<[^>]+>", " ", told[: told.index("</section")]))


@pytest.mark.parametrize(
    ("weights", "said"),
    [("income:1", "(ein Merkmal, 2021)"), ("income:1,foreigners:1", "(2 Merkmale, 2021–2022)")],
)
def test_a_lens_counts_its_indicators_in_words(client: FlaskClient, weights: str, said: str) -> None:
    assert said in text(page(client, f"{PEERS}?lens=own&weights={weights}"))

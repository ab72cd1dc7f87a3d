"""What all pages share, without a browser: words, addresses, themes, errors, styles that may be missing."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from api.app import create_app
from api.http.caching import BUILT
from api.pages.assets import Assets
from api.pages.frame import local_path
from api.pages.problems import WHAT_NOW
from api.settings import Settings
from tests.api.conftest import write_kinds_and_types


@pytest.fixture
def client(kompass, store: str, package: Path, tmp_path: Path) -> FlaskClient:
    assert kompass("import", "package", str(package)).exit_code == 0
    return create_app(Settings(store=store, cache=tmp_path, operator="Amt <b>Süd</b>")).test_client()


def text(client: FlaskClient, path: str, **headers: str) -> str:
    return client.get(path, headers=headers).get_data(as_text=True)


@pytest.mark.parametrize("path", ["/", "/search?q=M%C3%BChlenkreis", "/search", "/about", "/privacy", "/accessibility"])
@pytest.mark.parametrize("language", ["de", "en"])
def test_every_page_answers_in_both_languages_with_one_heading(client, path, language):
    page = text(client, path, **{"Accept-Language": language})
    assert f'<html lang="{language}"' in page
    assert page.count("<h1") == 1


@pytest.mark.parametrize(
    "path",
    ["/about", "/accessibility", "/privacy", "/data", "/data/vocabularies", "/data/freshness", "/indicators"],
)
def test_each_page_has_one_thing_to_do_next(client, path):
    assert text(client, path).count("kern-btn--primary") == 1


def test_nothing_is_written_into_the_page_as_script_or_style(client):
    page = text(client, "/")
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", page)


def test_what_an_installation_says_of_itself_is_text_and_not_markup(client):
    assert "Amt &lt;b&gt;Süd&lt;/b&gt;" in text(client, "/")
    assert "<b>Süd" not in text(client, "/privacy")


@pytest.mark.parametrize("path", ["/municipalities/Nirgendwo", "/actors/Nirgendwo"])
def test_what_an_address_names_in_vain_is_said_plainly_and_can_be_searched_for(client, path):
    page = text(client, path, **{"Accept-Language": "de"})
    assert "Zu „Nirgendwo“ ist nichts erfasst." in page
    assert 'href="/search?q=Nirgendwo"><span class="kern-label">Danach suchen' in page
    assert "erwartet:" not in page
    assert "Nirgendwo" not in text(client, "/nowhere", **{"Accept-Language": "de"})


def test_what_was_searched_is_text_and_not_markup(client):
    assert "<i>x" not in text(client, "/search?q=<i>x")
    assert "<i>x" not in text(client, "/search/suggestions?q=<i>x")


def test_a_certain_hit_opens_at_once_where_it_has_a_page(client):
    answer = client.get("/search?q=Seenkreis")
    has_page = client.get("/municipalities/91001").status_code == 200
    assert (answer.status_code, answer.location) == ((303, "/municipalities/91001") if has_page else (200, None))


def test_several_of_a_name_are_listed(client):
    page = text(client, "/search?q=M%C3%BChlenkreis")
    assert "90003" in page
    assert "91002" in page


def test_the_theme_is_kept_in_a_cookie_and_taken_back(client):
    answer = client.post("/theme", data={"theme": "dark", "next": "/about?x=1"})
    assert (answer.status_code, answer.location) == (303, "/about?x=1")
    assert 'data-kern-theme="dark"' in text(client, "/about")
    client.post("/theme", data={"theme": ""})
    assert "data-kern-theme=" not in text(client, "/about").partition("<body")[0]


def test_the_language_is_kept_in_a_cookie(client):
    client.post("/language", data={"language": "en"})
    assert '<html lang="en"' in text(client, "/about", **{"Accept-Language": "de"})
    client.get("/about?lang=de")
    assert '<html lang="de"' in text(client, "/about", **{"Accept-Language": "en"})


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "x", "", None, "/\n/x"]
)
def test_nobody_is_sent_to_another_site(elsewhere):
    assert local_path(elsewhere) == "/"


def test_another_site_cannot_change_the_theme(client):
    answer = client.post("/theme", data={"theme": "dark"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert "<h1" in answer.get_data(as_text=True)


def test_an_unknown_page_says_what_to_do_in_the_readers_language(client):
    answer = client.get("/nowhere", headers={"Accept-Language": "de"})
    assert answer.status_code == 404
    assert "Diese Seite gibt es hier nicht" in answer.get_data(as_text=True)


def test_every_kind_of_error_says_what_happened_what_it_means_and_what_to_do():
    assert all(len(set(said)) == 3 and all(said) for said in WHAT_NOW.values())
    assert {401, 403, 404, 500, 503} <= WHAT_NOW.keys()


def test_pages_answer_while_the_store_cannot_be_reached(tmp_path):
    settings = Settings(store="neo4j://nobody@127.0.0.1:9/none", cache=tmp_path, state_folder=tmp_path)
    answer = create_app(settings).test_client().get("/", headers={"Accept-Language": "de"})
    assert answer.status_code == 503
    assert "Die Daten sind gerade nicht erreichbar" in answer.get_data(as_text=True)
    again = create_app(settings).test_client().get("/peers?municipality=Rems", headers={"Accept-Language": "de"})
    assert 'href="/peers?municipality=Rems"' in again.get_data(as_text=True).partition("<main")[2]


def test_an_empty_store_says_why_it_is_empty(store, tmp_path):
    page = create_app(Settings(store=store, cache=tmp_path)).test_client().get("/", headers={"Accept-Language": "de"})
    assert "noch nichts übernommen" in page.get_data(as_text=True)


def test_tables_sort_by_what_the_address_says(client):
    page = text(client, "/?sort=-population")
    assert 'aria-sort="descending"' in page
    assert page.index("Bärenland") < page.index("Seenland") < page.index("</tbody>")
    page = text(client, "/?sort=population")
    assert page.index("Seenland") < page.index("Bärenland")


def test_styles_are_named_by_the_manifest_and_left_out_without_it(tmp_path):
    assets = Assets(str(tmp_path), "/static")
    assert assets.stylesheets() == assets.script() == ""
    entry = {"file": "assets/frame-1.js", "css": ["assets/frame-1.css"]}
    (tmp_path / "manifest.json").write_text(json.dumps({"src/entries/frame.ts": entry}), "utf-8")
    assert 'href="/static/assets/frame-1.css"' in assets.stylesheets()
    assert 'src="/static/assets/frame-1.js"' in assets.script()
    assert assets.script("unknown") == ""


def test_a_page_is_not_taken_from_the_cache_after_its_styles_were_built_anew(client):
    tag = client.get("/").headers["ETag"]
    assert client.get("/", headers={"If-None-Match": tag}).status_code == 304
    client.application.extensions[BUILT] = lambda: "another build"
    assert client.get("/", headers={"If-None-Match": tag}).status_code == 200


def test_the_licences_are_told_once_for_a_revision(client):
    first = client.get("/about")
    assert "dl-de/by-2-0" in first.get_data(as_text=True) or "Bären und Seen" in first.get_data(as_text=True)
    assert client.get("/about", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_an_address_that_only_takes_forms_says_so_in_the_readers_language(client):
    answer = client.get("/sign-out", headers={"Accept": "text/html", "Accept-Language": "de"})
    assert answer.status_code == 405
    page = answer.get_data(as_text=True)
    assert "Diese Adresse lässt sich nicht für sich öffnen" in page
    assert "method" not in page.partition("<main")[2].partition("</main>")[0]


def test_a_form_that_is_too_large_is_answered_by_a_page_also_after_its_session_has_ended(client):
    answer = client.post("/requests/new", data={"title": "x" * 3_000_000}, headers={"Accept-Language": "de"})
    assert answer.status_code == 401
    assert "<h1>Bitte melden Sie sich an</h1>" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("language", "said", "rest"),
    [
        ("de", "Städtischer Kreis", "Bärenland (4)"),
        ("en", "Urban district", "Bärenland (4)"),
    ],
)
def test_the_start_page_tells_in_words_of_which_type_each_district_is(
    kompass, store: str, package: Path, tmp_path: Path, language: str, said: str, rest: str
) -> None:
    write_kinds_and_types(package)
    kompass("import", "package", str(package))
    client = create_app(Settings(store=store, cache=tmp_path)).test_client()
    page = text(client, "/", **{"Accept-Language": language})
    listed = dict(re.findall(r'<li><a href="/municipalities/(\d+)">[^<]+</a>(.*?)</li>', page))
    assert len(listed) == 6
    assert listed.pop("90002") == f' <span class="bk-meta">· {said}</span>'
    assert set(listed.values()) == {""}, "what nobody has said is not guessed"
    assert rest in page


@pytest.mark.parametrize(
    ("operator", "contact", "said"),
    [
        ("", "", "Der Betreiber dieser Installation ist hier noch nicht eingetragen. Fragen Sie bis dahin die Stelle"),
        ("Amt Süd", "", "Amt Süd. Wie diese Stelle zu erreichen ist, ist hier noch nicht eingetragen."),
        ("", "amt@sued.example", "ist hier noch nicht eingetragen. Kontakt: amt@sued.example"),
        ("Amt Süd", "amt@sued.example", "Verantwortlich für diese Installation: Amt Süd. Kontakt: amt@sued.example"),
    ],
)
def test_the_privacy_page_says_in_plain_words_what_the_operator_has_not_entered(
    tmp_path: Path, operator: str, contact: str, said: str
) -> None:
    settings = Settings(store=f"sqlite:///{tmp_path / 'k.db'}", cache=tmp_path, operator=operator, contact=contact)
    page = text(create_app(settings).test_client(), "/privacy", **{"Accept-Language": "de"})
    assert said in " ".join(re.sub(r"<[^>]+>", "", page).split())
    assert ("oben genannte Stelle" in page) == bool(operator or contact)
    assert "KOMPASS_" not in page, "names of settings are for administrators"
    assert "ergänzt noch der Betreiber" in page


def test_the_operators_own_statement_and_imprint_are_linked_where_they_are_set(tmp_path: Path) -> None:
    statement, imprint = "https://amt.example/datenschutz", "https://amt.example/impressum"
    settings = Settings(
        store=f"sqlite:///{tmp_path / 'k.db'}", cache=tmp_path, privacy_url=statement, imprint_url=imprint
    )
    client = create_app(settings).test_client()
    page = text(client, "/privacy", **{"Accept-Language": "de"})
    assert f'href="{statement}"' in page
    assert "ergänzt noch der Betreiber" not in page
    assert f'href="{imprint}" rel="external">Impressum' in text(client, "/accessibility", **{"Accept-Language": "de"})


@pytest.mark.parametrize("language", ["de", "en"])
def test_how_long_things_are_kept_is_what_the_code_does(
    client: FlaskClient, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.words.privacy.ABSOLUTE", timedelta(hours=7))
    monkeypatch.setattr("api.words.privacy.KEEP_EVENTS", timedelta(days=365))
    page = text(client, "/privacy", **{"Accept-Language": language})
    said = {
        "de": ("insgesamt höchstens 7 Stunden", "Wie lange: ein Jahr</dd>"),
        "en": ("at most 7 hours altogether", "How long: one year</dd>"),
    }
    assert all(each in page for each in said[language])


def test_the_start_page_says_in_a_sentence_what_is_compared(client):
    said = text(client, "/", **{"Accept-Language": "de"}).replace("\N{NO-BREAK SPACE}", " ")
    assert "Der Vergleich über 3 Merkmale zeigt, welche der 6 Kreise ihr ähneln" in said

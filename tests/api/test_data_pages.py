"""The pages about the data tell what is asked for, to those who may know, and what runs in the background."""

import io
import re
import tomllib
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from api.accounts.passwords import Passwords
from api.accounts.service import Accounts
from api.app import create_app
from api.editing.editor import Editor
from api.editing.history import journal_before
from api.http.viewer import Role, Viewer
from api.jobs.imports import ImportOrder
from api.jobs.leases import Leases
from api.jobs.periodic import GRACE, Periodic, Periodicals, attended
from api.jobs.table import Progress
from api.jobs.work import make_worker
from api.language import Words
from api.pages.data_conflicts import value_words
from api.questions.confirmation import Watched, list_aged
from api.services import Services
from api.settings import Settings
from api.words.datasets import OWN, dataset_licences, dataset_title
from graph_service.keys import Label, NodeKey, concept_key, municipality_key
from graph_service.model import Actor, Concept, Dataset, Edge, EdgeType, Request, Scale
from graph_service.store.journal import Signature
from importers import statutory_bodies
from scripts.build_sample import WHOLE
from scripts.sample.practices import DATASET as PRACTICES

BEARS, LAKES = municipality_key("90001"), municipality_key("91001")
PASSWORD = "ein Apfel im Schnee"
SignedIn = Callable[[Role], FlaskClient]


def actor(name: str) -> NodeKey:
    return NodeKey.of(Label.ACTOR, name)


@pytest.fixture
def services(kompass, store: str, package: Path, tmp_path: Path) -> Iterator[Services]:
    kompass("import", "package", str(package))
    with closing(Services(Settings(store=store, cache=tmp_path))) as made:
        made.__dict__["_accounts"] = Accounts.on(made.state, passwords=Passwords(memory_kib=8, rounds=1))
        request = NodeKey.of(Label.REQUEST, "rooms")
        records = [
            Actor(key=actor("old"), name="Alt", assured_on=date(2020, 1, 1)),
            Actor(key=actor("older"), name="Älter", assured_on=date(2019, 1, 1)),
            Actor(key=actor("never"), name="Nie"),
            Actor(key=actor("lake"), name="Am See", assured_on=date(2024, 1, 1)),
            Actor(key=actor("law"), name="Jugendamt", legal_basis="§ 69 SGB VIII"),
            Request(key=request, name="Räume", open_until=date(2025, 1, 1)),
            *(Edge(EdgeType.LOCATED_IN, actor(name), BEARS) for name in ("old", "older", "never", "law")),
            Edge(EdgeType.LOCATED_IN, actor("lake"), LAKES),
        ]
        made.store.write(lambda tx: tx.replace(Dataset(id="list", title="Liste", licence="CC BY 4.0"), records))
        yield made


@pytest.fixture
def signed_in(services: Services) -> SignedIn:
    """A browser in which somebody of this role has signed in."""
    app = create_app(services.settings, services)

    def browser(role: Role) -> FlaskClient:
        if role is not Role.ANONYMOUS:
            place = BEARS if role is Role.EDITOR else None
            known = services.accounts.registry.all()
            if all(each.role is not role for each in known):
                email = f"{role}@stadt.example"
                services.accounts.registry.add(
                    email, role, name=f"Stelle {role}", municipality=place, password=PASSWORD
                )
        client = app.test_client()
        if role is not Role.ANONYMOUS:
            client.post("/sign-in", data={"email": f"{role}@stadt.example", "password": PASSWORD})
        return client

    return browser


def test_what_was_confirmed_longest_ago_stands_first_and_the_own_before_all(services):
    def names(*municipalities: NodeKey) -> list[str]:
        return [each.name for each in list_aged(services.snapshot(), Watched.ACTORS, frozenset(municipalities))]

    assert names() == ["Nie", "Älter", "Alt", "Am See"]
    assert names(LAKES) == ["Am See", "Nie", "Älter", "Alt"]
    assert [each.name for each in list_aged(services.snapshot(), Watched.BODIES, frozenset())] == ["Jugendamt"]


def test_what_was_confirmed_equally_long_ago_stands_as_in_a_german_index(services):
    named = ("Zebra", "Öhringer Treff", "Ämterhilfe", "Offener Kreis")
    never = [Actor(key=NodeKey(f"actor:n{i}"), name=name) for i, name in enumerate(named)]
    services.store.write(lambda tx: tx.replace(Dataset(id="never", title="Nie"), never))
    services.moved()
    found = [each.name for each in list_aged(services.snapshot(), Watched.ACTORS, frozenset())]
    assert found[:5] == ["Ämterhilfe", "Nie", "Öhringer Treff", "Offener Kreis", "Zebra"]


@pytest.mark.parametrize(
    ("what", "day", "due"),
    [
        (Watched.REQUESTS, date(2025, 1, 1), False),
        (Watched.REQUESTS, date(2025, 1, 2), True),
        (Watched.ACTORS, date(2019, 6, 1), True),
    ],
)
def test_a_request_is_due_when_its_day_is_over_and_what_was_never_confirmed_always(services, what, day, due):
    assert list_aged(services.snapshot(), what, frozenset())[0].due(day) is due


def test_an_editor_confirms_own_records_alone(signed_in):
    client = signed_in(Role.EDITOR)
    page = client.get("/data/freshness").text
    assert page.count('name="key"') == 3
    answer = client.post("/data/freshness", data={"key": actor("old"), "back": "//evil.example"})
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/data/freshness?done=")
    assert client.post("/data/freshness", data={"key": actor("lake")}).status_code == 403
    assert client.post("/data/freshness", data={"key": "nonsense"}).status_code == 404
    assert signed_in(Role.ANONYMOUS).post("/data/freshness", data={"key": actor("old")}).status_code == 401


def test_the_journal_names_accounts_to_the_office_and_is_silent_about_them_to_others(signed_in):
    signed_in(Role.EDITOR).post("/data/freshness", data={"key": actor("old")})
    office = signed_in(Role.OFFICE)
    told = office.get("/data/journal").text
    assert "Stelle editor" in told
    assert "Zuletzt bestätigt" in told
    office.post("/data/freshness", data={"key": actor("never")})
    office.post("/data/freshness", data={"key": actor("lake")})
    mine = signed_in(Role.EDITOR).get("/data/journal").text
    assert "Stelle office" not in mine
    assert "Jemand" in mine
    assert "Am See" not in mine, "what one may not change is not told"
    assert "Liste" not in mine, "nor what was imported"
    assert signed_in(Role.ANONYMOUS).get("/data/journal").status_code == 401
    assert office.get("/data/journal?key=actor:nobody").status_code == 404


def test_pages_of_the_journal_are_all_of_it_from_the_newest_on(services):
    for number in range(7):
        row = Actor(key=actor(f"n{number}"), name=f"Neu {number}")
        services.store.write(lambda tx, row=row: tx.put(row), Signature("anna", "page"))
    services.moved()
    viewer = Viewer("office", Role.OFFICE, frozenset(), "session")
    editor = Editor(services, viewer, services.snapshot(viewer.audience), "page")
    whole = journal_before(editor, 0, 1000)
    found, before = [], 0
    while True:
        page = journal_before(editor, before, 2)
        found += page.lines
        before = page.before
        if not before:
            break
    assert found == whole.lines
    revisions = [line.revision for line in found]
    assert revisions == sorted(revisions, reverse=True)
    assert revisions[-1] == 1
    assert [line.source for line in journal_before(editor, 0, 10, actor("n3")).lines] == [actor("n3")]


def test_a_worker_is_known_to_run_while_its_most_frequent_task_is_not_long_overdue(services):
    clock = [datetime(2026, 3, 1, tzinfo=UTC)]
    task = Periodic("mail", timedelta(seconds=20), lambda: None)
    assert not attended(services.state, "mail", lambda: clock[0])
    assert Periodicals(services.state, [task], lambda: clock[0]).due() == [task]
    clock[0] += task.every + GRACE - timedelta(seconds=1)
    assert attended(services.state, "mail", lambda: clock[0])
    clock[0] += timedelta(seconds=2)
    assert not attended(services.state, "mail", lambda: clock[0])


def test_only_the_office_imports_and_only_administrators_see_accounts(signed_in):
    for role, imports, accounts in ((Role.EDITOR, 403, 403), (Role.OFFICE, 200, 403), (Role.ADMIN, 200, 200)):
        client = signed_in(role)
        assert client.get("/data/imports").status_code == imports
        assert client.get("/data/accounts").status_code == accounts
        assert client.post("/data/duplicates", data={}).status_code == (403 if role is Role.EDITOR else 422)


def test_what_was_done_to_an_import_already_is_no_error_and_what_no_longer_fits_is_told_in_words(signed_in, services):
    imports = services.imports
    imports.ask(
        ImportOrder(source="package", files=imports.files.keep("x", [("x.csv", io.BytesIO(b"a;b"))])), None, "x"
    )
    office = signed_in(Role.OFFICE)
    for _ in ("a click", "another, or in a second window"):
        assert office.post("/data/imports/x/cancel").status_code == 303
    late = office.post("/data/imports/x/confirm", headers={"Accept-Language": "de"})
    assert late.status_code == 409
    assert "Die Übernahme ist inzwischen weiter: abgebrochen." in late.text
    assert "cancelled" not in late.text


@pytest.mark.parametrize(("name", "values"), [("scale", [*Scale]), ("polarity", [-1, 0, 1])])
def test_short_signs_of_indicators_are_spelt_out_where_sources_contradict(services, name, values):
    with create_app(services.settings, services).test_request_context():
        told = {value_words(Label.INDICATOR, name, value) for value in values}
    assert len(told) == len(values)
    assert not told & {str(value) for value in values}


def test_the_last_administrator_stays(signed_in, services):
    client = signed_in(Role.ADMIN)
    (admin,) = services.accounts.registry.all()
    answer = client.post(f"/data/accounts/{admin.id}/disabled", data={"disabled": "yes"})
    assert answer.status_code == 409
    assert not services.accounts.registry.get(admin.id).disabled


def test_the_overview_links_licences_and_says_what_is_missing(signed_in):
    page = signed_in(Role.ANONYMOUS).get("/data").text
    assert "https://creativecommons.org/licenses/by/4.0/" in page
    assert "Noch nicht erfasst: Herausforderungen, Bündnisse" in page
    assert "/data/imports" not in page


def test_each_dataset_tells_how_old_its_data_are_or_that_it_is_not_stated(signed_in):
    page = signed_in(Role.ANONYMOUS).get("/data").text
    cards = page.partition('<ol class="bk-grid">')[2].partition("</ol>")[0].split("<li")[1:]
    assert cards
    for card in cards:
        assert ("Werte aus den Jahren" in card) == ("Zeitreihe" in card)
        known = any(word in card for word in ("Werte aus den Jahren", "Abgerufen am", "Gebietsstand"))
        assert ("<dt>Datenstand</dt><dd>nicht angegeben" in card) == (not known)
    assert any("Werte aus den Jahren" in card for card in cards)
    assert any("Datenstand" in card for card in cards)


def test_names_of_settings_are_told_to_administrators_alone(signed_in):
    assert "KOMPASS_OPERATOR" in signed_in(Role.ADMIN).get("/privacy").text
    assert "KOMPASS_" not in signed_in(Role.OFFICE).get("/privacy").text


def test_what_the_statement_lists_are_the_datasets_that_every_page_counts(signed_in):
    page = signed_in(Role.ANONYMOUS).get("/about?lang=en").get_data(as_text=True)
    listed = page.count("<dt")
    assert listed >= 2
    assert f"{listed} datasets" in page.partition("<footer")[2]


def test_datasets_of_our_own_are_named_in_both_languages_and_those_of_others_as_they_say():
    ours = "Gesetzlich vorgesehene Stellen je Kreis und kreisfreier Stadt"
    assert dataset_title(Words("de"), "statutory-bodies", ours) == ours
    assert dataset_title(Words("en"), "statutory-bodies", ours).startswith("Bodies")
    assert dataset_title(Words("en"), "list", "Liste der Träger") == "Liste der Träger"


def test_what_our_own_datasets_say_of_themselves_is_still_known():
    folder = Path(statutory_bodies.__file__).parent
    shipped = tomllib.loads((folder / "dataset.toml").read_text("utf-8"))
    assert {shipped["title"], shipped["publisher"], WHOLE.title, WHOLE.publisher, PRACTICES.licence} == set(OWN)


def test_a_licence_is_written_with_dashes_and_leads_to_its_text():
    (text, url), (other, nowhere) = dataset_licences(
        Words("de"), "Datenlizenz Deutschland - Namensnennung - 2.0; Hausrecht."
    )
    assert text == "Datenlizenz Deutschland – Namensnennung – 2.0"
    assert url.startswith("https://www.govdata.de/")
    assert (other, nowhere) == ("Hausrecht", "")


def test_terms_that_a_dataset_brought_stand_beside_the_shipped_ones(services, signed_in):
    records = [
        Concept(key=concept_key("actor_kind", "gbr"), kind="actor_kind", name="Bürgerliche Gesellschaft"),
        Concept(key=concept_key("peer_model", "low-risk"), kind="peer_model", name="low-risk"),
    ]
    services.store.write(lambda tx: tx.replace(Dataset(id="words", title="Wörter"), records))
    services.moved()
    page = signed_in(Role.ANONYMOUS).get("/data/vocabularies").text
    kind = page[page.index('id="actor_kind"') :]
    assert (
        kind.index("Schule") < kind.index("Aus einem übernommenen Datensatz") < kind.index("Bürgerliche Gesellschaft")
    )
    assert "peer model (1)" in page
    assert "low risk" in page


def test_why_two_are_the_same_is_kept_and_told(services, signed_in):
    services.store.write(
        lambda tx: tx.replace(Dataset(id="twins", title="Zwillinge"), [Actor(key=actor("alt2"), name="Alt")])
    )
    services.moved()
    office = signed_in(Role.OFFICE)
    pair = {"one": actor("alt2"), "other": actor("old"), "kept": actor("old")}
    said = office.post(
        "/data/duplicates", data={**pair, "verdict": "same", "reason": " Ein <Haus> "}, follow_redirects=True
    )
    assert "Grund: Ein &lt;Haus&gt;" in said.text
    assert "Ein &lt;Haus&gt;" in office.get("/data/journal").text
    long = office.post("/data/duplicates", data={**pair, "verdict": "same", "reason": "x" * 2001})
    assert long.status_code == 422


@pytest.mark.parametrize("path", ["/data?page=x", "/data/freshness?what=x&page=-3", "/data/conflicts?key=nonsense"])
def test_a_misspelt_address_shows_what_there_is(signed_in, path):
    assert signed_in(Role.ANONYMOUS).get(path).status_code == 200


@pytest.mark.parametrize("path", ["/data/imports?before=x", "/data/journal?before=-1", "/data/duplicates?page=99999"])
def test_so_does_one_of_the_office(signed_in, path):
    assert signed_in(Role.OFFICE).get(path).status_code == 200


def test_the_preview_of_a_list_says_line_heading_what_was_meant_and_what_happens(signed_in, services):
    rows = "Träger;Kreisschlüssel;Handlungsfelder\nHaus Süd;90001;Spracherwerb\nHaus Nord;Entenhausen;Sternkunde\n"
    office = signed_in(Role.OFFICE)
    files = {"files": (io.BytesIO(rows.encode("cp1252")), "träger.csv"), "source": "table"}
    there = office.post("/data/imports", data=files, content_type="multipart/form-data").headers["Location"]
    make_worker(services).run(once=True)
    page = office.get(there, headers={"Accept-Language": "de"}).get_data(as_text=True)
    text = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    left_out = "ein Begriff des Vokabulars Handlungsfeld Wert weggelassen, die Zeile bleibt"
    meant = "vielleicht gemeint: Sprache und Verständigung"
    assert f"träger.csv 2 Handlungsfelder Spracherwerb ({meant}) {left_out}" in text
    assert f"träger.csv 3 Handlungsfelder Sternkunde {left_out}" in text
    assert "träger.csv 3 Kreisschlüssel Entenhausen der amtliche Schlüssel einer bekannten Kommune" in text
    assert 'href="/data/vocabularies"' in page.partition('id="issues"')[2]
    assert "die Überschrift zu Akteure: Handlungsfelder" in text


def test_an_import_of_nothing_or_of_two_things_says_what_to_do(signed_in):
    office = signed_in(Role.OFFICE)
    german = {"Accept-Language": "de"}
    nothing = office.post("/data/imports", data={"source": "table"}, headers=german)
    assert nothing.status_code == 422
    assert "Es ist keine Datei gewählt. Wählen Sie eine Datei von diesem Rechner" in nothing.get_data(as_text=True)
    both = {"source": "table", "url": "https://a.example/x.csv", "files": (io.BytesIO(b"a;b"), "x.csv")}
    answer = office.post("/data/imports", data=both, content_type="multipart/form-data", headers=german)
    assert "Lassen Sie eines von beiden weg." in answer.get_data(as_text=True)
    assert "wartet" not in office.get("/data/imports", headers=german).get_data(as_text=True).partition('id="past"')[2]


def test_imports_of_one_file_that_wait_are_told_apart_by_their_time(signed_in, services):
    office = signed_in(Role.OFFICE)
    for _ in range(2):
        files = {"files": (io.BytesIO(b"Verein;Kommune\nHaus;90001\n"), "liste.csv"), "source": "table"}
        office.post("/data/imports", data=files, content_type="multipart/form-data")
    make_worker(services).run(once=True)
    page = office.get("/data/imports", headers={"Accept-Language": "de"}).get_data(as_text=True)
    lead = page.partition('class="bk-lead"')[2].partition("</p>")[0]
    assert lead.count("liste.csv") == len(re.findall(r"\(\d\d\.\d\d\.\d{4}, \d\d:\d\d Uhr\)", lead)) == 2


def test_what_is_read_so_far_is_told_as_a_share(signed_in, services):
    imports = services.imports
    file = imports.files.keep("x", [("x.csv", io.BytesIO(b"a;b"))])
    imports.ask(ImportOrder(source="table", files=file), None, "x")
    leases = Leases(imports.jobs)
    job = leases.claim()
    assert job is not None
    leases.beat(job, Progress(8192, 40960, ""))
    page = signed_in(Role.OFFICE).get("/data/imports/x", headers={"Accept-Language": "de"}).get_data(as_text=True)
    assert "20\N{NARROW NO-BREAK SPACE}% sind gelesen" in page

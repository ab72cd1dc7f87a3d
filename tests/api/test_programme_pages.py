"""Atlas, inventories and exchanges as pages: who may do what, all rows or none, and nothing hidden is told."""

import re
import sys
from collections.abc import Callable
from datetime import date
from html import unescape
from pathlib import Path

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from records import Made, built, filled

from api.accounts.passwords import Passwords
from api.accounts.service import Accounts
from api.app import create_app
from api.editing.pasted import Pasted, read_pasted
from api.http.viewer import Role
from api.pages.atlas_map import outlines
from api.pages.atlas_picture import close_up, rims_of
from api.pages.pictures import MARGIN, WIDTH, points_of
from api.services import Services
from api.settings import Settings
from graph_service.errors import NotFound
from graph_service.keys import NodeKey
from graph_service.model import Actor, Level, Offer

PASSWORD = "ein Apfel im Schnee"
HEADINGS = "Angebot\tArt\tHandlungsfelder\tTräger"
Client = Callable[[Role | None], FlaskClient]


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """Five districts, one with a hard challenge that no offer meets; an account of each role for the first."""
    made = Made()
    made.area("10", Level.STATE)
    for i, share in enumerate([10, 11, 12, 13, 60], 1):
        made.district(f"1000{i}", share, parent="10")
    for i in (2, 3, 4):
        made.offer(Offer(key=NodeKey(f"offer:p{i}"), name=f"Lernpaten {i}"), f"1000{i}", fields=["school"])
    made.offer(Offer(key=NodeKey("offer:cafe"), name="Café", assured_on=date(2020, 1, 1)), "10001", fields=["housing"])
    made.actor(Actor(key=NodeKey("actor:vhs"), name="Volkshochschule"), place="10001")
    made.faces("10001", "school-seats", 4, date(2025, 1, 1))
    made.town("10001001", parent="10001")
    made.practice("lotsen", name="Sprachlotsen", fields=["language"])
    made.about(NodeKey("practice:lotsen"), target_group=["parents"])
    made.applied("lotsen", "10001001")
    made.applied("lotsen", "10005", status="ended-failed")
    made.district("10006", 20, parent="10")
    made.practice("cafe", name="Elterncafé", fields=["health-psychosocial"])
    made.practice("rat", name="Sprechstunde", fields=["health-psychosocial"])
    for code in ("10001", "10002", "10003", "10006"):
        made.applied("cafe", code)
    for code in ("10003", "10004"):
        made.applied("rat", code)
    made.practice(
        "preis", name="Preis", fields=["participation"], evidence="none", description="Bekannt ist der Preis."
    )
    made.applied("preis", "10002")
    made.practice("beirat", name="Beirat", fields=["participation"], evidence="documented")
    made.applied("beirat", "10003")
    made.practice("ohne", name="Ohne Feld")
    made.applied("ohne", "10004")
    made.offer(Offer(key=NodeKey("offer:bus"), name="Praxisbus"), "10006", fields=["health-psychosocial"])
    filled(made, tmp_path).close()
    services = Services(Settings(store=f"sqlite:///{tmp_path / 'made.db'}", cache=tmp_path))
    services.__dict__["_accounts"] = Accounts.on(services.state, passwords=Passwords(memory_kib=8, rounds=1))
    for role in (Role.READER, Role.EDITOR, Role.OFFICE):
        place = None if role is Role.OFFICE else NodeKey("municipality:10001")
        services.accounts.registry.add(f"{role}@stadt.example", role, name=role, password=PASSWORD, municipality=place)
    return create_app(services.settings, services)


@pytest.fixture
def client(app: Flask) -> Client:
    def signed_in(role: Role | None) -> FlaskClient:
        found = app.test_client()
        if role is not None:
            sent = found.post("/sign-in", data={"email": f"{role}@stadt.example", "password": PASSWORD})
            assert sent.status_code == 303
        return found

    return signed_in


def pasted(*rows: str) -> Pasted:
    def actor(text: str) -> str:
        if text != "Volkshochschule":
            raise NotFound("an actor", text)
        return "vhs"

    return read_pasted("offers", "\n".join((HEADINGS, *rows)), {"municipalities": ["10001"]}, actor)


def test_pasted_rows_are_read_by_their_headings_in_german_words() -> None:
    found = pasted(
        "Lesecafé\tSprachkurs\tFreizeit, Sport, Kultur, Begegnung; Sprache und Verständigung\tVolkshochschule"
    )
    assert found.good
    assert found.rows[0].row == {
        "name": "Lesecafé", "kind": "language-course", "fields": ("leisure-encounter", "language"), "provider": "vhs",
        "municipalities": ("10001",),
    }  # fmt: skip


def test_every_problem_of_a_row_is_told_with_its_column_and_the_nearest_term() -> None:
    found = pasted("Gut\t\t\t", "\tSprachkur\tQqq\tNiemand")
    assert not found.good
    assert not found.rows[0].problems
    assert [(each.place.column, each.found) for each in found.rows[1].problems] == [
        ("kind", "Sprachkur (Sprachkurs?)"), ("fields", "Qqq"), ("provider", "Niemand"), ("name", "nothing"),
    ]  # fmt: skip


@pytest.mark.parametrize(("text", "found"), [("", "nothing"), ("a\tb\n1\t2", "a, b"), (HEADINGS, "nothing")])
def test_what_is_no_table_is_refused_as_a_whole(text: str, found: str) -> None:
    read = read_pasted("offers", text, {}, str)
    assert read.problem is not None
    assert (read.rows, read.problem.found) == ((), found)


def test_a_list_is_entered_as_a_whole_and_taken_back_as_a_whole(client: Client) -> None:
    office = client(Role.OFFICE)
    path = "/municipalities/10001/offers"
    good = f"{HEADINGS}\nNachhilfe\tNachhilfe, Lernförderung\tSchule und schulische Integration\t\nBus\t\t\t\n"
    for rows in (good + "Schlecht\tfalsch\t\t\n", good):
        preview = office.post(f"{path}/paste", data={"rows": rows})
        assert "Nachhilfe" not in office.get(path).text, "a preview enters nothing"
        assert ("step" in preview.text) == (rows == good)
    sent = {"rows": good + "Schlecht\tfalsch\t\t\n", "step": "confirm"}
    assert office.post(f"{path}/paste", data=sent).status_code == 200, "a row that is not clear stops all"
    twice = [office.post(f"{path}/paste", data={"rows": good, "step": "confirm", "idempotency": "x"}) for _ in (1, 2)]
    assert [each.status_code for each in twice] == [303, 303]
    page = office.get(path).text
    assert page.count(">Bus<") == 1, "what is sent twice is entered once"
    revision = twice[0].headers["Location"].rpartition("=")[2]
    assert office.post("/undo", data={"revision": revision, "next": path}).status_code == 303
    assert ">Bus<" not in office.get(path).text
    assert "Nachhilfe" not in office.get(path).text


@pytest.mark.parametrize(("role", "status"), [(None, 401), (Role.READER, 403), (Role.EDITOR, 303), (Role.OFFICE, 303)])
def test_only_whoever_edits_confirms_an_offer(client: Client, role: Role | None, status: int) -> None:
    asked = client(role)
    assert asked.post("/offers/cafe/confirm", data={"next": "/offers"}).status_code == status
    assert asked.post("/municipalities/10001/offers/new", data={"name": "Neu"}).status_code == status
    assert ("/confirm" in asked.get("/municipalities/10001/offers").text) is False


def test_an_editor_enters_nothing_for_another_municipality(client: Client) -> None:
    editor = client(Role.EDITOR)
    assert editor.post("/municipalities/10002/offers/new", data={"name": "Neu"}).status_code == 403
    assert "/new" not in editor.get("/municipalities/10002/offers").text
    sent = {"with": ["10002", "10003"], "topic": "field.school", "title": "Wir", "state": "proposed"}
    assert editor.post("/exchanges/new", data=sent).status_code == 403
    assert editor.post("/exchanges/new", data=sent | {"with": ["10001", "10003"]}).status_code == 303


@pytest.mark.parametrize(
    "changed", [{"with": "10001"}, {"topic": ""}, {"title": ""}, {"planned_on": "morgen"}, {"add": "Nirgendwo"}]
)
def test_an_exchange_that_says_too_little_is_shown_again_with_why(client: Client, changed: dict[str, str]) -> None:
    sent = {"with": ["10001", "10002"], "topic": "field.school", "title": "Wir", "description": "Über Lernpaten"}
    answer = client(Role.OFFICE).post("/exchanges/new", data=sent | changed)
    assert answer.status_code in (404, 422)
    assert "Über Lernpaten" in answer.text


def test_a_gap_names_the_closest_who_have_something_and_fills_in_the_form(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for page in ("atlas", "atlas_cell"):  # the small country knows no other lens
        monkeypatch.setattr(sys.modules[f"api.pages.{page}"], "DEFAULT_LENS", "all-indicators")
    anybody = client(None)
    atlas = anybody.get("/atlas?state=10").text
    assert "/atlas/10001/school" in atlas
    cell = anybody.get("/atlas/10001/school").text
    assert "with=10001&amp;with=10002&amp;topic=field.school" in cell
    assert "10005" not in cell, "who has nothing is not named"
    form = anybody.get("/exchanges/new?with=10001&with=10002&topic=field.school")
    assert form.status_code == 200
    assert "/sign-in?next=" in form.text


def test_no_cell_that_shows_something_leads_to_a_page_that_knows_nothing(client: Client) -> None:
    anybody = client(None)
    for group, shown in (("", True), ("parents", True), ("age-0-5", False)):
        page = anybody.get(f"/atlas?lang=de&show=all&group={group}").text
        cells = {unescape(each) for each in re.findall(r'href="(/atlas/\d+/[^"]+)"', page)}
        assert any(each.startswith("/atlas/10001/language") for each in cells) is shown, "what a town tried counts"
        assert not any(each.startswith("/atlas/10005/") for each in cells), "what failed is nothing to ask for"
        empty = [each for each in cells if "Hier ist noch nichts erfasst" in anybody.get(each).text]
        assert not empty
    cell = anybody.get("/atlas/10001/language").text
    assert "In diesem Feld erfasst: ein Praxisansatz." in cell
    assert re.search(r"Sprachlotsen</a> <span[^>]*>· Ort 10001001<", cell), "where in it, is said"


def test_no_exchange_is_proposed_about_what_a_place_has_itself(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["api.pages.atlas_cell"], "DEFAULT_LENS", "all-indicators")
    cell = client(None).get("/atlas/10001/health-psychosocial?lang=de").text
    peers = {each.partition("/municipalities/")[2][:5]: each for each in cell.split('<li class="bk-peer">')[1:]}
    assert set(peers) == {"10002", "10003", "10004", "10006"}
    assert "/exchanges/new" not in peers["10002"]
    assert "Das alles gibt es auch hier" in peers["10002"]
    assert "/exchanges/new" in peers["10006"], "an offer that is not here"
    assert "practice=" not in peers["10006"]
    for code in ("10003", "10004"):
        assert "practice=rat" in peers[code]
        assert "practice=cafe" not in peers[code]
    assert peers["10003"].index("Sprechstunde") < peers["10003"].index("Elterncafé"), "what is new stands first"
    assert peers["10003"].count("auch hier</span>") == 1
    assert cell.count("kern-btn--primary") == 1


def test_a_cell_lists_one_or_two_more_rather_than_counting_them(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = sys.modules["api.pages.atlas_cell"]
    monkeypatch.setattr(page, "DEFAULT_LENS", "all-indicators")
    address, anybody = "/atlas/10001/health-psychosocial?lang=de", client(None)
    for most, listed in ((2, 4), (1, 1)):
        monkeypatch.setattr(page, "MOST_HAVERS", most)
        cell = anybody.get(address).text
        assert cell.count('class="bk-peer"') == listed
        assert ("Alle 4 zeigen" in cell) is (listed < 4)
    assert anybody.get(f"{address}&show=all").text.count('class="bk-peer"') == 4


def test_a_cell_without_anybody_to_ask_leads_to_what_the_page_does_not_show_already(client: Client) -> None:
    def led(cell: str) -> list[str]:
        return re.findall(r'kern-btn--primary" href="([^"]+)"', client(None).get(f"/atlas/{cell}").text)

    assert led("10005/health-psychosocial") == ["/practices?field=health-psychosocial"]
    assert led("10002/health-psychosocial") == ["/practices/rat"]
    assert led("10003/health-psychosocial") == ["/municipalities/10003/offers"], "all of the field stands on the page"


def test_what_the_atlas_counts_by_field_is_named_as_what_it_counts(client: Client) -> None:
    table = client(None).get("/atlas?lang=de").text.partition('aria-labelledby="fields"')[2].partition("</table>")[0]
    assert re.findall(r'scope="col"[^>]*>([^<]+)<', table)[1:] == [
        "Kommunen mit Praxisansatz", "Nur Einträge ohne Beleg", "mit großer Herausforderung", "mit Angebot",
        "mit Lücke",
    ]  # fmt: skip
    row = table.partition("Gesundheit")[2].partition("</tr>")[0]
    assert re.findall(r'bk-number">([^<]+)<', row)[0] == "5", "two practices, in five municipalities"


def test_an_award_is_counted_listed_and_proposed_apart_from_what_was_done(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["api.pages.atlas_cell"], "DEFAULT_LENS", "all-indicators")
    atlas = client(None).get("/atlas?lang=de&field=participation").text
    assert "ein Eintrag ohne Beleg" in atlas.partition('href="/atlas/10002/participation"')[2].partition("</td>")[0]
    assert "ein Praxisansatz" in atlas.partition('href="/atlas/10003/participation"')[2].partition("</td>")[0]
    row = atlas.partition('aria-labelledby="fields"')[2].partition("Beteiligung")[2].partition("</tr>")[0]
    assert re.findall(r'bk-number">([^<]+)<', row)[:2] == ["1", "1"]
    cell = client(None).get("/atlas/10001/participation?lang=de").text
    award = next(each for each in cell.split('<li class="bk-peer">') if "/municipalities/10002" in each)
    assert "Bekannt ist der Preis." in award.partition("Ohne Beleg:")[2]
    assert "Praxisansätze:" not in award
    assert "Was dort getan wurde, wäre zuerst zu fragen." in award
    assert "practice=preis" not in cell, "no exchange is about what nobody knows"
    (first,) = re.findall(r'kern-btn--primary" href="([^"]+)"', cell)
    assert "with=10003" in first, "of whom more is known is asked first"
    assert "practice=beirat" in first


def test_a_legend_explains_only_signs_that_occur(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["api.pages.atlas"], "DEFAULT_LENS", "all-indicators")
    signs = {
        "größte eingeschätzte": "s", "laufende Angebote": "s", "kein Angebot erfasst</li>": "s",
        "Praxisansätze, dort": "pa", "Einträge ohne Beleg: bekannt": "pa",
        "in diesem Feld kein Angebot": "a", "nichts erfasst; das": "a",
    }  # fmt: skip
    for letter, asked in {"s": "field=school", "p": "field=participation", "a": "field=participation&show=all"}.items():
        page = client(None).get(f"/atlas?lang=de&{asked}").text
        legend = page.partition('class="bk-legend"')[2].partition("</ul>")[0]
        assert {sign for sign in signs if sign in legend} == {sign for sign in signs if letter in signs[sign]}


def test_the_atlas_says_its_order_and_a_form_without_script_changes_it(client: Client) -> None:
    anybody = client(None)
    pages = {
        sort: anybody.get(f"/atlas?lang=de&show=all&sort={sort}").text for sort in ("", "-name", "school", "-school")
    }
    first = {
        sort: re.findall(r'scope="row"[^>]*><a href="/municipalities/(\d+)"', page)[0] for sort, page in pages.items()
    }
    assert first == {"": "10001", "-name": "10006", "school": "10001", "-school": "10002"}
    assert "In alphabetischer Reihenfolge." in pages[""]
    assert "In umgekehrter alphabetischer Reihenfolge." in pages["-name"]
    assert "Schule und schulische Integration“: zuerst die größte Herausforderung" in pages["school"]
    assert "Schule und schulische Integration“: zuerst die leichteste oder keine" in pages["-school"]
    for sort, page in pages.items():
        form = page.partition('class="bk-filters')[2].partition("</form>")[0]
        chosen = re.findall(r'<option value="([^"]*)" selected', form.partition('name="sort"')[2])
        assert chosen == ([sort] if sort else []), "the form keeps the order that is looked at"
    assert "In alphabetischer Reihenfolge." in anybody.get("/atlas?lang=de&sort=no-such-field").text


def test_what_names_no_field_is_in_no_cell_and_the_atlas_says_so(client: Client) -> None:
    anybody = client(None)
    told = anybody.get("/atlas?lang=de").text
    said = told.partition("Ein Eintrag nennt kein Handlungsfeld und steht deshalb in keiner Zelle.")[2].partition(
        "</details>"
    )[0]
    assert re.search(r'<a href="/practices/ohne">Ohne Feld</a>.*10004', said)
    assert "kein Handlungsfeld" not in anybody.get("/atlas?lang=de&field=school").text, "one field alone is looked at"


def test_every_cell_leads_on_by_exactly_one_button_and_says_how_much_there_is_first(client: Client) -> None:
    anybody = client(None)
    cells = set(re.findall(r'href="(/atlas/\d+/[^"]+)"', anybody.get("/atlas?show=all").text))
    assert len(cells) > 5
    for cell in cells:
        page = anybody.get(f"{cell}?lang=de").text
        assert page.count("kern-btn--primary") == 1, cell
        lead = page.partition('class="bk-lead">')[2].partition(".")[0]
        assert re.search(r"\d|\bein(e|en)? (Praxis|Angebot|laufend|Eintrag)|weder", lead), lead


def test_the_target_group_leaves_out_what_is_for_others(client: Client) -> None:
    anybody = client(None)
    everybody, parents = (anybody.get(f"/atlas/10001/school{query}").text for query in ("", "?group=parents"))
    assert everybody.count("Lernpaten") == parents.count("Lernpaten"), "offers without a group are for everybody"
    assert anybody.get("/atlas/10001/no-such-field").status_code == 404


def test_an_exchange_enters_calendars_by_page_and_api_unless_it_is_hidden(client: Client) -> None:
    office, anybody = client(Role.OFFICE), client(None)
    sent = {"with": ["10001", "10002"], "topic": "field.school", "title": "Wir", "planned_on": "2027-02-03"}
    path = office.post("/exchanges/new", data=sent).headers["Location"].partition("?")[0]
    id = path.rpartition("/")[2]
    ways = (f"{path}/calendar.ics", f"/api/v1/exchanges/{id}/calendar")
    for way in ways:
        answer = anybody.get(way)
        assert answer.mimetype == "text/calendar"
        (event,) = Calendar.from_ical(answer.data).walk("VEVENT")
        assert (event.decoded("DTSTART"), event["STATUS"]) == (date(2027, 2, 3), "TENTATIVE")
    row = office.get(f"/api/v1/exchanges/{id}/row")
    hidden = office.patch(
        f"/api/v1/exchanges/{id}", json={"visibility": "office"}, headers={"If-Match": row.headers["ETag"]}
    )
    assert hidden.status_code == 200
    for way in (*ways, path, f"{path}/preparation"):
        assert anybody.get(way).status_code == 404
        assert office.get(way).status_code == 200
    assert "Wir" not in anybody.get("/exchanges").text


def test_an_exchange_without_a_date_has_no_entry_yet(client: Client) -> None:
    office = client(Role.OFFICE)
    sent = {"with": ["10001", "10002"], "topic": "field.school", "title": "Wir"}
    path = office.post("/exchanges/new", data=sent).headers["Location"].partition("?")[0]
    assert "calendar.ics" not in office.get(path).text
    assert office.get(f"{path}/calendar.ics").status_code == 422


def test_the_inventory_leaves_as_a_workbook(client: Client) -> None:
    answer = client(None).get("/municipalities/10001/offers.xlsx")
    assert answer.status_code == 200
    assert answer.data[:2] == b"PK"


def test_outlines_are_drawn_where_the_picture_puts_their_municipalities(tmp_path: Path) -> None:
    made = Made()
    made.area("10", Level.STATE)
    for code, place in (("10001", (9.0, 50.0)), ("10002", (10.0, 51.0))):
        made.district(code, 10, parent="10", longitude=place[0], latitude=place[1])
    projection = built(made, tmp_path)
    points = points_of(projection, Level.DISTRICT)
    square = b'{"type":"Polygon","coordinates":[[[8.9,49.9],[9.1,49.9],[9.1,50.1],[8.9,50.1],[8.9,49.9]]]}'
    found = outlines(points, projection, {"10001": square})
    assert list(found) == [points.positions[0]]
    corners = [tuple(map(float, each.split())) for each in found[points.positions[0]].strip("MZ").split("L")]
    middle = [(min(axis) + max(axis)) / 2 for axis in zip(*corners, strict=True)]
    assert middle == pytest.approx([points.x[0], points.y[0]], abs=0.1)


def test_cells_are_read_as_spreadsheets_copy_them() -> None:
    """With line ends and marks within, and with marks that a cell merely begins with."""
    found = read_pasted(
        "offers",
        "Angebot\tFinanziert bis\tWas besser werden kann\r\n"
        'Café Größe\t1.3.2026\t"Eine Zeile\r\nund ""noch"" eine"\r\n'
        '"Brücken" bauen\t\t\r\n'
        '"Offen\t01.03.2026\t\r\n',
        {},
        str,
        {"improvement_note": "Was besser werden kann"},
    )
    assert found.good, [each.problems for each in found.rows]
    assert [each.row for each in found.rows] == [
        {"name": "Café Größe", "funded_until": date(2026, 3, 1), "improvement_note": 'Eine Zeile\nund "noch" eine'},
        {"name": '"Brücken" bauen'},
        {"name": '"Offen', "funded_until": date(2026, 3, 1)},
    ]
    assert [each.line for each in found.rows] == [2, 3, 4]


def test_the_result_of_a_pasted_row_stands_first_and_empty_columns_take_no_room(client: Client) -> None:
    rows = "Angebot\t\tArt\tNotiz\t\nCafé\t\tUnfug\tx\t\n"
    page = client(Role.EDITOR).post("/municipalities/10001/offers/paste?lang=de", data={"rows": rows}).text
    head = page.partition("<thead")[2].partition("</thead>")[0]
    assert [each.split("<")[0] for each in re.findall(r'scope="col"[^>]*>(.*?)</th>', head)] == [
        "Zeile", "Ergebnis", "Angebot", "Art", "Notiz",
    ]  # fmt: skip
    row = page.partition("<tbody")[2].partition("</tbody>")[0]
    assert re.search(r"2</th>\s*<td[^>]*>Art: .*Unfug.*</td>\s*<td[^>]*>Café</td><td[^>]*><mark>Unfug</mark></td>", row)
    assert '<details class="bk-details" open>' in page, "the terms that an error speaks of are seen"


def test_a_list_that_is_too_long_says_what_to_do(client: Client) -> None:
    rows = "\n".join(["Angebot", *(f"Angebot {i}" for i in range(5000))])
    page = client(Role.EDITOR).post("/municipalities/10001/offers/paste?lang=de", data={"rows": rows}).text
    assert "höchstens 500 Zeilen auf einmal; längere Listen in Teilen, jeweils mit den Überschriften" in page
    assert "Angebot 4999</textarea>" in page, "nothing that was pasted is lost"


def test_no_cell_is_dropped_without_a_word() -> None:
    found = read_pasted("offers", "Angebot\tAngebot\tBemerkung\nA\tB\tC\nD\t\t\tzu viel", {}, str)
    assert found.columns == ("name", "", "")
    assert [each.found for each in found.rows[1].problems] == ["zu viel"]
    long = read_pasted("offers", "Angebot\n" + "x" * 400_000, {}, str)
    assert long.problem is not None
    assert not long.rows


def test_a_file_with_all_cells_in_marks_is_read_as_a_file() -> None:
    found = read_pasted("offers", '"Angebot";"Fachamt"\n"A; B";"Jugendamt"\n', {}, str)
    assert [each.row for each in found.rows] == [{"name": "A; B", "department": "Jugendamt"}]


def alert_of(page: str) -> str:
    return page[page.index('role="alert" tabindex="-1"') :].partition("</ul>")[0]


def test_what_is_wrong_stands_above_the_form_and_beside_its_field(client: Client) -> None:
    sent = {"name": "Lesetreff", "provider": "Volkshochschul", "department": "Amt für Schulen", "fields": "school"}
    page = client(Role.EDITOR).post("/municipalities/10001/offers/new", data=sent).text
    alert = alert_of(page)
    assert "autofocus" in alert
    assert 'href="#field-provider"' in alert
    assert "Volkshochschule?" in alert
    assert 'aria-describedby="field-provider-hint field-provider-error" aria-invalid="true"' in page
    for kept in ('value="Lesetreff"', 'value="Amt für Schulen"', 'value="school" checked'):
        assert kept in page


def version_of(page: str) -> str:
    return page.partition('name="version" value="')[2].partition('"')[0]


def test_who_was_slower_sees_what_was_changed_meanwhile_and_loses_nothing(client: Client) -> None:
    office, editor = client(Role.OFFICE), client(Role.EDITOR)
    path = "/offers/cafe/edit"
    form = {"municipality": "10001", "name": "Café", "fields": "housing"}
    seen = {"version": version_of(office.get(path).text)}
    assert editor.post(path, data=form | seen | {"department": "Jugendamt"}).status_code == 303
    refused = office.post(path, data=form | seen | {"department": "Sozialamt"})
    assert refused.status_code == 412
    assert "„Jugendamt“" in alert_of(refused.text)
    assert 'value="Sozialamt"' in refused.text
    again = {"version": version_of(refused.text)}
    for _ in "sent twice":
        assert office.post(path, data=form | again | {"department": "Sozialamt"}).status_code == 303
    assert 'value="Sozialamt"' in editor.get(path).text


def test_moving_an_exchange_twice_by_one_form_moves_it_once(client: Client) -> None:
    office = client(Role.OFFICE)
    sent = {"with": ["10001", "10002"], "topic": "field.school", "title": "Wir"}
    path = office.post("/exchanges/new", data=sent).headers["Location"].partition("?")[0]
    form = {"version": version_of(office.get(path).text), "state": "agreed", "on": "2026-01-05"}
    moves = [office.post(f"{path}/state", data=form) for _ in range(2)]
    assert [each.status_code for each in moves] == [303, 303]
    assert moves[1].headers["Location"].endswith("revision=0"), "there is nothing new to take back"
    other = office.post(f"{path}/state", data=form | {"state": "cancelled"})
    assert other.status_code == 412, "somebody else has moved it meanwhile"
    ahead = {"version": version_of(office.get(path).text), "state": "held", "on": "2999-01-01"}
    refused = office.post(f"{path}/state", data=ahead)
    assert refused.status_code == 422
    assert 'href="#field-on"' in alert_of(refused.text)


def test_a_cancelled_exchange_leaves_the_calendar(client: Client) -> None:
    office = client(Role.OFFICE)
    sent = {"with": ["10001", "10002"], "topic": "field.school", "title": "Wir", "planned_on": "2027-02-03"}
    path = office.post("/exchanges/new", data=sent).headers["Location"].partition("?")[0]
    before = Calendar.from_ical(office.get(f"{path}/calendar.ics").data).walk("VEVENT")[0]
    form = {"version": version_of(office.get(path).text), "state": "cancelled"}
    assert office.post(f"{path}/state", data=form).status_code == 303
    after = Calendar.from_ical(office.get(f"{path}/calendar.ics").data).walk("VEVENT")[0]
    assert after["STATUS"] == "CANCELLED"
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after.decoded("DTSTART") == date(2027, 2, 3)


def test_what_was_typed_outlives_the_session(client: Client) -> None:
    sent = {"name": "Treff", "improvement_note": "Zeile eins\nZeile zwei", "fields": ["school", "language"]}
    anybody = client(None)
    refused = anybody.post("/municipalities/10001/offers/new", data=sent)
    assert refused.status_code == 401
    form = refused.text.partition('<form action="/municipalities/10001/offers/new"')[2].partition("</form>")[0]
    kept = [
        (name, value.replace("\r", ""))
        for name, value in re.findall(r'name="(\w+)" hidden>\n(.*?)</textarea>', form, re.DOTALL)
    ]
    assert sorted(kept) == [
        ("fields", "language"), ("fields", "school"), ("improvement_note", "Zeile eins\nZeile zwei"), ("name", "Treff"),
    ]  # fmt: skip
    secret = anybody.post("/account/password", data={"old": "ein Apfel", "new": "zwei Äpfel im Schnee"})
    assert secret.status_code == 401
    assert "Apfel" not in secret.text


def test_the_sheet_tells_where_one_side_is_further(client: Client) -> None:
    editor = client(Role.EDITOR)
    sent = {"with": ["10002", "10001"], "topic": "field.school", "title": "Wir"}
    path = editor.post("/exchanges/new", data=sent).headers["Location"].partition("?")[0]
    page = editor.get(f"{path}/preparation", headers={"Accept-Language": "en"}).text
    assert page.index("10001 and") < page.index("Questions worth asking"), "whoever reads looks from the own side"
    further = page.partition("Where one is further")[2].partition("</ul>")[0]
    assert "has one running offer on record" in further


def test_an_area_fills_its_own_map(tmp_path: Path) -> None:
    made = Made()
    made.area("10", Level.STATE)
    for code, place in (("10001", (9.0, 50.0)), ("10002", (10.0, 51.0)), ("10003", (9.2, 50.1))):
        made.district(code, 10, parent="10", longitude=place[0], latitude=place[1])
    projection = built(made, tmp_path)
    points = points_of(projection, Level.DISTRICT)
    chosen = {projection.position(NodeKey(f"municipality:{code}")) for code in ("10001", "10003")}
    close = close_up(points, chosen)
    assert set(close.positions) == chosen
    assert float(np.ptp(close.x)) == pytest.approx(WIDTH - 2 * MARGIN)
    assert close.x.min() == pytest.approx(MARGIN)
    assert close.height <= WIDTH
    assert close_up(points, set()).positions == ()


def test_an_area_is_drawn_within_its_own_outline_and_the_outline_within_the_picture(tmp_path: Path) -> None:
    made = Made()
    made.area("10", Level.STATE)
    made.area("11", Level.STATE)
    made.district("10001", 10, parent="10", longitude=9.5, latitude=50.5)
    made.district("10002", 10, parent="10", longitude=9.7, latitude=50.7)
    made.district("11001", 10, parent="11", longitude=13.0, latitude=53.0)
    for i in range(256):
        east, north = 9 + i % 16 / 15, 50 + i // 16 / 15
        made.area(f"10001{i:03}", Level.MUNICIPALITY, parent="10001", longitude=east, latitude=north)
    projection = built(made, tmp_path)
    points = points_of(projection, Level.DISTRICT)
    state = NodeKey("municipality:10")
    (rim,) = rims_of(points, projection, state)
    within = {projection.position(NodeKey(f"municipality:{code}")) for code in ("10001", "10002")}
    close = close_up(points, within, [rim])
    corners = np.array([[float(part) for part in pair.split()] for pair in close.land[1:-1].split("L")])
    assert corners.min() >= 0
    assert corners[:, 0].max() <= close.width
    assert corners[:, 1].max() <= close.height
    assert corners[:, 0].min() < close.x.min() < close.x.max() < corners[:, 0].max()
    assert rims_of(points, projection, NodeKey("municipality:11")) == []


def test_a_new_exchange_is_taken_back_where_it_can_still_be_said(client: Client) -> None:
    office = client(Role.OFFICE)
    sent = {"with": ["10001", "10002"], "topic": "field.school", "title": "Wir"}
    page = office.post("/exchanges/new", data=sent, follow_redirects=True).text
    form = page.partition('<form action="/undo"')[2].partition("</form>")[0]
    back = office.post("/undo", data=dict(re.findall(r'name="(\w+)" value="([^"]*)"', form)), follow_redirects=True)
    assert back.status_code == 200
    assert 'role="status"' in back.text
    assert ">Wir<" not in back.text


def test_changing_an_exchange_tells_what_somebody_else_has_changed(client: Client) -> None:
    office, editor = client(Role.OFFICE), client(Role.EDITOR)
    form = {"with": ["10001", "10002"], "topic": "field.school", "title": "Wir"}
    path = office.post("/exchanges/new", data=form).headers["Location"].partition("?")[0]
    seen = {"version": version_of(office.get(f"{path}/edit").text)}
    for _ in "sent twice":
        assert editor.post(f"{path}/edit", data=form | seen | {"format": "call"}).status_code == 303
    refused = office.post(f"{path}/edit", data=form | seen | {"planned_on": "2027-03-01"})
    assert refused.status_code == 412
    assert 'href="#field-format"' in alert_of(refused.text)
    assert "Telefonat" in alert_of(refused.text)
    assert 'value="2027-03-01"' in refused.text
    again = {"version": version_of(refused.text), "planned_on": "2027-03-01"}
    assert office.post(f"{path}/edit", data=form | again).status_code == 303

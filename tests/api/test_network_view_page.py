"""The page of the network: what its address means, its sentence, card, legend and lists."""

import json
import re
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from network_graphs import a, actors, cooperates, edge, projection_of, town
from network_views import client_of, find_view, seen, text

from api.app import create_app
from api.language import Words
from api.pages.network_lists import line_list, line_rows, node_list
from api.questions.network_shown import ViewAsked
from api.settings import Settings
from api.words.network_views import ViewSpeaker
from graph_service.keys import municipality_key
from graph_service.model import Actor, Edge, EdgeType


@pytest.fixture
def client(kompass, store: str, package: Path, tmp_path: Path) -> FlaskClient:
    return client_of(kompass, store, package, tmp_path)


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize(
    "query",
    ["", "?start=actor:one", "?start=municipality:90001", "?start=actor:one&target=actor:three", "?entry=communities",
     "?entry=brokers", "?entry=isolated", "?layout=map", "?layout=rings", "?most=1", "?most=1&by=kind&size=even"],
)  # fmt: skip
def test_every_view_has_a_sentence_a_picture_and_lists(client, language, query):
    page = text(client, f"/network{query}", **{"Accept-Language": language})
    assert f'<html lang="{language}"' in page
    assert page.count("<h1") == 1
    assert "bk-lead" in page
    shown = '<svg class="nw-picture' in page and 'id="nw-lists"' in page
    # here everybody is joined to somebody, and that is said
    assert shown or query == "?entry=isolated"


def test_the_legend_explains_the_widths_of_lines_that_differ_in_the_picture(client):
    spoken = {"Accept-Language": "de"}
    wide = "breiter für Zusammenarbeit"
    assert "Linien: " not in text(client, "/network?start=municipality:90001&depth=1&types=LOCATED_IN", **spoken)
    said = text(client, "/network?start=actor:two&depth=1", **spoken)
    assert wide in said
    assert "dick für enge" not in said


def test_how_to_see_names_that_find_no_place_is_said_where_there_may_be_such():
    def said(rays: int) -> str:
        projection = projection_of(*actors(rays + 1), *(cooperates(a(0), a(i)) for i in range(1, rays + 1)))
        view = find_view(seen(projection), ViewAsked())
        return ViewSpeaker(projection, Words("de"), view).unnamed

    assert said(3) == ""
    assert "in den Listen, wo alle Namen stehen" in said(20)


def test_a_name_goes_on_to_its_key_and_what_is_usual_is_not_in_the_address(client):
    answer = client.get("/network?start=Verein+Zwei&depth=2&layout=force&size=ties&year=&labels=")
    assert (answer.status_code, answer.location) == (303, "/network?start=actor:two")


def test_choices_of_a_form_become_one_parameter(client):
    answer = client.get("/network?start=actor:two&types=SERVES&types=MEMBER_OF")
    assert answer.location == "/network?start=actor:two&types=MEMBER_OF,SERVES"


@pytest.mark.parametrize(
    "wrong", ["depth=99", "layout=spiral", "year=x", "start=Niemand", "step=jump:actor:one", "field=zz"]
)
def test_what_is_not_understood_is_said_and_the_rest_is_shown(client, wrong):
    page = text(client, f"/network?{wrong}")
    assert 'role="alert"' in page
    assert 'id="nw-lists"' in page


def test_of_several_with_one_name_each_is_told_apart_and_leads_on_from_the_same_other_end(kompass, tmp_path, client):
    (tmp_path / "more").mkdir()
    rows = "key,name,kind\nzwei-a,Zweifach,association\nzwei-b,Zweifach,association\n"
    places = "key,name,level,kind\n90801,Bärau,district,landkreis\n90802,Bärau,district,kreisfreie-stadt\n"
    for name, said in (("actors", rows), ("municipalities", places)):
        (tmp_path / "more" / f"{name}.csv").write_text(said, encoding="utf-8")
    resources = [{"name": name, "path": f"{name}.csv"} for name in ("municipalities", "actors")]
    (tmp_path / "more" / "datapackage.json").write_text(json.dumps({"name": "more", "resources": resources}), "utf-8")
    kompass("import", "package", str(tmp_path / "more"))
    page = text(client, "/network?start=Zweifach&target=actor:one", **{"Accept-Language": "de"})
    assert '<a href="/network?start=actor:zwei-b&amp;target=actor:one">Zweifach</a>' in page
    page = text(client, "/network?start=actor:one&target=Zweifach", **{"Accept-Language": "de"})
    assert '<a href="/network?start=actor:one&amp;target=actor:zwei-a">Zweifach</a>' in page
    page = text(client, "/network?start=B%C3%A4rau", **{"Accept-Language": "de"})
    assert "district" not in page[page.index('id="nw-answer"') : page.index('id="nw-begin"')]
    assert '<a href="/network?start=municipality:90801">Bärau (Landkreis)</a>' in page


def test_what_is_unknown_is_quoted_as_it_was_written_and_what_is_called_nearly_so_beside_it(client):
    page = text(client, "/network?start=Vereim+Zwei", **{"Accept-Language": "de"})
    assert "Unter „Vereim Zwei“ ist nichts bekannt. Ähnliche Namen: " in page
    assert "Verein Zwei" in page.partition("Ähnliche Namen: ")[2].partition(".")[0]


def test_names_are_text_and_not_markup(client):
    page = text(client, "/network?start=actor:one")
    assert "Verein &lt;b&gt;Eins&lt;/b&gt;" in page
    assert "<b>Eins" not in page
    assert "<b>Eins" not in client.get("/network/export/svg?start=actor:one").get_data(as_text=True)


def test_a_step_can_be_taken_back_by_a_link(client):
    page = text(client, "/network?start=actor:one&step=open:actor:two")
    assert "Drei" in page
    assert 'class="nw-undo" href="/network?start=actor:one"' in page


def test_the_parts_for_the_script_come_without_the_frame(client):
    parts = text(client, "/network?start=actor:one", **{"HX-Request": "view"})
    assert "<html" not in parts
    assert 'data-announce="Netzwerk: Verein' in parts
    card = text(client, "/network?start=actor:one&at=alliance:all", **{"HX-Request": "card"})
    assert 'id="nw-chosen">Bündnis für alle' in card
    assert 'id="nw-lists"' not in card


def test_the_card_reads_from_the_chosen_one_to_the_others(client):
    card = re.sub(
        r"<[^>]+>|\s+", " ", text(client, "/network?start=actor:one&at=alliance:all", **{"HX-Request": "card"})
    )
    assert re.search(r"hat als Mitglied +Verein Zwei", card)
    card = re.sub(r"<[^>]+>|\s+", " ", text(client, "/network?start=actor:two", **{"HX-Request": "card"}))
    assert re.search(r"arbeitet zusammen mit +Drei", card)
    assert re.search(r"ist Mitglied in +Bündnis für alle", card)


def test_steps_away_are_told_only_from_a_start(client):
    assert "Schritte entfernt" in text(client, "/network?start=actor:one")
    assert "Schritte entfernt" not in text(client, "/network")


def test_brackets_of_a_name_are_not_taken_for_what_is_said_of_a_relation():
    projection = projection_of(
        *actors(2),
        town("12053000", "Frankfurt (Oder)"),
        edge(EdgeType.LOCATED_IN, a(0), municipality_key("12053000")),
        Edge(EdgeType.COOPERATES_WITH, a(0), a(1), {"since": date(2015, 1, 1), "strength": "cooperates"}),
    )
    view = find_view(seen(projection), ViewAsked(start=a(0)))
    speaker = ViewSpeaker(projection, Words("de"), view)
    assert {row["relation"]: row["about"] for row in line_rows(speaker.told(), speaker)} == {
        "sitzt in": "",
        "arbeitet zusammen mit": "seit 01.01.2015",
    }


def test_lists_begin_in_an_order_that_their_head_shows(client):
    page = text(client, "/network")
    assert re.search(r'aria-sort="descending"><a [^>]*>Verbindungen hier', page)
    assert re.search(r'aria-sort="ascending"><a [^>]*>Von', page)
    assert re.search(r'aria-sort="ascending"><a [^>]*>Schritte entfernt', text(client, "/network?start=actor:one"))


def test_a_number_of_a_list_carries_its_heading_for_where_columns_fold(client):
    page = text(client, "/network?start=actor:one")
    heads = re.findall(r'<th scope="col"[^>]*bk-number[^>]*><a [^>]*>([^<]+)', page)
    told = re.findall(r'data-head="([^"]+)"', page)
    assert heads
    assert told == heads * (len(told) // len(heads))


def test_lists_follow_the_alphabet_and_not_keys():
    names = {"1": "Zuletzt", "2": "Öffner", "3": "Oberer", "4": "Ausgang"}
    projection = projection_of(
        *(Actor(key=a(key), name=name) for key, name in names.items()),
        *(cooperates(a(one), a(other)) for one, other in (("1", "2"), ("3", "4"))),
    )
    view = find_view(seen(projection), ViewAsked())
    speaker = ViewSpeaker(projection, Words("de"), view)
    told = speaker.told()
    assert [each.name for each in sorted(told.nodes, key=lambda each: each.rank)] == sorted(
        names.values(), key=("Ausgang", "Oberer", "Öffner", "Zuletzt").index
    )
    with create_app(Settings()).test_request_context("/network"):
        nodes, columns = node_list(told, from_start=False)
        assert [row["name"] for row in nodes.rows] == ["Ausgang", "Oberer", "Öffner", "Zuletzt"]
        assert [name for _, name, _ in columns] == ["name", "word", "shown"], "what is equal everywhere is left out"
        assert [row["source"] for row in line_list(told, speaker).rows] == ["Oberer", "Zuletzt"]


def test_the_link_keeps_the_order_and_the_page_of_the_lists(client):
    page = text(client, "/network?start=actor:one&sort=name&lines=2&order=-target")
    assert "/network?start=actor:one&amp;sort=name&amp;lines=2&amp;order=-target" in re.search(
        r'<input id="nw-link"[^>]*>', page
    )[0].replace("http://localhost", "")


def test_where_there_is_nothing_it_is_said_why(client):
    assert "zutreffen" in text(client, "/network?labels=Request")
    page = text(client, "/network?entry=isolated&year=1900")
    assert 'bk-lead">' in page


def test_an_empty_choice_of_kinds_is_refused_by_the_service_and_left_out_by_the_page(client):
    for name in ("labels", "types"):
        for route in ("view?", "ego?node=actor:club&"):
            assert client.get(f"/api/v1/network/{route}{name}=").status_code == 422
        assert client.get(f"/network?{name}=", follow_redirects=True).status_code == 200
    kept = client.get("/network?labels=&labels=Actor")
    assert (kept.status_code, kept.headers["Location"]) == (303, "/network?labels=Actor")
    told = client.get("/network?labels=Actor").text
    assert "/api/v1/network/view?labels=Actor" in told


def test_filters_that_leave_nothing_stay_and_say_which_of_them_does_and_how_to_take_them_back(client):
    page = text(client, "/network?labels=Request&year=2020", **{"Accept-Language": "de"})
    assert "auf das alle diese Filter zutreffen. Eingegrenzt auf: Arten Gesuch; Stand 2020." in page
    assert 'id="nw-filters"' in page
    assert re.search(r'<input type="checkbox" name="labels" value="Request" checked>', page), "or it could not be unset"
    assert '<a href="/network?year=2020">Ohne Arten Gesuch: 4 Einträge</a>' in page
    assert "Ohne Stand 2020" not in page, "without the year there is nothing, either"
    assert '<a href="/network">Alle Filter zurücknehmen: 4 Einträge</a>' in page
    assert re.search(r'<figure id="nw-picture" [^>]*data-view="[^"]*labels=Request[^"]*" hidden>', page)
    assert 'data-announce="Netzwerk. Es ist nichts erfasst' in page


def test_where_filters_leave_a_beginning_alone_it_is_said_how_much_would_be_around_it(client):
    page = text(client, "/network?start=actor:one&labels=Request", **{"Accept-Language": "de"})
    assert '<a href="/network?start=actor:one">Filter zurücknehmen: ' in page
    assert "Filter zurücknehmen" not in text(
        client, "/network?start=actor:one&labels=Alliance", **{"Accept-Language": "de"}
    )


def test_what_was_hidden_until_nothing_was_left_can_be_shown_again_and_what_was_opened_stays_so(client):
    hidden = "".join(f"&step=hide:{key}" for key in ("actor:one", "actor:two", "actor:three", "alliance:all"))
    page = text(client, f"/network?labels=Actor,Alliance&step=open:actor:two{hidden}", **{"Accept-Language": "de"})
    assert 'id="nw-filters"' in page
    assert re.search(
        r'<a href="/network\?labels=Actor,Alliance&amp;step=open:actor:two">Ausgeblendetes wieder zeigen: 4 Einträge',
        page,
    )


def test_where_nothing_is_recorded_even_without_filters_that_is_said(client):
    page = text(client, "/network?start=actor:one&target=municipality:90002&types=ADOPTED", **{"Accept-Language": "de"})
    assert "Auch ohne diese Filter ist hier nichts weiter erfasst." in page

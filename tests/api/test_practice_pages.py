"""The page of practice approaches: a list with filters, or an answer for a municipality and its question."""

import re
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from api.app import create_app
from api.language import Words
from api.pages.practice_trail import _span
from api.settings import Settings
from api.words.practices import REMARKS, fortunes, remark
from tests.api.conftest import write_texts

AWARDED = "Träger: Caritas Ahaus-Vreden."
PLACES = ("Zwergenau", "Österau", "Ostheim", "Ährenthal", "Aalfeld", "Bachtal", "Dorfmark")


@pytest.fixture
def client(loaded, package: Path, store: str, tmp_path: Path) -> FlaskClient:
    rows = [f"lotsen-{n},Sprachlotsen {n},Ehrenamtliche begleiten,language,," for n in range(25)]
    rows += ["cafe,Lerncafé für Mütter,Offener Treff,family-parents,,interpreters"]
    tables = {
        "practices": "\n".join(
            [
                "key,title,description,fields,evidence,challenges,url,source,published_on",
                *(f"{row},{'https://kopien.example/5' if 'lotsen-5,' in row else ''},," for row in rows),
                "zuletzt,Zuletzt im Alphabet,,language,evaluated,,,Institut Nord: Bericht,2023",
                "irgendwann,Irgendwann,,language,,,,Amt: Notiz,im-Mai-",
                f"preis,Preis,{AWARDED},,none,,,Verband: Meldung,",
                "",
            ]
        ),
        "applications": "practice,municipality,status,started_on,ended_on,outcome\n"
        "lotsen-1,90002,running,2021-01-01,,\nlotsen-2,90001,,,,\nlotsen-2,90002,,,,\n"
        "cafe,90003,ended-failed,2019-01-01,,Räume fehlten\npreis,90003,,,,\n"
        "lotsen-3,99001,,2018-01-01,,\nlotsen-7,99001,running,2020-01-01,,Läuft gut\n"
        + "".join(f"lotsen-6,{key},,,,\n" for key in (99008, 99009, 99005))
        + "".join(f"lotsen-3,9900{n},,2020-01-01,,\nlotsen-4,9900{n},,,,\n" for n in range(2, 8))
        + "zuletzt,90001,running,2019-01-01,,\nzuletzt,90002,ended-failed,2020-01-01,2021-01-01,Räume fehlten\n",
        "municipalities": "key,name,level,kind,parent,longitude,latitude\n"
        + "".join(f"9900{n},{name},district,landkreis,90,10.{n},51\n" for n, name in enumerate(PLACES, 1))
        + "99008,Bärwald,district,kreisfreie-stadt,90,9,50\n99009,Bärwald,district,landkreis,90,9.2,50\n",
        "adoptions": "municipality,practice,decision,reason,on\n90003,zuletzt,rejected,Kein Personal,2022-01-01\n",
        "ratings": "municipality,challenge,severity,rated_on,rater_role\n"
        "90001,interpreters,4,2026-01-01,administration\n90001,mobility,0,2026-01-01,administration\n",
    }
    loaded("import", "package", write_texts(package.with_name("practices"), tables))
    return create_app(Settings(store=store, cache=tmp_path, language="en")).test_client()


def test_everything_recorded_is_listed_in_pages(client):
    first, second = (client.get(f"/practices?lang=en&page={n}").text for n in (1, 2))
    assert "29 practices are recorded" in first
    assert "Lerncafé für Mütter" in first
    assert "Sprachlotsen 9" in second
    assert "Sprachlotsen 9" not in first


def test_filters_narrow_the_list_and_say_so(client):
    found = client.get("/practices?lang=en&text=lerncafe").text
    assert "One of 29 practices fits" in found
    assert 'Chosen: “lerncafe”. <a class="bk-together" href="/practices">All 29 practices</a>' in found
    assert "Sprachlotsen" not in client.get("/practices?lang=en&field=family-parents").text
    assert "No practice fits these filters" in client.get("/practices?lang=en&text=nirgends").text


def test_the_best_documented_stands_first_and_what_goes_on_counts_before_what_ended(client):
    page = client.get("/practices?lang=en").text
    assert page.index("Zuletzt im Alphabet") < page.index("Lerncafé für Mütter")
    line = page.partition("Zuletzt im Alphabet")[2].partition("</li>")[0]
    assert "· Running" in line
    assert "in one place it did not work out · one municipality decided against it" in line


def test_a_decision_against_a_practice_is_no_failure_and_lasts_no_time(client):
    page = client.get("/practices/zuletzt?lang=en").text
    assert "In one of them it did not work out; what is known of it stands below." in page
    assert "One municipality decided against it; what is known of it stands below." in page
    assert "Kein Personal" in page
    timeline = page.partition('bk-timeline"')[2].partition("</svg>")[0]
    assert timeline.count('class="name"') == 2


def test_a_decision_is_of_a_day_and_not_since_one(client):
    trail = client.get("/practices/zuletzt?lang=de").text.partition('id="trail"')[2]
    assert '<td class="kern-table__cell">am 01.01.2022</td>' in trail
    assert '<td class="kern-table__cell">01.01.2020</td>' in trail
    answer = client.get("/practices?lang=de&municipality=90002&text=Zuletzt+im+Alphabet").text
    assert "nicht übernommen, am 01.01.2022" in answer
    assert "nicht übernommen, seit" not in answer


def test_places_are_told_by_the_alphabet_and_in_the_trail_first_by_time(client):
    trail = client.get("/practices/lotsen-3?lang=de").text.partition("<tbody")[2].partition("</tbody>")[0]
    told = re.findall(r'href="/municipalities/\d+">([^<]+)</a>', trail)
    assert told == ["Zwergenau", "Aalfeld", "Ährenthal", "Bachtal", "Dorfmark", "Österau", "Ostheim"]


def test_places_of_a_list_are_ordered_by_the_names_that_it_shows(client):
    page = client.get("/practices?lang=de&text=Sprachlotsen+6").text
    told = re.findall(r'href="/municipalities/\d+">([^<]+)</a>', page.partition('<a href="/practices/lotsen-6">')[2])
    assert told[:3] == ["Aalfeld", "Bärwald (Landkreis)", "Bärwald (Stadt)"]


def test_what_is_told_of_a_practice_stands_beside_its_map_and_only_a_wide_table_above(client):
    narrow, wide = (client.get(f"/practices/{key}?lang=de").text for key in ("lotsen-6", "lotsen-7"))
    beside = narrow.partition('<div class="bk-beside">')[2]
    assert beside.index('id="trail"') < beside.index("<tbody") < beside.index("bk-trail") < beside.index('id="told"')
    above, _, beside = wide.partition('<div class="bk-beside">')
    assert "Läuft gut" in above
    assert beside.index("bk-timeline") < beside.index("bk-trail") < beside.index('id="told"')


def test_of_many_places_the_first_are_named_and_the_rest_is_a_link_unless_it_is_one_or_two(client):
    listed = [client.get(f"/practices?lang=de&text=Sprachlotsen+{n}").text for n in (3, 4)]
    seven, six = (
        page.partition(f'<a href="/practices/lotsen-{n}">')[2].partition("</li>")[0] for n, page in enumerate(listed, 3)
    )
    assert re.findall(r'municipalities/\d+">([^<]+)<', seven) == ["Aalfeld", "Ährenthal", "Bachtal", "Dorfmark"]
    assert '<a href="/practices/lotsen-3">und 3 weitere</a>' in seven
    assert all(each in six for each in PLACES[1:])
    assert "weitere" not in six


def test_what_lies_outside_is_never_the_first_thing_to_do(client):
    page = client.get("/practices/lotsen-5?lang=de").text
    assert re.search(r'kern-btn--secondary" href="https://kopien.example/5" rel="external nofollow"', page)
    first = re.findall(r'kern-btn--primary" href="([^"]+)', page.partition("<main")[2])
    assert first == ["/exchanges/new?practice=lotsen-5"]


def test_an_exchange_is_proposed_with_the_only_place_and_never_about_an_award_alone(client):
    address = "/exchanges/new?practice=cafe&amp;with=90003"
    assert f'kern-btn--primary" href="{address}"' in client.get("/practices/cafe?lang=de").text
    assert "/exchanges/new" not in client.get("/practices/preis?lang=de").text.partition("<main")[2]


def test_what_is_known_of_no_place_has_no_column_and_is_said_in_a_sentence(client):
    bare, full = (client.get(f"/practices/{id}?lang=en").text for id in ("lotsen-2", "zuletzt"))
    assert "Not recorded: status, dates, results and whom to ask." in bare
    assert not any(f">{head}</th>" in bare for head in ("Status", "Since", "Until", "In the words of those involved"))
    assert all(f">{head}</th>" in full for head in ("Status", "Since", "Until", "In the words of those involved"))
    assert "Not recorded: whom to ask." in full


def test_nobody_to_ask_is_made_up_and_the_general_way_is_told_apart_from_what_is_recorded(client):
    page = client.get("/practices/lotsen-2?lang=en").text
    assert "Who to ask" not in page
    assert "Where no contact is recorded, you can try the municipality&#39;s administration" in page


def test_the_first_sentence_names_up_to_three_places_and_one_more_rather_than_counting_it(client):
    three = client.get("/practices/lotsen-3?lang=en").text
    assert "Tried in 7 municipalities: Zwergenau, Aalfeld, Ährenthal and 4 more." in three
    assert fortune(["A", "B", "C", "D"]) == "Tried in 4 municipalities: A, B, C and D."
    assert fortune(["A", "B", "C", "D", "E"]) == "Tried in 5 municipalities: A, B, C and 2 more."


def fortune(places: list[str]) -> str:
    return " ".join(fortunes(places, 0, 0, Words("en"), named=False))


def test_a_place_of_which_only_an_award_is_known_is_not_said_to_have_tried_anything(client):
    page = client.get("/practices/preis?lang=en").text
    assert "Known from " in page
    assert "Where it is known from</h2>" in page
    assert "Tried" not in page
    assert "was tried" not in page
    assert "bk-timeline" not in page


def test_who_says_it_is_the_publication_with_its_date_and_only_then_the_list_it_was_taken_from(client):
    dated, undated, neither = (client.get(f"/practices/{id}?lang=en").text for id in ("zuletzt", "preis", "cafe"))
    assert "Institut Nord: Bericht · published 2023" in dated
    assert "Verband: Meldung · date not known" in undated
    assert "Taken from “" in undated
    assert "recorded here since" in neither
    assert "Where the source itself can be read online is not recorded." in undated


def test_a_day_that_is_none_is_shown_as_somebody_wrote_it(client):
    assert "Amt: Notiz · published im-Mai-" in client.get("/practices/irgendwann?lang=en").text


def test_a_level_of_evidence_says_what_it_means(client):
    assert "Examined by an independent party." in client.get("/practices/zuletzt?lang=en").text
    listed = client.get("/practices?lang=en").text
    assert "“evaluated”: Examined by an independent party." in listed
    assert "“documented”" not in listed


def test_only_filters_that_select_something_are_offered(client):
    page = client.get("/practices?lang=en").text
    offered = {name: re.findall(r'value="([^"]+)"', chosen(page, name)) for name in ("status", "field", "challenge")}
    assert offered == {
        "status": ["running", "ended-failed"],
        "field": ["family-parents", "language"],
        "challenge": ["interpreters"],
    }
    assert "selected" in chosen(client.get("/practices?lang=en&field=health-psychosocial").text, "field")
    assert "mobility" not in chosen(client.get("/practices?lang=en&municipality=90001").text, "challenge")


def chosen(page: str, name: str) -> str:
    return page.partition(f'<select id="{name}"')[2].partition("</select>")[0]


def test_our_own_remarks_are_said_in_the_readers_language_and_those_of_others_stay_german(client):
    assert "Carried by Caritas Ahaus-Vreden." in client.get("/practices/preis?lang=en").text
    assert AWARDED in client.get("/practices/preis?lang=de").text
    assert [text for text in REMARKS if remark(text, Words("de")) != text] == []
    assert remark("Was jemand schrieb.", Words("en")) == ""


def test_a_bar_goes_on_until_today_only_where_somebody_says_that_it_does():
    since, until = date(2019, 1, 1), date(2020, 1, 1)
    assert _span("x", since, None, "running").until > date(2025, 1, 1)
    assert not _span("x", since, None, "running").ended
    for status in ("", "idea", "ended-failed"):
        assert (_span("x", since, None, status).until, _span("x", since, None, status).ended) == (since, True)
    assert _span("x", since, until, "running").until == until


def test_a_practice_is_of_the_fields_of_its_challenges_too_and_terms_with_commas_stay_apart(client):
    page = client.get("/practices/cafe?lang=en").text
    told = page.partition("Fields of action</dt>")[2].partition("</dd>")[0]
    assert "field=family-parents" in told
    assert "field=language" in told
    assert "</a>; <a" in told
    assert "Challenge</dt>" in page


def test_what_others_wrote_is_marked_as_german_on_an_english_page(client, store, tmp_path):
    german = create_app(Settings(store=store, cache=tmp_path, language="de")).test_client()
    assert '<h1><span lang="de">Lerncafé für Mütter</span></h1>' in german.get("/practices/cafe?lang=en").text
    assert "<h1>Lerncafé für Mütter</h1>" in german.get("/practices/cafe?lang=de").text
    assert "<title>Lerncafé für Mütter" in german.get("/practices/cafe?lang=en").text


def test_a_municipality_is_offered_what_it_rates_hardest(client):
    page = client.get("/practices?lang=en&municipality=90001").text
    assert "municipality=90001&amp;challenge=interpreters" in page
    assert "challenge=mobility" not in page
    assert "rates hardest" not in client.get("/practices?lang=en&municipality=90002").text


def test_for_a_municipality_and_words_the_answer_has_reasons_and_warnings(client):
    page = client.get("/practices?lang=en&municipality=90001&text=Sprachlotsen").text
    assert "Großbärenkreis" in page
    assert "fits by its words alone" in page


def test_an_unclear_or_unknown_name_is_said_and_the_list_is_still_there(client):
    unclear = client.get("/practices?lang=en&municipality=Mühlenkreis").text
    assert "Which one do you mean" in unclear
    assert "Mühlenkreis (Süd; " in unclear
    assert "No municipality is known as “Nirgendwo”" in client.get("/practices?lang=en&municipality=Nirgendwo").text
    assert "not known" in client.get("/practices?lang=en&challenge=nothing").text


def test_a_municipality_leads_to_its_practices(client):
    answer = client.get("/municipalities/90001/practices")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/practices?municipality=90001")


def test_field_and_status_narrow_the_answer_for_a_municipality_and_the_ranks_begin_anew(client):
    def told(more: str) -> list[tuple[str, str]]:
        page = client.get(f"/practices?lang=en&municipality=90001&text=Irgendwann+Sprachlotsen{more}").text
        return re.findall(r'bk-peer__rank" aria-hidden="true">(\d+)</span> <a href="/practices/([^"]+)"', page)

    assert {practice for _, practice in told("")} >= {"irgendwann", "lotsen-1"}
    assert told("&field=language") == told("")
    assert told("&status=running") == [("1", "lotsen-1")]
    assert told("&field=family-parents") == []

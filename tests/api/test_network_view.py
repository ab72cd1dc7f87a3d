"""The network as it is looked at: what belongs to a view, where it stands, what is said of it, and how it leaves."""

import json
import re
from dataclasses import replace
from datetime import date
from html import escape
from itertools import combinations
from pathlib import Path
from pkgutil import resolve_name
from threading import Event
from xml.etree import ElementTree as ET

import networkx as nx
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from network_graphs import a, actors, b, cooperates, edge, field, member, networks, projection_of, town

from api.app import create_app
from api.language import Words
from api.pages import network_picture
from api.pages.network_labels import LETTER, placed_names
from api.pages.network_lists import line_list, line_rows, node_list
from api.pages.network_picture import draw_view
from api.questions import network_export, network_view
from api.questions.network import find_anything
from api.questions.network_groups import AreaBy
from api.questions.network_layout import Layout
from api.questions.network_scene import radius_of
from api.questions.network_shown import Act, Entry, Size, Step, View, ViewAsked
from api.questions.network_view import Views, find_view_within
from api.settings import Settings
from api.snapshot import Snapshot
from api.words.network_views import ToldNode, ToldView, ViewSpeaker
from graph_service.errors import NotFound
from graph_service.keys import Label, NodeKey, concept_key, municipality_key
from graph_service.model import Actor, Alliance, Edge, EdgeType, Level, Municipality, Practice
from graph_service.projection import Projection
from graph_service.seen import Sight
from graph_service.visibility import PUBLIC
from graph_service.vocabulary import load_vocabulary

TOWN = municipality_key("90001001")
DISTRICT = municipality_key("90001")


def seen(projection: Projection) -> Snapshot:
    return Snapshot(projection, PUBLIC, Sight.of(projection, PUBLIC))


def find_view(snapshot: Snapshot, asked: ViewAsked) -> View:
    found = find_view_within(snapshot, asked, 300)
    assert found is not None
    return found


def small() -> Projection:
    """0, 1, 2 in an alliance that began in 2019; 2 works with 3; 4 is alone; 0 and 3 are in a town of a district."""
    return projection_of(
        *actors(5),
        Alliance(key=b(0), name="Bündnis 0", started_on=date(2019, 1, 1), ended_on=date(2021, 6, 30)),
        Municipality(key=DISTRICT, name="Kreis", level=Level.DISTRICT, longitude=9.0, latitude=48.0),
        Municipality(key=TOWN, name="Stadt", level=Level.MUNICIPALITY, longitude=9.2, latitude=48.1),
        town("90001002", "Leerstadt"),
        field("school"),
        *(member(a(i), b(0)) for i in range(3)),
        Edge(EdgeType.COOPERATES_WITH, a(2), a(3), {"strength": "integrated", "since": date(2015, 1, 1)}),
        edge(EdgeType.LOCATED_IN, a(0), TOWN),
        edge(EdgeType.LOCATED_IN, a(3), TOWN),
        edge(EdgeType.PART_OF, TOWN, DISTRICT),
        edge(EdgeType.IN_FIELD, b(0), concept_key("field", "school")),
    )


def keys(view: View) -> set[str]:
    return {item.key for item in view.items}


def view_of(**asked: object) -> View:
    return find_view(seen(small()), ViewAsked(**asked))


def test_a_start_shows_what_is_around_it_and_no_more():
    assert keys(view_of(start=a(0), depth=1)) == {a(0), b(0), TOWN}
    assert keys(view_of(start=a(0))) == {a(0), a(1), a(2), b(0), TOWN}


def test_whoever_has_few_around_is_shown_with_those_of_its_place():
    assert a(3) in keys(view_of(start=a(0), types=frozenset({EdgeType.LOCATED_IN})))


def test_to_have_a_town_in_common_brings_nobody_near():
    assert a(3) not in keys(view_of(start=a(0)))


def test_a_district_shows_what_is_in_its_towns_joined_to_it_and_leaves_out_empty_ones():
    view = view_of(start=DISTRICT, depth=1)
    assert {DISTRICT, TOWN, a(0), a(3)} <= keys(view)
    assert municipality_key("90001002") not in keys(view)
    ends = [{view.items[line.source].key, view.items[line.target].key} for line in view.lines]
    assert {TOWN, DISTRICT} in ends


def test_whoever_is_alone_is_told_by_that_question_only():
    assert keys(view_of(entry=Entry.ISOLATED)) >= {a(4)}
    assert a(4) not in keys(view_of())


def test_a_way_between_two_shows_those_on_it():
    view = view_of(start=a(0), target=a(3), types=frozenset({EdgeType.MEMBER_OF, EdgeType.COOPERATES_WITH}))
    assert (keys(view), view.ways) == ({a(0), b(0), a(2), a(3)}, 1)


@pytest.mark.parametrize("text", ["concept:field.school", "Schule", "SCHOOL"])
def test_a_field_can_be_started_from_by_its_key_or_its_name_in_either_language(text):
    names = load_vocabulary().find("field", "school")
    assert names is not None
    wanted = {"Schule": names.label_de, "SCHOOL": names.label_en.upper()}.get(text, text)
    assert find_anything(small(), wanted) == concept_key("field", "school")
    assert keys(view_of(start=concept_key("field", "school"))) == {concept_key("field", "school"), b(0)}


def test_what_nothing_is_called_is_not_found_among_the_terms_either():
    with pytest.raises(NotFound):
        find_anything(small(), "Niemandsland")


def test_kinds_field_and_year_filter():
    assert keys(view_of(start=a(0), labels=frozenset({Label.ALLIANCE}))) == {a(0), b(0)}
    assert keys(view_of(field="school")) == {a(0), a(1), a(2), b(0)}
    assert keys(view_of(year=2016)) == {a(2), a(3)}
    assert keys(view_of(year=2014)) == set()
    assert keys(view_of(year=2022)) == {a(2), a(3)}
    with pytest.raises(NotFound):
        view_of(field="nothing")


def test_opening_adds_neighbours_and_hiding_takes_away():
    opened = view_of(start=a(0), depth=1, steps=(Step(Act.OPEN, b(0)),))
    assert keys(opened) == {a(0), a(1), a(2), b(0), TOWN}
    assert next(item for item in opened.items if item.key == b(0)).opened
    hidden = view_of(start=a(0), depth=1, steps=(Step(Act.OPEN, b(0)), Step(Act.HIDE, a(1))))
    assert keys(hidden) == keys(opened) - {a(1)}
    assert keys(view_of(start=a(0), steps=(Step(Act.HIDE, b(0)),))) == {a(0), TOWN}
    assert keys(view_of(steps=(Step(Act.OPEN, "actor:gone"),))) == keys(view_of())


def test_whoever_holds_pieces_together_is_named():
    view = view_of(types=frozenset({EdgeType.MEMBER_OF, EdgeType.COOPERATES_WITH}))
    assert [(each.key, each.cut) for each in view.holders] == [(a(2), 1)]


def test_strength_and_kind_of_a_relation_decide_how_it_is_drawn():
    view = view_of(start=a(3), depth=1)
    assert {line.type: line.strength for line in view.lines} == {EdgeType.COOPERATES_WITH: 3, EdgeType.LOCATED_IN: 1}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(networks(most=14), st.integers(1, 6), st.sampled_from([AreaBy.FIELD, AreaBy.COMMUNITY, AreaBy.KIND]))
def test_groups_lose_nobody_and_opening_one_tells_its_members_apart(projection, most, by):
    snapshot = seen(projection)
    whole = find_view(snapshot, ViewAsked(most=2000))
    grouped = find_view(snapshot, ViewAsked(most=most, by=by))
    assert sum(item.count for item in grouped.items) == grouped.nodes == whole.nodes
    assert grouped.keys() == whole.keys() == keys(whole)
    assert (grouped.edges, grouped.counts) == (whole.edges, whole.counts)
    for item in grouped.items:
        if item.label is None:
            opened = find_view(snapshot, ViewAsked(most=most, by=by, steps=(Step(Act.OPEN, item.key),)))
            assert opened.nodes == whole.nodes
            apart = len(opened.items) - sum(each.label is None for each in opened.items)
            before = len(grouped.items) - sum(each.label is None for each in grouped.items)
            assert apart - before == min(most, item.count)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(networks(most=14), st.sampled_from(Layout))
def test_a_picture_is_the_same_each_time_and_no_two_nodes_overlap(projection, layout):
    one, other = (find_view(seen(projection), ViewAsked(layout=layout)) for _ in range(2))
    places = [(item.x, item.y) for item in one.items]
    assert places == [(item.x, item.y) for item in other.items]
    assert all(x >= 0 and y >= 0 for x, y in places)
    for left, right in combinations(one.items, 2):
        apart = ((left.x - right.x) ** 2 + (left.y - right.y) ** 2) ** 0.5
        assert apart > 0.8 * (radius_of(left.size) + radius_of(right.size))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(networks(most=14))
def test_names_touch_neither_each_other_nor_a_node(projection):
    snapshot = seen(projection)
    told = ViewSpeaker(projection, Words("de"), find_view(snapshot, ViewAsked())).told()
    names = [(n.left, n.y - 11, n.left + n.wide, n.y + 3) for n in placed_names(told.nodes, told.lines)]
    assert not told.nodes or names
    for (x0, y0, x1, y1), (left, top, right, bottom) in combinations(names, 2):
        assert x1 <= left or right <= x0 or y1 <= top or bottom <= y0


def star(rays: int, middle: str = "Prozessbegleitung für den Weg in Ausbildung") -> ToldView:
    """One that works with many around it."""
    projection = projection_of(
        Actor(key=a("z"), name=middle), *actors(rays), *(cooperates(a("z"), a(i)) for i in range(rays))
    )
    return ViewSpeaker(projection, Words("de"), find_view(seen(projection), ViewAsked(most=500))).told()


def at_node(told: ToldView, key: str) -> int:
    return next(i for i, node in enumerate(told.nodes) if node.key == key)


@pytest.mark.parametrize("rays", [3, 10, 40, 200])
def test_the_largest_has_its_name_however_many_stand_around_it(rays):
    told = star(rays)
    first = next(iter(placed_names(told.nodes, told.lines)))
    assert told.nodes[at_node(told, a("z"))].short.startswith(first.text.rstrip("…"))


def test_whoever_is_chosen_has_a_name():
    told = star(200)
    usual = {name.text for name in placed_names(told.nodes, told.lines)}
    nameless = next(i for i, node in enumerate(told.nodes) if node.short not in usual)
    assert next(iter(placed_names(told.nodes, told.lines, chosen=nameless))).text == told.nodes[nameless].short


def placed(told: ToldView, **at: tuple[float, float]) -> tuple[ToldNode, ...]:
    """The nodes of a picture, put elsewhere."""
    where = {a(name.removeprefix("n")): place for name, place in at.items()}
    return tuple(replace(node, x=where[node.key][0], y=where[node.key][1]) for node in told.nodes if node.key in where)


def test_names_stay_off_lines_where_they_can_and_leave_air_around_others():
    told = star(1, "Mitte")
    nodes = placed(told, nz=(300.0, 300.0), n0=(500.0, 300.0))
    [at] = [i for i, node in enumerate(nodes) if node.key == a("z")]
    names = list(placed_names(nodes, told.lines))
    middle = next(name for name in names if name.text == nodes[at].short)
    assert middle.left + middle.wide <= 300 or not (middle.y - 11 < 300 < middle.y + 3)
    for name in names:
        for node in nodes:
            r = radius_of(node.size)
            inside = name.left < node.x + r + 6 and node.x - r - 6 < name.left + name.wide
            assert node.short == name.text or not (inside and name.y - 11 < node.y + r and node.y - r < name.y + 3)


def test_a_practice_of_several_places_stands_in_their_middle_on_the_map_of_the_country():
    towns = [
        Municipality(
            key=municipality_key(f"9000{i // 20 + 1}{i % 20:03}"),
            name=f"Ort {i}",
            level=Level.MUNICIPALITY,
            longitude=9 + (i % 20) / 5,
            latitude=48 + (i // 20) / 5,
        )
        for i in range(300)
    ]
    practice = Practice(key=NodeKey.of(Label.PRACTICE, "p"), name="Paten")
    far = [towns[0], towns[299]]
    projection = projection_of(*towns, practice, *(edge(EdgeType.APPLIED_IN, practice.key, each.key) for each in far))
    view = find_view(seen(projection), ViewAsked(layout=Layout.MAP))
    at = {item.key: (item.x, item.y) for item in view.items}
    middle = tuple(sum(at[each.key][axis] for each in far) / 2 for axis in range(2))
    assert at[practice.key] == pytest.approx(middle, abs=15)
    [ring] = view.land
    assert min(x for x, _ in ring) < min(x for x, _ in at.values())
    picture = draw_view(ViewSpeaker(projection, Words("de"), view).told(), Words("de"))
    assert 'class="land"' in picture


def test_on_the_map_things_stand_where_they_are():
    view = view_of(start=DISTRICT, depth=1, layout=Layout.MAP)
    at = {item.key: (item.x, item.y) for item in view.items}
    assert at[TOWN][0] > at[DISTRICT][0]
    assert at[TOWN][1] < at[DISTRICT][1]


def test_a_state_so_large_that_its_districts_are_groups_is_told_as_any_other():
    state = municipality_key("90")
    districts = [Municipality(key=municipality_key(f"9000{i}"), name=f"Kreis {i}", level=Level.DISTRICT) for i in "123"]
    projection = projection_of(
        Municipality(key=state, name="Land", level=Level.STATE), *districts, *actors(9),
        *(edge(EdgeType.PART_OF, each.key, state) for each in districts),
        *(edge(EdgeType.LOCATED_IN, a(i), districts[i % 3].key) for i in range(9)),
    )  # fmt: skip
    view = find_view(seen(projection), ViewAsked(start=state, most=5, by=AreaBy.DISTRICT))
    speaker = ViewSpeaker(projection, Words("de"), view)
    told = speaker.told()
    assert {each.word for each in told.nodes} >= {"Gruppe", "Kommune"}
    assert {(row["source"], row["relation"], row["target"]) for row in line_rows(told, speaker)} >= {
        (f"Kreis {i}", "gehört zu", "Land") for i in "123"
    }


def test_sizes_follow_the_chosen_measure():
    even = view_of(size=Size.EVEN)
    assert len({item.size for item in even.items}) == 1
    by_ties = {item.key: item.size for item in view_of(size=Size.TIES).items}
    assert by_ties[b(0)] == 1.0 > by_ties[a(1)]


# --- the page ---


@pytest.fixture
def client(kompass, store: str, package: Path, tmp_path: Path) -> FlaskClient:
    tables = {
        "actors": "key,name,municipality\none,Verein <b>Eins</b>,90001\ntwo,Verein Zwei,90001\nthree,Drei,90003\n",
        "alliances": "key,name,municipalities\nall,Bündnis für alle,90001\n",
        "memberships": "actor,alliance\none,all\ntwo,all\n",
        "cooperations": "actor_a,actor_b\ntwo,three\n",
    }
    description = json.loads((package / "datapackage.json").read_text("utf-8"))
    for name, rows in tables.items():
        (package / f"{name}.csv").write_text(rows, encoding="utf-8")
        description["resources"].append({"name": name, "path": f"{name}.csv"})
    (package / "datapackage.json").write_text(json.dumps(description), encoding="utf-8")
    kompass("import", "package", str(package))
    return create_app(Settings(store=store, cache=tmp_path)).test_client()


def text(client: FlaskClient, path: str, **headers: str) -> str:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, answer.status
    return answer.get_data(as_text=True)


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
    places = "key,name,level,kind\n90801,Bärau,district,landkreis\n90802,Bärau,district,kreisfreie_stadt\n"
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


def test_the_same_view_is_told_over_http(client):
    told = client.get("/api/v1/network/view?start=actor:one").json
    assert {node["key"] for node in told["nodes"]} == {"actor:one", "actor:two", "alliance:all", "municipality:90001"}
    assert escape(told["sentence"]) in text(client, "/network?start=actor:one")
    assert all(0 <= line[end] < len(told["nodes"]) for line in told["lines"] for end in ("source", "target"))


def test_the_picture_leaves_as_a_file_of_its_own(client):
    answer = client.get("/network/export/svg?start=actor:one")
    root = ET.fromstring(answer.data)
    assert answer.mimetype == "image/svg+xml"
    assert not [each for each in root.iter() if "class" in each.attrib or each.tag.endswith("style")]
    assert "Bündnis für alle" in "".join(root.itertext())


def test_the_legend_of_a_file_stands_in_columns_and_within_it():
    told = star(8, "Mitte")
    nodes = tuple(
        replace(node, x=30.0 * i, y=40.0, short="", brief="", word=f"Art, die {i} heißt" + "!" * i)
        for i, node in enumerate(told.nodes)
    )
    root = ET.fromstring(str(draw_view(replace(told, nodes=nodes), Words("de"), alone=True)))
    left, top, wide, high = (float(each) for each in root.attrib["viewBox"].split())
    found = [each for each in root.iter() if (each.text or "").startswith("Art, die")]
    words = [(each.text or "", float(each.attrib["x"]), float(each.attrib["y"])) for each in found if each.attrib]
    assert len(words) == 9
    assert all(left <= x and x + len(word) * LETTER <= left + wide and top < y < top + high for word, x, y in words)
    rows, columns = (len({word[axis] for word in words}) for axis in (2, 1))
    assert rows > 1
    assert columns == -(-9 // rows)


def awarded(*, proven: int = 1, unproven: int = 2) -> Projection:
    """A town with practices, and with entries of which only an award is known."""
    known = [Practice(key=NodeKey.of(Label.PRACTICE, f"p{i}"), name=f"Lernpaten {i}") for i in range(proven)]
    known += [
        Practice(key=NodeKey.of(Label.PRACTICE, f"u{i}"), name=f"Preis {i}", evidence="none") for i in range(unproven)
    ]
    return projection_of(town("90001001", "Stadt"), *known, *(edge(EdgeType.APPLIED_IN, p.key, TOWN) for p in known))


def test_what_is_known_by_an_award_alone_has_a_hollow_sign_and_its_own_word():
    projection = awarded()
    speaker = ViewSpeaker(projection, Words("de"), find_view(seen(projection), ViewAsked()))
    told = speaker.told()
    assert {(each.key[:10], each.kind, each.word) for each in told.nodes if each.kind != "municipality"} == {
        ("practice:p", "practice", "Praxisansatz"),
        ("practice:u", "unproven", "Eintrag ohne Beleg"),
    }
    drawn = ET.fromstring(draw_view(told, Words("de"), alone=True))
    fills = [path.get("fill") for path in drawn.iter("{http://www.w3.org/2000/svg}path") if path.get("transform")]
    # three signs and one of the legend, filled or not as what they stand for
    assert (fills.count("#cc79a7"), fills.count("#ffffff")) == (2, 3)
    assert "Eintrag ohne Beleg" in [text.text for text in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert told.kinds[-1] == ("unproven", "Eintrag ohne Beleg")


def test_the_canvas_knows_every_sign_of_the_drawn_picture():
    sources = Path(network_picture.__file__).parents[1] / "web" / "src" / "network"
    for name in ("shapes.ts", "colours.ts"):
        known = re.search(r"= \[(.*)\];", (sources / name).read_text(encoding="utf-8"))
        assert known is not None, name
        assert set(json.loads(f"[{known[1]}]")) == set(network_picture.SHAPES), name


@pytest.mark.parametrize(
    ("proven", "unproven", "said"),
    [
        (1, 2, "3 Praxisansätze (2 davon ohne Beleg)"),
        (1, 1, "2 Praxisansätze (einer davon ohne Beleg)"),
        (0, 1, "ein Praxisansatz (ohne Beleg)"),
        (2, 0, "2 Praxisansätze, "),
    ],
)
def test_the_sentence_says_how_many_practices_are_without_evidence(proven, unproven, said):
    projection = awarded(proven=proven, unproven=unproven)
    for start in (None, TOWN):
        speaker = ViewSpeaker(projection, Words("de"), find_view(seen(projection), ViewAsked(start=start)))
        assert said in speaker.told().sentence


@pytest.mark.parametrize("form", ["gexf", "graphml", "package"])
def test_a_part_leaves_with_what_is_shown_alone(client, form, kompass, tmp_path):
    answer = client.get(f"/network/export/{form}?start=actor:one&types=MEMBER_OF&depth=1")
    assert answer.status_code == 200
    if form == "package":
        (tmp_path / "part.zip").write_bytes(answer.data)
        other = ["--store", f"sqlite:///{tmp_path / 'other.db'}"]
        kompass(*other, "import", "package", tmp_path / "part.zip")
        assert "Bündnis für alle" in kompass(*other, "network", "ego", "actor:one").stdout
        assert "Drei" not in kompass(*other, "network", "ego", "actor:one", "--depth", "3").stdout
    else:
        found = answer.get_data(as_text=True)
        assert "alliance:all" in found
        assert "actor:two" not in found


@pytest.mark.parametrize("few", [0, 3000])
def test_a_file_for_other_programs_holds_the_relations_that_are_shown_alone(client, few, monkeypatch):
    monkeypatch.setattr(network_export, "FEW", few)
    shown = view_types(client, "/network/export/graphml?start=actor:one&depth=3")
    assert {"MEMBER_OF", "COOPERATES_WITH", "LOCATED_IN"} <= shown
    assert view_types(client, "/network/export/graphml?start=actor:one&depth=3&types=MEMBER_OF") == {"MEMBER_OF"}


def view_types(client: FlaskClient, path: str) -> set[str]:
    graph = nx.parse_graphml(client.get(path).get_data(as_text=True))
    return {said["type"] for _, _, said in graph.edges(data=True)}


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


def test_a_form_that_does_not_exist_is_not_found(client):
    assert client.get("/network/export/docx").status_code == 404


def test_a_drawing_of_nothing_is_empty():
    view = find_view(seen(projection_of(*actors(2))), ViewAsked())
    told = ViewSpeaker(view.ties.projection, Words("en"), view).told()
    assert (draw_view(told, Words("en")), told.sentence) == ("", "")


def test_cooperation_without_strength_is_drawn_as_usual():
    projection = projection_of(*actors(2), edge(EdgeType.COOPERATES_WITH, a(0), a(1)), cooperates(a(0), a(1), "knows"))
    assert {line.strength for line in find_view(seen(projection), ViewAsked()).lines} <= {1, 2}


def test_nobody_waits_for_a_view_that_takes_long(monkeypatch):
    here, asked, go = seen(small()), ViewAsked(start=a(0)), Event()
    slow = network_view._Builder.view

    def view(self):
        assert go.wait(60)
        return slow(self)

    monkeypatch.setattr(network_view._Builder, "view", view)
    assert find_view_within(here, asked, 0.01) is None
    go.set()
    found = find_view_within(here, asked, 5)
    assert found is not None
    assert keys(found) == {a(0), a(1), a(2), b(0), TOWN}
    assert find_view_within(here, asked, 0) is found


def test_what_goes_wrong_meanwhile_is_told_to_whoever_waits():
    with pytest.raises(NotFound):
        find_view_within(seen(small()), ViewAsked(start=a(99)), 5)


def test_the_page_of_a_view_that_takes_long_says_so_and_looks_again(client, monkeypatch):
    monkeypatch.setattr(Views, "find_within", lambda *_: None)
    answer = client.get("/network?lang=de")
    assert (answer.status_code, answer.headers["Refresh"]) == (202, "3")
    assert "ETag" not in answer.headers
    assert "wird gerade ausgerechnet" in answer.text


PREPARED = {
    "/network/view": "api.questions.network_view._Builder.view",
    "/network/view?entry=brokers": "api.questions.network.find_brokers",
    "/network/communities": "api.questions.network.find_communities",
    "/network/communities/1": "api.questions.network.find_communities",
    "/network/aggregate?by=community": "api.questions.network.aggregate",
    "/network/brokers": "api.questions.network.find_brokers",
    "/network/fields": "api.questions.network.find_fields",
    "/network/duplicates": "api.questions.network.DuplicateMatcher.fit",
}


@pytest.mark.parametrize("path", PREPARED)
def test_a_program_that_asks_for_what_takes_long_is_told_when_to_ask_again_and_then_gets_it(client, path, monkeypatch):
    go = Event()
    where, _, name = PREPARED[path].rpartition(".")
    kind = resolve_name(where)
    usual = getattr(kind, name)

    def slow(*args, **options):
        assert go.wait(60)
        return usual(*args, **options)

    monkeypatch.setattr(kind, name, slow)
    monkeypatch.setattr("api.questions.underway.PATIENCE", 0.01)
    early = client.get(f"/api/v1{path}")
    assert (early.status_code, early.json["code"]) == (429, "too-many-requests")
    assert int(early.headers["Retry-After"]) > 0
    assert "ETag" not in early.headers
    go.set()
    monkeypatch.setattr("api.questions.underway.PATIENCE", 60)
    assert client.get(f"/api/v1{path}").status_code == 200


def test_a_file_of_a_view_that_takes_long_is_not_waited_for(client, monkeypatch):
    monkeypatch.setattr(Views, "find_within", lambda *_: None)
    answer = client.get("/network/export/svg")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "5")


def test_an_empty_choice_of_kinds_is_refused_by_the_service_and_left_out_by_the_page(client):
    for name in ("labels", "types"):
        for route in ("view?", "ego?node=actor:club&"):
            assert client.get(f"/api/v1/network/{route}{name}=").status_code == 422
        assert client.get(f"/network?{name}=", follow_redirects=True).status_code == 200
    kept = client.get("/network?labels=&labels=Actor")
    assert (kept.status_code, kept.headers["Location"]) == (303, "/network?labels=Actor")
    told = client.get("/network?labels=Actor").text
    assert "/api/v1/network/view?labels=Actor" in told


def test_the_sentence_says_what_was_left_out():
    view = view_of(
        start=a(0),
        labels=frozenset({Label.ALLIANCE, Label.ACTOR}),
        types=frozenset({EdgeType.MEMBER_OF}),
        year=2020,
        field="school",
        steps=(Step(Act.HIDE, a(1)),),
    )
    said = ViewSpeaker(small(), Words("en"), view).told().sentence
    assert "kinds Actor and Alliance; relations “is a member of”; state of 2020. One was hidden." in said
    assert "Limited to: field of action" in said
    assert "Limited" not in ViewSpeaker(small(), Words("en"), view_of(start=a(0))).told().sentence


def test_who_works_together_is_told_with_how_clearly():
    view = view_of(entry=Entry.COMMUNITIES)
    assert view.communities is not None
    told = ViewSpeaker(small(), Words("en"), view).told().sentence
    assert re.match(r"(One group works|2 groups work) together more than with others.* around Verein \d \(", told)
    clear = replace(view, communities=replace(view.communities, modularity=0.4))
    assert "hardly set apart" in told
    assert "hardly set apart" not in ViewSpeaker(small(), Words("en"), clear).told().sentence
    assert view_of().communities is None


def test_who_connects_is_named_with_how_much_and_how_sure_that_is():
    view = view_of(entry=Entry.BROKERS)
    told = ViewSpeaker(small(), Words("en"), view).told()
    assert told.sentence.startswith("Most shortest ways between others pass Verein 2 (50% of all pairs). ")
    assert "Estimated" not in told.sentence
    guessed = replace(view, brokers=replace(view.brokers, exact=False, samples=2))
    assert "Estimated from the ways from 2 of" in ViewSpeaker(small(), Words("en"), guessed).told().sentence

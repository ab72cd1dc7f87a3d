"""The picture of a view of the network: where signs and names stand, and what signs look like."""

import json
import re
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from network_graphs import a, actors, b, cooperates, edge, networks, projection_of
from network_views import DISTRICT, TOWN, awarded, find_view, seen, view_of

from api.language import Words
from api.pages import network_picture
from api.pages.network_labels import LETTER, placed_names
from api.pages.network_picture import draw_view
from api.questions.network_layout import Layout
from api.questions.network_scene import radius_of
from api.questions.network_shown import Size, ViewAsked
from api.words.network_views import ToldNode, ToldView, ViewSpeaker
from graph_service.keys import Label, NodeKey, municipality_key
from graph_service.model import Actor, EdgeType, Level, Municipality, Practice


def test_strength_and_kind_of_a_relation_decide_how_it_is_drawn():
    view = view_of(start=a(3), depth=1)
    assert {line.type: line.strength for line in view.lines} == {EdgeType.COOPERATES_WITH: 3, EdgeType.LOCATED_IN: 1}


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


def test_sizes_follow_the_chosen_measure():
    even = view_of(size=Size.EVEN)
    assert len({item.size for item in even.items}) == 1
    by_ties = {item.key: item.size for item in view_of(size=Size.TIES).items}
    assert by_ties[b(0)] == 1.0 > by_ties[a(1)]


# --- the page ---


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


def test_names_of_a_file_are_not_cut_off_where_wider_letters_stand_in_for_ours():
    projection = projection_of(*actors(8), *(cooperates(a(0), a(i)) for i in range(1, 8)))
    speaker = ViewSpeaker(projection, Words("de"), find_view(seen(projection), ViewAsked()))
    told = speaker.told()
    told = replace(told, nodes=tuple(replace(each, short="Gesundheitsamt Rems-Murr-Kreis") for each in told.nodes))
    root = ET.fromstring(draw_view(told, Words("de"), alone=True))
    left, _, wide, _ = (float(each) for each in root.attrib["viewBox"].split())
    names = [each for each in root.iter() if each.text == "Gesundheitsamt Rems-Murr-Kreis"]
    assert len(names) == 8
    for name in names:
        # as wide as in DejaVu Sans
        reach, x = 7.4 * len(name.text or ""), float(name.attrib["x"])
        start = x - {"start": 0.0, "middle": 0.5, "end": 1.0}[name.attrib["text-anchor"]] * reach
        assert left <= start <= start + reach <= left + wide


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


def test_a_drawing_of_nothing_is_empty():
    view = find_view(seen(projection_of(*actors(2))), ViewAsked())
    told = ViewSpeaker(view.ties.projection, Words("en"), view).told()
    assert (draw_view(told, Words("en")), told.sentence) == ("", "")


def test_cooperation_without_strength_is_drawn_as_usual():
    projection = projection_of(*actors(2), edge(EdgeType.COOPERATES_WITH, a(0), a(1)), cooperates(a(0), a(1), "knows"))
    assert {line.strength for line in find_view(seen(projection), ViewAsked()).lines} <= {1, 2}

"""Names in the picture of the network: what is left of long ones, whose comes first, and where they stand."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.pages.network_labels import order_of
from api.pages.network_placing import Spot, place_names
from api.words.network_short import BRIEF, LONGEST, in_pictures, left_to_neighbours, shortened

SHARED = json.loads(Path(__file__, "../../../api/web/tests/names.json").resolve().read_text(encoding="utf-8"))
"""Cases that the script's picture is held to, too."""


def said(case: dict[str, object]) -> str:
    return str(case["says"])


@pytest.mark.parametrize("case", SHARED["names"], ids=said)
def test_names_are_placed_as_the_script_does(case):
    spots = [Spot(*each) for each in case["spots"]]
    lines = [tuple(each) for each in case["lines"]]
    placed = place_names(spots, lines, case["height"], case["most"], tuple(case["bounds"]))
    assert [[each.index, round(each.x, 3), round(each.y, 3), each.brief] for each in placed] == case["names"]


@pytest.mark.parametrize("case", SHARED["order"], ids=said)
def test_nodes_are_ordered_as_the_script_does(case):
    nodes = [SimpleNamespace(**each) for each in case["nodes"]]
    order = order_of(nodes, [tuple(each) for each in case["lines"]], case["chosen"])
    assert [list(order.nodes), list(order.pieces)] == [case["order"], case["pieces"]]


def test_every_pair_has_a_name_where_there_is_room_for_one():
    pairs = [(80.0 + 300 * (i % 2), 20.0 * (i // 2)) for i in range(40)]
    spots = [
        Spot(x + 40 * end, y, 6, 150 if end else 60, 120 if end else 60, piece)
        for end in (0, 1)
        for piece, (x, y) in enumerate(pairs)
    ]
    named = {spots[each.index].piece for each in place_names(spots, (), 14, 400)}
    assert named == set(range(40))


AWARD = "Ausgezeichnete Integrationsstrategie:"


def test_names_that_begin_alike_keep_how_they_begin_and_what_tells_them_apart():
    towns = ["Neuss", "Osnabrück", "Landkreis Osnabrück", "Landkreis Oberspreewald-Lausitz"]
    names = [f"{AWARD} {town}" for town in towns]
    assert shortened(names) == [
        "Ausgezeichnete Integrations… Neuss",
        "Ausgezeichnete Integrat… Osnabrück",
        "Ausgezeichnete… Lkr. Osnabrück",
        "Ausgez… Lkr. Oberspreewald-Lausitz",
    ]
    assert shortened(names, BRIEF) == [
        "Ausgezeichnet… Neuss",
        "Ausgezeic… Osnabrück",
        "Ausgez… Lkr. Osnabr…",
        "Ausgez… Lkr. Obersp…",
    ]


def test_a_place_is_never_left_alone():
    towns = ["Alheim", "Henstedt-Ulzburg", "Schwäbisch Gmünd", "Ulm"]
    for longest in (BRIEF, LONGEST):
        assert all(each.startswith("Ausgez") for each in shortened([f"{AWARD} {town}" for town in towns], longest))


def test_legal_forms_and_brackets_go_before_anything_is_cut():
    names = ["Caritasverband Rems e. V.", "Lernhaus gGmbH (anerkannter Träger)", "Jugendwerk e. V."]
    assert shortened(names, BRIEF) == ["Caritasverband Rems", "Lernhaus", "Jugendwerk e. V."]
    assert shortened(names) == ["Caritasverband Rems e. V.", "Lernhaus (anerkannter Träger)", "Jugendwerk e. V."]


def test_what_tells_two_apart_stays_even_if_it_is_a_legal_form_or_in_brackets():
    names = ["Familienzentrum Mitte (Nord)", "Familienzentrum Mitte (Süd)"]
    assert len(set(shortened(names, BRIEF))) == 2
    legal = ["Arbeiterwohlfahrt Hanau e. V.", "Arbeiterwohlfahrt Hanau gGmbH"]
    assert len(set(shortened(legal, BRIEF))) == 2


def test_brackets_of_a_place_stay_as_they_tell_which_one_is_meant():
    names = ["Ravensburg (Landkreis)", "Berg bei Neumarkt (Oberpfalz)"]
    assert shortened(names, BRIEF, places=names) == ["Ravensburg (Lkr.)", "Berg bei Neumarkt…"]
    assert shortened(["Konzept des Landkreises und im Landkreis entwickelt"], 44)[0].startswith("Konzept des Landkreis")


def test_one_picture_writes_districts_in_one_form():
    towns = ["Olpe (Landkreis)", "Regensburg (Landkreis)", "Kleve (Kreis)", "Regensburg (Stadt)"]
    practices = [f"{AWARD} Landkreis München", f"{AWARD} Hanau"]
    full, brief = in_pictures([*towns, *practices], towns)
    short = ["Olpe (Lkr.)", "Regensburg (Lkr.)", "Kleve (Kreis)", "Regensburg (Stadt)"]
    assert full == [*short, "Ausgezeichnete Integ… Lkr. München", "Ausgezeichnete Integrations… Hanau"]
    assert brief[:4] == short
    assert in_pictures(["Olpe (Landkreis)", "Kleve (Kreis)"])[0] == ["Olpe (Landkreis)", "Kleve (Kreis)"]


def test_a_name_ends_in_no_scrap_and_no_word_that_only_leads_on():
    names = ["Sprachcafé Café Lingua Mitte", "Prozessbegleitung für die Integration", "Welcome: Fremde werden Freunde"]
    assert shortened(names, BRIEF) == ["Sprachcafé Café…", "Prozessbegleitung…", "Welcome: Fremde…"]


@given(st.lists(st.text(st.sampled_from("aAbä (-)."), max_size=60), max_size=12), st.sampled_from([BRIEF, LONGEST]))
def test_no_name_is_too_long_and_short_ones_stay_as_they_are(names, longest):
    for name, short in zip(names, shortened(names, longest), strict=True):
        assert len(short) <= longest
        assert short == name if len(name) <= longest else short


def test_a_place_that_stands_beside_a_name_is_not_squeezed_into_it():
    names = [
        f"Ausgezeichnete Integrationsstrategie: {each}" for each in ("Henstedt-Ulzburg", "Landkreis Osnabrück", "Ort")
    ]
    names += ["Henstedt-Ulzburg", "Osnabrück (Landkreis)", "Ort", "Kiel-Kompass", "Kiel"]
    _, brief = in_pictures(names, names[3:6])
    beside = {0: 3, 1: 4, 6: 7}
    found = left_to_neighbours(names, brief, BRIEF, beside)
    assert found[:2] == ["Ausgezeichnete Inte…"] * 2
    assert found[2:] == brief[2:], "without a neighbour, or in full, a name stays"

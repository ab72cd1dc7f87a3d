"""Searching finds what people mean: by name, code, misspelling, former name, and words in a description."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from towns import Relation, Town, projection

from api.questions.search_index import SearchIndex
from api.questions.searched import How, SearchAsked, SearchFound
from graph_service.errors import InvalidValue
from graph_service.keys import Label
from graph_service.model import EdgeType, Level
from graph_service.projection import Projection
from matching.naming.namesakes import namesakes

TOWNS = (
    Town("08", "Baden-Württemberg", Level.STATE, population=11e6, kind="bundesland"),
    Town("08116", "Esslingen", parent="08", population=540e3, kind="landkreis"),
    Town("08116019", "Esslingen am Neckar, Stadt", Level.MUNICIPALITY, "08116", 94e3, "kreisangehoerige-stadt"),
    Town("08119", "Rems-Murr-Kreis", parent="08", population=430e3, kind="landkreis"),
    Town("08119900", "Remse", Level.MUNICIPALITY, "08119", 1700, "gemeinde"),
    Town("03152", "Göttingen (alt)", population=250e3, kind="landkreis", valid_until="2016-10-31"),
    Town("03159", "Göttingen", population=320e3, kind="landkreis"),
    Town("09163", "Rosenheim", population=64e3, kind="kreisfreie-stadt"),
    Town("09187", "Rosenheim", population=260e3, kind="landkreis"),
    Town("11", "Berlin", Level.STATE, population=3.7e6, kind="stadtstaat"),
    Town("11000", "Berlin, Stadt", parent="11", population=3.7e6, kind="kreisfreie-stadt"),
    Town("11000000", "Berlin, Stadt", Level.MUNICIPALITY, "11000", 3.7e6, "kreisfreie-stadt"),
)
RELATIONS = (
    Relation(EdgeType.SUCCEEDED_BY, "municipality:03152", "municipality:03159"),
    Relation(EdgeType.LOCATED_IN, "actor:jugendamt-08119", "municipality:08119"),
)
OTHERS = {
    "actor:jugendamt-08119": "Jugendamt Rems-Murr-Kreis",
    "practice:paten": "Ausbildungspaten begleiten den Übergang in den Beruf",
    "concept:challenge.housing": "Wohnraum",
    "concept:sector.education": "Bildung",
}


@pytest.fixture(scope="module")
def country() -> Projection:
    return projection(TOWNS, {}, (), RELATIONS, OTHERS)


def keys(found: SearchFound) -> list[str]:
    return [hit.key.partition(":")[2] for hit in found.hits]


def ask(country: Projection, text: str, labels: Sequence[Label] = (), limit: int = 20) -> SearchFound:
    asked = SearchAsked(text=text, labels=frozenset(labels or SearchAsked(text="").labels), limit=limit)
    return SearchIndex(country).find(asked)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("Rems-Murr-Kreis", "08119"),
        ("rems murr", "08119"),
        ("murr", "08119"),
        ("08119", "08119"),
        ("081160019019", "08116019"),
        ("municipality:08119", "08119"),
        ("Goettingen", "03159"),
        ("Gottingen", "03159"),
        ("Göttnigen", "03159"),
        ("Kreis Rosenheim", "09187"),
        ("Rosenheim Stadt", "09163"),
        ("Jugendamt Rems", "jugendamt-08119"),
        ("Übergang in den Beruf", "paten"),
        ("Wohnraum", "challenge.housing"),
    ],
)
def test_what_is_meant_comes_first(country, typed, first):
    assert keys(ask(country, typed))[0] == first


def test_a_district_comes_before_a_village_whose_name_begins_alike(country):
    assert keys(ask(country, "Rems"))[:2] == ["08119", "08119900"]


def test_an_area_on_several_levels_is_one_place(country):
    assert keys(ask(country, "Berlin", [Label.MUNICIPALITY])) == ["11000"]


def test_a_district_and_the_town_of_its_name_are_two(country):
    assert set(keys(ask(country, "Esslingen"))) == {"08116", "08116019"}


def test_a_former_name_says_what_it_became(country):
    (hit,) = (hit for hit in ask(country, "Göttingen (alt)").hits if hit.how is How.NAME)
    assert (hit.until, hit.now_name) == ("2016-10-31", "Göttingen")


def test_only_one_certain_hit_is_sure(country):
    assert ask(country, "Rems-Murr-Kreis").sure.key.local == "08119"
    assert ask(country, "08119").sure.key.local == "08119"
    assert ask(country, "Rosenheim").sure is None
    assert ask(country, "Rem").sure is None


def test_a_hit_says_where_it_is(country):
    (hit,) = ask(country, "Jugendamt Rems").hits
    assert hit.within == ("Rems-Murr-Kreis",)
    assert ask(country, "Esslingen am Neckar").hits[0].within == ("Esslingen", "Baden-Württemberg")


def test_only_the_kinds_asked_for_are_told(country):
    found = ask(country, "Rems", [Label.ACTOR])
    assert [hit.key.label for hit in found.hits] == [Label.ACTOR]


def test_one_kind_of_record_does_not_crowd_out_others(country):
    found = SearchIndex(country).find(SearchAsked(text="Rems", most_each=1))
    assert [hit.key.label for hit in found.hits] == [Label.MUNICIPALITY, Label.ACTOR]
    assert found.more == (Label.MUNICIPALITY,)


def test_terms_that_nobody_looks_for_are_left_out(country):
    assert ask(country, "Bildung", [Label.CONCEPT]).hits == ()


def test_groups_begin_with_the_kind_of_the_surest_hit(country):
    groups = ask(country, "Jugendamt Rems-Murr-Kreis").by_label()
    assert groups[0][0] is Label.ACTOR


@pytest.mark.parametrize("nothing", ["", "   ", "???", "xyzzy plugh"])
def test_what_nothing_fits_finds_nothing(country, nothing):
    assert ask(country, nothing).hits == ()


def test_a_text_that_nobody_types_is_refused():
    with pytest.raises(InvalidValue):
        SearchAsked(text="a" * 201)


@given(st.text(max_size=200))
def test_any_text_is_answered_in_order_and_each_record_once(text):
    found = ask(projection(TOWNS, {}, (), RELATIONS, OTHERS), text, limit=5)
    assert len(found.hits) <= 5
    assert len({hit.key for hit in found.hits}) == len(found.hits)
    assert all(0 < hit.score <= 1 for hit in found.hits)


def test_areas_that_are_parts_of_one_another_do_not_lead_round_for_ever():
    found = projection((Town("08116", "Ort", parent="08119"), Town("08119", "Ort", parent="08116")), {}, ())
    assert len(namesakes(found)) <= 2
    assert SearchIndex(found).find(SearchAsked(text="Ort")).hits

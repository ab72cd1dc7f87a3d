"""The network as it is looked at: what belongs to a view, and what is said of it."""

import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from network_graphs import a, actors, b, edge, networks, projection_of
from network_views import DISTRICT, TOWN, awarded, find_view, keys, seen, small, view_of

from api.language import Words
from api.pages.network_lists import line_rows
from api.questions.network import find_anything
from api.questions.network_groups import AreaBy
from api.questions.network_shown import Act, Entry, Step, ViewAsked
from api.words.network_views import ViewSpeaker
from graph_service.errors import NotFound
from graph_service.keys import Label, concept_key, municipality_key
from graph_service.model import EdgeType, Level, Municipality
from graph_service.vocabulary import load_vocabulary


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

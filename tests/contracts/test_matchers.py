"""What every matcher promises: tried on peers through each distance, with and without hub control."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from towns import Town, matrix

from graph_service.keys import NodeKey, municipality_key
from graph_service.projection import Projection
from matching.peers.lens import EVERYTHING, Distance, Filters, Lens, LensIndicator
from matching.peers.matcher import PeerMatcher, PeerQuestion, PeerRanker, PeerSuggestion

FIRST = municipality_key("t00")

LENSES = {
    **{distance.value: replace(EVERYTHING, distance=distance) for distance in Distance},
    "hub control": replace(EVERYTHING, hub_control=0.2),
}
NUMBER = st.one_of(
    st.just(float("nan")),
    st.integers(-3, 3).map(float),
    st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 3)),
)


@st.composite
def tables(draw: st.DrawFn, least: int = 2) -> list[list[float]]:
    """Values of a few municipalities, with gaps, ties and outliers."""
    columns = draw(st.integers(1, 5))
    row = st.lists(NUMBER, min_size=columns, max_size=columns)
    return draw(st.lists(row, min_size=least, max_size=9))


def ranker(values: list[list[float]] | Projection, lens: Lens) -> PeerRanker:
    """The matcher fitted to a table."""
    return PeerMatcher(lens).fit(values if isinstance(values, Projection) else matrix(values))


def suggest(values: list[list[float]], lens: Lens, key: NodeKey = FIRST, limit: int = 99) -> list[PeerSuggestion]:
    """Everybody in order."""
    return ranker(values, lens).suggest(PeerQuestion(key), limit=limit)


@pytest.fixture(params=list(LENSES))
def lens(request: pytest.FixtureRequest) -> Lens:
    """Each way to rank."""
    return LENSES[request.param]


def each_lens(name: str) -> Lens:
    return LENSES[name]


lenses = st.sampled_from(sorted(LENSES)).map(each_lens)
few = settings(max_examples=120, deadline=None)


@few
@given(tables(), lenses)
def test_every_score_is_the_sum_of_its_reasons_and_lies_between_0_and_1(values: list[list[float]], lens: Lens) -> None:
    for found in suggest(values, lens):
        assert found.score == pytest.approx(sum(c.amount for c in found.contributions), abs=1e-9)
        assert -1e-9 <= found.score <= 1 + 1e-9
        assert [c.amount for c in found.contributions] == sorted((c.amount for c in found.contributions), reverse=True)


@few
@given(tables(), lenses)
def test_no_reason_adds_more_than_is_possible_and_what_is_possible_sums_to_1(
    values: list[list[float]], lens: Lens
) -> None:
    for found in suggest(values, lens):
        assert all(-1e-9 <= c.amount <= (c.possible or 0) + 1e-9 for c in found.contributions)
        assert sum(c.possible or 0 for c in found.contributions) == pytest.approx(1, abs=1e-9)


@few
@given(tables(), lenses)
def test_nobody_is_suggested_to_itself_or_twice(values: list[list[float]], lens: Lens) -> None:
    keys = [found.key for found in suggest(values, lens)]
    assert FIRST not in keys
    assert len(set(keys)) == len(keys)


@few
@given(tables(), lenses)
def test_best_first_and_ties_by_key(values: list[list[float]], lens: Lens) -> None:
    order = [(-round(found.score, 12), found.key) for found in suggest(values, lens)]
    assert order == sorted(order)


@few
@given(tables(), lenses, st.integers(0, 4))
def test_a_shorter_list_is_the_beginning_of_a_longer_one(values: list[list[float]], lens: Lens, limit: int) -> None:
    keys = [found.key for found in suggest(values, lens)]
    assert [found.key for found in suggest(values, lens, limit=limit)] == keys[:limit]


@few
@given(tables(), lenses, st.randoms(use_true_random=False))
def test_the_order_of_rows_and_indicators_does_not_matter(
    values: list[list[float]], lens: Lens, chance: "np.random.Generator"
) -> None:
    rows, columns = list(range(1, len(values))), list(range(len(values[0])))
    chance.shuffle(rows)
    chance.shuffle(columns)
    moved = [[values[i][j] for j in columns] for i in [0, *rows]]
    old = {found.key: found.score for found in suggest(values, lens)}
    new = {found.key: found.score for found in suggest(moved, lens)}
    renamed = {municipality_key(f"t{[0, *rows].index(int(key[-2:])):02}"): score for key, score in old.items()}
    assert new == pytest.approx(renamed, abs=1e-9)


@few
@given(tables(), lenses)
def test_a_value_that_goes_missing_never_counts_as_agreement(values: list[list[float]], lens: Lens) -> None:
    for found in suggest(values, lens):
        known = {c.feature for c in found.contributions} - {"reach"}
        assert known.isdisjoint(found.unknown)
        row = values[int(found.key[-2:])]
        both = {f"i{j:02}" for j, (a, b) in enumerate(zip(values[0], row, strict=True)) if a == a and b == b}
        assert known <= both


@few
@given(tables(), st.sampled_from([0.5, 3.0, 1000.0]))
def test_scaling_all_weights_changes_nothing(values: list[list[float]], factor: float) -> None:
    def weighed(by: float) -> Lens:
        each = tuple(LensIndicator(f"i{j:02}", by * (j + 1)) for j in range(len(values[0])))
        return Lens(id="own", indicators=each)

    one, other = suggest(values, weighed(1)), suggest(values, weighed(factor))
    assert [found.key for found in one] == [found.key for found in other]
    assert [found.score for found in one] == pytest.approx([found.score for found in other], abs=1e-9)


@few
@given(tables())
def test_a_weight_of_zero_is_the_same_as_no_such_indicator(values: list[list[float]]) -> None:
    all_of_them = tuple(LensIndicator(f"i{j:02}", 1.0 if j == 0 else 0.0) for j in range(len(values[0])))
    one = suggest(values, Lens(id="own", indicators=all_of_them))
    other = suggest(values, Lens(id="own", indicators=all_of_them[:1]))
    assert [(f.key, f.score, f.contributions) for f in one] == [(f.key, f.score, f.contributions) for f in other]


@few
@given(tables(least=3), lenses)
def test_areas_within_one_another_are_never_peers(values: list[list[float]], lens: Lens) -> None:
    towns = [Town(f"t{i:02}", parent="t01" if i in (0, 2) else "") for i in range(len(values))]
    found = ranker(matrix(values, towns=towns), lens)
    assert municipality_key("t01") not in {s.key for s in found.suggest(PeerQuestion(FIRST), limit=99)}
    inside = {s.key for s in found.suggest(PeerQuestion(municipality_key("t01")), limit=99)}
    assert inside.isdisjoint({FIRST, municipality_key("t02")})


@few
@given(tables(), lenses)
def test_everybodys_peers_are_those_of_single_questions(values: list[list[float]], lens: Lens) -> None:
    fitted = ranker(values, lens)
    everybody = fitted.all(None, limit=3)
    keys = [municipality_key(f"t{i:02}") for i in range(len(values))]
    for row, peers, scores in zip(everybody.rows, everybody.peers, everybody.scores, strict=True):
        single = fitted.suggest(PeerQuestion(keys[row]), limit=3)
        assert [keys[peer] for peer in peers if peer >= 0] == [found.key for found in single]
        assert [s for s in scores if s == s] == pytest.approx([found.score for found in single], abs=1e-9)


@few
@given(tables(), lenses)
def test_an_explanation_says_what_the_list_says(values: list[list[float]], lens: Lens) -> None:
    fitted = ranker(values, lens)
    for found in fitted.suggest(PeerQuestion(FIRST), limit=99):
        alone = fitted.explain(PeerQuestion(FIRST), found.key)
        assert alone.rank == found.rank
        assert alone.score == pytest.approx(found.score, abs=1e-12)
        assert alone.contributions == found.contributions


def test_who_knows_less_than_the_minimum_coverage_is_not_suggested(lens: Lens) -> None:
    nan = float("nan")
    values = [[1.0, 2.0, 3.0], [1.1, nan, nan], [1.2, 2.1, nan], [5.0, 9.0, 1.0]]
    strict = replace(lens, filters=Filters(any_level=True, min_coverage=0.5))
    keys = {found.key for found in suggest(values, strict)}
    assert municipality_key("t01") not in keys
    assert municipality_key("t03") in keys

"""Every way to score gives the same peers: arrays, the loop as it is written, and the loop as machine code."""

import subprocess
import sys
from dataclasses import replace
from threading import Event

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from towns import Town, matrix

from graph_service.keys import municipality_key
from matching.peers import kernel, loop
from matching.peers.kernel import Kernel
from matching.peers.lens import EVERYTHING, Distance, Filters, Lens, LensIndicator
from matching.peers.loop import Compiler, Loop, Single
from matching.peers.matcher import PeerMatcher, PeerQuestion, PeerRanker
from matching.peers.table import Table

NAN = float("nan")
NEVER = 10**18


def made(make: Loop) -> Compiler:
    """A compiler that is ready."""
    compiler = Compiler(lambda: make, worth=0)
    assert compiler.ready()
    return compiler


@pytest.fixture(params=["arrays", "loop", "machine code"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Have all scores computed in one way."""
    if request.param == "arrays":
        compiler = Compiler(worth=NEVER)
    elif request.param == "loop":
        compiler = made(loop.score)
    else:
        pytest.importorskip("numba")
        compiler = made(loop.compiled())
    monkeypatch.setattr(kernel, "COMPILER", compiler)
    return request.param


def plainly(table: Table, row: int, least: float, mask: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> list[int]:
    """Everybody's order by the formula, one number after the other."""
    share = table.lens.hub_control
    scores = {}
    for other in np.flatnonzero(mask).tolist():
        total = known = 0.0
        for a, b, weight, bend in zip(
            table.scaled[row], table.scaled[other], table.weights, table.kernel.bend, strict=True
        ):
            if a == a and b == b:
                total += weight * (1 - (1 - bend) * abs(a - b) - bend * (a - b) ** 2)
                known += weight
        if known >= max(least - 1e-9, 1e-9):
            scores[other] = (1 - share) * total / known + (share * (1 - table.reach[other]) if share else 0)
    return sorted(scores, key=lambda other: (-round(scores[other], 10), other))


NUMBER = st.one_of(st.just(NAN), st.integers(0, 3).map(float), st.integers(0, 2000).map(lambda x: x / 7))


@st.composite
def questions(draw: st.DrawFn) -> tuple[list[list[float]], Lens]:
    """More municipalities than are looked at closely, with gaps and ties, and a way to compare them."""
    columns = draw(st.integers(1, 9))
    row = st.lists(NUMBER, min_size=columns, max_size=columns)
    distinct = draw(st.lists(row, min_size=2, max_size=12))
    values = [distinct[i] for i in draw(st.lists(st.integers(0, len(distinct) - 1), min_size=14, max_size=40))]
    weights = draw(st.lists(st.sampled_from([0.0, 0.5, 1.0, 7.0]), min_size=columns, max_size=columns))
    weights[0] = 1.0
    lens = Lens(id="own", indicators=tuple(LensIndicator(f"i{j:02}", w) for j, w in enumerate(weights)))
    filters = Filters(
        any_level=True,
        min_coverage=draw(st.sampled_from([0.0, 0.3, 0.7])),
        population=draw(st.sampled_from([None, (0.5, 2.0)])),
    )
    hubs = draw(st.sampled_from([0.0, 0.3]))
    return values, replace(lens, distance=draw(st.sampled_from(list(Distance))), filters=filters, hub_control=hubs)


def fitted(values: list[list[float]], lens: Lens) -> PeerRanker:
    """The matcher fitted to municipalities of two sizes."""
    towns = [Town(f"t{i:02}", population=100 if i % 3 else 1000) for i in range(len(values))]
    return PeerMatcher(lens).fit(matrix(values, towns=towns))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(questions(), st.integers(1, 5))
def test_the_peers_are_those_of_the_formula(way: str, question: tuple[list[list[float]], Lens], limit: int) -> None:
    values, lens = question
    ranker = fitted(values, lens)
    everybody = ranker.all(None, limit=limit)
    for row, peers, scores in zip(everybody.rows.tolist(), everybody.peers, everybody.scores, strict=True):
        asked = PeerQuestion(municipality_key(f"t{row:02}"))
        table, _, mask = ranker.asked(asked)
        expected = plainly(table, row, lens.filters.min_coverage, mask)[:limit]
        single = ranker.suggest(asked, limit=limit)
        assert [int(found.key.local[1:]) for found in single] == expected
        assert peers[peers >= 0].tolist() == expected
        assert scores[peers >= 0].tolist() == [found.score for found in single]  # to the last bit


@settings(max_examples=40, deadline=None)
@given(questions())
def test_no_way_shows_in_an_answer(question: tuple[list[list[float]], Lens]) -> None:
    answers = []
    for compiler in (Compiler(worth=NEVER), made(loop.score)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(kernel, "COMPILER", compiler)
            answers.append(fitted(*question).answer(PeerQuestion(municipality_key("t00")), limit=4))
    assert answers[0] == answers[1]


@pytest.mark.parametrize("bend", [0.0, 0.6, 1.0])
def test_approximate_scores_stay_within_their_bound(way: str, bend: float) -> None:
    chance = np.random.default_rng(3)
    values = chance.random((700, 43))
    values[chance.random(values.shape) < 0.3] = NAN
    weights = chance.random(43) ** 4
    scoring = Kernel.of(values, weights / weights.sum(), bend)
    rows = np.arange(5, 28)
    found = scoring.scores(rows, 0.3)
    for row, scores in zip(rows.tolist(), found.scores, strict=True):
        amounts, known = scoring.exact(row, np.arange(700))
        near = scores > -np.inf
        assert near[known >= 0.3].all()
        assert not near[known < 0.299].any()
        assert np.abs(scores - np.nansum(amounts, axis=1))[near].max() <= found.within


def test_where_nothing_is_compared_nobody_is_near(way: str) -> None:
    scores = Kernel.of(np.zeros((200, 0)), np.zeros(0), 0.5).scores(np.array([3, 4]), 0.4).scores
    assert scores.shape == (2, 200)
    assert (scores == -np.inf).all()


def test_equals_come_in_the_order_of_their_keys_however_many(way: str) -> None:
    values = [[1.0, 2.0]] * 60 + [[1.5, 2.0]] * 5 + [[9.0, 9.0]]
    ranker = fitted(values, EVERYTHING)
    found = ranker.suggest(PeerQuestion(municipality_key("t30")), limit=3)
    assert [each.key.local for each in found] == ["t00", "t01", "t02"]
    assert ranker.all(None, limit=3).peers[30].tolist() == [0, 1, 2]


def test_who_misses_the_coverage_by_a_hair_takes_nobodys_place(way: str) -> None:
    values = [[5.0, 5.0]] + [[5.0, NAN]] * 30 + [[6.0, 7.0], [9.0, 9.0], [5.0, 6.0]]
    lens = Lens(id="own", indicators=(LensIndicator("i00", 0.4999999), LensIndicator("i01", 0.5000001)))
    lens = replace(lens, distance=Distance.MANHATTAN, filters=Filters(any_level=True, min_coverage=0.5))
    ranker = fitted(values, lens)
    found = ranker.suggest(PeerQuestion(municipality_key("t00")), limit=5)
    assert [each.key.local for each in found] == ["t33", "t31", "t32"]
    assert ranker.all(None, limit=5).peers[0].tolist() == [33, 31, 32, -1, -1]


def test_questions_are_answered_while_the_loop_is_being_made() -> None:
    go, begun = Event(), []

    def make() -> Loop:
        begun.append(1)
        assert go.wait(30)
        return loop.score

    compiler = Compiler(make, worth=100)
    assert compiler.loop(60) is None
    assert not begun  # a few questions are not worth it
    assert compiler.loop(60) is None
    assert compiler.loop(60) is None
    go.set()
    assert compiler.ready()
    assert compiler.loop(1) is loop.score
    assert begun == [1]


def test_only_much_work_at_once_waits_for_the_loop() -> None:
    begun = []

    def make() -> Loop:
        begun.append(1)
        return loop.score

    compiler = Compiler(make)
    compiler.expect(loop.MUCH - 1)
    assert not begun
    compiler.expect(loop.MUCH)
    assert compiler.loop(1) is loop.score


def test_everybodys_peers_say_beforehand_how_much_work_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = []
    monkeypatch.setattr(Compiler, "expect", lambda _, values: expected.append(values))
    ranker = fitted([[1.0, 4.0], [2.0, 5.0], [9.0, 6.0]], EVERYTHING)
    ranker.suggest(PeerQuestion(municipality_key("t00")))
    assert not expected
    ranker.all(None)
    assert expected == [3 * 3 * 2]


def test_without_numba_arrays_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numba", None)
    compiler = Compiler(worth=0)
    assert compiler.loop(1) is None
    assert not compiler.ready()
    monkeypatch.setattr(kernel, "COMPILER", compiler)
    found = fitted([[1.0], [2.0], [9.0]], EVERYTHING).suggest(PeerQuestion(municipality_key("t00")))
    assert [each.key.local for each in found] == ["t01", "t02"]


def test_where_no_machine_code_may_be_made_arrays_go_on(caplog: pytest.LogCaptureFixture) -> None:
    def forbidden() -> Loop:
        raise PermissionError("cannot allocate executable memory")

    with caplog.at_level("INFO", logger="matching.peers.loop"):
        assert not Compiler(forbidden).ready()
    assert "scoring goes on with arrays: cannot allocate executable memory" in caplog.text


def test_machine_code_that_cannot_be_kept_on_disk_is_made_for_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    numba = pytest.importorskip("numba")
    njit = numba.njit

    def nowhere(*signature: object, cache: bool, **how: object) -> object:
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return njit(*signature, cache=cache, **how)

    monkeypatch.setattr(numba, "njit", nowhere)
    scores = np.empty((1, 3), np.float32)
    one: Single = np.ones(1, np.float32)
    columns = np.array([[0, loop.STEPS // 2, loop.MISSING]], np.int16)
    loop.compiled()(columns, 0 * one[None], one / loop.STEPS, 0 * one, one, np.float32(0.5), scores)
    assert scores.tolist() == [[1.0, 0.5, -np.inf]]


def test_a_numba_that_is_told_not_to_compile_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    numba = pytest.importorskip("numba")
    monkeypatch.setattr(numba.config, "DISABLE_JIT", 1)
    with pytest.raises(ImportError):
        loop.compiled()


def test_nothing_is_compiled_before_it_is_worth_it() -> None:
    code = "import sys, api.cli.main, matching.peers.matcher; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

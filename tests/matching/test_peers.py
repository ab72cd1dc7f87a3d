"""Peers in small cases that can be worked out by hand."""

from dataclasses import replace

import pytest
from towns import Relation, Town, matrix, projection

from graph_service.errors import InvalidValue, NotFound
from graph_service.keys import municipality_key
from graph_service.model import EdgeType, Level
from matching.contract import Contribution
from matching.peers.ahead import ahead_in_time
from matching.peers.challenges import blended, challenge_similarity
from matching.peers.further import different_yet_solved, similar_but_further, unfamiliar
from matching.peers.lens import (
    EVERYTHING,
    Distance,
    Filters,
    Lens,
    LensIndicator,
    StateFilter,
    find_lens,
    read_lens,
    shipped_lenses,
)
from matching.peers.matcher import PeerMatcher, PeerQuestion

NAN = float("nan")
PLAIN = replace(EVERYTHING, distance=Distance.MANHATTAN)


def key(code: str) -> str:
    return municipality_key(code)


def names(found: object) -> list[str]:
    return [each.key.local for each in found]


def test_the_score_is_one_minus_the_mean_difference_on_the_common_scale() -> None:
    lens = Lens(id="own", indicators=(LensIndicator("i00", transform="linear"), LensIndicator("i01", 3, "linear")))
    lens = replace(lens, distance=Distance.EUCLID, filters=Filters(any_level=True))
    plain = replace(lens, distance=Distance.MANHATTAN)
    fitted = PeerMatcher(plain).fit(matrix([[0.0, 0.0], [100.0, 0.0], [0.0, 10.0], [25.0, 5.0]]))
    scores = {s.key.local: s.score for s in fitted.suggest(PeerQuestion(key("t00")))}
    assert scores == pytest.approx({"t01": 3 / 4, "t02": 1 / 4, "t03": 1 - (0.25 + 3 * 0.5) / 4}, abs=0.01)


def test_what_is_missing_is_left_out_and_named() -> None:
    found = PeerMatcher(PLAIN).fit(matrix([[0.0, 5.0], [0.0, NAN], [10.0, 5.0]])).suggest(PeerQuestion(key("t00")))
    first = found[0]
    assert (first.key.local, first.score, first.coverage, first.unknown) == ("t01", 1.0, 0.5, ("i01",))
    assert [c.feature for c in first.contributions] == ["i00"]


def test_a_reason_names_both_values_and_periods() -> None:
    values = [("t00", "i00", "2022", 5.0, ""), ("t01", "i00", "2021", 7.0, ""), ("t02", "i00", "2022", 9.0, "")]
    towns = [Town("t00"), Town("t01"), Town("t02")]
    found = PeerMatcher(EVERYTHING).fit(projection(towns, {"i00": {"unit": "%"}}, values))
    reason = found.explain(PeerQuestion(key("t00")), key("t01")).contributions[0]
    assert (reason.own, reason.other, reason.unit, reason.period) == (5.0, 7.0, "%", "2022/2021")


def test_closeness_is_the_share_of_pairs_that_are_less_alike() -> None:
    found = PeerMatcher(PLAIN).fit(matrix([[0.0], [1.0], [4.0], [10.0]])).suggest(PeerQuestion(key("t00")))
    assert [round(s.closeness, 3) for s in found] == [round(5 / 6, 3), round(3 / 6, 3), 0.0]


def test_a_peer_that_is_nearest_in_everything_is_stable_and_one_by_a_single_indicator_is_not() -> None:
    values = [[0.0, 0.0], [1.0, 1.0], [0.0, 9.0], [9.0, 0.0], [50.0, 50.0]]
    answer = PeerMatcher(PLAIN).fit(matrix(values)).answer(PeerQuestion(key("t00")), limit=2)
    stable = {s.key.local: s.stability for s in answer.suggestions}
    assert stable["t01"] == 1.0
    assert 0.2 < next(v for k, v in stable.items() if k != "t01") < 0.8


def test_filters_keep_whom_they_say() -> None:
    towns = [
        Town("01", level=Level.STATE), Town("02", level=Level.STATE),
        Town("t00", parent="01", population=100, kind="a"), Town("t01", parent="01", population=190, kind="a"),
        Town("t02", parent="02", population=40, kind="a"), Town("t03", parent="02", population=150, kind="b"),
        Town("t04", parent="02", kind="a"),
    ]  # fmt: skip
    values = [(town.code, "i00", "2022", float(i), "") for i, town in enumerate(towns)]
    fitted = PeerMatcher(replace(EVERYTHING, filters=Filters())).fit(projection(towns, {"i00": {}}, values))

    def kept(**how: object) -> list[str]:
        return sorted(names(fitted.suggest(PeerQuestion(key("t00"), filters=Filters(**how)))))

    assert kept() == ["t01", "t02", "t03", "t04"]
    assert kept(population=(0.5, 2)) == ["t01", "t03"]
    assert kept(state=StateFilter.SAME) == ["t01"]
    assert kept(state=StateFilter.OTHER) == ["t02", "t03", "t04"]
    assert kept(kinds=("a",)) == ["t01", "t02", "t04"]
    assert kept(states=("02",)) == ["t02", "t03", "t04"]
    assert kept(states=("01", "02"), kinds=("b",)) == ["t03"]
    assert kept(types=("bbsr-kreistyp-2",)) == []
    unknown = fitted.answer(PeerQuestion(key("t04"), filters=Filters(population=(0.5, 2))))
    assert unknown.not_applied == ("population",)
    assert len(unknown.suggestions) == 4


def test_weights_of_a_call_replace_those_of_the_lens_and_an_unknown_indicator_is_refused() -> None:
    fitted = PeerMatcher(PLAIN).fit(matrix([[0.0, 0.0], [0.0, 9.0], [9.0, 0.0]]))
    assert names(fitted.suggest(PeerQuestion(key("t00"), weights={"i00": 5})))[0] == "t01"
    assert names(fitted.suggest(PeerQuestion(key("t00"), weights={"i01": 5})))[0] == "t02"
    with pytest.raises(NotFound):
        fitted.suggest(PeerQuestion(key("t00"), weights={"nonsense": 1}))


def test_a_lens_indicator_that_the_store_lacks_is_reported_and_does_not_count() -> None:
    lens = Lens(id="own", indicators=(LensIndicator("i00"), LensIndicator("absent", 9)))
    answer = PeerMatcher(lens).fit(matrix([[0.0], [1.0]])).answer(PeerQuestion(key("t00")))
    assert answer.unknown == ("absent",)
    assert (answer.coverage, answer.suggestions[0].coverage) == (1.0, 1.0)


def test_hub_control_takes_from_those_that_are_near_to_everybody() -> None:
    values = [[0.0, 4.0], [4.0, 4.0], [4.0, 0.0], [8.0, 4.0], [4.0, 8.0], [0.0, 9.0]]
    held = replace(PLAIN, hub_control=0.5)
    plain = PeerMatcher(PLAIN).fit(matrix(values)).explain(PeerQuestion(key("t05")), key("t01"))
    found = PeerMatcher(held).fit(matrix(values)).explain(PeerQuestion(key("t05")), key("t01"))
    assert found.score < plain.score
    assert "reach" in {c.feature for c in found.contributions}
    assert found.closeness == pytest.approx(plain.closeness)


CHALLENGE, OTHER = "concept:challenge.language", "concept:challenge.housing"


def story() -> PeerMatcher:
    return PeerMatcher(replace(PLAIN, filters=Filters(level=Level.DISTRICT)))


def faces(code: str, challenge: str, severity: int, when: str = "2020-01-01") -> Relation:
    return Relation(EdgeType.FACES, f"municipality:{code}", challenge, {"severity": severity, "rated_on": when})


def a_country() -> object:
    towns = [Town("01", level=Level.STATE), Town("02", level=Level.STATE)]
    towns += [Town(f"t{i:02}", parent="01" if i < 3 else "02") for i in range(12)]
    far = [650.0, 200.0, 300.0, 400.0, 500.0, 600.0, 700.0]
    values = [(f"t{i:02}", "i00", "2022", v, "") for i, v in enumerate([0.0, 1.0, 2.0, 3.0, 4.0, *far])]
    relations = [
        faces("t00", CHALLENGE, 4), faces("t00", OTHER, 0), faces("t03", CHALLENGE, 3), faces("t03", OTHER, 4),
        faces("t04", CHALLENGE, 0), faces("t01", CHALLENGE, 4, "2019-01-01"), faces("t01", CHALLENGE, 2, "2021-01-01"),
        Relation(EdgeType.ADDRESSES, "practice:mentors", CHALLENGE),
        Relation(EdgeType.APPLIED_IN, "practice:mentors", "municipality:t03", {"status": "running"}),
        Relation(EdgeType.APPLIED_IN, "practice:mentors", "municipality:t04", {"status": "running"}),
        Relation(EdgeType.APPLIED_IN, "practice:mentors", "municipality:t05", {"status": "embedded"}),
        Relation(EdgeType.APPLIED_IN, "practice:mentors", "municipality:t01", {"status": "ended-failed"}),
        Relation(EdgeType.ADJACENT_TO, "municipality:t00", "municipality:t03", {}),
    ]  # fmt: skip
    others = {CHALLENGE: "Sprache", OTHER: "Wohnen", "practice:mentors": "Mentoren"}
    return projection(towns, {"i00": {}}, values, relations, others)


def test_similar_but_further_runs_a_practice_against_the_same_challenge() -> None:
    fitted = story().fit(a_country())
    found = similar_but_further(fitted, PeerQuestion(key("t00")), challenge=None)
    # t01's attempt failed, t04 does not face it, t05 is not near
    assert names(found) == ["t03"]
    assert (found[0].practices, found[0].challenges) == (("practice:mentors",), (CHALLENGE,))


def test_an_indicator_that_is_clearly_better_counts_as_further() -> None:
    towns = [Town(f"t{i:02}") for i in range(6)]
    rows = [[5.0, 80.0], [5.0, 10.0], [5.0, 79.0], [90.0, 80.0], [100.0, 5.0], [50.0, 90.0]]
    fitted = PeerMatcher(
        Lens(id="own", indicators=(LensIndicator("i00", 99), LensIndicator("i01")), distance=Distance.MANHATTAN)
    ).fit(matrix(rows, towns=towns, polarity=-1))
    found = similar_but_further(fitted, PeerQuestion(key("t00")))
    assert names(found) == ["t01"]
    assert [(b.indicator, b.own, b.other) for b in found[0].better] == [("i01", 80.0, 10.0)]


def test_different_yet_solved_is_far_away_and_has_a_practice() -> None:
    found = different_yet_solved(story().fit(a_country()), PeerQuestion(key("t00")))
    assert names(found)[0] == "t05"
    assert found[0].practices == ("practice:mentors",)
    assert "t01" not in names(found)


def test_unfamiliar_is_neither_in_the_state_nor_adjacent() -> None:
    fitted = story().fit(a_country())
    assert names(unfamiliar(fitted, PeerQuestion(key("t00")), limit=2)) == ["t04", "t06"]


def test_challenges_are_a_second_score_and_blend_only_as_asked() -> None:
    country = a_country()
    reasons = challenge_similarity(country, key("t00"), key("t03"))
    assert sum(c.amount for c in reasons) == pytest.approx((3 / 4 + 0) / 2)
    assert challenge_similarity(country, key("t00"), key("t05")) == ()
    latest = challenge_similarity(country, key("t00"), key("t01"))
    assert [c.other for c in latest] == [2]
    structure = story().fit(country).explain(PeerQuestion(key("t00")), key("t03"))
    half = blended(structure, reasons, 0.5)
    assert half.score == pytest.approx(structure.score / 2 + sum(c.amount for c in reasons) / 2)
    assert half.score == pytest.approx(sum(c.amount for c in half.contributions))
    assert blended(structure, reasons, 0).score == pytest.approx(structure.score)
    with pytest.raises(InvalidValue):
        blended(structure, reasons, 1.5)


def test_ahead_in_time_is_who_was_where_we_are_and_moved_on() -> None:
    towns = [Town(code) for code in ("own", "ahead", "same", "far")]
    history = {"own": (0, 10), "ahead": (10, 30), "same": (11, 11), "far": (80, 100)}
    values = [
        (code, f"i{j}", year, float(v + j), "")
        for code, pair in history.items()
        for year, v in zip(("2015", "2022"), pair, strict=True)
        for j in range(2)
    ]
    fitted = PeerMatcher(PLAIN).fit(projection(towns, {"i0": {}, "i1": {}}, values))
    found = ahead_in_time(fitted, PeerQuestion(key("own")))
    assert names(found)[0] == "ahead"
    assert "same" not in names(found)
    assert (found[0].years, found[0].year) == (7, 2015)
    assert found[0].score == pytest.approx(sum(c.amount for c in found[0].contributions))
    assert {(d.own, d.then, d.now) for d in found[0].developments} == {(10, 10, 30), (11, 11, 31)}
    assert found[0].contributions[0].period == "2022/2015"


def test_shipped_lenses_are_complete_in_both_languages() -> None:
    lenses = shipped_lenses()
    assert list(lenses) == ["demography", "economy", "education", "structure", "young-refugees", "all-indicators"]
    for lens in lenses.values():
        assert lens.title_de
        assert lens.title_en
        assert lens.description_de
        assert lens.description_en
        assert all(each.reason_de and each.reason_en for each in lens.indicators)
        assert lens.id == "all-indicators" or 8 <= len(lens.indicators) <= 20


@pytest.mark.parametrize(
    "text",
    [
        "id = ", "title = {}", 'id = "x"\nindicators = []', 'id = "x"\n[[indicator]]\nid = "a"\nweight = -1',
        'id = "x"\n[[indicator]]\nid = "a"\n[[indicator]]\nid = "a"', 'id = "x"\ndistance = "nonsense"',
        'id = "x"\n[filters]\npopulation = [2, 0.5]', 'id = "x"\n[[indicator]]\nid = "a"\nweight = 0',
        'id = "x"\n[[indicator]]\nid = "a"\ntransform = "magic"', 'id = "x"\n[filters]\nlevel = "village"',
        'id = "x"\nindicator = "a"', 'id = "x"\n[filters]\npopulation = 3',
    ],
)  # fmt: skip
def test_a_broken_lens_file_is_refused_with_its_name(text: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        read_lens(text, "mine.toml")
    assert caught.value.place.file == "mine.toml"


def test_a_lens_of_ones_own_is_found_by_its_file(tmp_path: object) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        'id = "mine"\nversion = "3"\ndistance = "euclid"\ntolerance = "any"\nhub_control = 0.1\ntitle = { de = "Ä" }\n'
        '[filters]\nlevel = "district"\npopulation = [0.5, 2]\nstate = "other"\n[[indicator]]\nid = "a"\nweight = 2\n',
        encoding="utf-8",
    )
    lens = find_lens(str(path))
    assert (lens.id, lens.version, lens.title_de, lens.tolerance, lens.hub_control) == ("mine", "3", "Ä", None, 0.1)
    assert lens.filters == Filters(level=Level.DISTRICT, population=(0.5, 2), state=StateFilter.OTHER)
    with pytest.raises(NotFound):
        find_lens("unheard-of")
    with pytest.raises(NotFound):
        find_lens(str(tmp_path / "absent.toml"))


def test_a_contribution_compares_itself_with_what_is_possible() -> None:
    assert Contribution("x", 0.1, possible=0.2).possible == 0.2

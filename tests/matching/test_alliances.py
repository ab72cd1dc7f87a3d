"""Composed alliances: what they promise on random towns, and small towns made by hand."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_service.errors import InvalidValue, NotFound
from graph_service.keys import Label, NodeKey, concept_key, municipality_key
from graph_service.model import Actor, Alliance, Concept, Dataset, Edge, EdgeType, Level, Municipality, Record
from graph_service.projection import Projection, project
from graph_service.role_templates import load_role_templates
from graph_service.store.sqlite_store import SQLiteStore
from matching.partners.matcher import PartnerMatcher, PartnerQuestion
from matching.partners.model import Model, shipped_model
from matching.teams.closeness import STRANGERS, ties_of
from matching.teams.composer import AllianceMatcher, Composer
from matching.teams.health import BRIDGE, check_alliance
from matching.teams.need import TeamNeed
from matching.teams.problem import HELD
from matching.teams.relevance import PartnerRelevance
from matching.teams.roles import CORE

LAND, HERE, THERE, TOWN = (municipality_key(code) for code in ("90", "90001", "90002", "90001001"))
SCHOOL = concept_key("field", "school")
TODAY = date(2026, 6, 1)
NEED = TeamNeed(municipality=HERE, fields=("school",), text="Späte Schuleinsteiger", today=TODAY)
KINDS = [
    "school-authority", "education-office", "political-lead", "school", "welfare-association", "migrant-organisation",
    "youth-migration-service", "youth-office", "", "volunteer-initiative",
]  # fmt: skip
few = settings(max_examples=25, deadline=None)

PLACES: list[Record] = [
    Municipality(key=LAND, name="Bärenland", level=Level.STATE),
    Municipality(key=HERE, name="Großbärenkreis", level=Level.DISTRICT, longitude=9.0, latitude=48.0),
    Municipality(key=THERE, name="Kleinbärenkreis", level=Level.DISTRICT, longitude=9.5, latitude=48.0),
    Municipality(key=TOWN, name="Bärenstadt", level=Level.MUNICIPALITY),
    Edge(EdgeType.PART_OF, HERE, LAND),
    Edge(EdgeType.PART_OF, THERE, LAND),
    Edge(EdgeType.PART_OF, TOWN, HERE),
    Concept(key=SCHOOL, name="Schule", kind="field"),
]


def actor(id: str) -> NodeKey:
    return NodeKey.of(Label.ACTOR, id)


def body(id: str, kind: str, place: NodeKey = HERE, **said: object) -> list[Record]:
    """An actor in a place."""
    node = Actor(key=actor(id), name=f"Amt {id}", kind=kind or None, **said)  # type: ignore[arg-type] # of each field
    return [node, Edge(EdgeType.LOCATED_IN, actor(id), place)]


def alliance(id: str, *members: str, role: str = "member", **said: object) -> list[Record]:
    """An alliance of actors."""
    key = NodeKey.of(Label.ALLIANCE, id)
    node = Alliance(key=key, name=f"Bündnis {id}", **said)  # type: ignore[arg-type] # of each field
    return [node, *(Edge(EdgeType.MEMBER_OF, actor(each), key, {"role": role}) for each in members)]


def together(one: str, other: str) -> Edge:
    return Edge(EdgeType.COOPERATES_WITH, actor(one), actor(other), {"strength": "coordinates"})


def built(tmp_path: Path, records: Sequence[Record]) -> Projection:
    """The projection of a store with these records."""
    folder = tmp_path / f"{len(list(tmp_path.iterdir()))}"
    folder.mkdir()
    store = SQLiteStore(folder / "kompass.db")
    try:
        if records:
            store.write(lambda tx: tx.replace(Dataset(id="test", title="Test"), list(records)))
        return project(store)
    finally:
        store.close()


def fitted(tmp_path: Path, records: Sequence[Record]) -> Composer:
    return AllianceMatcher().fit(built(tmp_path, records))


@pytest.fixture(scope="module")
def random_towns(tmp_path_factory: pytest.TempPathFactory) -> list[Composer]:
    """Towns with actors of any kind, ties and old records."""
    folder = tmp_path_factory.mktemp("towns")
    found = []
    for seed in range(8):
        chance = np.random.default_rng(seed)
        count = int(chance.integers(0, 14))
        records = list(PLACES)
        for i in range(count):
            assured = date(2026 - int(chance.integers(0, 8)), 1, 1) if chance.random() < 0.5 else None
            kind = KINDS[int(chance.integers(0, len(KINDS)))]
            place = HERE if chance.random() < 0.8 else THERE
            records += body(f"a{i:02}", kind, place, assured_on=assured, description="Schule und Sprache")
            if chance.random() < 0.6:
                records.append(Edge(EdgeType.IN_FIELD, actor(f"a{i:02}"), SCHOOL))
        for j in range(count // 2):
            chosen = chance.choice(count, min(3, count), replace=False)
            records += alliance(f"x{j}", *(f"a{i:02}" for i in chosen), role=str(chance.choice(["member", "delivery"])))
        found.append(fitted(folder, records))
    return found


@few
@given(data=st.data())
def test_members_sum_to_the_team_and_reasons_to_each_member(random_towns: list[Composer], data: st.DataObject) -> None:
    composer = data.draw(st.sampled_from(random_towns))
    found = composer.compose(replace(NEED, size=data.draw(st.sampled_from([None, 3, 5]))))
    assert found.score == pytest.approx(sum(member.score for member in found.suggestions), abs=1e-12)
    assert -1e-9 <= found.score <= 1 + 1e-9
    setting = composer.setting(replace(NEED, size=max(len(found.suggestions), 3)))
    problem = setting.problem(np.zeros((0, len(setting.actors)), bool))
    team = np.searchsorted(setting.actors, [composer.projection.position(m.key) for m in found.suggestions])
    assert found.score == pytest.approx(problem.score(team.tolist()), abs=1e-9)
    for member in found.suggestions:
        assert member.score == pytest.approx(sum(c.amount for c in member.contributions), abs=1e-12)
        assert [c.amount for c in member.contributions] == sorted(
            (c.amount for c in member.contributions), reverse=True
        )
        assert all(c.amount <= (c.possible or 0) + 1e-9 for c in member.contributions)
    assert found.gap == 0 or not found.exact


@few
@given(data=st.data())
def test_the_rules_hold_or_are_named_as_broken(random_towns: list[Composer], data: st.DataObject) -> None:
    composer = data.draw(st.sampled_from(random_towns))
    found = composer.compose(NEED)
    held = [role for member in found.suggestions for role in member.roles]
    assert len(set(held)) == len(held)
    assert set(CORE) <= set(held) | {missing.role for missing in found.missing_roles}
    assert set(held).isdisjoint(missing.role for missing in found.missing_roles)
    assert all(len(member.roles) <= HELD for member in found.suggestions)
    assert found.too_few == (len(found.suggestions) < 3)
    assert all(member.key != other.key for member in found.suggestions for other in member.alternatives)


@few
@given(data=st.data())
def test_who_is_asked_for_is_in_and_who_is_left_out_is_nowhere(
    random_towns: list[Composer], data: st.DataObject
) -> None:
    composer = data.draw(st.sampled_from([each for each in random_towns if len(each.kinds) > 5]))
    with_one, without = data.draw(st.permutations([actor(f"a{i:02}") for i in range(5)]))[:2]
    found = composer.compose(replace(NEED, include=(with_one,), without=(without,)))
    keys = {member.key for member in found.suggestions}
    assert with_one in keys
    others = {other.key for member in found.suggestions for other in member.alternatives}
    elsewhere = {near.key for missing in found.missing_roles for near in missing.nearest}
    assert without not in keys | others | elsewhere


def test_the_team_of_a_school_alliance_is_as_small_as_its_roles_allow(tmp_path: Path) -> None:
    records = [*PLACES, *body("amt", "school-authority"), *body("spitze", "political-lead"), *body("schule", "school")]
    records += [
        *body("verband", "welfare-association"),
        *body("jmd", "youth-migration-service"),
        *body("club", "foundation"),
    ]
    found = fitted(tmp_path, records).compose(NEED)
    assert found.missing_roles == ()
    assert found.missing_groups == ()
    assert len(found.suggestions) == 3
    access = next(member for member in found.suggestions if "target-group-access" in member.roles)
    assert access.key == actor("jmd")
    assert "target-group-access" in access.lost_roles


def test_a_missing_role_names_the_nearest_who_could(tmp_path: Path) -> None:
    records = [*PLACES, *body("amt", "school-authority"), *body("spitze", "political-lead")]
    records += [*body("kreis-jmd", "youth-migration-service", THERE), *body("schule", "school")]
    found = fitted(tmp_path, records).compose(NEED)
    missing = next(each for each in found.missing_roles if each.role == "target-group-access")
    assert not missing.local
    assert [near.key for near in missing.nearest] == [actor("kreis-jmd")]
    assert missing.nearest[0].place == "Kleinbärenkreis"
    assert missing.nearest[0].kilometres == pytest.approx(37.2, abs=0.5)


def test_a_town_has_the_offices_of_its_district_but_not_those_of_the_next(tmp_path: Path) -> None:
    records = [*PLACES, *body("amt", "school-authority"), *body("nachbar", "school-authority", THERE)]
    found = fitted(tmp_path, records).compose(replace(NEED, municipality=TOWN))
    assert [member.key for member in found.suggestions] == [actor("amt")]
    assert found.too_few


def test_those_who_work_together_are_preferred_when_all_else_is_equal(tmp_path: Path) -> None:
    records = [*PLACES, *body("amt", "school-authority"), *body("spitze", "political-lead")]
    records += [
        *body("a-jmd", "youth-migration-service"),
        *body("b-jmd", "youth-migration-service"),
        together("b-jmd", "amt"),
    ]
    found = fitted(tmp_path, records).compose(NEED)
    assert actor("b-jmd") in {member.key for member in found.suggestions}
    close = next(
        c for m in found.suggestions if m.key == actor("b-jmd") for c in m.contributions if c.feature == "closeness"
    )
    assert close.other == "Amt amt"
    assert close.amount > 0


def test_an_old_record_counts_less_and_says_so(tmp_path: Path) -> None:
    records = [*PLACES, *body("amt", "school-authority"), *body("spitze", "political-lead")]
    records += body("a-jmd", "youth-migration-service", assured_on=date(2019, 1, 1))
    records += body("b-jmd", "youth-migration-service", assured_on=date(2026, 1, 1))
    composer = fitted(tmp_path, records)
    found = composer.compose(NEED)
    assert actor("b-jmd") in {member.key for member in found.suggestions}
    old = composer.compose(replace(NEED, without=(actor("b-jmd"),)))
    age = next(
        c for m in old.suggestions if m.key == actor("a-jmd") for c in m.contributions if c.feature == "freshness"
    )
    assert age.amount < 0
    assert age.other == "2019-01-01"


def test_a_role_held_before_speaks_for_an_actor_of_another_kind(tmp_path: Path) -> None:
    records = [
        *PLACES,
        *body("amt", "school-authority"),
        *body("spitze", "political-lead"),
        *body("klub", "sports-culture-club"),
    ]
    records += alliance("früher".replace("ü", "ue"), "klub", role="target-group-access")
    found = fitted(tmp_path, records).compose(NEED)
    klub = next(member for member in found.suggestions if member.key == actor("klub"))
    reason = next(c for c in klub.contributions if c.feature == "role:target-group-access")
    assert reason.other == "past-role"


@pytest.mark.parametrize(
    "records", [[], PLACES, [*body("amt", "school-authority")[:1]]], ids=["empty", "places", "actors"]
)
def test_an_empty_or_poor_store_gets_an_answer_that_names_what_is_missing(
    tmp_path: Path, records: list[Record]
) -> None:
    need = NEED if len(records) > 1 else replace(NEED, municipality=None)
    found = fitted(tmp_path, records).compose(need)
    assert found.too_few
    assert set(CORE) <= {missing.role for missing in found.missing_roles} | {
        r for m in found.suggestions for r in m.roles
    }


def test_wrong_wishes_are_refused(tmp_path: Path) -> None:
    composer = fitted(tmp_path, [*PLACES, *body("amt", "school-authority")])
    with pytest.raises(InvalidValue):
        composer.compose(replace(NEED, include=(actor("amt"),), without=(actor("amt"),)))
    with pytest.raises(InvalidValue):
        composer.compose(replace(NEED, size=2))
    with pytest.raises(NotFound):
        composer.compose(replace(NEED, roles=("king",)))
    with pytest.raises(NotFound):
        composer.compose(replace(NEED, include=(actor("nobody"),)))


def test_distances_grow_from_partners_over_partners_of_partners_to_strangers(tmp_path: Path) -> None:
    records = [each for id in "abcd" for each in body(id, "school")]
    records += [*alliance("one", "a", "b"), *alliance("two", "b", "c"), together("a", "b")]
    away = ties_of(built(tmp_path, [*PLACES, *records])).distances([0, 1, 2, 3])
    assert away[0, 1] == pytest.approx(0.25)
    assert away[1, 2] == pytest.approx(0.5)
    assert away[0, 2] == pytest.approx(0.75)
    assert away[0, 3] == STRANGERS
    assert (away == away.T).all()


def test_a_check_finds_what_hangs_on_one_member_and_what_is_missing(tmp_path: Path) -> None:
    records = [
        *PLACES,
        *body("amt", "school-authority", assured_on=date(2024, 1, 1)),
        *body("schule", "school"),
        *body("rat", "police"),
    ]
    records += [
        *alliance("b", "amt", "schule", "rat", role="delivery"),
        together("amt", "schule"),
        together("amt", "rat"),
    ]
    records.append(Edge(EdgeType.IN_FIELD, NodeKey.of(Label.ALLIANCE, "b"), SCHOOL))
    found = check_alliance(built(tmp_path, records), NodeKey.of(Label.ALLIANCE, "b"), load_role_templates(), TODAY)
    by_kind = {(each.kind, each.subject): each.names for each in found.findings}
    assert ("missing-role", "delivery") not in by_kind
    assert by_kind["missing-role", "decision"] == ("Amt amt",)
    assert ("missing-group", "civil-society") in by_kind
    assert ("missing-group", "public") not in by_kind
    assert by_kind[BRIDGE, "actor:amt"][0] == "Amt amt"
    assert by_kind["stale", "actor:amt"] == ("Amt amt",)
    assert by_kind["never-confirmed", ""] == ("Amt rat", "Amt schule")


def test_a_check_without_recorded_ties_says_so_and_counts_who_left(tmp_path: Path) -> None:
    key = NodeKey.of(Label.ALLIANCE, "b")
    gone = Edge(EdgeType.MEMBER_OF, actor("weg"), key, {"role": "member", "until": date(2020, 1, 1)})
    records = [*PLACES, *body("a", "school"), *body("b", ""), *body("weg", "school"), *alliance("b", "a", "b"), gone]
    found = check_alliance(built(tmp_path, records), key, load_role_templates(), TODAY)
    kinds = {each.kind for each in found.findings}
    assert {"too-few", "no-ties", "unknown-kind"} <= kinds
    assert found.former == ("Amt weg",)
    assert [member.name for member in found.members] == ["Amt a", "Amt b"]


def test_where_no_kind_is_known_no_sector_is_called_missing(tmp_path: Path) -> None:
    key = NodeKey.of(Label.ALLIANCE, "b")
    records = [*PLACES, *body("a", ""), *body("b", ""), *alliance("b", "a", "b")]
    found = check_alliance(built(tmp_path, records), key, load_role_templates(), TODAY)
    assert "missing-group" not in {each.kind for each in found.findings}


def relevance(projection: Projection, **model: float) -> PartnerRelevance:
    """What partner suggestions say, by the shipped weights or by these."""
    weights = {name.replace("__", ":").replace("_", "-"): weight for name, weight in model.items()}
    chosen = Model("own", "1", weights, 1.0) if weights else shipped_model()
    return PartnerRelevance(PartnerMatcher(chosen).fit(projection))


def test_what_an_actor_carried_speaks_for_it(tmp_path: Path) -> None:
    records = [*PLACES, *body("klub", "school"), *body("verein", "school")]
    records += alliance("bad", "verein", description="Schwimmkurse für Mädchen aus Unterkünften")
    measured = relevance(built(tmp_path, records)).measure(TeamNeed(text="Schwimmkurs für Mädchen"))
    klub, verein = measured.scores.tolist()
    assert verein == 1
    assert klub < 0.3
    assert measured.reasons(1)[0].feature.startswith("similar-work")


@few
@given(data=st.data())
def test_relevance_is_the_order_of_partner_suggestions_and_its_reasons_sum_up(
    random_towns: list[Composer], data: st.DataObject
) -> None:
    composer = data.draw(st.sampled_from([each for each in random_towns if len(each.kinds) > 1]))
    matcher = PartnerMatcher().fit(composer.projection)
    wanted = replace(NEED, today=None, text=data.draw(st.sampled_from(["", "Schule", "Amt a01"])))
    measured = PartnerRelevance(matcher).measure(wanted)
    question = PartnerQuestion(None, wanted.text, wanted.municipality, wanted.fields)
    suggested = [composer.projection.position(each.key) for each in matcher.suggest(question, limit=99)]
    scores = measured.scores[suggested].tolist()
    assert scores == sorted(scores, reverse=True)
    assert measured.scores.max() == pytest.approx(1)
    for one, score in enumerate(measured.scores.tolist()):
        assert score == pytest.approx(sum(c.amount for c in measured.reasons(one)), abs=1e-9)


def test_learned_weights_decide_who_is_relevant(tmp_path: Path) -> None:
    records = [*PLACES, *body("a", "school", THERE, description="Lesen lernen"), *body("b", "school")]
    projection = built(tmp_path, records)
    wanted = replace(NEED, text="Lesen")
    by_text, by_place = (
        relevance(projection, **{name: 1.0}).measure(wanted) for name in ("profile_text__plain", "place__plain")
    )
    assert by_text.scores[0] > by_text.scores[1]
    assert by_place.scores[1] > by_place.scores[0]


def test_who_must_be_in_is_no_past_partner_of_itself_but_makes_its_partners_relevant(tmp_path: Path) -> None:
    records = [*PLACES, *body("amt", "school"), *body("freund", "school"), *body("fremd", "school")]
    records += alliance("alt", "amt", "freund")
    measured = relevance(built(tmp_path, records)).measure(replace(NEED, include=(actor("amt"),)))
    own = {reason.feature: reason.amount for reason in measured.reasons(0)}
    assert own["past-partner"] == own["network"] == 0
    assert measured.scores[2] > measured.scores[1]  # in key order: amt, fremd, freund


def test_running_alliances_lower_relevance_and_old_records_do_not_twice(tmp_path: Path) -> None:
    records = [*PLACES, *body("a", "school", assured_on=date(2015, 1, 1)), *body("b", "school")]
    for i in range(9):
        records += alliance(f"x{i}", "b", started_on=date(2026, 1, 1))
    measured = relevance(built(tmp_path, records), place__plain=1.0).measure(NEED)
    assert measured.scores[0] == 1
    assert measured.scores[1] == pytest.approx(1 - 0.1 * 9 / 19)
    assert {reason.feature for reason in measured.reasons(1)} == {"place", "capacity"}

"""Partners for a need: reasons that add up, nobody who is there already, no knowledge of the future, cold starts."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from graph_service.errors import InvalidValue, NotFound
from graph_service.keys import Label, NodeKey, concept_key
from graph_service.model import Alliance, Concept, Edge, EdgeType
from matching.partners import learning
from matching.partners.evaluation import evaluate_partners, make_source, predict_partners
from matching.partners.history import history, read_alliances, to_day
from matching.partners.learning import best_first, counting, gain, learn
from matching.partners.matcher import NO_ACTORS, NO_HISTORY, NO_LOCAL, ONLY_STATUTORY, PartnerMatcher, PartnerQuestion
from matching.partners.model import Model, prior_model, read_model, shipped_model, write_model
from matching.partners.reasons import CAPACITY, FRESHNESS
from matching.partners.signals_words import largest
from tests.partner_graphs import FAR, NEXT, ON, TOWN, WORK, actor, small, someone, together, towns


def ask(projection, limit=10, **question):
    return PartnerMatcher().fit(projection).answer(PartnerQuestion(ON, **question), limit=limit)


def test_every_score_is_the_sum_of_its_reasons_and_lies_between_0_and_1(graph):
    projection = small(graph)
    for question in (
        {"text": "Sprachkurs"},
        {"municipality": TOWN, "text": "Mentor"},
        {"members": (actor("amt"),)},
        {"municipality": FAR},
    ):
        answer = ask(projection, **question)
        assert answer.suggestions
        assert sum(answer.weights.values()) == pytest.approx(1)
        for each in answer.suggestions:
            assert each.score == pytest.approx(sum(c.amount for c in each.contributions), abs=1e-9)
            assert 0 < each.score <= 1 + 1e-9
            assert 0 <= each.coverage <= 1 + 1e-9
            assert all(c.amount <= (c.possible or 0) + 1e-6 for c in each.contributions)


def test_who_carried_something_similar_is_found_with_that_as_the_reason(graph):
    first = ask(small(graph), text="Mentoring für Kinder").suggestions[0]
    assert first.key == actor("haus")
    work = next(c for c in first.contributions if c.feature == "closest-work")
    assert work.other == "Mentoren für Kinder (2019)"


def test_a_rare_word_points_to_whom_it_was_used_of_and_is_named(graph):
    more = [*someone("rest"), *someone("turm")]
    for year in range(2013, 2020):
        more += together(f"r{year}", date(year, 1, 1), "amt", ["rest"], "Beratung für Familien im Stadtteil")
    more += together("t", date(2019, 1, 1), "amt", ["turm"], "Ferien im Wasserturm")
    found = ask(small(graph, *more), text="Beratung für Familien, Wasserturm!").suggestions
    words = {each.key: {c.feature: c for c in each.contributions} for each in found}
    turm, rest = words[actor("turm")], words[actor("rest")]
    assert turm["telling-word"].other == "Wasserturm"
    assert rest["telling-word"].other in ("Beratung", "Familien")
    assert rest["own-words"].amount > turm["own-words"].amount > 0


def test_who_was_merely_active_is_not_suggested_for_a_text_that_none_of_its_work_is_like(graph):
    weights = {"wording:odds": 0.5, "closest-work:plain": 0.5}
    ranker = PartnerMatcher(Model("own", "1", weights, 1.0)).fit(small(graph))
    assert not ranker.suggest(PartnerQuestion(ON, "Wasserturm"))
    found = ranker.suggest(PartnerQuestion(ON, "Mentoren"))
    wording = next(c for c in found[0].contributions if c.feature == "wording")
    assert {each.key for each in found} == {actor("haus"), actor("schule")}
    assert wording.amount > 0
    assert 0 < wording.other < 1


def test_a_word_used_once_long_ago_points_less_than_one_used_lately(graph):
    more = [r for name in ("early", "late") for r in someone(name)]
    more += together("e", date(2012, 1, 1), "amt", ["early"], "Wasserturm")
    more += together("l", date(2019, 1, 1), "amt", ["late"], "Hafenspeicher")
    found = ask(small(graph, *more), text="Wasserturm und Hafenspeicher").suggestions
    points = {each.key.local: c.amount for each in found for c in each.contributions if c.feature == "telling-word"}
    assert points["late"] > 2 * points["early"] > 0


@settings(max_examples=50)
@given(st.integers(1, 4), st.integers(0, 5), st.integers(1, 5), st.randoms(use_true_random=False))
def test_the_largest_term_is_that_of_every_product_in_turn(needs, words, actors, chance):
    near, table = (
        np.array([[chance.choice([0, 0, 0.5, 2]) for _ in range(columns)] for _ in range(rows)]).reshape(rows, columns)
        for rows, columns in ((needs, words), (words, actors))
    )
    found = largest(sparse.csr_array(near), sparse.csr_array(table))
    assert found.tolist() == [[max(near[i] * table[:, j], default=0) for j in range(actors)] for i in range(needs)]


def test_members_so_far_are_not_suggested_and_past_partners_come_first(graph):
    found = [each.key for each in ask(small(graph), members=(actor("amt"),)).suggestions]
    assert actor("amt") not in found
    assert found[0] == actor("verein")


def test_equal_candidates_are_ordered_by_key(graph):
    records = [r for name in "cab" for r in someone(name, called="Verein")]
    found = ask(graph(*towns(), *records), municipality=TOWN).suggestions
    assert [each.key.local for each in found] == ["a", "b", "c"]
    assert len({each.score for each in found}) == 1


def test_near_ones_go_before_far_ones_and_distance_is_a_reason_against(graph):
    records = [*someone("a", FAR), *someone("b", NEXT), *someone("c", TOWN), *someone("d", None)]
    records.append(Edge(EdgeType.SERVES, actor("d"), TOWN))
    found = ask(graph(*towns(), *records), municipality=TOWN, text="Verein").suggestions
    assert [each.key.local for each in found][:3] == ["c", "d", "b"]
    far = [c for each in found if each.key == actor("a") for c in each.contributions if c.feature == "place"]
    assert all(c.amount == 0 and c.other == "Fernstadt" for c in far)


def test_an_actor_without_history_is_found_by_what_it_says_of_itself(graph):
    records = [*someone("neu", description="Wir vermitteln Patenschaften"), *someone("alt", description="Kegeln")]
    answer = ask(small(graph, *records), text="Mentoring")
    assert actor("neu") in [each.key for each in answer.suggestions][:3]
    assert actor("alt") not in [each.key for each in answer.suggestions]


def test_a_list_of_names_alone_is_searched_by_words(graph):
    records = [*someone("a", called="Kegelklub Ährenstadt"), *someone("b", called="Jugendamt Ährenstadt")]
    (found,) = ask(graph(*towns(), *records), text="Jugendamt").suggestions
    assert found.key == actor("b")
    assert found.contributions[0].feature == "name"
    assert [each.key for each in ask(graph(*towns(), *records), text="Kegeln").suggestions] == [actor("a")]


def test_field_kind_and_resources_speak_for_an_actor(graph):
    records = [*someone("a"), *someone("b", resources=("rooms",))]
    records.append(Edge(EdgeType.IN_FIELD, actor("a"), concept_key("field", "language")))
    records.append(Concept(key=concept_key("field", "language"), name="Sprache", kind="field"))
    projection = graph(*towns(), *records)
    assert [e.key.local for e in ask(projection, fields=("language",)).suggestions] == ["a"]
    assert [e.key.local for e in ask(projection, resources=("rooms",)).suggestions] == ["b"]


def test_unknown_ids_and_keys_are_refused(graph):
    projection = small(graph)
    for question in ({"fields": ("nothing",)}, {"resources": ("nothing",)}, {"members": (actor("nobody"),)}):
        with pytest.raises(NotFound):
            ask(projection, **question)
    with pytest.raises(InvalidValue):
        PartnerQuestion(ON)


def test_old_information_and_many_running_alliances_lower_a_score_visibly(graph):
    records = [
        *someone("new", called="Verein", assured_on=ON),
        *someone("old", called="Verein", assured_on=date(2010, 1, 1)),
    ]
    busy = [r for i in range(8) for r in together(f"b{i}", date(2019, 6, 1), None, ["busy"], ended=date(2021, 1, 1))]
    projection = graph(*towns(), *records, *someone("busy", called="Verein", assured_on=ON), *busy)
    found = {
        each.key.local: {c.feature: c.amount for c in each.contributions}
        for each in ask(projection, municipality=TOWN).suggestions
    }
    assert found["new"][FRESHNESS] == 0
    assert found["old"][FRESHNESS] < -0.01
    assert found["busy"][CAPACITY] < -0.001
    assert found["new"][CAPACITY] == 0


def test_what_has_to_be_said_with_an_answer_is_said(graph):
    assert ask(graph(), text="Mentor").remarks == (NO_ACTORS,)
    law = [*someone("jugendamt", legal_basis="§ 69 SGB VIII"), *someone("far", FAR)]
    assert ask(graph(*towns(), *law), municipality=TOWN).remarks == (NO_HISTORY, ONLY_STATUTORY)
    assert NO_LOCAL in ask(graph(*towns(), *someone("far", FAR)), municipality=TOWN).remarks


def test_history_ends_before_the_day_and_undated_alliances_are_not_in_it(graph):
    records = [*together("b", None, "amt", ["haus"]), *together("c", date(2019, 1, 1), "amt", ["fern"])]
    late = NodeKey.of(Label.ALLIANCE, "a1")
    records.append(Edge(EdgeType.MEMBER_OF, actor("haus"), late, {"role": "member", "since": date(2019, 5, 1)}))
    projection = small(graph, *records)
    alliances = read_alliances(projection)
    past = history(alliances, projection, date(2019, 1, 1))
    names = {projection.name(Label.ALLIANCE, int(i)) for i in past.rows}
    assert names == {"a1", "a2"}
    assert projection.position(actor("haus")) not in past.known
    assert past.day == to_day(date(2019, 1, 1))
    assert len(history(alliances, projection, None).rows) == 5


def many(chance, later_members, years=range(2012, 2018)):
    """Leads that ask the same helpers for the same work, year by year; later alliances have any members."""
    records = [r for i in range(12) for r in someone(f"m{i:02}")] + [r for i in range(4) for r in someone(f"l{i}")]
    for year in years:
        for lead in range(4):
            usual = [f"m{(lead * 3 + j) % 12:02}" for j in (0, 1)]
            members = usual if year < 2017 else [f"m{i:02}" for i in later_members(lead)]
            for n in range(3):
                name = f"x{year}{lead}{n}"
                records += together(name, date(year, 1 + n, 1), f"l{lead}", members, f"{WORK[lead]} {n}")
    chance.shuffle(records)
    return records


def test_shuffling_the_future_changes_no_prediction_and_no_weight(graph):
    after = date(2017, 1, 1)
    outcomes = []
    for seed in (1, 2):
        chance = np.random.default_rng(seed)
        projection = graph(*towns(), *many(chance, lambda _, c=chance: c.choice(12, 3, replace=False)))
        source = make_source(projection)
        model = learn(source, after, prior_model())
        assert model.evidence.needs > 0
        outcomes.append((model.weights, list(predict_partners(source, after, model))))
    assert outcomes[0] == outcomes[1]
    assert len({p.alliance for p in outcomes[0][1]}) == 12


def test_evaluation_measures_all_methods_on_the_same_needs(graph):
    projection = graph(*towns(), *many(np.random.default_rng(0), lambda lead: [(lead * 3 + j) % 12 for j in (0, 1)]))
    result = evaluate_partners(projection, date(2017, 1, 1), bootstrap=50)
    names = {each.method for each in result.methods}
    assert {"kompass", "blend-learned", "blend-equal", "knn", "tf-idf", "pagerank", "adamic-adar", "random"} <= names
    ours, chance = (result.find(name).groups[0] for name in ("kompass", "random"))
    assert ours.queries == 12
    assert ours.measures["ndcg@10"].mean > 0.9 > chance.measures["ndcg@10"].mean
    low, mean, high = (getattr(ours.measures["mrr"], part) for part in ("low", "mean", "high"))
    assert low <= mean <= high


def test_nothing_to_measure_is_said(graph):
    with pytest.raises(NotFound):
        evaluate_partners(small(graph), date(2030, 1, 1))


def test_needs_that_one_lead_describes_alike_count_as_one_together(graph):
    projection = graph(*towns(), *many(np.random.default_rng(0), lambda lead: [0]))
    case = make_source(projection).case(date(2016, 1, 1), date(2017, 1, 1))
    weights = counting(case)
    assert len(weights) == 12
    assert weights.tolist() == [1] * 12
    same = [r for i in range(5) for r in together(f"s{i}", date(2019, 1, 1), "l0", ["m00"], "Gleiches")]
    case = make_source(graph(*towns(), *someone("l0"), *someone("m00"), *_renamed(same))).case(date(2019, 1, 1))
    assert counting(case).sum() == pytest.approx(1)


def _renamed(records):
    """The same alliances under one name."""
    return [replace(each, name="Gleich") if isinstance(each, Alliance) else each for each in records]


def test_a_later_year_with_plenty_of_needs_teaches_alone(graph, monkeypatch):
    projection = graph(*towns(), *many(np.random.default_rng(0), lambda lead: [(lead * 3 + j) % 12 for j in (0, 1)]))
    source, until = make_source(projection), date(2018, 1, 1)
    both = learn(source, until, prior_model())
    later = len(source.case(learning.window_before(source.alliances, until), until).answerable())
    assert both.evidence.needs > later
    monkeypatch.setattr(learning, "PLENTY", later)
    alone = learn(source, until, prior_model())
    assert alone.evidence.needs == later
    assert alone.weights != both.weights
    monkeypatch.setattr(learning, "PLENTIFUL", later - 1)
    assert learn(source, until, prior_model()).evidence.needs == later - 1


def test_where_there_is_nothing_to_learn_from_the_weights_stay(graph):
    assert learn(make_source(small(graph)), date(2017, 1, 1), prior_model()) is prior_model()


def test_weights_come_back_from_their_file_and_broken_ones_are_refused():
    for model in (shipped_model(), prior_model()):
        assert read_model(write_model(model)) == model
        assert all(weight >= 0 for weight in model.weights.values())
        assert sum(model.weights.values()) == pytest.approx(1, abs=1e-3)
    good = Model("x", "1", {"place:plain": 1.0}, 5.0)
    assert read_model(write_model(good)) == good
    for weights in ({"place:plain": -1.0}, {"nothing:plain": 1.0}, {}):
        with pytest.raises(InvalidValue):
            read_model(write_model(Model("x", "1", weights, 5.0)))
    for text in ("", "[]", "{}", '{"format": 9}'):
        with pytest.raises(InvalidValue):
            read_model(text)


@settings(max_examples=50)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=30), st.integers(1, 12))
def test_the_best_come_first_and_ties_by_position(values, limit):
    scores = np.array([values], float)
    order = best_first(scores, np.ones((1, len(values)), bool), limit)[0].tolist()
    assert order == sorted(range(len(values)), key=lambda i: (-values[i], i))[:limit]


def test_gain_is_one_for_a_perfect_list_and_zero_without_a_hit():
    assert gain(np.array([3, 1, 2]), np.array([1, 3])) == pytest.approx(1)
    assert gain(np.array([3]), np.array([1])) == 0

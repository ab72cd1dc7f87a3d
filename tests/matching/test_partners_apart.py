"""What tells actors apart: learned from the past alone, kept with the weights, and asked of any revision."""

from datetime import date

import numpy as np
import orjson
import pytest

from graph_service.errors import InvalidValue
from matching.partners import apart_learning
from matching.partners.apart import Apart, Told, terms_of
from matching.partners.apart_learning import learn_apart, one_pass
from matching.partners.evaluation import make_source
from matching.partners.history import history
from matching.partners.learning import learn, learned_table
from matching.partners.matcher import PartnerMatcher, PartnerQuestion
from matching.partners.model import Model, prior_model, read_model, write_model
from matching.partners.needs import one_need
from tests.partner_graphs import ON, actor, small, someone, together, towns

UNTIL = date(2020, 1, 1)


def clubs(graph, *more):
    """Two clubs that one office asks for much the same; only how it is worded tells them apart."""
    records = [r for name in ("amt", "ost", "west") for r in someone(name)]
    for year in range(2012, 2020):
        records += together(f"o{year}", date(year, 1, 1), "amt", ["ost"], f"Ferien für Kinder im Zelt {year}")
        records += together(f"w{year}", date(year, 1, 1), "amt", ["west"], f"Ferien für Kinder im Boot {year}")
    return graph(*towns(), *records, *more)


def table_of(projection, until=UNTIL):
    source = make_source(projection)
    return learned_table(history(source.alliances, projection, until), Told(projection))


def chances(table, projection, text, team=()):
    places = tuple(projection.position(each) for each in team)
    found = table.bound(Told(projection)).measure(one_need(projection, text=text, topics=(), places=(), team=places))[0]
    return dict(zip(Told(projection).actors, found.tolist(), strict=True))


def test_a_word_that_only_one_used_decides_between_two_who_share_the_others(graph):
    projection = clubs(graph)
    table = table_of(projection)
    told = chances(table, projection, "Ferien im Zelt", (actor("amt"),))
    assert told[str(actor("ost"))] > 2 * told[str(actor("west"))]
    assert sum(told.values()) == pytest.approx(1, abs=1e-5)
    shared = chances(table, projection, "Ferien für Kinder")
    assert shared[str(actor("ost"))] == pytest.approx(shared[str(actor("west"))], rel=0.5)


def test_nothing_that_began_later_is_in_it(graph):
    before = table_of(clubs(graph))
    later = together("later", date(2020, 1, 1), "amt", ["ost"], "Klettern im Wald")
    after = table_of(clubs(graph, *later))
    assert after.to_table() == before.to_table()
    assert not any("klett" in term for term in after.terms)


def test_it_is_the_same_each_time(graph):
    projection = clubs(graph)
    assert table_of(projection).to_table() == table_of(projection).to_table()


def test_it_knows_actors_by_name_wherever_they_stand_and_nobody_else(graph):
    table = table_of(clubs(graph))
    later = clubs(graph, *someone("aachen"), *someone("nord"))
    told = chances(table, later, "Ferien im Zelt", (actor("amt"),))
    assert told[str(actor("ost"))] > 2 * told[str(actor("west"))]
    assert told[str(actor("aachen"))] == told[str(actor("nord"))] == 0


def test_it_comes_back_from_the_file_of_the_weights_to_the_hundredth(graph):
    projection = clubs(graph)
    model = Model("x", "1", {"told-apart:odds": 1.0}, 5.0, apart=table_of(projection))
    again = read_model(write_model(model))
    assert again.weights == model.weights
    for text in ("Ferien im Zelt", "Ferien im Boot", "Kinder", ""):
        old, new = (chances(each.apart, projection, text, (actor("amt"),)) for each in (model, again))
        assert new == pytest.approx(old, abs=0.01)
    assert write_model(again) == write_model(read_model(write_model(again)))


@pytest.mark.parametrize(
    "broken",
    [
        {"actors": "ost"},
        {"terms": []},
        {"terms": {"word zelt": [1]}},
        {"terms": {"word zelt": [7, 12]}},
        {"rarity": [1.0]},
        {"usual": []},
    ],
)
def test_a_broken_table_is_refused(graph, broken):
    projection = clubs(graph)
    table = orjson.loads(write_model(Model("x", "1", {"told-apart:odds": 1.0}, 5.0, apart=table_of(projection))))
    table["apart"] |= broken
    with pytest.raises(InvalidValue):
        read_model(orjson.dumps(table))


def test_it_is_a_reason_that_adds_up_with_the_others(graph):
    projection = clubs(graph)
    weights = {"told-apart:odds": 0.5, "past-partner:share": 0.5}
    ranker = PartnerMatcher(Model("own", "1", weights, 1.0, apart=table_of(projection))).fit(projection)
    first, second = ranker.suggest(PartnerQuestion(ON, "Ferien im Zelt", members=(actor("amt"),)))
    assert (first.key, second.key) == (actor("ost"), actor("west"))
    for each in (first, second):
        assert each.score == pytest.approx(sum(c.amount for c in each.contributions), abs=1e-9)
    parts = [next(c for c in each.contributions if c.feature == "told-apart") for each in (first, second)]
    assert parts[0].amount > parts[1].amount
    assert parts[0].other > 0.5


def test_shipped_weights_need_no_table_and_learning_takes_none_it_does_not_use(graph):
    projection = small(graph)
    assert PartnerMatcher().fit(projection).signals.apart is None
    model = learn(make_source(projection), date(2017, 1, 1), prior_model())
    assert model.apart is None


def test_learning_keeps_the_table_of_all_that_began_before_the_day(graph):
    projection = clubs(graph)
    model = learn(make_source(projection), UNTIL, prior_model())
    assert model.weights.get("told-apart:odds", 0) > 0
    assert model.apart is not None
    assert model.apart.to_table() == table_of(projection).to_table()


def test_where_no_machine_code_can_be_made_nothing_is_learned(graph, monkeypatch):
    projection = clubs(graph)
    monkeypatch.setattr(apart_learning, "_loop", lambda: None)
    assert table_of(projection) is None
    assert learn(make_source(projection), UNTIL, prior_model()).apart is None


def test_a_numba_that_is_told_not_to_compile_is_not_used(graph, monkeypatch):
    numba = pytest.importorskip("numba")
    monkeypatch.setattr(numba, "njit", lambda *_signature, **_how: lambda loop: loop)
    apart_learning._loop.cache_clear()
    try:
        assert table_of(clubs(graph)) is None
    finally:
        apart_learning._loop.cache_clear()


def test_machine_code_does_what_the_loop_says(graph, monkeypatch):
    # chance is drawn alike in both
    projection = clubs(graph)
    fast = table_of(projection)
    monkeypatch.setattr(apart_learning, "_loop", lambda: one_pass)
    slow = table_of(projection)
    np.testing.assert_allclose(fast.weights.data, slow.weights.data, atol=1e-3)


def test_an_empty_past_teaches_nothing(graph):
    projection = small(graph)
    source = make_source(projection)
    past = history(source.alliances, projection, date(2000, 1, 1))
    assert learn_apart(past, Told(projection), np.zeros(0, np.float32)) is None


def test_years_are_no_terms_and_a_team_has_words_of_its_own():
    found = list(terms_of("Ferien 2019", ["actor:amt"], ["concept:field:leisure"]))
    assert not any("2019" in term for term in found)
    assert {"word feri", "word feri of actor:amt", "team actor:amt"} <= set(found)
    assert "topic concept:field:leisure of actor:amt" in found
    assert len(found) == len(set(found))


def test_a_table_of_nobody_is_nobody_s():
    table = Apart.of_table({"actors": [], "usual": [], "rarity": [], "terms": {}})
    assert table.weights.shape == (0, 0)

"""Names in somebody's list find their municipality or actor; what is not certain is not called a match."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from records import Made, built
from towns import Relation, Town, projection

from graph_service.errors import InvalidValue
from graph_service.keys import Label, NodeKey, municipality_key
from graph_service.model import Actor, EdgeType, Level, Municipality
from graph_service.projection import Projection, project
from graph_service.store.sqlite_store import SQLiteStore
from importers.municipality_register.importer import RegisterImporter
from importers.run import run
from matching.reconciliation.hits import Query, Wanted
from matching.reconciliation.matcher import Candidate, Reconciler
from matching.reconciliation.values import Entity

STATE, DISTRICT, TOWN, GROUP = Level.STATE, Level.DISTRICT, Level.MUNICIPALITY, Level.ASSOCIATION
TOWNS = [
    Town("02", "Hamburg", STATE, kind="bundesland"),
    Town("02000", "Hamburg, Freie und Hansestadt", DISTRICT, "02", kind="kreisfreie-stadt"),
    Town("02000000", "Hamburg, Freie und Hansestadt", TOWN, "02000", kind="kreisfreie-stadt"),
    Town("04", "Bremen", STATE, kind="bundesland"),
    Town("04011", "Bremen, Stadt", DISTRICT, "04", kind="kreisfreie-stadt"),
    Town("04012", "Bremerhaven, Stadt", DISTRICT, "04", kind="kreisfreie-stadt"),
    Town("05", "Nordrhein-Westfalen", STATE, kind="bundesland"),
    Town("05315", "Köln, Stadt", DISTRICT, "05", population=1_000_000, kind="kreisfreie-stadt"),
    Town("05554", "Borken", DISTRICT, "05", population=370_000, kind="kreis"),
    Town("055540012", "Borken, Stadt", GROUP, "05554", kind="verbandsfreie-gemeinde"),
    Town("05554012", "Borken, Stadt", TOWN, "055540012", population=42_000, kind="kreisangehoerige-stadt"),
    Town("06", "Hessen", STATE, kind="bundesland"),
    Town("06534", "Marburg-Biedenkopf", DISTRICT, "06", kind="landkreis"),
    Town("06534016", "Neustadt (Hessen), Stadt", TOWN, "06534", kind="kreisangehoerige-stadt"),
    Town("01055032", "Neustadt in Holstein, Stadt", TOWN, kind="kreisangehoerige-stadt"),
    Town("08116", "Esslingen", DISTRICT, kind="landkreis"),
    Town("07232034", "Eßlingen", TOWN, kind="gemeinde"),
    Town("09183128", "Mühldorf a.Inn, St", TOWN, kind="kreisangehoerige-stadt"),
    Town("08119", "Rems-Murr-Kreis", DISTRICT, kind="landkreis"),
    Town("01059101", "Tastrup", TOWN, kind="gemeinde", valid_until="2023-02-28"),
    Town("01059141", "Maasbüll", TOWN, kind="gemeinde", valid_until="2023-02-28"),
    Town("01059185", "Hürup", TOWN, kind="gemeinde"),
    Town("03153099", "Altdorf", TOWN, kind="gemeinde", valid_until="2020-12-31"),
    Town("03153098", "Zweidorf", TOWN, kind="gemeinde", valid_until="2020-12-31"),
]
GONE = [("01059101", "01059185"), ("01059141", "01059185"), ("03153099", "01059185"), ("03153099", "05554012")]
GONE += [("03153098", "01059185"), ("03153098", "055540012")]
ACTORS = {
    "actor:awo": "Arbeiterwohlfahrt Kreisverband Borken e. V.",
    "actor:verein": "Türkischer Elternverein Köln e.V.",
    "actor:verein2": "Türkischer Elternverein Borken e.V.",
}


def graph() -> Projection:
    relations = [
        *(Relation(EdgeType.SUCCEEDED_BY, f"municipality:{a}", f"municipality:{b}") for a, b in GONE),
        Relation(EdgeType.LOCATED_IN, "actor:awo", "municipality:05554"),
        Relation(EdgeType.LOCATED_IN, "actor:verein", "municipality:05315"),
        Relation(EdgeType.LOCATED_IN, "actor:verein2", "municipality:05554012"),
    ]
    values = [
        ("05315", "q", "2020", 1.0, ""),
        ("05315", "q", "2021", 2.5, ""),
        ("05315", "q", "2022", float("nan"), "/"),
    ]
    return projection(TOWNS, {"q": {"name": "Quote"}}, values, relations, ACTORS)


@pytest.fixture(scope="module")
def reconcile() -> Reconciler:
    return Reconciler(graph())


def ask(reconcile: Reconciler, text: str, *types: str, limit: int = 10, **properties: object) -> tuple[Candidate, ...]:
    wanted = tuple(Wanted(name, value if isinstance(value, tuple) else (value,)) for name, value in properties.items())
    return reconcile.answer({"q": Query(text, types, limit, wanted)})["q"]


def matched(candidates: tuple[Candidate, ...]) -> str | None:
    found = [candidate for candidate in candidates if candidate.match]
    assert len(found) <= 1
    assert not found or found[0] is candidates[0], "what is certain stands first"
    assert [c.score for c in candidates] == sorted((c.score for c in candidates), reverse=True)
    return found[0].key.local if found else None


@pytest.mark.parametrize(
    ("text", "types", "code"),
    [
        ("Köln", (), "05315"),
        ("Koeln", (), "05315"),
        ("Koln", (), "05315"),
        ("KÖLN, STADT", (), "05315"),
        ("Stadt Köln", (), "05315"),
        ("Kreis Borken", (), "05554"),
        ("Landkreis Borken", (), "05554"),
        ("Stadt Borken", (), "05554012"),
        ("Borken", ("level.municipality",), "05554012"),
        ("Borken", ("level.district",), "05554"),
        ("Hamburg", (), "02000"),
        ("Hamburg", ("level.state",), "02"),
        ("Hansestadt Hamburg", ("level.municipality",), "02000000"),
        ("Esslingen", (), "08116"),
        ("Eßlingen", (), "07232034"),
        ("Mühldorf am Inn", (), "09183128"),
        ("Muehldorf a. Inn", (), "09183128"),
        ("Rems-Murr", (), "08119"),
        ("08119", (), "08119"),
        ("8119", (), "08119"),
        ("municipality:08119", (), "08119"),
        ("055540012012", ("level.municipality",), "05554012"),
        ("Tastrup", (), "01059185"),
    ],
)
def test_a_name_that_can_mean_one_thing_only_is_a_match(
    reconcile: Reconciler, text: str, types: tuple[str, ...], code: str
) -> None:
    assert matched(ask(reconcile, text, *types)) == code


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Borken", "05554"),
        ("Bremen", "04"),
        ("Neustadt", "01055032"),
        ("Kölnn", "05315"),
        ("Rems-Mur-Kreis", "08119"),
        ("Altdorf", "03153099"),
    ],
    ids=["district or town", "state with two towns", "a part of a name", "misspelt", "misspelt again", "split"],
)
def test_a_name_that_can_mean_several_things_is_shown_but_not_matched(
    reconcile: Reconciler, text: str, first: str
) -> None:
    candidates = ask(reconcile, text)
    assert matched(candidates) is None
    assert first in [candidate.key.local for candidate in candidates[:3]]


def test_nothing_is_found_for_what_is_written_quite_differently(reconcile: Reconciler) -> None:
    assert ask(reconcile, "Xylophonien") == ()
    assert ask(reconcile, "Köln", "planet") == ()


def test_what_was_abolished_is_shown_behind_what_it_became(reconcile: Reconciler) -> None:
    became, gone = ask(reconcile, "Maasbüll")[:2]
    assert (became.name, gone.name) == ("Hürup", "Maasbüll")
    assert became.match
    assert not gone.match
    assert "former_name" in {feature.id for feature in became.features}
    assert {c.name for c in ask(reconcile, "Altdorf")} == {"Altdorf", "Hürup", "Borken, Stadt"}
    assert matched(ask(reconcile, "Zweidorf", "level.municipality")) is None, "a part of it went elsewhere"
    (exactly,) = ask(reconcile, "01059141")
    assert (exactly.name, exactly.match) == ("Maasbüll", True), "a code means what it says"


@pytest.mark.parametrize(
    ("properties", "code"),
    [
        ({"state": "Hessen"}, "06534016"),
        ({"state": "06"}, "06534016"),
        ({"parent": "Landkreis Marburg-Biedenkopf"}, "06534016"),
        ({"district": Entity("municipality:06534")}, "06534016"),
        ({"parent": ("Bayern", "Hessen")}, "06534016"),
        ({"state": "Bayern"}, None),
        ({"colour": "blue"}, None),
    ],
)
def test_properties_tell_namesakes_apart(
    reconcile: Reconciler, properties: dict[str, object], code: str | None
) -> None:
    assert matched(ask(reconcile, "Neustadt", **properties)) == code


def test_a_property_that_contradicts_prevents_a_match(reconcile: Reconciler) -> None:
    assert matched(ask(reconcile, "Köln", state="Nordrhein-Westfalen")) == "05315"
    contradicted = ask(reconcile, "Köln", state="Hessen")
    assert matched(contradicted) is None
    assert contradicted[0].score < 80
    assert {f.id: f.value for f in contradicted[0].features}["state"] == 0.0
    near, far = (ask(reconcile, "Köln", population=n)[0].score for n in (990_000, 90_000))
    assert near > far
    assert matched(ask(reconcile, "", code="05315")) == "05315", "a code alone is a question, too"


def test_actors_are_found_without_legal_forms_and_told_apart_by_their_place(reconcile: Reconciler) -> None:
    assert matched(ask(reconcile, "AWO Kreisverband Borken", "actor")) == "awo"
    assert matched(ask(reconcile, "Elternverein Türkischer Köln", "actor")) == "verein"
    unclear = ask(reconcile, "Türkischer Elternverein", "actor")
    assert matched(unclear) is None
    assert {c.key.local for c in unclear} == {"verein", "verein2"}
    placed = ask(reconcile, "Türkischer Elternverein", "actor", place="Köln")
    assert placed[0].key.local == "verein"
    assert placed[0].within == ("Köln, Stadt", "Nordrhein-Westfalen")
    assert placed[0].score > placed[1].score + 20


@given(st.dictionaries(st.text(max_size=3), st.sampled_from([t.name for t in TOWNS] + ["Kolnn", "zzz"]), max_size=6))
def test_every_query_of_a_batch_is_answered_as_if_it_were_alone(texts: dict[str, str]) -> None:
    together = SHARED.answer({id: Query(text) for id, text in texts.items()})
    assert together.keys() == texts.keys()
    for id, text in texts.items():
        assert together[id] == SHARED.answer({"alone": Query(text)})["alone"]


SHARED = Reconciler(graph())


@given(st.text(min_size=1, max_size=30).filter(str.strip))
def test_any_text_gets_an_answer_with_scores_in_order(text: str) -> None:
    candidates = SHARED.answer({"q": Query(text)})["q"]
    matched(candidates)
    assert all(0 <= candidate.score <= 100 for candidate in candidates)


@pytest.mark.parametrize("said", [{"text": " "}, {"text": "x", "limit": 0}])
def test_a_query_for_nothing_is_refused(said: dict[str, object]) -> None:
    with pytest.raises(InvalidValue):
        Query(**said)


def test_suggestions_begin_as_typed_and_know_codes(reconcile: Reconciler) -> None:
    assert [c.key.local for c in reconcile.suggest("Neus")] == ["01055032", "06534016"]
    assert [c.key.local for c in reconcile.suggest("neus", skip=1)] == ["06534016"]
    assert reconcile.suggest("08119")[0].key.local == "08119"
    assert [c.key.local for c in reconcile.suggest("türk", ["actor"])] == ["verein2", "verein"]
    assert reconcile.suggest("Bork", ["level.municipality"])[0].key.local == "05554012"
    assert reconcile.suggest("  ") == ()


def test_a_list_is_extended_with_what_is_known(reconcile: Reconciler) -> None:
    properties = [
        "code",
        "level",
        "kind",
        "parent",
        "state",
        "population",
        "indicator:q",
        "successor",
        "valid_until",
        "no",
    ]
    rows = reconcile.extend(
        ["municipality:05315", "municipality:01059101", "actor:awo", "municipality:99999"], properties
    )
    cologne = rows["municipality:05315"]
    assert cologne["code"] == ("05315",)
    assert cologne["level"] == ("district",)
    assert cologne["parent"] == cologne["state"] == (Entity("municipality:05", "Nordrhein-Westfalen"),)
    assert cologne["indicator:q"] == (2.5,), "the latest value that there is"
    assert cologne["successor"] == cologne["no"] == ()
    assert rows["municipality:01059101"]["successor"] == (Entity("municipality:01059185", "Hürup"),)
    assert rows["municipality:01059101"]["valid_until"][0].isoformat() == "2023-02-28"
    assert rows["actor:awo"]["code"] == ()
    assert set(rows["municipality:99999"].values()) == {()}
    assert reconcile.extend(["actor:awo"], ["place"])["actor:awo"]["place"] == (Entity("municipality:05554", "Borken"),)
    assert "indicator:q" in reconcile.properties("municipality")
    assert "indicator:q" not in reconcile.properties("actor")


@pytest.mark.parametrize("said", ["kreis", "Kreis", "Landkreis", "Lkr.", "Rural district", "Stadt"])
def test_a_list_may_call_a_kreis_landkreis(tmp_path: Path, said: str) -> None:
    made = Made()
    made.records.append(Municipality(key=municipality_key("05154"), name="Kleve", level=DISTRICT, kind="kreis"))
    (first,) = ask(Reconciler(built(made, tmp_path)), "Kleve", kind=said)
    assert {f.id: f.value for f in first.features}["kind"] == float(said != "Stadt")


def test_the_record_s_own_values_are_told(tmp_path: Path) -> None:
    made = Made()
    made.district("08119")
    key = NodeKey("actor:a")
    actor = Actor(key=key, name="Verein", languages=("de", "uk"), url="https://www.example.org/", kind="school")
    made.actor(actor, place="08119", serves="08119", fields=("school",))
    reconcile = Reconciler(built(made, tmp_path))
    row = reconcile.extend([key], ["languages", "url", "kind", "serves", "field"])[key]
    assert row["languages"] == ("de", "uk")
    assert row["serves"] == (Entity("municipality:08119", "Ort 08119"),)
    assert row["field"][0] == Entity("concept:field.school", "Schule und schulische Integration")
    (found,) = ask(reconcile, "Verein", "actor", url="example.org", kind="Schule")
    assert found.match
    assert {f.id: f.value for f in found.features} == {"name": 1.0, "url": 1.0, "kind": 1.0}


@pytest.mark.germany
def test_all_of_germany_finds_itself_and_typing_errors_are_forgiven(germany: Path, tmp_path: Path) -> None:
    store = SQLiteStore(tmp_path / "s.db")
    run(RegisterImporter(), [germany / "destatis-gemeindeverzeichnis" / "AuszugGV4QAktuell_2024.xlsx"], store)
    country = project(store)
    reconcile = Reconciler(country)
    names = [country.arrays.names[place] for place in country.spans[Label.MUNICIPALITY][::80]]
    own = reconcile.answer({str(i): Query(name) for i, name in enumerate(names)})
    assert all(name in [candidate.name for candidate in own[str(i)][:2]] for i, name in enumerate(names))
    certain = [own[str(i)][0] for i in range(len(names)) if own[str(i)][0].match]
    assert len(certain) > 0.85 * len(names), "the others have namesakes"
    slips = [name[:3] + name[4:] for name in names]
    forgiven = reconcile.answer({str(i): Query(slip) for i, slip in enumerate(slips)})
    found = [bool(forgiven[str(i)]) and forgiven[str(i)][0].name == name for i, name in enumerate(names)]
    assert sum(found) > 0.95 * len(names)

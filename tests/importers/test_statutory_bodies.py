"""The bodies that every district has by law, derived from the list of districts."""

from collections import Counter
from pathlib import Path

import pytest

from graph_service.errors import InvalidValue
from graph_service.keys import Label, NodeKey, concept_key, municipality_key
from graph_service.model import Actor, Edge, EdgeType, Level, Municipality
from graph_service.vocabulary import load_vocabulary
from importers.contract import Issues
from importers.datasets import load_dataset
from importers.municipality_register.importer import RegisterImporter
from importers.statutory_bodies.derive import district_name, load_bodies, statutory_bodies

STATES = {"08": "Baden-Württemberg", "09": "Bayern", "01": "Schleswig-Holstein", "11": "Berlin"}


def district(code: str, name: str, kind: str | None = "landkreis", level: Level = Level.DISTRICT) -> Municipality:
    return Municipality(key=municipality_key(code), name=name, kind=kind, level=level)


REMS_MURR = district("08119", "Rems-Murr-Kreis")
FLENSBURG = district("01001", "Flensburg, Stadt", "kreisfreie-stadt")
BERLIN = district("11000", "Berlin, Stadt", "kreisfreie-stadt")
KARLSRUHE = district("08212", "Karlsruhe, Stadtkreis", "kreisfreie-stadt")
AROUND_KARLSRUHE = district("08215", "Karlsruhe")


def derived(*districts: Municipality) -> dict[str, Actor]:
    return {r.key.local: r for r in statutory_bodies(districts, STATES) if isinstance(r, Actor)}


def edges(*districts: Municipality) -> set[tuple[str, str, str]]:
    return {(e.type.value, e.source, e.target) for e in statutory_bodies(districts, STATES) if isinstance(e, Edge)}


def test_a_district_gets_its_bodies_with_names_that_people_know():
    actors = derived(REMS_MURR, FLENSBURG)
    assert actors["jugendamt-08119"].name == "Jugendamt Rems-Murr-Kreis"
    assert actors["jobcenter-01001"].name == "Jobcenter Flensburg"
    assert {key.rpartition("-")[0] for key in actors} == {body.id for body in load_bodies()}


@pytest.mark.parametrize(
    ("code", "name", "kind", "words"),
    [
        ("08119", "Rems-Murr-Kreis", "landkreis", "Rems-Murr-Kreis"),
        ("09162", "München, Landeshauptstadt", "kreisfreie-stadt", "München"),
        ("09184", "München", "landkreis", "Landkreis München"),
        ("09161", "Ingolstadt", "kreisfreie-stadt", "Ingolstadt"),
        ("01053", "Herzogtum Lauenburg", "kreis", "Kreis Herzogtum Lauenburg"),
        ("05154", "Kleve", "kreis", "Kreis Kleve"),
        ("05154", "Kleve", None, "Kreis Kleve"),
        ("05334", "Städteregion Aachen", "kreis", "Städteregion Aachen"),
        ("03241", "Region Hannover", "landkreis", "Region Hannover"),
        ("10041", "Regionalverband Saarbrücken", "regionalverband", "Regionalverband Saarbrücken"),
        ("13072", "Landkreis Rostock", "landkreis", "Landkreis Rostock"),
        ("05962", "Märkischer Kreis", "kreis", "Märkischer Kreis"),
        ("07133", "Bad Kreuznach", "landkreis", "Landkreis Bad Kreuznach"),
        ("05914", "Hagen, Stadt der FernUniversität", None, "Hagen"),
    ],
)
def test_the_district_is_called_as_people_call_it(code, name, kind, words):
    assert district_name(district(code, name, kind)) == words


def test_every_body_cites_its_law():
    actors = derived(REMS_MURR, FLENSBURG)
    assert actors["jugendamt-08119"].legal_basis == "SGB VIII § 69 Abs. 3"
    assert actors["gesundheitsamt-08119"].legal_basis == "Gesundheitsdienstgesetz (ÖGDG), Baden-Württemberg"
    assert actors["verwaltungsspitze-08119"].legal_basis == "Landkreisordnung (LKrO), Baden-Württemberg"
    assert actors["verwaltungsspitze-01001"].legal_basis == "Gemeindeordnung (GO), Schleswig-Holstein"
    assert all(actor.legal_basis for actor in actors.values())


def test_a_body_is_located_in_its_district_serves_it_and_has_fields_and_groups():
    found = edges(REMS_MURR)
    office, place = NodeKey("actor:jugendamt-08119"), municipality_key("08119")
    assert ("LOCATED_IN", office, place) in found
    assert ("SERVES", office, place) in found
    assert ("IN_FIELD", office, concept_key("field", "child-protection")) in found
    assert ("FOR_GROUP", office, concept_key("target_group", "unaccompanied")) in found


def test_nothing_is_invented_or_confirmed():
    for actor in derived(REMS_MURR, FLENSBURG, BERLIN).values():
        assert (actor.url, actor.longitude, actor.latitude, actor.contact_role, actor.assured_on) == (None,) * 5
    assert "nicht bestätigt" in load_dataset("statutory_bodies").note


def test_every_word_is_a_term_of_the_vocabulary():
    vocabulary = load_vocabulary()
    for body in load_bodies():
        assert vocabulary.term("actor_kind", body.kind).broader == "sector.public"
        for kind, ids in (
            ("field", body.fields),
            ("target_group", body.target_groups),
            ("resource", body.resources),
        ):
            assert ids
            assert all(vocabulary.term(kind, id).id == id for id in ids)


def test_where_the_law_names_a_neighbours_office_the_city_has_none_of_its_own():
    both = derived(KARLSRUHE, AROUND_KARLSRUHE)
    assert "gesundheitsamt-08212" not in both
    office = both["gesundheitsamt-08215"].key
    assert ("SERVES", office, KARLSRUHE.key) in edges(KARLSRUHE, AROUND_KARLSRUHE)
    assert ("LOCATED_IN", office, KARLSRUHE.key) not in edges(KARLSRUHE, AROUND_KARLSRUHE)


def test_no_edge_points_to_a_body_that_was_not_derived():
    assert not [edge for edge in edges(KARLSRUHE) if "gesundheitsamt" in edge[1]]


def test_city_states_say_that_an_entry_stands_for_all_boroughs():
    actors = derived(BERLIN)
    assert actors["jugendamt-11000"].name == "Jugendämter der Berliner Bezirke"
    assert "zwölf Bezirken" in (actors["jugendamt-11000"].description or "")
    assert actors["auslaenderbehoerde-11000"].name == "Landesamt für Einwanderung Berlin"


def test_saarland_has_one_immigration_office_for_the_state_and_none_by_district():
    saarlouis = district("10044", "Saarlouis")
    assert "auslaenderbehoerde-10044" not in derived(saarlouis)
    assert "jugendamt-10044" in derived(saarlouis)


def test_the_order_of_the_districts_does_not_matter():
    forwards = list(statutory_bodies([FLENSBURG, REMS_MURR], STATES))
    assert forwards == list(statutory_bodies([REMS_MURR, FLENSBURG], STATES))


@pytest.mark.parametrize(
    "wrong",
    [
        district("08119020", "Fellbach, Stadt", level=Level.MUNICIPALITY),
        district("99001", "Nirgends"),
        district("E0600", "Hart"),
        district("08119", "Rems-Murr-Kreis", level=Level.STATE),
        district("08119", " "),
    ],
)
def test_what_is_no_german_district_is_refused(wrong):
    with pytest.raises(InvalidValue):
        list(statutory_bodies([wrong], STATES))


def test_exceptions_name_districts_of_the_same_state_once_each():
    for body in load_bodies():
        for city, server in body.served_by.items():
            assert city[:2] == server[:2]
            assert server not in body.served_by
            assert len(city) == len(server) == 5


@pytest.mark.germany
def test_the_official_register_gives_the_bodies_that_the_states_count(germany: Path):
    register = germany / "destatis-gemeindeverzeichnis" / "AuszugGV4QAktuell_2024.xlsx"
    records = [r for r in RegisterImporter().read([register], Issues()).records if isinstance(r, Municipality)]
    states = {r.key.local: r.name or "" for r in records if r.level is Level.STATE}
    districts = [r for r in records if r.level is Level.DISTRICT]
    found = list(statutory_bodies(districts, states))
    actors = [r for r in found if isinstance(r, Actor)]
    kinds = Counter(actor.key.local.rpartition("-")[0] for actor in actors)
    assert kinds == {
        "jugendamt": 400,
        "jobcenter": 400,
        "sozialamt": 400,
        "schulverwaltung": 400,
        "verwaltungsspitze": 400,
        "gesundheitsamt": 362,
        "auslaenderbehoerde": 392,
    }
    health = Counter(a.key.local.rpartition("-")[2][:2] for a in actors if a.kind == "health-office")
    assert [health[state] for state in ("07", "08", "09", "16")] == [24, 38, 76, 22]
    assert len({actor.name for actor in actors}) == len(actors)
    served = Counter(e.target for e in found if isinstance(e, Edge) and e.type is EdgeType.SERVES)
    assert set(served) == {d.key for d in districts}
    assert {served[d.key] for d in districts if not d.key.local.startswith("10")} == {7}
    assert all(record.label is Label.ACTOR for record in actors)

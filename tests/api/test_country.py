"""The overview of states and districts counts what is recorded and hides nothing."""

import math

from towns import Relation, Town, projection

from api.pages.freshness import data_status
from api.questions.country import country
from graph_service.model import EdgeType, Level

TOWNS = (
    Town("08", "Baden-Württemberg", Level.STATE, population=11e6),
    Town("08119", "Rems-Murr-Kreis", parent="08"),
    Town("08111", "Stuttgart", parent="08"),
    Town("08119001", "Alfdorf", Level.MUNICIPALITY, "08119"),
    Town("08119999", "Welzheimer Wald, gemfr. Gebiet", Level.MUNICIPALITY, "08119", kind="gemeindefreies-gebiet"),
    Town("04", "Bremen", Level.STATE),
)
TYPES = {f"concept:municipality_type.bbsr-kreistyp-{n}": f"Typ {n}" for n in (1, 2, 4)}


def test_states_and_their_districts_are_told_by_name_with_their_types():
    found = country(
        projection(
            TOWNS,
            {},
            (),
            (
                Relation(EdgeType.OF_TYPE, "municipality:08111", "concept:municipality_type.bbsr-kreistyp-1"),
                Relation(EdgeType.OF_TYPE, "municipality:08119001", "concept:municipality_type.bbsr-kreistyp-4"),
            ),
            TYPES,
        )
    )
    south, north = found.states[0], found.states[1]
    assert [(each.name, each.type) for each in south.districts] == [
        ("Rems-Murr-Kreis", ""),
        ("Stuttgart", "bbsr-kreistyp-1"),
    ]
    assert (south.municipalities, south.population) == (1, 11e6)
    assert (north.districts, math.isnan(north.population)) == ((), True)
    assert found.types == {"bbsr-kreistyp-1": 1}


def test_a_forest_that_no_municipality_governs_is_none_in_what_is_counted():
    found = projection(TOWNS, {}, (), ())
    assert country(found).states[0].municipalities == 1
    assert data_status(found).municipalities == 1


def test_umlauts_stand_where_people_look_for_them():
    names = ("Tuttlingen", "Tübingen", "Breisgau", "Böblingen")
    towns = [Town(f"0840{i}", name, parent="08") for i, name in enumerate(names)]
    found = country(projection((TOWNS[0], *towns), {}, (), ()))
    assert [each.name for each in found.states[0].districts] == ["Böblingen", "Breisgau", "Tübingen", "Tuttlingen"]

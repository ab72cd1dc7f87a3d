"""People write a municipality's name in many ways."""

import pytest
from towns import Relation, Town, projection

from graph_service.errors import Ambiguous, NotFound
from graph_service.model import EdgeType, Level
from graph_service.projection import Projection
from matching.naming.municipalities import UnknownMunicipality, find_municipality

DISTRICT, TOWN = Level.DISTRICT, Level.MUNICIPALITY


@pytest.fixture(scope="module")
def country() -> Projection:
    """A few municipalities, named as in the official register."""
    towns = [
        Town("01", "Schleswig-Holstein", Level.STATE), Town("08", "Baden-Württemberg", Level.STATE),
        Town("01001", "Flensburg, Stadt", DISTRICT, "01", kind="kreisfreie-stadt"),
        Town("010010000", "Flensburg, Stadt", Level.ASSOCIATION, "01001"),
        Town("01001000", "Flensburg, Stadt", TOWN, "010010000", kind="kreisfreie-stadt"),
        Town("08116", "Esslingen", DISTRICT, "08", kind="landkreis"),
        Town("08116019", "Esslingen am Neckar, Stadt", TOWN, "08116", kind="kreisangehoerige-stadt"),
        Town("07232034", "Eßlingen", TOWN, kind="gemeinde"),
        Town("08119", "Rems-Murr-Kreis", DISTRICT, "08", kind="landkreis"),
        Town("09162", "München, Landeshauptstadt", DISTRICT, kind="kreisfreie-stadt"),
        Town("09162000", "München, Landeshauptstadt", TOWN, "09162", kind="kreisfreie-stadt"),
        Town("09184", "München", DISTRICT, kind="landkreis"),
        Town("06412", "Frankfurt am Main, Stadt", DISTRICT, kind="kreisfreie-stadt"),
        Town("12053", "Frankfurt (Oder), Stadt", DISTRICT, kind="kreisfreie-stadt"),
        Town("10041", "Regionalverband Saarbrücken", DISTRICT, kind="regionalverband"),
        Town("05154", "Kleve", DISTRICT, kind="kreis"),
        Town("05154036", "Kleve, Stadt", TOWN, "05154", kind="kreisangehoerige-stadt"),
        Town("11", "Berlin", Level.STATE), Town("11000", "Berlin, Stadt", DISTRICT, "11"),
        Town("11000000", "Berlin, Stadt", TOWN, "11000"),
        Town("16056", "Eisenach, Stadt", DISTRICT, kind="kreisfreie-stadt", valid_until="2021-06-30"),
        Town("16063", "Wartburgkreis", DISTRICT, kind="landkreis"),
        Town("09183128", "Mühldorf a.Inn, St", TOWN, kind="kreisangehoerige-stadt"),
        Town("SE0114", "Upplands Väsby", TOWN),
    ]  # fmt: skip
    gone = Relation(EdgeType.SUCCEEDED_BY, "municipality:16056", "municipality:16063", {"on": "2021-07-01"})
    return projection(towns, {}, [], [gone])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("08119", "08119"), ("municipality:08119", "08119"), ("08119000", "08119"), ("8119", "08119"),
        ("010010000000", "01001000"),
        ("Munchen Landeshauptstadt", "09162"),
        ("01001000", "01001000"), ("SE0114", "SE0114"), (" Rems-Murr-Kreis ", "08119"), ("REMS MURR KREIS", "08119"),
        ("Flensburg", "01001"), ("Flensburg, Stadt", "01001"), ("flensburg stadt", "01001"), ("Berlin", "11000"),
        ("Mühldorf", "09183128"),
        ("Esslingen", "08116"), ("Landkreis Esslingen", "08116"), ("Esslingen am Neckar", "08116019"),
        ("Eßlingen", "07232034"), ("Landkreis München", "09184"), ("muenchen, landeshauptstadt", "09162"),
        ("Landeshauptstadt München", "09162"), ("Saarbrücken", "10041"), ("Saarbruecken", "10041"),
        ("Kreis Saarbrücken", "10041"), ("Regionalverband Saarbrücken", "10041"),
        ("Kreis Kleve", "05154"), ("Landkreis Kleve", "05154"), ("Kr. Kleve", "05154"), ("Kleve (Kreis)", "05154"),
        ("Kleve (Landkreis)", "05154"), ("Kleve (Rural district)", "05154"), ("Kreis Esslingen", "08116"),
        ("Kleve, Stadt", "05154036"), ("Kleve (Stadt)", "05154036"),
        ("Frankfurt am Main", "06412"), ("Frankfurt (Oder)", "12053"), ("Eisenach", "16063"),
        ("Upplands Vasby", "SE0114"), ("Baden-Württemberg", "08"),
    ],
)  # fmt: skip
def test_what_people_write_is_understood(country: Projection, text: str, code: str) -> None:
    assert find_municipality(country, text).local == code


def test_one_place_on_several_levels_is_taken_at_the_level_asked_for(country: Projection) -> None:
    assert find_municipality(country, "Flensburg", TOWN).local == "01001000"
    assert find_municipality(country, "Berlin", Level.STATE).local == "11"


@pytest.mark.parametrize(("text", "codes"), [("München", ["09162", "09184"]), ("Frankfurt", ["06412", "12053"])])
def test_a_name_of_several_places_lists_each_place_once(country: Projection, text: str, codes: list[str]) -> None:
    with pytest.raises(Ambiguous) as caught:
        find_municipality(country, text)
    assert [key for key, _ in caught.value.candidates] == [f"municipality:{code}" for code in codes]


def test_an_unknown_name_is_answered_with_the_nearest(country: Projection) -> None:
    with pytest.raises(UnknownMunicipality) as caught:
        find_municipality(country, "Rems-Mur-Kreis")
    assert caught.value.nearest == (("municipality:08119", "Rems-Murr-Kreis"),)


@pytest.mark.parametrize(
    "text", ["", "   ", "Xyzzy", "119", "municipality:", "concept:x", "💥", "a" * 5000, "(", "Stadt"]
)
def test_nonsense_is_not_found(country: Projection, text: str) -> None:
    with pytest.raises(NotFound):
        find_municipality(country, text)

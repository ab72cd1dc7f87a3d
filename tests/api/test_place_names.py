"""What places are called on pages: short, and so that nobody takes one for another of the same name."""

import re
from pathlib import Path

import pytest
from towns import Town, projection

from api.language import Words
from api.words.places import beside, called, place_name, with_place
from api.words.suggestions import Explainer
from api.words.supporters import where
from graph_service.keys import Label, NodeKey, municipality_key
from graph_service.model import Level
from graph_service.projection import LEVELS, Projection, project
from graph_service.store.sqlite_store import SQLiteStore
from importers.municipality_register.importer import RegisterImporter
from importers.run import run
from matching.naming.municipalities import find_municipality
from matching.naming.namesakes import RURAL, TOWNS
from matching.supporters.records import Supporter

DISTRICT, TOWN, ASSOCIATION = Level.DISTRICT, Level.MUNICIPALITY, Level.ASSOCIATION


@pytest.fixture(scope="module")
def country() -> Projection:
    """Places that share their names in all the ways in which the official register has them."""
    towns = [
        Town("01", "Schleswig-Holstein", Level.STATE), Town("05", "Nordrhein-Westfalen", Level.STATE),
        Town("09", "Bayern", Level.STATE), Town("11", "Berlin", Level.STATE, kind="bundesland"),
        Town("09362", "Regensburg", DISTRICT, "09", kind="kreisfreie-stadt"),
        Town("093620000", "Regensburg", ASSOCIATION, "09362", kind="verbandsfreie-gemeinde"),
        Town("09362000", "Regensburg", TOWN, "093620000", kind="kreisfreie-stadt"),
        Town("09375", "Regensburg", DISTRICT, "09", kind="landkreis"),
        Town("01002", "Kiel, Landeshauptstadt", DISTRICT, "01", kind="kreisfreie-stadt"),
        Town("01002000", "Kiel, Landeshauptstadt", TOWN, "01002", kind="kreisfreie-stadt"),
        Town("11000", "Berlin, Stadt", DISTRICT, "11", kind="kreisfreie-stadt"),
        Town("11000000", "Berlin, Stadt", TOWN, "11000", kind="kreisfreie-stadt"),
        Town("08211", "Baden-Baden, Stadtkreis", DISTRICT, kind="kreisfreie-stadt"),
        Town("05966", "Olpe", DISTRICT, "05", kind="kreis"),
        Town("05966024", "Olpe, Stadt", TOWN, "05966", kind="kreisangehoerige-stadt"),
        Town("091", "Schwaben", Level.REGION, "09", kind="regierungsbezirk"),
        Town("09172", "Schwaben", DISTRICT, "091", kind="landkreis"), Town("09180", "Oberland", DISTRICT, "091"),
        Town("01051", "Dithmarschen", DISTRICT, "01", kind="kreis"),
        Town("01051075", "Neuenkirchen", TOWN, "01051", kind="gemeinde"),
        Town("05566", "Steinfurt", DISTRICT, "05", kind="kreis"),
        Town("05566060", "Neuenkirchen", TOWN, "05566", kind="gemeinde"),
        Town("05566071", "Hausen", TOWN, "05566", kind="gemeinde"),
        Town("05566072", "Hausen", TOWN, "05566", kind="gemeinde", valid_until="2012-12-31"),
        Town("055660001", "Amt Nord", ASSOCIATION, "05566"), Town("055660002", "Amt Süd", ASSOCIATION, "05566"),
        Town("05566081", "Holm", TOWN, "055660001", kind="gemeinde"),
        Town("05566082", "Holm", TOWN, "055660002", kind="gemeinde"),
        Town("03", "Niedersachsen", Level.STATE), Town("03458", "Oldenburg", DISTRICT, "03", kind="landkreis"),
        Town("03403", "Oldenburg (Oldb), Stadt", DISTRICT, "03", kind="kreisfreie-stadt"),
        Town("03403000", "Oldenburg (Oldenburg), Stadt", TOWN, "03403", kind="kreisfreie-stadt"),
        Town("03453006", "Essen (Oldenburg)", TOWN, "03", kind="gemeinde"),
        Town("05113", "Essen, Stadt", DISTRICT, "05", kind="kreisfreie-stadt"),
        Town("08116", "Esslingen", DISTRICT, kind="landkreis"),
        Town("08116019", "Esslingen am Neckar, Stadt", TOWN, "08116", kind="kreisangehoerige-stadt"),
        Town("08337", "Waldshut", DISTRICT, kind="landkreis"),
        Town("08337126", "Waldshut-Tiengen, Stadt", TOWN, "08337", kind="kreisangehoerige-stadt"),
        Town("09479", "Wunsiedel i.Fichtelgebirge", DISTRICT, "09", kind="landkreis"),
        Town("09479152", "Wunsiedel, St", TOWN, "09479", kind="kreisangehoerige-stadt"),
        Town("09575", "Neustadt a.d.Aisch-Bad Windsheim", DISTRICT, "09", kind="landkreis"),
        Town("07316", "Neustadt an der Weinstraße", DISTRICT, kind="kreisfreie-stadt"),
        Town("15083", "Börde", DISTRICT, kind="landkreis"), Town("15085", "Harz", DISTRICT, kind="landkreis"),
        Town("15089043", "Börde-Hakel, Stadt", TOWN, "15085", kind="kreisangehoerige-stadt"),
        Town("03153504", "Harz (Landkreis Goslar), gemfr. Gebiet", TOWN, "03", kind="gemeindefreies-gebiet"),
        Town("12", "Brandenburg", Level.STATE), Town("02", "Hamburg", Level.STATE),
        Town("12051", "Brandenburg an der Havel, Stadt", DISTRICT, "12", kind="kreisfreie-stadt"),
        Town("02000", "Hamburg, Freie und Hansestadt", DISTRICT, "02", kind="kreisfreie-stadt"),
        Town("07132", "Altenkirchen (Westerwald)", DISTRICT, kind="landkreis"),
        Town("07132501", "Altenkirchen (Westerwald), Stadt", TOWN, "07132", kind="kreisangehoerige-stadt"),
        Town("12060", "Barnim", DISTRICT, kind="landkreis"),
        Town("12060001", "Barnim am See", TOWN, "12060", kind="kreisangehoerige-stadt", valid_until="2003-10-25"),
    ]  # fmt: skip
    return projection(towns, {}, [], [])


SHOWN = [
    ("09362", "Regensburg (Stadt)"), ("09362000", "Regensburg (Stadt)"), ("09375", "Regensburg (Landkreis)"),
    ("01002", "Kiel"), ("01002000", "Kiel"), ("11", "Berlin"), ("11000", "Berlin"), ("08211", "Baden-Baden"),
    ("05966", "Olpe (Kreis)"), ("05966024", "Olpe (Stadt)"),
    ("091", "Schwaben (Regierungsbezirk)"), ("09172", "Schwaben"),
    ("01051075", "Neuenkirchen (Dithmarschen)"), ("05566060", "Neuenkirchen (Steinfurt)"),
    ("05566071", "Hausen"), ("05566072", "Hausen (bis 2012)"),
    ("05566081", "Holm (Amt Nord)"), ("05566082", "Holm (Amt Süd)"),
    ("03403", "Oldenburg (Stadt)"), ("03403000", "Oldenburg (Stadt)"), ("03458", "Oldenburg (Landkreis)"),
    ("05113", "Essen"), ("03453006", "Essen (Oldenburg)"),
    ("08116", "Esslingen (Landkreis)"), ("08116019", "Esslingen am Neckar"),
    ("08337", "Waldshut (Landkreis)"), ("08337126", "Waldshut-Tiengen"),
    ("07132", "Altenkirchen (Westerwald, Landkreis)"), ("07132501", "Altenkirchen (Westerwald, Stadt)"),
    ("09479", "Wunsiedel i.Fichtelgebirge (Landkreis)"), ("09479152", "Wunsiedel"),
    ("09575", "Neustadt a.d.Aisch-Bad Windsheim"), ("15083", "Börde"), ("15085", "Harz"), ("12060", "Barnim"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "name"), SHOWN)
def test_a_place_is_called_by_its_short_name_and_what_tells_it_apart(country: Projection, code: str, name: str) -> None:
    assert called(country, Words("de"), municipality_key(code)) == name


def test_what_tells_places_apart_is_said_in_the_readers_language(country: Projection) -> None:
    speak = Words("en")
    assert called(country, speak, municipality_key("09362")) == "Regensburg (city)"
    assert called(country, speak, municipality_key("09375")) == "Regensburg (rural district)"
    assert called(country, speak, municipality_key("05966")) == "Olpe (rural district)"
    assert called(country, speak, municipality_key("05966024")) == "Olpe (town)"
    assert called(country, speak, municipality_key("05566072")) == "Hausen (until 2012)"
    assert called(country, speak, municipality_key("08337")) == "Waldshut (rural district)"


@pytest.mark.parametrize("language", ["de", "en"])
def test_what_is_shown_is_understood_where_it_is_written_into_a_field(country: Projection, language: str) -> None:
    speak = Words(language)
    for position in range(len(country.spans[Label.MUNICIPALITY])):
        shown = place_name(country, speak, position)
        if not shown.startswith(("Hausen", "Essen", "Harz")):  # which of the two is meant is asked
            found = find_municipality(country, shown)
            assert place_name(country, speak, country.position(found)) == shown


@pytest.mark.parametrize(
    ("name", "place", "said"),
    [
        ("Karlsruhe (Landkreis)", "Landkreis, Baden-Württemberg", "Karlsruhe"),
        ("Regensburg (city)", "Independent city, Bayern", "Regensburg"),
        ("Halle (Saale)", "Kreisfreie Stadt, Sachsen-Anhalt", "Halle (Saale)"),
        ("Lindau (Bodensee, Landkreis)", "Landkreis, Bayern", "Lindau (Bodensee)"),
        ("Karlsruhe (Landkreis)", "", "Karlsruhe (Landkreis)"),
    ],
)
def test_beside_its_kind_a_name_does_not_say_it_again(name: str, place: str, said: str) -> None:
    assert beside(name, place) == said


@pytest.mark.parametrize(
    ("code", "place", "text"),
    [
        ("09375", "Landkreis, Bayern", "Regensburg (Landkreis, Bayern)"),
        ("09362", "Kreisfreie Stadt, Bayern", "Regensburg (Kreisfreie Stadt, Bayern)"),
        ("05966", "Kreis, Nordrhein-Westfalen", "Olpe (Kreis, Nordrhein-Westfalen)"),
        ("05566060", "Gemeinde, Nordrhein-Westfalen", "Neuenkirchen (Steinfurt; Gemeinde, Nordrhein-Westfalen)"),
        ("07132", "Landkreis, Rheinland-Pfalz", "Altenkirchen (Westerwald; Landkreis, Rheinland-Pfalz)"),
        ("01002", "Kreisfreie Stadt, Schleswig-Holstein", "Kiel (Kreisfreie Stadt, Schleswig-Holstein)"),
    ],
)
def test_those_among_whom_one_chooses_differ_and_say_nothing_twice(
    country: Projection, code: str, place: str, text: str
) -> None:
    assert with_place(country, Words("de"), municipality_key(code), place) == text


@pytest.mark.parametrize(
    ("name", "codes", "said"),
    [
        ("Ausländerbehörde Regensburg", ["09362"], "Kreisfreie Stadt, Bayern"),
        ("Jugendamt Landkreis Regensburg", ["09375"], "Bayern"),
        ("Jugendamt Kreis Olpe", ["05966"], "Nordrhein-Westfalen"),
        ("Ausländerbehörde Essen (Oldenburg)", ["03453006"], "Gemeinde, Niedersachsen"),
        ("Ausländerbehörde Brandenburg an der Havel", ["12051"], "Kreisfreie Stadt, Brandenburg"),
        ("Jugendamt Hamburg", ["02000"], "Kreisfreie Stadt"),
        ("Jugendmigrationsdienst", ["09375"], "Regensburg (Landkreis)"),
        ("Hilfswerk Regensburger Land", ["09362", "01002"], "Regensburg (Stadt); Kiel"),
        ("Ohne Ort", [], ""),
    ],
)
def test_where_an_actor_is_is_told_without_saying_its_name_again(
    country: Projection, name: str, codes: list[str], said: str
) -> None:
    nobody, places = frozenset[str](), tuple(map(municipality_key, codes))
    key = NodeKey.of(Label.ACTOR, "a")
    actor = Supporter(key, name, "", nobody, nobody, nobody, nobody, places, "", "", None)
    assert where(actor, Explainer(country, Words("de"))) == said


@pytest.mark.germany
def test_no_rural_district_of_germany_is_called_like_a_town(germany: Path, tmp_path: Path) -> None:
    store = SQLiteStore(tmp_path / "s.db")
    run(RegisterImporter(), [germany / "destatis-gemeindeverzeichnis" / "AuszugGV4QAktuell_2024.xlsx"], store)
    country = project(store)
    table, speak = country.municipalities, Words("de")
    names: dict[str, list[str]] = {"town": [], "district": []}
    for position in range(len(country.spans[Label.MUNICIPALITY])):
        kind = table.kinds[table.kind[position]] if table.kind[position] >= 0 else ""
        if kind in TOWNS:
            names["town"].append(place_name(country, speak, position))
        elif kind in RURAL and LEVELS[table.level[position]] is DISTRICT:
            names["district"].append(place_name(country, speak, position))
    assert len(names["district"]) == 294
    plainly = {re.split(r"[ (/]", name)[0] for name in names["town"]} | set(names["town"])
    alike = [name for name in names["district"] if name in plainly]
    assert alike == []
    for name in ("Oldenburg", "Esslingen", "Waldshut", "Offenbach", "Leer", "Bautzen", "Regensburg"):
        assert f"{name} (Landkreis)" in names["district"]
    called_kreis = [name for name in names["district"] if name.endswith(" (Kreis)")]
    assert {"Kleve (Kreis)", "Unna (Kreis)", "Plön (Kreis)"} <= {*called_kreis}
    assert {find_municipality(country, name).local[:2] for name in called_kreis} == {"01", "05"}
    for name in ("Kleve", "Unna"):
        forms = (f"Kreis {name}", f"Landkreis {name}", f"{name} (Kreis)", f"{name} (Landkreis)", f"Kr. {name}")
        assert len({find_municipality(country, form) for form in forms}) == 1
    assert {"Harz", "Börde", "Rems-Murr-Kreis", "Neustadt a.d.Aisch-Bad Windsheim"} <= {*names["district"]}
    assert {"Oldenburg (Stadt)", "Halle (Saale)", "Frankfurt (Oder)", "Verden (Aller)"} <= {*names["town"]}

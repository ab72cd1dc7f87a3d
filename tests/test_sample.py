"""The bundled sample is true, complete, small, says where everything is from, and can be built again."""

import csv
import io
import json
import math
import re
import tomllib
import zipfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from statistics import correlation

import pytest

from api.words.practices import REMARKS
from graph_service.store.open import open_store
from importers.package.importer import PackageImporter
from importers.run import run
from importers.sample import SAMPLE
from scripts.build_sample import build, main
from scripts.sample.own_values import census_shares, population_change, residence_rates

Rows = list[dict[str, str]]
PROJECT = Path(__file__).parent.parent

COUNTED_TOGETHER = {"06611", "06633", "10041", "10042", "10043", "10044", "10045", "10046", "12052", "12071"}
ZERO_IN_THE_FILE = {"06633", "10041", "10042", "10043", "10045", "10046", "12071"}
CITY_STATES = {"02000", "04011", "04012", "11000"}


@pytest.fixture(scope="module")
def tables() -> Mapping[str, Rows]:
    with zipfile.ZipFile(SAMPLE) as archive:
        return {
            name.removesuffix(".csv"): list(csv.DictReader(io.TextIOWrapper(archive.open(name), encoding="utf-8")))
            for name in archive.namelist()
            if name.endswith(".csv")
        }


@pytest.fixture(scope="module")
def values(tables: Mapping[str, Rows]) -> Mapping[tuple[str, str, str], tuple[str, str]]:
    return {
        (row["municipality"], row["indicator"], row["period"]): (row["value"], row["flag"])
        for row in tables["observations"]
    }


@pytest.fixture(scope="module")
def descriptor() -> dict[str, object]:
    with zipfile.ZipFile(SAMPLE) as archive:
        content: dict[str, object] = json.loads(archive.read("datapackage.json"))
    return content


def test_it_is_under_four_megabytes() -> None:
    assert SAMPLE.stat().st_size < 4_000_000


def test_it_has_every_state_district_and_municipality(tables: Mapping[str, Rows]) -> None:
    levels = Counter(row["level"] for row in tables["municipalities"])
    assert levels["state"] == 16
    assert levels["district"] == 400
    assert levels["municipality"] == 10_959


def test_every_municipality_has_what_the_register_says_of_it(tables: Mapping[str, Rows]) -> None:
    by_key = {row["key"]: row for row in tables["municipalities"]}
    assert all(row["parent"] in by_key for row in by_key.values() if row["level"] != "state")
    towns = [row for row in by_key.values() if row["level"] == "municipality"]
    assert all(row["name"] and row["kind"] and row["population"] and row["area_km2"] for row in towns)
    # the sea and the territory shared with Luxembourg have no point in the register
    assert {row["key"] for row in towns if not row["longitude"]} == {"07000999", "10042999", "13000999"}
    districts = [row for row in by_key.values() if row["level"] == "district"]
    assert all(row["longitude"] and row["latitude"] and row["population"] for row in districts)


def test_every_indicator_says_in_both_languages_what_it_is_and_where_it_is_from(tables: Mapping[str, Rows]) -> None:
    assert len(tables["indicators"]) >= 45
    for row in tables["indicators"]:
        assert all(row[name] for name in row), row
        assert row["label_de"] != row["label_en"]
        assert row["polarity"] in ("-1", "0", "1")
        assert row["url"].startswith("https://")


def test_the_indicators_cover_the_themes_that_matter(tables: Mapping[str, Rows]) -> None:
    themes = Counter(row["theme"] for row in tables["indicators"])
    wanted = {"demography", "migration", "youth-education", "social", "housing", "labour", "finance", "settlement"}
    assert wanted <= themes.keys()
    assert all(themes[theme] >= 4 for theme in wanted)


def test_every_indicator_is_known_for_nearly_all_districts(tables: Mapping[str, Rows]) -> None:
    districts = {row["key"] for row in tables["municipalities"] if row["level"] == "district"}
    latest: dict[str, dict[str, str]] = {}
    for row in tables["observations"]:
        assert row["municipality"] in districts
        if row["value"]:
            latest.setdefault(row["indicator"], {})[row["municipality"]] = row["value"]
    for indicator in (row["id"] for row in tables["indicators"]):
        assert len(latest[indicator]) >= 390, indicator


def test_series_reach_back_ten_years_where_the_sources_do(tables: Mapping[str, Rows]) -> None:
    years: dict[str, set[str]] = {}
    for row in tables["observations"]:
        years.setdefault(row["indicator"], set()).add(row["period"][:4])
    assert sum(len(found) >= 10 for found in years.values()) >= 25


@pytest.mark.parametrize(
    ("place", "indicator", "period", "value"),
    [
        # read by hand from the publishers' files
        ("08119", "deutschlandatlas.bev_u18", "2022", 17.62),
        ("01001", "deutschlandatlas.bev_ausw", "2022", 167.15),
        ("16054", "deutschlandatlas.bev_binw", "2022", -1238.08),
        ("01001", "deutschlandatlas.schulden", "2023", 13.34),
        ("08119", "inkar.asylbewerber", "2021", 5.27),
        ("01001", "inkar.auslaenderanteil", "2022", 18.46),
        ("08119", "inkar.schulabgaenger-ohne-abschluss", "2022", 6.22),
        ("08119", "inkar.haushaltseinkommen", "2021", 2223.68),
        ("09188", "inkar.haushaltseinkommen", "2021", 3124.67),
        ("01001", "inkar.beschaeftigte-am-wo-ohne-berufsabschluss", "2012", 14.56),
        ("16063", "inkar.steuerkraft", "2019", 690.78),
        ("12070", "inkar.einwohnerdichte", "2022", 35.56),
        ("08119", "genesis.12411-01-01-4.bevstd", "2024-12-31", 440_696),
        ("08119", "genesis.11111-02-01-4.gem001", "2024-12-31", 31),
        ("01002", "inkar.studierende", "2021", 147.5),
        # 220 of Flensburg's 96,326 people wait for the decision on their asylum
        ("01001", "genesis.12521-0043.aufenthaltsgestattung-je-1000", "2024-12-31", 2.284),
        # Berlin had 3,613,495 people in 2017 and 3,782,202 in 2023
        ("11000", "gvisys.population-change-2017-2023", "2023", 4.669),
        ("08111", "zensus2022.migration-background", "2022-05-15", 35.6),
    ],
)
def test_facts_are_those_of_the_originals(
    values: Mapping[tuple[str, str, str], tuple[str, str]], place: str, indicator: str, period: str, value: float
) -> None:
    found, flag = values[place, indicator, period]
    assert float(found) == pytest.approx(value, abs=0.005)
    assert flag == ""


def test_districts_whose_foreigners_are_counted_elsewhere_are_missing_and_never_zero(
    tables: Mapping[str, Rows], values: Mapping[tuple[str, str, str], tuple[str, str]]
) -> None:
    statuses = [row["id"] for row in tables["indicators"] if row["id"].startswith("genesis.12521-0043.")]
    assert len(statuses) >= 5
    for status in statuses:
        missing = {place for (place, id, _), (value, _) in values.items() if id == status and value == ""}
        assert missing == COUNTED_TOGETHER
        assert missing >= ZERO_IN_THE_FILE
        assert all(values[place, status, "2024-12-31"] == ("", ".") for place in missing)


def test_city_states_have_no_municipal_finance_of_zero(tables: Mapping[str, Rows]) -> None:
    levied = {"inkar.steuerkraft"}
    finance = {row["id"] for row in tables["indicators"] if row["theme"] == "finance"} - levied
    rows = [r for r in tables["observations"] if r["indicator"] in finance and r["municipality"] in CITY_STATES]
    assert rows
    assert all((row["value"], row["flag"]) == ("", "x") for row in rows)


def test_missing_values_carry_the_mark_that_says_why(tables: Mapping[str, Rows]) -> None:
    assert all(row["flag"] for row in tables["observations"] if not row["value"])


def test_figures_of_different_sources_agree_where_they_must(
    values: Mapping[tuple[str, str, str], tuple[str, str]], tables: Mapping[str, Rows]
) -> None:
    def latest(indicator: str, period: str) -> dict[str, float]:
        return {p: float(v) for (p, i, y), (v, _) in values.items() if (i, y) == (indicator, period) and v}

    population = latest("genesis.12411-01-01-4.bevstd", "2024-12-31")
    area = {row["key"]: float(row["area_km2"]) for row in tables["municipalities"] if row["level"] == "district"}
    register = {row["key"]: int(row["population"]) for row in tables["municipalities"] if row["level"] == "district"}
    density = latest("inkar.einwohnerdichte", "2022")
    for district, people in population.items():
        # the census of 2022 corrected the register by up to 8 %
        assert people == pytest.approx(register[district], rel=0.1)
        # Bremen and Bremerhaven disagree by 9 %: the port area counts to one or the other
        assert density[district] == pytest.approx(register[district] / area[district], rel=0.1)
    by_status = [i for i in {key[1] for key in values} if i.startswith("genesis.12521-0043.")]
    sums = {p: sum(latest(i, "2024-12-31")[p] for i in by_status) / 10 for p in population if p not in COUNTED_TOGETHER}
    foreign = latest("inkar.auslaenderanteil", "2022")
    assert _correlation(sums, foreign) > 0.98
    assert _correlation(latest("zensus2022.migration-background", "2022-05-15"), foreign) > 0.93
    assert _correlation(latest("inkar.kinderarmut", "2021"), latest("inkar.sgb-ii-quote", "2021")) > 0.97


def _correlation(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    keys = sorted(one.keys() & other.keys())
    assert len(keys) >= 390
    return correlation([one[key] for key in keys], [other[key] for key in keys])


def test_every_district_has_its_types_and_every_municipality_its_urbanisation(tables: Mapping[str, Rows]) -> None:
    types: dict[str, set[str]] = {}
    for row in tables["types"]:
        types.setdefault(row["municipality"], set()).add(row["type"].removeprefix("municipality_type."))
    levels = {row["key"]: row["level"] for row in tables["municipalities"]}
    labels = {f"{row['kind']}.{row['id']}": row for row in tables["vocabulary"]}
    assert all(row["type"] in labels for row in tables["types"])
    assert all(row["label_de"] and row["label_en"] for row in labels.values())
    for key, level in levels.items():
        if level == "district":
            assert any(name.startswith("bbsr-kreistyp-") for name in types[key]), key
        elif level == "municipality":
            assert any(name.startswith("degurba-") for name in types[key]), key
    assert "bbsr-kreistyp-2" in types["08119"]


def test_practices_are_facts_and_links_in_places_that_exist(tables: Mapping[str, Rows]) -> None:
    places = {row["key"] for row in tables["municipalities"]}
    titles = {row["key"]: row["title"] for row in tables["practices"]}
    assert len(tables["applications"]) == 59
    assert {row["practice"] for row in tables["applications"]} == titles.keys()
    assert all(row["municipality"] in places for row in tables["applications"])
    assert len(set(titles.values())) == len(titles)
    assert all(row["source"] for row in tables["practices"])


def test_sources_are_named_without_german_words_of_ours(tables: Mapping[str, Rows]) -> None:
    ours = ("Seite zum", "Projektseite", "Meldung über", "Broschüre zum", "Vorlage im", "Programm „")
    assert not [row["source"] for row in tables["practices"] if any(each in row["source"] for each in ours)]


def test_nobody_is_sent_to_a_copy_and_the_source_stands_in_words(tables: Mapping[str, Rows]) -> None:
    addresses = {row["url"] for row in tables["practices"] if row["url"]}
    assert all(address.startswith("https://") for address in addresses)
    assert not any("readkong" in address or "9dok" in address for address in addresses)
    unlinked = {row["source"] for row in tables["practices"] if not row["url"]}
    assert len(unlinked) == 2
    assert sum(not row["url"] for row in tables["practices"]) == 10


def test_a_programme_is_neither_a_carrier_nor_an_award_nor_a_publisher(tables: Mapping[str, Rows]) -> None:
    named = {row["programme"] for row in tables["practices"] if row["programme"]}
    assert len(named) == 6
    assert not any(re.search("wettbewerb|Träger|Diakonie|Caritas|Landkreistag", each) for each in named)


def test_what_we_remark_of_a_practice_is_known_to_the_pages_which_say_it_in_english(tables: Mapping[str, Rows]) -> None:
    assert {row["description"] for row in tables["practices"] if row["description"]} == set(REMARKS)


def test_what_is_not_known_of_a_practice_is_not_claimed(tables: Mapping[str, Rows]) -> None:
    assert not any(row["status"] or row["outcome"] or row["started_on"] for row in tables["applications"])
    awarded = [row for row in tables["practices"] if row["key"].startswith("zusammenleben-2018-")]
    assert len(awarded) == 19
    assert all(row["evidence"] == "none" and not row["challenges"] for row in awarded)


def test_every_source_stands_in_the_descriptor_with_its_licence(
    descriptor: Mapping[str, object], tables: Mapping[str, Rows]
) -> None:
    sources = descriptor["sources"]
    assert isinstance(sources, list)
    assert all(source["title"] and source["licence"] and source["publisher"] for source in sources)
    titles = {source["title"] for source in sources}
    assert {row["source"].split(": ", 1)[1] for row in tables["indicators"]} <= titles
    assert all(source.get("path") for source in sources if source["dataset"] not in ("practice-leads", "vocabulary"))


def test_no_personal_data_is_in_it() -> None:
    with zipfile.ZipFile(SAMPLE) as archive:
        text = {name: archive.read(name).decode("utf-8") for name in archive.namelist()}
    for name, content in text.items():
        assert "@" not in content, name
        assert not re.search(r"(?:\+49|\b0)[ (/-]?\d{2,4}[ )/-]+\d{4,}", content), name
    assert not re.search(r"\b(?:Herr|Frau|Tel\.|Telefon)\b", text["practices.csv"])


def test_it_imports_without_a_remark_and_a_second_time_without_a_change(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'sample.db'}")
    try:
        first = run(PackageImporter(), [SAMPLE], store)
        second = run(PackageImporter(), [SAMPLE], store)
    finally:
        store.close()
    assert first.changes.new > 200_000
    assert not first.issues.counts
    assert second.changes.total == 0


def test_the_page_on_the_sample_lists_every_indicator(tables: Mapping[str, Rows]) -> None:
    page = (PROJECT / "docs" / "sample.md").read_text("utf-8")
    assert [row["id"] for row in tables["indicators"] if f"`{row['id']}`" not in page] == []


def test_the_lenses_ask_for_indicators_that_the_sample_has(tables: Mapping[str, Rows]) -> None:
    known = {row["id"] for row in tables["indicators"]}
    lenses = sorted((PROJECT / "matching" / "lenses").glob("*.toml"))
    assert lenses
    for lens in lenses:
        asked = {entry["id"] for entry in tomllib.loads(lens.read_text("utf-8"))["indicator"]}
        assert asked <= known, lens.name


def test_a_share_of_the_census_is_weighted_and_missing_where_too_little_is_known() -> None:
    people = {"01001000": 900, "01001001": 100, "01002000": 94, "01002001": 6, "01003000": 96, "01003001": 4}
    shares = {"01001000": 10.0, "01001001": 30.0, "01002000": 10.0, "01003000": 10.0}
    assert census_shares(shares, people) == {"01001": (12.0, ""), "01003": (10.0, "")}


def test_rates_of_residence_are_by_the_population_given_and_missing_where_one_authority_counts_for_many() -> None:
    rates = residence_rates({"01001": 220, "10044": 2990, "12071": 0}, {"01001": 96_326, "10044": 1, "12071": 1})
    assert rates["01001"] == (2.2839, "")
    assert {d for d, (value, flag) in rates.items() if math.isnan(value) and flag == "."} == COUNTED_TOGETHER


def test_districts_that_merged_are_added_up_before_their_growth_is_told() -> None:
    assert population_change({"16056": 40, "16063": 120, "09999": 5}, {"16063": 168}) == {"16063": (5.0, "")}


def test_a_missing_original_is_said_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(tmp_path), "--output", str(tmp_path / "sample.zip")]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "sample.zip").exists()


@pytest.mark.germany
def test_the_originals_still_give_the_sample_that_is_bundled(germany: Path, tmp_path: Path) -> None:
    rebuilt = tmp_path / "germany.zip"
    build(germany, rebuilt)
    with zipfile.ZipFile(SAMPLE) as old, zipfile.ZipFile(rebuilt) as new:
        assert old.namelist() == new.namelist()
        # contents, not compressed bytes: those depend on the machine's zlib
        assert [n for n in old.namelist() if old.read(n) != new.read(n)] == [], "differs: run `make sample`"

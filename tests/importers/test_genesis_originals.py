"""The official originals of GENESIS and the Regionaldatenbank go in, with the values that stand in them."""

import pytest
from genesis_files import Imported

RMK = "08119"


@pytest.mark.germany
@pytest.mark.parametrize(
    ("name", "rows", "facts"),
    [
        ("12411-01-01-4", 1467, {"bevstd": 440696, "bevstd.ges-gesw": 222435, "bevstd.ges-gesm": 218261}),
        ("73111-01-01-4", 1467, {"lsnw01": 223994, "lsnw02": 2115104}),
        ("11111-02-01-4", 489, {"gem001": 31}),
        ("52411-02-01-4", 2445, {"isv006": 88}),
        ("12211-Z-11", 1956, {"lbfmz01": None}),
        ("13111-01-03-4", 3300, {"erw032": None}),
        ("1000A-0000", 10787, {}),
        ("1000A-2022", 1360, {}),
        ("12211-0001", 225, {}),
        ("2000S-2003", 72, {}),
    ],
)
def test_every_official_flat_file_goes_in(germany, name, rows, facts):
    [path] = (germany / "genesis-ffcsv-2026").glob(f"{name}_*.csv")
    found = Imported(path)
    assert found.rows == rows
    assert not found.issues.skipped
    assert found.dataset.id == f"genesis-{name.lower()}"
    assert {id_: value for id_, (value, _) in found.of(RMK).items() if id_ in facts} == facts


@pytest.mark.germany
@pytest.mark.parametrize(
    ("name", "rows", "facts"),
    [
        ("659-71-4", 525, {"arbeitslose": 8733, "arbeitslosenquote-bez-abh-zivile-erwerbspers": None}),
        ("AI002-1", 525, {"bevoelkerungsdichte-einwohner-je-qkm": 479.0}),
        ("AI003-2", 525, {"anteil-schulabgaenger-mit-allgem-hochschulreife": 25.7}),
        ("AI-N-10", 525, {"bip-je-einwohner": 28784.0}),
        ("252-01-4", 525, {"wahlbeteiligung": 76.5}),
        ("12411-0017", 475, {"bevoelkerungsstand.maennlich.unter-3-jahre": 5373}),
    ],
)
def test_every_official_classic_file_goes_in(germany, name, rows, facts):
    found = Imported(germany / "regionalstatistik-genesis-2012-2014" / f"{name}.csv")
    assert found.rows == rows
    assert not found.issues.skipped
    assert found.dataset.retrieved_on is not None
    assert found.dataset.retrieved_on.year == 2015
    own = found.of(RMK)
    assert {id_: own[id_][0] for id_ in facts if facts[id_] is not None} == {
        k: v for k, v in facts.items() if v is not None
    }
    assert (
        len(
            [
                r
                for r in {r for r, _, _ in found.values}
                if len(r) == 5 and any(v is not None for v, _ in found.of(r).values())
            ]
        )
        >= 402
    )


@pytest.mark.germany
def test_the_dashes_of_the_official_population_are_abolished_districts(germany):
    [path] = (germany / "genesis-ffcsv-2026").glob("12411-01-01-4_*.csv")
    found = Imported(path)
    totals = {r: v for (r, id_, _), v in found.values.items() if id_.endswith(".bevstd")}
    assert len(totals) == 489
    assert totals["14178"] == (None, "-")
    assert sum(value is not None for value, _ in totals.values()) == 415
    assert 0 not in {value for value, _ in totals.values()}


@pytest.mark.germany
def test_insolvencies_that_did_not_happen_are_zero_in_districts_that_exist(germany):
    [path] = (germany / "genesis-ffcsv-2026").glob("52411-02-01-4_*.csv")
    zeros = [flag for value, flag in Imported(path).values.values() if value == 0]
    assert sorted(zeros) == [""] * 3 + ["-"] * 12


@pytest.mark.germany
def test_employees_by_nationality_are_given_for_states_and_missing_for_every_district(germany):
    [path] = (germany / "genesis-ffcsv-2026").glob("13111-01-03-4_*.csv")
    found = Imported(path)
    assert {value for (r, _, _), (value, _) in found.values.items() if len(r) == 5} == {None}
    assert found.of("08")["erw032"][0] is not None


@pytest.mark.germany
def test_quality_marks_of_the_microcensus_stay(germany):
    [path] = (germany / "genesis-ffcsv-2026").glob("12211-Z-11_*.csv")
    flags = [flag for _, flag in Imported(path).values.values()]
    assert {flag: flags.count(flag) for flag in set(flags)} == {"e": 893, "()": 14, "/": 29, "-": 1020}


@pytest.mark.germany
def test_regional_keys_of_the_census_become_municipality_codes(germany):
    [path] = (germany / "genesis-ffcsv-2026").glob("1000A-0000_*.csv")
    found = Imported(path)
    assert found.of("05334002") == {"prs018": (261178, "")}
    assert len(found.values) == 10786


@pytest.mark.germany
@pytest.mark.parametrize("name", ["659-71-4", "AI002-1", "252-01-4"])
def test_hamburg_and_berlin_of_the_regional_tables_are_districts_too(germany, name):
    found = Imported(germany / "regionalstatistik-genesis-2012-2014" / f"{name}.csv")
    assert found.of("02000") == found.of("02") != {}
    assert found.of("11000") == found.of("11") != {}
    assert found.issues.counts["code-completed"] == 2 * len(found.of("02"))


@pytest.mark.germany
def test_where_hamburg_is_a_district_already_nothing_is_completed(germany):
    found = Imported(germany / "regionalstatistik-genesis-2012-2014" / "12411-0017.csv")
    assert found.of("02000")["bevoelkerungsstand.maennlich.unter-3-jahre"] == (27206, "")
    assert "code-completed" not in found.issues.counts


@pytest.mark.germany
def test_the_districts_before_goettingen_merged_keep_their_own_codes(germany):
    found = Imported(germany / "regionalstatistik-genesis-2012-2014" / "659-71-4.csv")
    assert found.of("03152")["arbeitslose"][0] is not None
    assert found.of("03156")["arbeitslose"][0] is not None
    assert found.of("03159") == {}

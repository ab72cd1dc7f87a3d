"""Which value of which period stands for a municipality, and what counts as missing."""

import numpy as np
from towns import Town, Value, projection

from graph_service.model import Level
from matching.peers.features import features, rows_of, years

TOWNS = [Town(code) for code in ("01001", "01002", "01003", "01004", "01005")]
CODES = [town.code for town in TOWNS]


def seen(values: list[Value], **how: float | None) -> list[float]:
    found = features(projection(TOWNS, {"rate": {}}, values), Level.DISTRICT, [0], **how)
    return found.values[:, 0].tolist()


def of_year(year: str, codes: list[str], flag: str = "") -> list[Value]:
    return [(code, "rate", year, float(year) + i, flag) for i, code in enumerate(codes)]


def test_the_latest_period_that_is_covered_well_is_the_reference() -> None:
    assert seen(of_year("2020", CODES) + of_year("2022", CODES[:4]))[:4] == [2022, 2023, 2024, 2025]


def test_a_period_that_few_have_is_not_the_reference() -> None:
    assert seen(of_year("2020", CODES) + of_year("2022", CODES[:2])) == [2020, 2021, 2022, 2023, 2024]


def test_a_gap_is_filled_by_the_nearest_own_value_and_its_period_is_kept() -> None:
    values = [*of_year("2022", CODES[:4]), ("01005", "rate", "2020", 7.0, ""), ("01005", "rate", "2021", 8.0, "")]
    found = features(projection(TOWNS, {"rate": {}}, values), Level.DISTRICT, [0])
    assert found.values[4, 0] == 8.0
    assert [found.periods[i] for i in found.period[:, 0]] == ["2022"] * 4 + ["2021"]


def test_a_value_too_far_off_stays_missing_unless_any_age_will_do() -> None:
    values = [*of_year("2022", CODES[:4]), ("01005", "rate", "2010", 7.0, "")]
    assert np.isnan(seen(values)[4])
    assert seen(values, tolerance=None)[4] == 7.0


def test_what_the_publisher_marks_as_unreliable_is_missing_and_what_is_estimated_is_not() -> None:
    values = [
        ("01001", "rate", "2022", 1.0, "/"),
        ("01002", "rate", "2022", 2.0, "e"),
        ("01003", "rate", "2022", 3.0, ""),
    ]
    assert np.isnan(seen(values)[0])
    assert seen(values)[1:3] == [2.0, 3.0]


def test_a_missing_value_is_never_zero() -> None:
    assert np.isnan(seen([("01001", "rate", "2022", float("nan"), "."), ("01002", "rate", "2022", 0.0, "")])[0])


def test_looking_back_takes_each_indicator_so_many_years_before_its_own_reference() -> None:
    values = of_year("2022", CODES) + of_year("2015", CODES)
    assert seen(values, tolerance=1, shift=7) == [2015, 2016, 2017, 2018, 2019]
    assert np.isnan(seen(values, tolerance=1, shift=4)).all()


def test_abolished_municipalities_and_other_levels_have_no_row() -> None:
    towns = [Town("01001"), Town("01002", valid_until="2021-07-01"), Town("01", level=Level.STATE)]
    found = projection(towns, {}, [])
    assert rows_of(found, Level.DISTRICT).tolist() == [1]
    assert rows_of(found, None).tolist() == [0, 1]


def test_quarters_and_months_lie_within_their_year() -> None:
    assert years(["2022", "2022-Q3", "2022-07", "2022-07-15"]).tolist() == [2022, 2022.5, 2022.5, 2022.5]

"""Official tables that the shipped maps read go in, with the values that stand in them."""

from collections import Counter
from pathlib import Path

import pytest
from list_files import nodes, read, values

from graph_service.keys import NodeKey
from graph_service.model import Edge, EdgeType, Node


@pytest.mark.germany
@pytest.mark.parametrize(
    ("name", "observations", "facts"),
    [
        ("rki-gisd-inkar/GISD_Bund_Kreis.csv", 3 * 9600, {("01001", "gisd-score", "1998"): 0.77383}),
        (
            "destatis-auslaender-aufenthaltstitel-2024/scatter_plot_anteil_dichte.csv",
            3200 - 7 * 8,
            {("01001", "residence-asylum-procedure", "2024-12-31"): 220},
        ),
        ("refugee-initiatives-kreis/cssr_data.csv", 402, {("01002", "refugee-initiatives", "2015"): 5}),
        (
            "gerda-covariates/county_covariates_inkar_1995-2022.csv",
            235_000,
            {("01001", "gerda-share-foreign", "1995"): 7.76},
        ),
        (
            "gerda-covariates/census_2022_municipality.csv",
            84_000,
            {("01001000", "census-foreigners", "2022-05-15"): 15.5},
        ),
        ("inkar-bbsr-2022/oeffentliche_finanzen.parquet", 73_000, {}),
        ("inkar-bbsr-2022/privateinkommen_private_schulden.parquet", 72_000, {}),
        ("inkar-bbsr-2024/sozialleistungen.parquet", 437_000, {}),
    ],
)
def test_official_tables_go_in_with_their_values(
    germany: Path, name: str, observations: int, facts: dict[tuple[str, str, str], float]
) -> None:
    _, records, issues = read(germany / name)
    found = values(records)
    assert observations <= len(found) < observations * 1.02 + 5000
    assert {k: found[k][0] for k in facts} == facts
    assert not [i for i in issues.examples() if not i.note]
    assert issues.counts["guessed-map"] == 1


@pytest.mark.germany
def test_the_seven_zero_districts_are_missing(germany: Path) -> None:
    _, records, issues = read(germany / "destatis-auslaender-aufenthaltstitel-2024/scatter_plot_anteil_dichte.csv")
    districts = {m for m, _, _ in values(records)}
    assert len(districts) == 393
    assert not districts & {"06633", "10041", "10042", "10043", "10045", "10046", "12071"}
    assert issues.counts["zero-means-missing"] == 56


@pytest.mark.germany
def test_practice_leads_are_practices_with_places_and_fields(germany: Path) -> None:
    _, records, issues = read(germany / "praxis-leads/praxis_leads.csv")
    assert sum(isinstance(r, Node) for r in records) == 59
    types = Counter(r.type for r in records if isinstance(r, Edge))
    assert types[EdgeType.APPLIED_IN] == 59
    assert types[EdgeType.IN_FIELD] > 50
    assert not [i for i in issues.examples() if not i.note]


@pytest.mark.germany
@pytest.mark.parametrize(("name", "districts"), [("04_KreiseVorjahr.xlsx", 400), ("04-kreise.xlsx", 401)])
def test_the_official_list_of_districts_goes_in(germany: Path, name: str, districts: int) -> None:
    _, records, issues = read(germany / "destatis-kreise" / name)
    assert len(nodes(records)) == len(records) == districts
    flensburg = nodes(records)[NodeKey("municipality:01001")]
    assert (flensburg.name, flensburg.kind, flensburg.area_km2) == ("Flensburg, Stadt", "kreisfreie-stadt", 56.73)
    assert not [i for i in issues.examples() if not i.note]

"""What is on offer, where is nothing, what do comparable places have: and nothing recorded is not a white spot."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from records import Made, built

from graph_service.errors import NotFound
from graph_service.keys import Label, NodeKey, municipality_key
from graph_service.model import Actor, Level, Offer
from matching.inventory.answers import AtlasAnswer, AtlasQuestion, CoverageAnswer, CoverageQuestion
from matching.inventory.matcher import Inventory, InventoryMatcher
from matching.peers.lens import EVERYTHING, Filters

ON = date(2025, 6, 1)
HERE = "10001"


def country() -> Made:
    made = Made()
    made.area("10", Level.STATE)
    for i, share in enumerate([10, 11, 12, 13, 30, 60], 1):
        made.district(f"1000{i}", share, parent="10")
    made.town("10001001", "10001")
    return made


def offer(made: Made, local: str, *places: str, **said: object) -> None:
    """An offer in school for parents, unless said otherwise."""
    about = {name: said.pop(name, default) for name, default in
             (("fields", ["school"]), ("groups", ["parents"]), ("challenges", ()), ("provider", None))}  # fmt: skip
    node = Offer(key=NodeKey.of(Label.OFFER, local), name=f"Angebot {local}", **said)  # type: ignore[arg-type] # mixed fields
    made.offer(node, *places, **about)  # type: ignore[arg-type] # mixed fields


def inventory(made: Made, folder: Path) -> Inventory:
    return InventoryMatcher(replace(EVERYTHING, filters=Filters())).fit(built(made, folder))


def coverage(made: Made, folder: Path, code: str = HERE) -> CoverageAnswer:
    return inventory(made, folder).coverage(CoverageQuestion(municipality_key(code), ON, peers=4))


def atlas(made: Made, folder: Path, code: str = "10", level: Level | None = None) -> AtlasAnswer:
    return inventory(made, folder).atlas(AtlasQuestion(municipality_key(code), ON, level))


def counted(answer: CoverageAnswer) -> dict[tuple[str, str], int]:
    return {(cell.field, cell.group): len(cell.offers) for cell in answer.cells if cell.offers}


def test_offers_are_counted_by_field_and_group_and_every_cell_is_there(tmp_path: Path) -> None:
    made = country()
    offer(made, "a", HERE, groups=["parents", "age-6-11"])
    offer(made, "b", "10001001", groups=())
    offer(made, "c", "10002")
    offer(made, "d", HERE, fields=())
    answer = coverage(made, tmp_path)
    assert counted(answer) == {("school", "parents"): 1, ("school", "age-6-11"): 1, ("school", ""): 1}
    assert len(answer.cells) == len(answer.fields) * (len(answer.groups) + 1)
    assert answer.unsorted == (NodeKey("offer:d"),)
    assert answer.running == 3


def test_what_serves_a_district_serves_its_towns_and_a_whole_state_is_no_local_record(tmp_path: Path) -> None:
    made = country()
    offer(made, "wide", "10")
    offer(made, "district", "10002")
    made.town("10002001", "10002")
    assert counted(coverage(made, tmp_path, "10002001")) == {("school", "parents"): 2}
    other = coverage(made, tmp_path / "other", "10003")
    assert counted(other) == {("school", "parents"): 1}
    assert not other.recorded


def test_ages_say_for_whom_an_offer_is_where_it_names_no_group(tmp_path: Path) -> None:
    made = country()
    offer(made, "a", HERE, groups=(), age_min=10, age_max=15)
    assert set(counted(coverage(made, tmp_path))) == {("school", "age-6-11"), ("school", "age-12-15")}


def test_only_what_runs_counts(tmp_path: Path) -> None:
    made = country()
    for status in ("active", "full", "planned", "paused", "ended"):
        offer(made, status, HERE, status=status)
    answer = coverage(made, tmp_path)
    assert (answer.running, answer.planned, answer.ended) == (2, 2, 1)
    assert counted(answer) == {("school", "parents"): 2}


def test_a_hard_challenge_without_an_offer_is_a_white_spot_and_an_easy_one_is_not(tmp_path: Path) -> None:
    made = country()
    offer(made, "a", HERE, fields=["housing"])
    made.faces(HERE, "school-seats", 4, date(2025, 1, 1))
    made.faces(HERE, "kita-places", 2)
    made.faces(HERE, "affordable-housing", 4)
    answer = coverage(made, tmp_path)
    assert [spot.rating.challenge for spot in answer.white_spots] == ["school-seats"]
    assert {(c.field) for c in answer.cells if c.white} == {"school", "housing"}
    white = {(c.field, c.group) for c in answer.cells if c.white}
    assert ("housing", "parents") not in white  # the one offer there is for parents
    assert answer.rated == (date(2025, 1, 1), date(2025, 1, 1))


def test_an_offer_against_another_challenge_leaves_the_spot_white(tmp_path: Path) -> None:
    made = country()
    offer(made, "a", HERE, challenges=["late-entrants"])
    made.faces(HERE, "school-seats", 4)
    made.faces(HERE, "late-entrants", 4)
    answer = coverage(made, tmp_path)
    assert [spot.rating.challenge for spot in answer.white_spots] == ["school-seats"]


def test_the_latest_rating_counts(tmp_path: Path) -> None:
    made = country()
    offer(made, "a", HERE, fields=["housing"])
    made.faces(HERE, "school-seats", 4, date(2020, 1, 1))
    made.faces(HERE, "school-seats", 1, date(2025, 1, 1))
    answer = coverage(made, tmp_path)
    assert [(f.rating.severity, f.offers) for f in answer.challenges] == [(1, 0)]
    assert answer.white_spots == ()


def test_nothing_recorded_is_not_white(tmp_path: Path) -> None:
    made = country()
    made.faces(HERE, "school-seats", 4)
    for i in range(2, 6):
        offer(made, f"o{i}", f"1000{i}")
    answer = coverage(made, tmp_path)
    assert not answer.recorded
    assert answer.white_spots == answer.lacking == ()
    assert not any(cell.white for cell in answer.cells)
    assert [each.offers for each in answer.challenges] == [None]


def test_what_half_of_the_peers_have_is_lacking_with_examples_and_a_role_to_ask(tmp_path: Path) -> None:
    made = country()
    office = NodeKey("actor:office")
    made.actor(Actor(key=office, name="Jugendamt", contact_role="Koordination Bildung"), place="10002")
    offer(made, "own", HERE, fields=["housing"])
    offer(made, "p2", "10002", provider=office, kind="mentoring")
    offer(made, "p3", "10003")
    offer(made, "p4", "10004", fields=["leisure-encounter"])
    offer(made, "p5", "10005", fields=["leisure-encounter"], status="ended")
    answer = coverage(made, tmp_path)
    assert [(peer.key.local, peer.recorded) for peer in answer.peers] == [
        ("10002", True), ("10003", True), ("10004", True), ("10005", True),
    ]  # fmt: skip
    (lack,) = answer.lacking
    assert (lack.field, lack.group, lack.peers, lack.of) == ("school", "parents", 2, 4)
    first = lack.examples[0]
    assert (first.place, first.provider, first.contact_role) == ("Ort 10002", "Jugendamt", "Koordination Bildung")
    assert answer.coverage == 1


def test_peers_without_records_say_nothing_about_what_half_have(tmp_path: Path) -> None:
    made = country()
    offer(made, "own", HERE, fields=["housing"])
    offer(made, "p2", "10002")
    offer(made, "p3", "10003")
    few = coverage(made, tmp_path)
    assert few.lacking == ()
    assert few.coverage == 0.5
    offer(made, "p4", "10004", fields=["housing"])
    assert [lack.of for lack in coverage(made, tmp_path / "more").lacking] == [3]


def test_an_offer_for_everybody_leaves_no_group_lacking(tmp_path: Path) -> None:
    made = country()
    offer(made, "own", HERE, groups=["newcomers-general"])
    for i in (2, 3, 4):
        offer(made, f"p{i}", f"1000{i}")
    assert coverage(made, tmp_path).lacking == ()


def test_overlaps_are_of_one_kind_by_different_providers(tmp_path: Path) -> None:
    made = country()
    for key in ("x", "y"):
        made.actor(Actor(key=NodeKey(f"actor:{key}"), name=key))
    offer(made, "a", HERE, kind="mentoring", provider=NodeKey("actor:x"))
    offer(made, "b", HERE, kind="mentoring", provider=NodeKey("actor:y"))
    offer(made, "c", HERE, kind="tutoring", provider=NodeKey("actor:x"))
    offer(made, "d", HERE, kind="tutoring", provider=NodeKey("actor:x"))
    (found,) = coverage(made, tmp_path).overlaps
    assert (found.kind, [key.local for key in found.offers]) == ("mentoring", ["a", "b"])


def test_what_is_old_never_confirmed_to_improve_or_runs_out_is_told(tmp_path: Path) -> None:
    made = country()
    offer(made, "old", HERE, assured_on=date(2023, 1, 1))
    offer(made, "new", HERE, assured_on=date(2025, 5, 1), improvement_note="Mehr Plätze")
    offer(made, "never", HERE, funded_until=date(2025, 12, 31))
    offer(made, "gone", HERE, status="ended", funded_until=date(2025, 12, 31), improvement_note="x")
    offer(made, "safe", HERE, assured_on=date(2025, 5, 1), funded_until=date(2030, 1, 1))
    answer = coverage(made, tmp_path)
    assert [due.offer.local for due in answer.to_confirm] == ["never", "old"]
    assert [(due.offer.local, due.note) for due in answer.to_improve] == [("new", "Mehr Plätze")]
    assert [(due.offer.local, due.day) for due in answer.funding_ends] == [("never", date(2025, 12, 31))]
    assert answer.assured == (date(2023, 1, 1), date(2025, 5, 1))


def test_an_offer_without_a_place_is_where_its_provider_is(tmp_path: Path) -> None:
    made = country()
    made.actor(Actor(key=NodeKey("actor:x"), name="x"), place="10001001")
    offer(made, "a", provider=NodeKey("actor:x"))
    assert counted(coverage(made, tmp_path)) == {("school", "parents"): 1}


def test_the_atlas_has_a_row_for_each_municipality_and_keeps_unknown_apart_from_none(tmp_path: Path) -> None:
    made = country()
    offer(made, "a", "10001001")
    made.faces(HERE, "kita-places", 4)
    made.faces("10002", "kita-places", 4)
    made.practice("p", fields=["school"])
    made.applied("p", "10001001", status="running")
    made.applied("p", "10002", status="ended-failed")
    answer = atlas(made, tmp_path)
    assert (answer.level, len(answer.rows)) == (Level.DISTRICT, 6)
    cells = {(row.key.local, cell.field): cell for row in answer.rows for cell in row.cells}
    assert cells[HERE, "school"].offers == 1
    assert cells[HERE, "housing"].offers == 0
    assert cells["10002", "school"].offers is None
    assert cells[HERE, "early-childhood"].white
    assert not cells["10002", "early-childhood"].white
    assert cells["10002", "early-childhood"].severity == 4
    assert cells[HERE, "housing"].severity is None
    assert (cells[HERE, "school"].practices, cells["10002", "school"].practices) == (1, 0)
    assert (answer.coverage, answer.rated) == (pytest.approx(1 / 6), pytest.approx(2 / 6))


def test_the_atlas_of_a_district_has_its_towns(tmp_path: Path) -> None:
    assert [row.key.local for row in atlas(country(), tmp_path, HERE).rows] == ["10001001"]
    assert [row.key.local for row in atlas(country(), tmp_path / "b", "10", Level.MUNICIPALITY).rows] == ["10001001"]
    with pytest.raises(NotFound):
        atlas(country(), tmp_path / "c", "10001001")
    with pytest.raises(NotFound):
        atlas(country(), tmp_path / "d", "10", Level.BOROUGH)

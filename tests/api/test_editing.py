"""Editing by hand: rows of the exchange package become records, only by those who may, and can be taken back."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from api.editing.editor import Editor
from api.http.errors import Conflict, Forbidden, PreconditionFailed
from api.http.viewer import Role, Viewer
from api.services import Services
from api.settings import Settings
from graph_service.errors import InvalidValue, NotFound
from graph_service.keys import Label, NodeKey, municipality_key
from graph_service.model import Actor, Dataset, Edge, EdgeType, Visibility

BEARS, LAKES = municipality_key("90001"), municipality_key("91001")
LIST = Dataset(id="list", title="Liste")
CLUB = Actor(key=NodeKey.of(Label.ACTOR, "club"), name="Verein", description="Sprachpaten", languages=("ar", "de"))
SECRET = Actor(key=NodeKey.of(Label.ACTOR, "secret"), name="Schutzwohnung", visibility=Visibility.OFFICE)
NEW = {"name": "Haus der Jugend Bärenstadt", "municipality": "90001", "fields": ["language"], "languages": ["de", "uk"]}

As = Callable[..., Editor]


@pytest.fixture
def services(kompass, store: str, package: Path, tmp_path: Path):
    kompass("import", "package", str(package))
    found = Services(Settings(store=store, cache=tmp_path))
    there = [Edge(EdgeType.LOCATED_IN, each.key, BEARS) for each in (CLUB, SECRET)]
    found.store.write(lambda tx: tx.replace(LIST, [CLUB, SECRET, *there]))
    yield found
    found.close()


@pytest.fixture
def editor(services: Services) -> As:
    """An editor of the Großbärenkreis, or somebody else."""

    def as_(role: Role = Role.EDITOR, account: str = "anna", places: tuple[NodeKey, ...] = (BEARS,)) -> Editor:
        viewer = Viewer(account, role, frozenset(places), "session")
        return Editor(services, viewer, services.snapshot(viewer.audience), "api")

    return as_


def test_a_new_record_is_entered_with_the_relations_that_its_columns_stand_for(editor, services):
    entered = editor().create("actors", NEW)
    assert entered.key.startswith("actor:haus-der-jugend-baerenstadt-")
    assert entered.row["municipality"] == "90001"
    edges = services.store.read(lambda tx: tx.edges_of(entered.key))
    assert {(e.type, e.target) for e in edges} == {
        (EdgeType.LOCATED_IN, BEARS),
        (EdgeType.IN_FIELD, NodeKey("concept:field.language")),
    }
    line = services.store.read(lambda tx: tx.journal())[-1]
    assert (line.signature.author, line.signature.origin) == ("anna", "api")


def test_no_item_of_a_list_is_lost_where_a_text_holds_several(editor):
    entered = editor().create("actors", NEW | {"languages": ["de; uk", "ar", "uk"]})
    assert entered.row["languages"] == ("de", "uk", "ar")


def test_sent_twice_with_the_same_idempotency_key_it_is_entered_once(editor, services):
    first, second = (editor().create("actors", NEW, idempotency="k-1") for _ in range(2))
    assert (first.key, first.version) == (second.key, second.version)
    assert editor().create("actors", NEW, idempotency="k-2").key != first.key
    with pytest.raises(Conflict):
        editor().create("actors", NEW | {"name": "Haus der Jugend, Bärenstadt"}, idempotency="k-1")


def test_a_change_says_only_what_other_datasets_do_not_say_already(editor, services):
    read = editor().read(CLUB.key)
    changed = editor().change(CLUB.key, {"description": "Sprachpaten und Räume", "fields": ["language"]}, read.version)
    assert changed.row["name"] == "Verein"
    by_hand = services.store.write(lambda tx: tx.curated(CLUB.key))
    assert by_hand == Actor(key=CLUB.key, description="Sprachpaten und Räume")
    services.store.write(
        lambda tx: tx.replace(
            LIST, [Actor(key=CLUB.key, name="Verein e. V."), Edge(EdgeType.LOCATED_IN, CLUB.key, BEARS)]
        )
    )
    assert services.store.read(lambda tx: tx.node(CLUB.key)).name == "Verein e. V.", "later news shows through"


def test_what_another_dataset_says_cannot_be_taken_away_by_hand(editor):
    read = editor().read(CLUB.key)
    for gone in ({"description": None}, {"municipality": None}, {"municipality": "91001"}):
        with pytest.raises(Conflict):
            editor().change(CLUB.key, gone, read.version)
    assert editor().read(CLUB.key) == read, "nothing of it stays"


def test_a_record_that_changed_meanwhile_is_not_overwritten(editor):
    read = editor().read(CLUB.key)
    editor().change(CLUB.key, {"url": "https://verein.test"}, read.version)
    with pytest.raises(PreconditionFailed):
        editor(account="berta").change(CLUB.key, {"url": "https://anders.test"}, read.version)
    assert editor().read(CLUB.key).row["url"] == "https://verein.test"


def test_what_was_entered_by_hand_is_taken_back_and_what_others_say_stays(editor, services):
    entered = editor().create("actors", NEW)
    editor().take_back(entered.key, entered.version)
    with pytest.raises(NotFound):
        services.store.read(lambda tx: tx.node(entered.key))
    club = editor().read(CLUB.key)
    with pytest.raises(Conflict):
        editor().take_back(CLUB.key, club.version)


@pytest.mark.parametrize(
    ("given", "column"),
    [
        ({"name": "X", "municipality": "90001", "colour": "red"}, "colour"),
        ({"name": "X", "municipality": "90001", "fields": ["langage"]}, "fields"),
        ({"name": "X", "municipality": "90001", "kind": "Verein"}, "kind"),
        ({"name": "X", "municipality": "90001", "longitude": 200}, "longitude"),
        ({"name": "X", "municipality": "90001", "assured_on": "31.12.2024"}, "assured_on"),
        ({"name": "X", "municipality": "90001", "fields": "language"}, "fields"),
        ({"name": "X" * 20_000, "municipality": "90001"}, "name"),
        ({"name": "X\x00", "municipality": "90001"}, "name"),
        ({"municipality": "90001"}, "name"),
    ],
)
def test_a_wrong_value_is_named_with_its_column_and_nothing_is_written(editor, services, given, column):
    before = services.store.read(lambda tx: tx.revision())
    with pytest.raises(InvalidValue) as caught:
        editor().create("actors", given)
    assert caught.value.place.column == column
    assert services.store.read(lambda tx: tx.revision()) == before


def test_an_editor_chooses_no_key(editor, services):
    before = services.store.read(lambda tx: tx.revision())
    with pytest.raises(Forbidden) as caught:
        editor().create("actors", {"name": "X", "municipality": "90001", "key": "club"})
    assert caught.value.place.column == "key"
    assert services.store.read(lambda tx: tx.revision()) == before


def test_an_editor_edits_the_own_municipality_alone(editor):
    with pytest.raises(Forbidden):
        editor().create("actors", NEW | {"municipality": "91001"})
    with pytest.raises(Forbidden):
        editor().create("actors", {"name": "Nirgendwo"})
    with pytest.raises(Forbidden):
        editor(places=(LAKES,)).change(CLUB.key, {"url": "https://x.test"}, editor().read(CLUB.key).version)
    with pytest.raises(Forbidden):
        editor(role=Role.READER).create("actors", NEW)
    with pytest.raises(Forbidden):
        editor().create("actors", NEW | {"visibility": "office"})
    assert (
        editor(role=Role.OFFICE, places=()).create("actors", NEW | {"municipality": "91001"}).row["municipality"]
        == "91001"
    )


def test_what_lies_in_the_own_area_is_own(editor):
    state = editor(places=(municipality_key("90"),))
    assert state.create("actors", NEW).row["municipality"] == "90001"


def test_a_hidden_record_is_as_if_it_were_not_there(editor):
    team = editor().create("alliances", {"name": "Bündnis", "municipalities": ["90001"]})
    told = []
    for actor in ("secret", "nobody"):
        with pytest.raises(NotFound) as caught:
            editor().enter_edge("memberships", {"actor": actor, "alliance": team.key.local})
        told.append(caught.value.expected)
    assert told[0] == told[1]
    with pytest.raises(NotFound):
        editor().read(SECRET.key)


def test_a_relation_is_entered_changed_and_taken_back(editor, services):
    team = editor().create("alliances", {"name": "Bündnis", "municipalities": ["90001"]})
    member = {"actor": "club", "alliance": team.key.local, "role": "coordination"}
    editor().enter_edge("memberships", member)
    editor().enter_edge("memberships", member | {"until": "2026-12-31"})
    assert [
        e.properties["until"].year
        for e in services.store.read(lambda tx: tx.edges_of(team.key))
        if e.type == "MEMBER_OF"
    ] == [2026]
    editor().take_back_edge("memberships", member)
    with pytest.raises(NotFound):
        editor().take_back_edge("memberships", member)


def test_a_change_is_undone_unless_something_later_builds_on_it(editor, services):
    read = editor().read(CLUB.key)
    changed = editor().change(CLUB.key, {"url": "https://verein.test", "fields": ["language"]}, read.version)
    later = editor().change(CLUB.key, {"url": "https://verein.test/neu"}, changed.version)
    with pytest.raises(Conflict):
        editor().undo(changed.revision)
    assert editor().read(CLUB.key).version == later.version
    editor().undo(later.revision)
    assert editor().read(CLUB.key).version == changed.version
    editor().undo(later.revision + 1)
    assert editor().read(CLUB.key).version == later.version, "an undo can be undone"


def test_nobody_undoes_what_was_imported_or_belongs_to_others(editor, services):
    with pytest.raises((Conflict, NotFound)):
        editor(role=Role.OFFICE).undo(1)
    editor(role=Role.OFFICE, account="office").create("actors", NEW | {"municipality": "91001"})
    with pytest.raises(Forbidden):
        editor().undo(services.store.read(lambda tx: tx.revision()))


def test_an_exchange_goes_from_state_to_state_and_a_decision_is_kept(editor, services):
    practice = editor(role=Role.OFFICE).create("practices", {"title": "Lerncafé"})
    about = {"municipalities": ["90001", "91001"], "practices": [practice.key.local]}
    wish = editor().create("exchanges", {"title": "Hospitation", "state": "wish", **about})
    day = date(2026, 11, 23)
    with pytest.raises(Conflict):
        editor().move_exchange(wish.key, "held", day, wish.version)
    now = wish
    for state in ("proposed", "agreed", "held"):
        now = editor().move_exchange(wish.key, state, day, now.version)
    assert now.row["held_on"] == day
    with pytest.raises(InvalidValue):
        editor().move_exchange(wish.key, "rejected", day, now.version, decided_by=BEARS)
    editor().move_exchange(wish.key, "rejected", day, now.version, reason="Räume fehlen", decided_by=BEARS)
    adopted = [e for e in services.store.read(lambda tx: tx.edges_of(BEARS)) if e.type is EdgeType.ADOPTED]
    assert [(e.target, e.properties["decision"], e.properties["reason"]) for e in adopted] == [
        (practice.key, "rejected", "Räume fehlen")
    ]

"""The states of an exchange: which may follow which, and what each needs."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from api.editing.exchanges import DECISIONS, NEXT, move_on
from api.http.errors import Conflict
from graph_service.errors import InvalidValue
from graph_service.keys import NodeKey
from graph_service.model import Exchange
from graph_service.store.contract import GraphStore, Writer
from graph_service.store.open import open_store
from graph_service.vocabulary import load_vocabulary

KEY, DAY = NodeKey("exchange:wir"), date(2026, 5, 4)
STATES = [each.id for each in load_vocabulary().terms("exchange_state")]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[GraphStore]:
    found = open_store(f"sqlite:///{tmp_path / 'states.db'}")
    yield found
    found.close()


def test_every_state_of_the_vocabulary_has_its_followers_and_can_be_reached() -> None:
    assert set(NEXT) == {"", *STATES}
    reached, ways = {""}, [""]
    while ways:
        for state in NEXT[ways.pop()]:
            if state not in reached:
                reached.add(state)
                ways.append(state)
    assert reached == {"", *STATES}
    assert all(NEXT[state] for state in STATES), "no state is a dead end: every decision can be thought over"


@pytest.mark.parametrize("state", ["", *STATES])
def test_an_exchange_moves_to_those_that_may_follow_and_to_no_other(store: GraphStore, state: str) -> None:
    def tried(writer: Writer) -> list[str]:
        moved = []
        for target in STATES:
            writer.put(Exchange(key=KEY, name="Wir", state=state or None))
            try:
                entered = move_on(writer, KEY, target, DAY, reason="Es passt nicht")
            except Conflict:
                continue
            assert entered.row["state"] == target
            assert (entered.row.get("held_on") == DAY) is (target == "held")
            moved.append(target)
        return moved

    assert set(store.write(tried)) == set(NEXT[state])


@pytest.mark.parametrize("state", sorted(DECISIONS))
def test_only_a_no_must_say_why(store: GraphStore, state: str) -> None:
    def decide(writer: Writer) -> None:
        writer.put(Exchange(key=KEY, name="Wir", state="held"))
        move_on(writer, KEY, state, DAY, reason="  ")

    if state == "rejected":
        with pytest.raises(InvalidValue, match="reason"):
            store.write(decide)
    else:
        store.write(decide)

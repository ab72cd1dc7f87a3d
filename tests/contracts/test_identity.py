"""What a person decides about two records of an actor is kept, shown, replaced and taken back alike by every store."""

from datetime import date

import pytest

from graph_service.errors import NotFound
from graph_service.identity import Decisions, keep_apart, merge, undo
from graph_service.keys import Label, NodeKey
from graph_service.model import Actor, Dataset
from graph_service.projection import project
from matching.duplicates.matcher import DuplicateMatcher

ONE, OTHER = (NodeKey.of(Label.ACTOR, local) for local in ("lernbruecke", "lernbruecke2"))
DAY = date(2026, 3, 1)


def test_decisions_are_kept_replaced_and_taken_back(store):
    actors = [Actor(key=key, name="Lernbrücke gGmbH", url="https://lernbruecke.example") for key in (ONE, OTHER)]
    store.write(lambda tx: tx.replace(Dataset(id="test", title="Test"), actors))

    def proposed() -> int:
        return len(DuplicateMatcher().fit(project(store)).suggest())

    assert proposed() == 1
    store.write(lambda tx: merge(tx, OTHER, ONE, DAY, "gleiche Anschrift"))
    assert Decisions.of(project(store)).whole == {OTHER: ONE}
    assert proposed() == 0
    store.write(lambda tx: keep_apart(tx, OTHER, ONE, DAY))
    decisions = Decisions.of(project(store))
    assert (decisions.whole, decisions.apart) == ({}, {(ONE, OTHER)})
    assert proposed() == 0
    store.write(lambda tx: undo(tx, OTHER, ONE))
    assert proposed() == 1
    with pytest.raises(NotFound):
        store.write(lambda tx: undo(tx, OTHER, ONE))

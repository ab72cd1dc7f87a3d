"""A small country put together by hand in a real store, with practices, actors, offers and requests."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np

from graph_service.keys import Label, NodeKey, concept_key, indicator_key, municipality_key
from graph_service.model import (
    Actor,
    Dataset,
    Edge,
    EdgeType,
    Indicator,
    Level,
    Municipality,
    ObservationTable,
    Offer,
    Practice,
    Record,
    Request,
    Scalar,
)
from graph_service.projection import Projection, project
from graph_service.store.contract import GraphStore, Writer
from graph_service.store.open import open_store
from graph_service.vocabulary import load_vocabulary

DATASET = Dataset(id="made", title="Made by hand")


@dataclass
class Made:
    """Collects records; the vocabulary's concepts are there from the start."""

    records: list[Record] = field(default_factory=lambda: [*load_vocabulary().concepts()])
    values: dict[str, float] = field(default_factory=dict)

    def district(self, code: str, value: float | None = None, parent: str = "", **said: float) -> None:
        """A district with the value of the only indicator."""
        self.area(code, Level.DISTRICT, parent, **said)
        if value is not None:
            self.values[code] = value

    def town(self, code: str, parent: str = "", **said: float) -> None:
        """A municipality within a district."""
        self.area(code, Level.MUNICIPALITY, parent, **said)

    def area(self, code: str, level: Level, parent: str = "", **said: float) -> None:
        """An area at any level; ``said`` may be its coordinates."""
        self.records.append(
            Municipality(
                key=municipality_key(code),
                name=f"Ort {code}",
                level=level,
                longitude=said.get("longitude"),
                latitude=said.get("latitude"),
            )
        )
        if parent:
            self.edge(EdgeType.PART_OF, municipality_key(code), municipality_key(parent))

    def edge(self, type: EdgeType, source: NodeKey, target: NodeKey, **said: Scalar | None) -> None:
        """An edge; what is None or empty is left out."""
        self.records.append(Edge(type, source, target, {k: v for k, v in said.items() if v not in (None, "")}))

    def about(self, key: NodeKey, **kinds: Sequence[str]) -> None:
        """Edges to concepts by kind: field, target_group, challenge."""
        types = {
            "field": EdgeType.IN_FIELD,
            "target_group": EdgeType.FOR_GROUP,
            "challenge": EdgeType.ADDRESSES,
        }
        for kind, ids in kinds.items():
            for id in ids:
                self.edge(types[kind], key, concept_key(kind, id))

    def practice(
        self,
        local: str,
        *,
        name: str = "",
        challenges: Sequence[str] = (),
        fields: Sequence[str] = (),
        evidence: str = "",
        description: str = "",
    ) -> None:
        """A practice."""
        key = NodeKey.of(Label.PRACTICE, local)
        self.records.append(
            Practice(key=key, name=name or local, evidence=evidence or None, description=description or None)
        )
        self.about(key, challenge=challenges, field=fields)

    def applied(
        self, local: str, place: str, *, status: str = "", since: date | None = None, outcome: str = ""
    ) -> None:
        """A practice applied somewhere."""
        practice = NodeKey.of(Label.PRACTICE, local)
        self.edge(EdgeType.APPLIED_IN, practice, municipality_key(place), status=status, since=since, outcome=outcome)

    def decided(self, place: str, local: str, decision: str, *, on: date | None = None, reason: str = "") -> None:
        """A decision about a practice."""
        practice = NodeKey.of(Label.PRACTICE, local)
        self.edge(EdgeType.ADOPTED, municipality_key(place), practice, decision=decision, on=on, reason=reason)

    def faces(self, place: str, challenge: str, severity: int, on: date | None = None) -> None:
        """A rating."""
        target = concept_key("challenge", challenge)
        self.edge(EdgeType.FACES, municipality_key(place), target, severity=severity, rated_on=on)

    def actor(
        self, actor: Actor, *, place: str = "", serves: str = "", fields: Sequence[str] = (), groups: Sequence[str] = ()
    ) -> None:
        """An actor with its place."""
        self.records.append(actor)
        if place:
            self.edge(EdgeType.LOCATED_IN, actor.key, municipality_key(place))
        if serves:
            self.edge(EdgeType.SERVES, actor.key, municipality_key(serves))
        self.about(actor.key, field=fields, target_group=groups)

    def offer(
        self,
        offer: Offer,
        *places: str,
        provider: NodeKey | None = None,
        fields: Sequence[str] = (),
        groups: Sequence[str] = (),
        challenges: Sequence[str] = (),
    ) -> None:
        """An offer that serves places."""
        self.records.append(offer)
        for place in places:
            self.edge(EdgeType.SERVES, offer.key, municipality_key(place))
        if provider is not None:
            self.edge(EdgeType.OFFERS, provider, offer.key)
        self.about(offer.key, field=fields, target_group=groups, challenge=challenges)

    def request(
        self,
        request: Request,
        *,
        place: str = "",
        by: NodeKey | None = None,
        fields: Sequence[str] = (),
        groups: Sequence[str] = (),
    ) -> None:
        """A request."""
        self.records.append(request)
        if place:
            self.edge(EdgeType.LOCATED_IN, request.key, municipality_key(place))
        if by is not None:
            self.edge(EdgeType.REQUESTED_BY, request.key, by)
        self.about(request.key, field=fields, target_group=groups)

    def everything(self) -> list[Record]:
        """All records, the values among them."""
        if not self.values:
            return self.records
        count = len(self.values)
        table = ObservationTable(
            [*self.values],
            ["share"] * count,
            ["2022"] * count,
            np.array([*self.values.values()], np.float64),
            [""] * count,
        )
        return [*self.records, Indicator(key=indicator_key("share"), name="Anteil"), table]


def filled(made: Made, folder: Path) -> GraphStore:
    """A store with these records; the caller closes it."""
    folder.mkdir(parents=True, exist_ok=True)
    store = open_store(f"sqlite:///{folder / 'made.db'}")
    records = made.everything()

    def work(writer: Writer) -> None:
        writer.replace(DATASET, records)

    store.write(work)
    return store


def built(made: Made, folder: Path) -> Projection:
    """The projection of a store with these records."""
    store = filled(made, folder)
    try:
        return project(store)
    finally:
        store.close()

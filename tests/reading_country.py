"""A small country with everything that can be read, and records that only the office may see."""

from datetime import date
from pathlib import Path

from records import DATASET, Made

from graph_service.keys import Label, NodeKey, concept_key, municipality_key
from graph_service.model import (
    Actor,
    Alliance,
    Boundary,
    Dataset,
    Edge,
    EdgeType,
    Exchange,
    Level,
    Municipality,
    Offer,
    Practice,
    Record,
    Request,
    Visibility,
)
from graph_service.store.contract import Writer
from graph_service.store.open import open_store

DAY = date(2026, 1, 1)
SQUARE = '{{"type":"Polygon","coordinates":[[[{x},50],[{y},50],[{y},51],[{x},51],[{x},50]]]}}'


def public() -> Made:
    """What everybody may see: two districts of a state with towns, and a little of everything."""
    made = Made()
    made.records.append(Municipality(key=municipality_key("90"), name="Bärenland", level=Level.STATE))
    for i, code in enumerate(("90001", "90002", "90003")):
        made.district(code, 10.0 + i, "90", longitude=10.0 + i, latitude=50.5)
        made.records.append(Boundary(municipality_key(code), SQUARE.format(x=10 + i, y=11 + i)))
    made.town("90001001", "90001")
    made.faces("90001", "late-entrants", 4, DAY)
    for local, place in (("youth", "90001"), ("school", "90001"), ("club", "90001001"), ("far", "90002")):
        actor = Actor(
            key=NodeKey.of(Label.ACTOR, local),
            name=f"Verein {local}",
            kind={"youth": "youth-office", "school": "school"}.get(local, "association"),
            resources=("rooms",),
            description="Mentoren und Räume für späte Schulanfänger",
            assured_on=DAY,
        )
        made.actor(actor, place=place, fields=["school"], groups=["age-12-15"])
    made.records.append(Alliance(key=NodeKey("alliance:together"), name="Gemeinsam", kind="alliance"))
    made.edge(EdgeType.ACTS_IN, NodeKey("alliance:together"), municipality_key("90001"))
    made.about(NodeKey("alliance:together"), field=["school"])
    for local in ("youth", "school"):
        made.edge(EdgeType.MEMBER_OF, NodeKey(f"actor:{local}"), NodeKey("alliance:together"), role="member")
    made.edge(EdgeType.COOPERATES_WITH, NodeKey("actor:school"), NodeKey("actor:club"), strength="cooperates")
    made.practice("class", name="Brückenklasse", challenges=["late-entrants"], fields=["school"], evidence="proven")
    made.applied("class", "90002", status="running", since=DAY)
    made.decided("90003", "class", "adopted", on=DAY)
    offer = Offer(key=NodeKey("offer:mentors"), name="Mentoren", kind="mentoring", assured_on=DAY)
    made.offer(offer, "90002", provider=NodeKey("actor:far"), fields=["school"], challenges=["late-entrants"])
    wanted = Request(key=NodeKey("request:rooms"), name="Räume gesucht", resources=("rooms",), status="open")
    made.request(wanted, by=NodeKey("actor:youth"), fields=["school"])
    made.records.append(Exchange(key=NodeKey("exchange:visit"), name="Besuch", format="visit", state="planned"))
    made.edge(EdgeType.INVOLVES, NodeKey("exchange:visit"), municipality_key("90001"))
    made.edge(EdgeType.ABOUT, NodeKey("exchange:visit"), NodeKey("practice:class"))
    return made


def hidden() -> list[Record]:
    """What only the office may see; each of it would change some answer."""
    office, town = Visibility.OFFICE, municipality_key("90001")
    school, challenge = concept_key("field", "school"), concept_key("challenge", "late-entrants")
    spy, ring = NodeKey("actor:spy"), NodeKey("alliance:ring")
    records: list[Record] = [
        Actor(key=spy, name="Verein geheim", kind="association", resources=("rooms",), visibility=office),
        Alliance(key=ring, name="Geheimer Bund", visibility=office),
        Offer(key=NodeKey("offer:secret"), name="Geheimes Angebot", visibility=office),
        Practice(key=NodeKey("practice:secret"), name="Geheime Praxis", visibility=office),
        Request(key=NodeKey("request:secret"), name="Geheimes Gesuch", resources=("rooms",), visibility=office),
        Exchange(key=NodeKey("exchange:secret"), name="Geheimes Treffen", visibility=office),
        Edge(EdgeType.LOCATED_IN, spy, town),
        Edge(EdgeType.MEMBER_OF, spy, NodeKey("alliance:together")),
        Edge(EdgeType.MEMBER_OF, spy, ring),
        Edge(EdgeType.MEMBER_OF, NodeKey("actor:far"), ring),
        Edge(EdgeType.COOPERATES_WITH, NodeKey("actor:far"), spy),
        Edge(EdgeType.COOPERATES_WITH, NodeKey("actor:far"), NodeKey("actor:club"), visibility=office),
        Edge(EdgeType.SERVES, NodeKey("offer:secret"), town),
        Edge(EdgeType.IN_FIELD, NodeKey("offer:secret"), school),
        Edge(EdgeType.ADDRESSES, NodeKey("practice:secret"), challenge),
        Edge(EdgeType.APPLIED_IN, NodeKey("practice:class"), municipality_key("90003"), {"actor": "spy"}, office),
        Edge(EdgeType.FACES, municipality_key("90002"), challenge, {"severity": 4, "rated_on": DAY}, office),
        Edge(EdgeType.LOCATED_IN, NodeKey("request:secret"), town),
        Edge(EdgeType.INVOLVES, NodeKey("exchange:secret"), town),
    ]
    return records


SECRET = Dataset(id="secret", title="Secret")


def filled(folder: Path, *, secrets: bool) -> str:
    """The address of a store with the country, with or without what is hidden."""
    folder.mkdir(parents=True, exist_ok=True)
    address = f"sqlite:///{folder / 'country.db'}"
    store = open_store(address)
    records, more = public().everything(), hidden()

    def work(writer: Writer) -> None:
        writer.replace(DATASET, records)
        if secrets:
            writer.replace(SECRET, more)

    store.write(work)
    store.close()
    return address

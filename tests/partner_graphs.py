"""A small town with actors who did something together, as records, for the tests of partner suggestions."""

from datetime import date

from graph_service.keys import Label, NodeKey
from graph_service.model import Actor, Alliance, Edge, EdgeType, Level, Municipality

ON = date(2020, 1, 1)
TOWN, NEXT, FAR = (NodeKey.of(Label.MUNICIPALITY, code) for code in ("90001", "90002", "91001"))
WORK = ("Sprachkurse für Jugendliche", "Mentoren für Kinder", "Sport im Verein", "Beratung für Familien")


def actor(name):
    return NodeKey.of(Label.ACTOR, name)


def towns():
    states = [NodeKey.of(Label.MUNICIPALITY, code) for code in ("90", "91")]
    yield from (Municipality(key=state, name=f"Land {state.local}", level=Level.STATE) for state in states)
    for key, name, east in ((TOWN, "Ährenstadt", 8.0), (NEXT, "Nebenstadt", 8.2), (FAR, "Fernstadt", 12.0)):
        yield Municipality(key=key, name=name, level=Level.DISTRICT, longitude=east, latitude=50.0)
        yield Edge(EdgeType.PART_OF, key, states[key == FAR])
    yield Edge(EdgeType.ADJACENT_TO, TOWN, NEXT)


def someone(name, town=TOWN, **said):
    yield Actor(key=actor(name), name=said.pop("called", name), **said)
    if town:
        yield Edge(EdgeType.LOCATED_IN, actor(name), town)


def together(name, begun, lead, members, text="", ended=None):
    key = NodeKey.of(Alliance.label, name)
    yield Alliance(key=key, name=name, description=text or None, started_on=begun, ended_on=ended)
    if lead:
        yield Edge(EdgeType.MEMBER_OF, actor(lead), key, {"role": "lead"})
    for member in members:
        yield Edge(EdgeType.MEMBER_OF, actor(member), key, {"role": "member"})


def small(graph, *more):
    names = ("amt", "schule", "verein", "haus", "fern")
    records = [r for name in names for r in someone(name, FAR if name == "fern" else TOWN)]
    records += together("a1", date(2017, 1, 1), "amt", ["schule", "verein"], WORK[0])
    records += together("a2", date(2018, 1, 1), "amt", ["verein", "fern"], WORK[2])
    records += together("a3", date(2019, 1, 1), "schule", ["haus"], WORK[1])
    return graph(*towns(), *records, *more)

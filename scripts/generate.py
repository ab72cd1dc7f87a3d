"""Makes graphs like those of a whole country, for the benchmarks: seeded, heavy-tailed, with planted duplicates.

Towns have log-normal populations; actors sit where people live and are active to very different degrees (Pareto);
alliances are mostly local and mostly small. Nothing is real: names are put together from words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import orjson

from graph_service.arrays import IntArray, Texts
from graph_service.keys import NodeKey
from graph_service.model import EdgeType, Level
from graph_service.projection import LEVELS, Arrays, Edges, FloatArray, Municipalities, Observations, Projection

STATES, TOWNS_A_DISTRICT = 16, 28
FIELDS = tuple(f"field-{i:02d}" for i in range(14))
KINDS = ("school", "day-care", "welfare-association", "migrant-organisation", "volunteer-initiative")
BODIES = (
    "Förderverein", "Initiative", "Sportverein", "Kulturverein", "Grundschule", "Kita", "Jugendzentrum", "Stiftung",
)  # fmt: skip
SUBJECTS = (
    "Lernpatenschaften", "Brücke", "Sonnenschein", "Miteinander", "Sprachcafé", "Regenbogen", "Ankommen", "Zukunft",
    "Fußball", "Musik", "Mädchentreff", "Ausbildung", "Nachbarschaft", "Horizont", "Wegweiser", "Familienhilfe",
)  # fmt: skip
SYLLABLES = (
    "alt", "bruch", "dorf", "eichen", "feld", "grün", "hausen", "hof", "königs", "linden", "mühl", "neu", "ober",
)  # fmt: skip
FORMS = ("e.V.", "gGmbH", "", "")
STRENGTHS = ("knows", "cooperates", "coordinates", "integrated")
LOCAL = 0.75
"""The share of an alliance's members that come from its own district."""


@dataclass(frozen=True)
class Generated:
    """A graph, and the pairs of actors in it that are the same."""

    projection: Projection
    duplicates: tuple[tuple[NodeKey, NodeKey], ...]


@dataclass(frozen=True)
class _Actors:
    """Who there is, ordered by district so that a district's actors are neighbours."""

    town: IntArray
    district: IntArray
    reach: FloatArray
    """Running sum of how active they are: a random place below it picks an actor by activity."""

    def pick(self, draw: np.random.Generator, district: IntArray) -> IntArray:
        """An actor for each district asked for; -1 asks for anybody."""
        edges = np.concatenate([[0.0], self.reach])
        first, last = np.searchsorted(self.district, district), np.searchsorted(self.district, district, side="right")
        anybody = (district < 0) | (first == last)
        low = np.where(anybody, 0.0, edges[first])
        high = np.where(anybody, edges[-1], edges[last])
        found = np.searchsorted(self.reach, low + (high - low) * draw.random(len(district)), side="right")
        return np.minimum(found, len(self.reach) - 1).astype(np.int64)


def generate(actors: int = 100_000, edges: int = 1_000_000, towns: int = 11_000, seed: int = 7) -> Generated:
    """A graph of about so many nodes and edges; the same for the same arguments."""
    draw = np.random.default_rng(seed)
    country = _Country.of(towns, draw)
    who = _settle(country, actors, draw)
    names = _names(country, who, draw)
    copies = _copy(names, who, draw)
    alliances = max(edges // 20, 1)
    said = _relations(country, who, alliances, edges, draw)
    return _assemble(country, names, copies, alliances, said)


@dataclass(frozen=True)
class _Country:
    """Municipalities by position: states, then districts, then towns."""

    names: tuple[str, ...]
    keys: tuple[str, ...]
    level: IntArray
    parent: IntArray
    population: FloatArray
    longitude: FloatArray
    latitude: FloatArray
    first: int
    """The position of the first town."""

    @classmethod
    def of(cls, towns: int, draw: np.random.Generator) -> "_Country":
        """Some states, districts of equal size within them, and towns of very different size."""
        districts = max(towns // TOWNS_A_DISTRICT, STATES)
        state_of = np.arange(districts) * STATES // districts
        district_of = np.arange(towns) * districts // towns
        people = np.round(np.exp(draw.normal(7.5, 1.4, towns)))
        of_district = np.bincount(district_of, people, districts)
        population = np.concatenate([np.bincount(state_of, of_district, STATES), of_district, people])
        parent = np.concatenate([np.full(STATES, -1), state_of, district_of + STATES])
        centre = draw.random((2, districts))[:, district_of] + draw.normal(0, 0.02, (2, towns))
        unknown = np.full(STATES + districts, np.nan)
        levels = [LEVELS.index(each) for each in (Level.STATE, Level.DISTRICT, Level.MUNICIPALITY)]
        # keys that sort as the positions do
        counts = {"a": STATES, "b": districts, "c": towns}
        keys = [f"municipality:{prefix}{i:07d}" for prefix, count in counts.items() for i in range(count)]
        pairs = draw.integers(0, len(SYLLABLES), (len(keys), 3))
        names = [_proper(*three) for three in pairs.tolist()]
        return cls(
            tuple(names), tuple(keys), np.repeat(levels, [STATES, districts, towns]), parent, population,
            np.concatenate([unknown, 6 + 9 * centre[0]]), np.concatenate([unknown, 47.5 + 7 * centre[1]]),
            STATES + districts,
        )  # fmt: skip


def _settle(country: _Country, actors: int, draw: np.random.Generator) -> _Actors:
    people = country.population[country.first :]
    town = np.sort(draw.choice(len(people), actors, p=people / people.sum())) + country.first
    active = np.minimum(draw.pareto(1.6, actors) + 0.2, actors**0.5)
    return _Actors(town, country.parent[town], np.cumsum(active))


def _names(country: _Country, who: _Actors, draw: np.random.Generator) -> list[str]:
    lists = (BODIES, SUBJECTS, SYLLABLES, SYLLABLES, SYLLABLES, FORMS)
    drawn = zip(*(draw.integers(0, len(words), len(who.town)).tolist() for words in lists), strict=True)
    return [
        f"{BODIES[b]} {SUBJECTS[s]} {_proper(x, y, z)} {country.names[t]} {FORMS[f]}".strip()
        for (b, s, x, y, z, f), t in zip(drawn, who.town.tolist(), strict=True)
    ]


def _proper(*syllables: int) -> str:
    return "".join(SYLLABLES[i] for i in syllables).capitalize()


def _copy(names: list[str], who: _Actors, draw: np.random.Generator) -> dict[int, int]:
    """Make one actor of a hundred the same as its neighbour, written differently; who is whose copy."""
    count = len(names)
    chosen = draw.choice(count // 2, count // 100, replace=False) * 2
    copies = {}
    for i in chosen.tolist():
        names[i + 1] = _written_differently(names[i], int(draw.integers(0, 5)))
        who.town[i + 1] = who.town[i]
        copies[i + 1] = i
    return copies


def _written_differently(name: str, how: int) -> str:
    bare = name.removesuffix(" e.V.").removesuffix(" gGmbH")
    words = bare.split()
    return (
        bare.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss"),
        f"{bare} eingetragener Verein",
        f"{words[-1]}: {' '.join(words[:-1])}",
        bare[:4] + bare[5:],
        bare.upper(),
    )[how]


def _relations(
    country: _Country, who: _Actors, alliances: int, edges: int, draw: np.random.Generator
) -> dict[EdgeType, tuple[IntArray, IntArray, IntArray]]:
    """Ends (positions within their labels) and what is said, by type; ends of members and cooperations are unique."""
    actors = len(who.town)
    district = who.district[who.pick(draw, np.full(alliances, -1))]
    memberships = max(edges - 2 * actors - 3 * alliances, alliances * 3) * 4 // 7
    size = np.minimum(draw.zipf(2.1, alliances) + 2, max(actors // 50, 3))
    alliance = np.repeat(np.arange(alliances), size)
    more = alliances and draw.integers(0, alliances, max(memberships - len(alliance), 0))
    alliance = np.concatenate([alliance[:memberships], more])
    near = draw.random(len(alliance)) < LOCAL
    members = _distinct(who.pick(draw, np.where(near, district[alliance], -1)), alliance, alliances)
    count = max(edges - len(members[0]) - 2 * actors - 3 * alliances, 0)
    one = who.pick(draw, np.full(count, -1))
    other = who.pick(draw, np.where(draw.random(count) < LOCAL, who.district[one], -1))
    apart = one != other
    pairs = _distinct(np.minimum(one, other)[apart], np.maximum(one, other)[apart], actors)
    field = (draw.zipf(1.4, actors + alliances) - 1) % len(FIELDS)
    none = np.zeros(0, np.int64)
    places = np.arange(country.first, len(country.names))
    return {
        EdgeType.PART_OF: (np.arange(STATES, len(country.names)), country.parent[STATES:], none),
        EdgeType.LOCATED_IN: (np.arange(actors), who.town, none),
        EdgeType.ACTS_IN: (np.arange(alliances), draw.choice(places, alliances), none),
        EdgeType.IN_FIELD: (np.arange(actors + alliances), field, none),
        EdgeType.MEMBER_OF: (*members, draw.integers(0, 2, len(members[0]))),
        EdgeType.COOPERATES_WITH: (*pairs, draw.integers(0, len(STRENGTHS), len(pairs[0]))),
    }


def _distinct(one: IntArray, other: IntArray, others: int) -> tuple[IntArray, IntArray]:
    both = np.unique(one * others + other)
    return both // others, both % others


def _assemble(
    country: _Country,
    names: Sequence[str],
    copies: Mapping[int, int],
    alliances: int,
    said: Mapping[EdgeType, tuple[IntArray, IntArray, IntArray]],
) -> Generated:
    actors = len(names)
    keys = [f"actor:a{i:08d}" for i in range(actors)]
    keys += [f"alliance:b{i:08d}" for i in range(alliances)]
    keys += [f"concept:field.{field}" for field in FIELDS]
    start = {"actor": 0, "alliance": actors, "concept": actors + alliances, "municipality": len(keys)}
    keys += country.keys
    everything = [*names, *(f"Bündnis {i}" for i in range(alliances)), *FIELDS, *country.names]
    properties = [
        orjson.dumps({"name": name, **_described(copies.get(i, i), actors)}).decode()
        for i, name in enumerate(everything)
    ]
    ends = {
        EdgeType.PART_OF: ("municipality", "municipality"),
        EdgeType.LOCATED_IN: ("actor", "municipality"),
        EdgeType.ACTS_IN: ("alliance", "municipality"),
        EdgeType.IN_FIELD: ("actor", "concept"),
        EdgeType.MEMBER_OF: ("actor", "alliance"),
        EdgeType.COOPERATES_WITH: ("actor", "actor"),
    }
    texts = {
        EdgeType.MEMBER_OF: ['{"role":"lead"}', '{"role":"partner"}'],
        EdgeType.COOPERATES_WITH: [f'{{"strength":"{strength}"}}' for strength in STRENGTHS],
    }
    edges = {
        type.value: Edges(
            source + start[ends[type][0]],
            target + start[ends[type][1]],
            what if type in texts else np.zeros(len(source), np.int64),
            Texts.of(texts.get(type, ["{}"])),
        )
        for type, (source, target, what) in said.items()
    }
    arrays = Arrays(
        np.array([1]), Texts.of(keys), Texts.of(everything), Texts.of(properties), _places(country), _nothing(), edges
    )
    pairs = tuple((NodeKey.trusted(keys[b]), NodeKey.trusted(keys[a])) for a, b in sorted(copies.items()))
    return Generated(Projection(arrays), pairs)


def _described(i: int, actors: int) -> dict[str, str]:
    return {"kind": KINDS[i % len(KINDS)]} if i < actors else {}


def _places(country: _Country) -> Municipalities:
    count = len(country.names)
    unknown = np.full(count, -1)
    return Municipalities(
        country.level, country.parent, country.population, np.full(count, np.nan), country.longitude, country.latitude,
        unknown, Texts.of([]),
    )  # fmt: skip


def _nothing() -> Observations:
    none, texts = np.zeros(0, np.int64), Texts.of([])
    return Observations(none, none, none, np.zeros(0), none, texts, texts)

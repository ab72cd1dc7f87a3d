"""Finds the municipality that a person means: by key, official code, or name as people write it."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz, process

from graph_service.errors import Ambiguous, InvalidValue, NotFound
from graph_service.keys import Label, NodeKey, ags_from_ars, district_ags, municipality_key
from graph_service.model import EdgeType, Level
from graph_service.projection import LEVELS, Projection
from graph_service.vocabulary import load_vocabulary
from matching.naming.namesakes import CITIES, RURAL, TOWNS, Apart, core_name, namesakes, same_kinds, short_name

EXPECTED = "a municipality's code, key or name"
MANY = "the name of one municipality"

KINDS: Final[Mapping[str, frozenset[str]]] = {
    "landkreis": RURAL,
    "lkr": RURAL,
    "lk": RURAL,
    "kreis": RURAL,
    "kr": RURAL,
    "stadtkreis": CITIES,
    "kreisfreie stadt": CITIES,
    "stadt": TOWNS,
    "gemeinde": frozenset({"gemeinde", "markt"}),
    "markt": frozenset({"gemeinde", "markt"}),
    "land": frozenset({"land", "stadtstaat", "bundesland"}),
    "bundesland": frozenset({"land", "stadtstaat", "bundesland"}),
}
"""What a word before or behind a name says about the kind that is meant."""

TITLES = (
    "landeshauptstadt", "hansestadt", "universitaetsstadt", "kreisstadt", "grosse kreisstadt", "freie und hansestadt",
    "wissenschaftsstadt", "klingenstadt", "documenta stadt", "regionalverband", "staedteregion", "region",
    "freistaat", "freie hansestadt", "bundesstadt", "lutherstadt",
)  # fmt: skip
"""Official epithets that people leave out."""

_WORDS = sorted({*KINDS, *TITLES}, key=len, reverse=True)
_BEFORE = re.compile(rf"({'|'.join(_WORDS)})\s+(?=\S)")
_BEHIND = re.compile(rf"(?<=\S)\s+({'|'.join(_WORDS)})\Z")
_DEFAULT = (Level.DISTRICT, Level.MUNICIPALITY, Level.STATE, Level.ASSOCIATION, Level.REGION, Level.BOROUGH)


def plain(text: str) -> str:
    """A name without case, umlauts (ae), accents and punctuation, for comparing."""
    text = text.casefold()
    for letter, written in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        text = text.replace(letter, written)
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z0-9]+", text.replace("str.", "strasse")))


def _without_dots(text: str) -> str:
    return text.translate(str.maketrans("äöüÄÖÜ", "aouAOU"))


def bare(name: str) -> tuple[str, tuple[str, ...]]:
    """A plain name without official words, and those that were taken off: ``Landkreis Esslingen`` is Esslingen."""
    text, words = plain(name), []
    while found := _BEFORE.match(text) or _BEHIND.search(text):
        words.append(found[1])
        text = text[found.end() :].strip() if found.start() == 0 else text[: found.start()].strip()
    return text, tuple(words)


class UnknownMunicipality(NotFound):
    """No municipality has this name; ``nearest`` lists those that are written nearly so as (key, name)."""

    def __init__(self, found: str, nearest: tuple[tuple[str, str], ...]) -> None:
        """Show the nearest names with what was asked for."""
        hint = f" ({', '.join(name for _, name in nearest)}?)" if nearest else ""
        super().__init__(EXPECTED, found + hint)
        self.nearest = nearest


@dataclass(frozen=True)
class Names:
    """Positions of municipalities by each plain form of their names, without official words."""

    places: Mapping[str, tuple[int, ...]]


def names_of(projection: Projection) -> Names:
    """The names of a projection, gathered once."""
    return projection.derived(_gather)


def _gather(projection: Projection) -> Names:
    places: dict[str, list[int]] = defaultdict(list)
    span = projection.spans[Label.MUNICIPALITY]
    for position, place in enumerate(span):
        name = projection.arrays.names[place]
        first = name.partition(",")[0]
        shorter = core_name(name)
        forms = {plain(name), bare(name)[0], bare(first)[0], bare(shorter)[0]}
        if not name.isascii():  # people who have no umlauts at hand leave the dots away
            forms |= {bare(_without_dots(text))[0] for text in (name, first, shorter)}
        for form in forms - {""}:
            places[form].append(position)
    return Names({form: tuple(positions) for form, positions in places.items()})


def find_municipality(projection: Projection, text: str, level: Level | None = None) -> NodeKey:
    """The municipality that a code, key or name stands for; raises NotFound, Ambiguous.

    An area that appears on several levels (a city that is also a district and a state) is one place: it is taken at
    ``level``, by default as a district, else at the nearest level there is.
    """
    wanted = text.strip()
    if (key := _by_code(projection, wanted)) is not None:
        return key
    names = names_of(projection)
    form, words = bare(wanted)
    found = names.places.get(plain(wanted), ()) or _told_apart(projection, names, wanted) or names.places.get(form, ())
    if not found:
        raise UnknownMunicipality(wanted, _nearest(projection, names, form))
    found = _spelled(projection, _of_kind(projection, found, words), wanted)
    found = _present(projection, found)
    if level is not None:
        found = tuple(p for p in found if LEVELS[projection.municipalities.level[p]] is level) or found
    places = _places(projection, found, level, form)
    if len(places) > 1:
        raise Ambiguous(MANY, wanted, tuple((str(_key(projection, p)), _described(projection, p)) for p in places))
    return _key(projection, places[0])


def _key(projection: Projection, position: int) -> NodeKey:
    return projection.key(Label.MUNICIPALITY, position)


def _described(projection: Projection, position: int) -> str:
    """Name, level and state, so that a person can choose."""
    level = LEVELS[projection.municipalities.level[position]].value
    state = int(projection.state[position])
    where = f", {projection.name(Label.MUNICIPALITY, state)}" if state >= 0 and state != position else ""
    return f"{projection.name(Label.MUNICIPALITY, position)} ({level}{where})"


def _by_code(projection: Projection, text: str) -> NodeKey | None:
    """The key that a text is, or that belongs to the official code that it is."""
    known = projection.arrays.keys.place
    readings = [text if text.startswith("municipality:") else f"municipality:{text}"]
    for reading in (district_ags, ags_from_ars):
        try:
            readings.append(municipality_key(reading(text)))
        except InvalidValue:
            continue
    found = next((reading for reading in readings if reading in known), None)
    return None if found is None else NodeKey.trusted(found)


def _told_apart(projection: Projection, names: Names, text: str) -> tuple[int, ...]:
    """Those that a name means which ends with what tells it apart: Berg (Ravensburg), Lindau (Bodensee, Landkreis)."""
    name, _, said = text.removesuffix(")").rpartition("(")
    own, _, kind = said.rpartition(",")
    readings = [(name, said), *([(f"{name}({own})", kind)] if own else [])]
    known = namesakes(projection)
    return tuple(
        p
        for name, said in readings
        if name and plain(said)
        for p in names.places.get(bare(name)[0], ())
        if p in known and plain(said) in set(_marks(projection, known[p]))
    )


def _marks(projection: Projection, apart: Apart) -> Iterator[str]:
    """What is written behind a name to tell it apart, plain, in all languages."""
    if apart.within >= 0:
        yield plain(short_name(projection.name(Label.MUNICIPALITY, apart.within)))
    if apart.kind in TOWNS:
        yield from ("stadt", "city", "town")
    # outside Nordrhein-Westfalen a Kreis is soon called Landkreis, and the other way round
    for kind in same_kinds(apart.kind):
        if term := load_vocabulary().find("municipality_kind", kind):
            yield from (plain(term.label(language)) for language in ("de", "en"))


def _of_kind(projection: Projection, found: tuple[int, ...], words: Iterable[str]) -> tuple[int, ...]:
    """Those whose kind, or whose own full name, fits the official words that were said with the name."""
    table = projection.municipalities
    for word in words:
        kinds = KINDS.get(word, frozenset())
        fitting = tuple(
            p
            for p in found
            if (table.kind[p] >= 0 and table.kinds[table.kind[p]] in kinds)
            or word in bare(projection.name(Label.MUNICIPALITY, p))[1]
        )
        found = fitting or found
    return found


def _spelled(projection: Projection, found: tuple[int, ...], wanted: str) -> tuple[int, ...]:
    """Those that are written with the same letters (Esslingen is not Eßlingen), if there are any."""
    core = max(re.findall(r"[^\W\d_]+", wanted.lower()), key=len, default="")
    same = tuple(p for p in found if core in projection.name(Label.MUNICIPALITY, p).lower())
    return same or found


def _present(projection: Projection, found: tuple[int, ...]) -> tuple[int, ...]:
    """Each one, or what it has become since it was abolished."""
    edges = projection.edges(EdgeType.SUCCEEDED_BY)
    start = projection.spans[Label.MUNICIPALITY].start
    result: list[int] = []
    for position in found:
        node = projection.node(_key(projection, position))
        later = edges.target[edges.source == position + start] - start
        gone = getattr(node, "valid_until", None) is not None and len(later) > 0
        result += later.tolist() if gone else [position]
    return tuple(dict.fromkeys(result))


def _places(projection: Projection, found: tuple[int, ...], level: Level | None, form: str) -> list[int]:
    """One for each place: of areas that lie within one another the one at the level that is meant.

    Whoever says Wunsiedel means the town of that name sooner than the district Wunsiedel i.Fichtelgebirge.
    """
    table = projection.municipalities
    order = (*((level,) if level else ()), *_DEFAULT)
    left = sorted(found, key=lambda p: -_depth(projection, p))
    chosen: list[int] = []
    while left:
        chain, position = [], left[0]
        while position >= 0:
            if position in left:
                chain.append(position)
            position = int(table.parent[position])
        left = [p for p in left if p not in chain]
        named = [p for p in chain if bare(short_name(projection.name(Label.MUNICIPALITY, p)))[0] == form]
        chosen.append(min(named or chain, key=lambda p: order.index(LEVELS[table.level[p]])))
    # two villages of one name in a district that bears it: the district stands once, and is not in doubt with itself
    return sorted(dict.fromkeys(chosen))


def _depth(projection: Projection, position: int) -> int:
    depth = 0
    while (position := int(projection.municipalities.parent[position])) >= 0 and depth < 2 * len(LEVELS):
        depth += 1
    return depth


def _nearest(projection: Projection, names: Names, form: str) -> tuple[tuple[str, str], ...]:
    """The known names nearest to an unknown one; nothing rather than something far off."""
    near = process.extract(form, names.places.keys(), scorer=fuzz.ratio, limit=3, score_cutoff=75)
    places = [names.places[name][0] for name, _, _ in near]
    return tuple((str(_key(projection, p)), projection.name(Label.MUNICIPALITY, p)) for p in dict.fromkeys(places))

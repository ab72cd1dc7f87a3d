"""Names of organisations for comparing: without legal forms, umlauts and abbreviations, word by word."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log
from types import MappingProxyType
from urllib.parse import urlsplit

from rapidfuzz.distance import OSA

from matching.naming.municipalities import plain

_FORMS = re.compile(
    r"\b(eingetragener verein|gemeinnuetzige gmbh|gemeinnuetzige ug|gesellschaft mit beschraenkter haftung|"
    r"koerperschaft des oeffentlichen rechts|anstalt des oeffentlichen rechts|ug haftungsbeschraenkt|"
    r"gmbh co kg|e v|ev|ggmbh|gmbh|mbh|gug|ug|gag|ag|e g|eg|kdoer|adoer|aoer|gbr|i g)\b"
)
"""Legal forms as they stand in a plain name."""

_ONE_WAY: Mapping[str, str] = MappingProxyType(
    {
        "arbeiter samariter bund": "asb",
        "awo": "arbeiterwohlfahrt",
        "deutsche rote kreuz": "drk",
        "deutschen roten kreuzes": "drk",
        "deutscher kinderschutzbund": "dksb",
        "deutsches rotes kreuz": "drk",
        "evang": "evangelisch",
        "jmd": "jugendmigrationsdienst",
        "juze": "jugendzentrum",
        "jz": "jugendzentrum",
        "kath": "katholisch",
        "kindertageseinrichtung": "kindertagesstaette",
        "kita": "kindertagesstaette",
        "kv": "kreisverband",
        "lv": "landesverband",
        "ov": "ortsverein",
        "ortsverband": "ortsverein",
        "sozialdienst katholischer frauen": "skf",
        "vhs": "volkshochschule",
    }
)
"""What is written out or short: always one word, lest three words of an association outweigh the name of its branch."""
_OTHER_WAYS = re.compile(rf"\b({'|'.join(sorted(_ONE_WAY, key=len, reverse=True))})\b")
_JOINED = re.compile("(?<=[a-zäöüß]{3})(?=[A-ZÄÖÜ])")
"""Where words are written together with a capital within."""
_SMALL = frozenset(
    {
        "an", "am", "auf", "bei", "das", "dem", "den", "der", "des", "die", "e", "fuer", "im", "in", "mit", "u", "und",
        "von", "vom", "zu", "zum", "zur",
    }
)  # fmt: skip
"""Words that tell nothing."""

_ENDINGS = re.compile(r"(evangelisch|katholisch|deutsch|staedtisch|kommunal)(?:e[nmrs]?)\b")

CONTRASTS = (
    frozenset({"nord", "sued", "ost", "west", "mitte"}),
    frozenset({"evangelisch", "katholisch"}),
    frozenset({"grundschule", "gymnasium", "realschule", "hauptschule", "gesamtschule", "kindertagesstaette", "hort"}),
    frozenset({"ober", "unter"}),
    frozenset({"kreisverband", "landesverband", "ortsverein", "bundesverband", "bezirksverband"}),
    frozenset({"foerderverein", "foerderkreis", "freundeskreis", "freunde", "elternverein"}),
)
"""Words that tell organisations of one name apart: the friends of a school are not the school."""


@dataclass(frozen=True, slots=True)
class ActorName:
    """A name to compare."""

    words: tuple[str, ...]
    """In the order of the name, without legal form and small words, each word once."""
    sorted: str
    """The words in alphabetical order."""


def read_name(text: str) -> ActorName:
    """Take a name apart; a name that is nothing but a legal form stays what it is."""
    whole = plain(_JOINED.sub(" ", text))
    # "Ev. Kirche" is evangelical, "Kirche e. V." and "Kirche ev" are registered: the form stands behind the name
    bare = re.sub(r"\Aev\b", "evangelisch", whole)
    bare = _FORMS.sub(" ", bare)
    bare = _OTHER_WAYS.sub(lambda found: _ONE_WAY[found[1]], bare)
    bare = _ENDINGS.sub(r"\1", bare)
    kept = tuple(dict.fromkeys(word for word in bare.split() if word not in _SMALL)) or tuple(whole.split())
    return ActorName(kept, " ".join(sorted(kept)))


@dataclass(frozen=True)
class Rarity:
    """How much a word tells: nothing when every name has it, most when one has."""

    count: int
    of_word: Mapping[str, int]

    @classmethod
    def of(cls, names: Iterable[ActorName]) -> "Rarity":
        """Count in how many names each word occurs."""
        counts: Counter[str] = Counter()
        total = 0
        for name in names:
            counts.update(set(name.words))
            total += 1
        return cls(total, counts)

    def __call__(self, word: str) -> float:
        """What a word tells, 1 or more."""
        return 1 + log((1 + self.count) / (1 + self.of_word.get(word, 0)))

    @property
    def most(self) -> float:
        """What a word of a single name tells."""
        return 1 + log((1 + self.count) / 2)


def misspelt(one: str, other: str) -> float:
    """How alike two words are if one may be the other with a slip of the pen, else 0; short words must be equal."""
    if one == other:
        return 1.0
    longer = max(len(one), len(other))
    most = 0 if longer < 5 else 1 if longer < 10 else 2
    slips = OSA.distance(one, other, score_cutoff=most)
    return 1 - slips / longer if slips <= most else 0.0


def similarity(one: ActorName, other: ActorName, rarity: Rarity) -> tuple[float, float]:
    """How alike two names are, and how telling the words are that they share; both 0 to 1.

    Words are paired best first, each once; a pair counts by how alike it is and by how rare its words are. What is
    written together in one name and apart in the other is compared as a whole.
    """
    if not one.words or not other.words:
        return 0.0, 0.0
    if "".join(one.words) == "".join(other.words) or one.sorted == other.sorted:
        return 1.0, _telling(sum(map(rarity, one.words)), rarity)
    pairs = sorted(
        ((misspelt(a, b), i, j) for i, a in enumerate(one.words) for j, b in enumerate(other.words)),
        key=lambda pair: (-pair[0], pair[1], pair[2]),
    )
    left, right = set(range(len(one.words))), set(range(len(other.words)))
    shared = 0.0
    for alike, i, j in pairs:
        if not alike:
            break
        if i in left and j in right:
            left.discard(i)
            right.discard(j)
            shared += alike * (rarity(one.words[i]) + rarity(other.words[j])) / 2
    alone = sum(rarity(one.words[i]) for i in left) + sum(rarity(other.words[j]) for j in right)
    by_words = shared / (shared + alone / 2) if shared else 0.0
    # a word split or joined leaves the letters as they are
    as_a_whole = misspelt("".join(one.words), "".join(other.words))
    return max(by_words, as_a_whole), _telling(shared, rarity)


def _telling(shared: float, rarity: Rarity) -> float:
    return min(shared / (2 * rarity.most), 1.0)


def contrast(one: ActorName, other: ActorName) -> tuple[str, str] | None:
    """What tells two names apart however alike they are: numbers, points of the compass, confessions, kinds."""
    numbers = _numbers(one), _numbers(other)
    if numbers[0] != numbers[1]:
        return " ".join(sorted(numbers[0])), " ".join(sorted(numbers[1]))
    for words in CONTRASTS:
        mine, theirs = _alone(words, one, other), _alone(words, other, one)
        if mine or theirs:
            return mine, theirs
    return None


def _alone(words: frozenset[str], one: ActorName, other: ActorName) -> str:
    """Those of the words that one name has and the other has not, nor anything written nearly so."""
    found = [word for word in one.words if word in words and not any(misspelt(word, each) for each in other.words)]
    return " ".join(sorted(found))


def _numbers(name: ActorName) -> frozenset[str]:
    return frozenset(word.lstrip("0") for word in name.words if word.isdigit())


def address(url: str) -> str:
    """A web address as host and path, without what writes the same page differently; empty where there is none."""
    text = url.strip()
    if not text:
        return ""
    parts = urlsplit(text if "//" in text else f"//{text}")
    host = (parts.netloc.rpartition("@")[2].partition(":")[0]).casefold().removeprefix("www.")
    if "." not in host:
        return ""
    path = re.sub(r"/(index\.\w+|home|start|startseite)?\Z", "", parts.path)
    return f"{host}{path}"

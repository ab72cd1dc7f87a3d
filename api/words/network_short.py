"""Names for pictures, with few letters: what tells one from the others stays, and so does what it is."""

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import takewhile

LONGEST = 34
"""So many letters of a name stand in the picture."""
BRIEF = 20
"""So many where it finds no place otherwise."""
_HEAD = 6
"""So many letters of how a name begins stay in any case: a place alone does not say what is there."""
_GAP = "… "
_SHORTEST = 4
"""A piece of a word with fewer letters says nothing."""
_WEAK_END = " ,;:.-–/&+("

_LEGAL = re.compile(
    r"(?<!\w)(?:gemeinnützige\s+)?(?:e\.\s?V\.|e\.\s?G\.|eG|gGmbH|GmbH(?:\s*&\s*Co\.\s*KG)?|gAG|AG|gUG|UG|GbR|mbH"
    r"|KdöR|AöR|Gesellschaft mit beschränkter Haftung|(?:Körperschaft|Anstalt) des öffentlichen Rechts)(?!\w)"
)
_BRACKET = re.compile(r"\s*\([^()]*\)")
_SHORT_DISTRICT = "Lkr."
_DISTRICT = re.compile(r"\bLandkreis(?=\)| [A-ZÄÖÜ])")


def in_pictures(names: Sequence[str], places: Collection[str] = ()) -> tuple[list[str], list[str]]:
    """Names as they stand in one picture, and where there is little room; what is short in one is so in all."""
    found = [shortened(names, longest, places) for longest in (LONGEST, BRIEF)]
    if any(_SHORT_DISTRICT in short for each in found for short in each):
        names, places = ([_DISTRICT.sub(_SHORT_DISTRICT, each) for each in group] for group in (names, places))
        found = [shortened(names, longest, places) for longest in (LONGEST, BRIEF)]
    return found[0], found[1]


def left_to_neighbours(
    names: Sequence[str], short: Sequence[str], longest: int, beside: Mapping[int, int]
) -> list[str]:
    """Short names, without the place that a name ends with where that stands beside it: ``beside`` its only neighbour.

    Only names that were cut in the middle gain by it: how they begin says more than a place that is read twice.
    """
    found = list(short)
    for i, other in beside.items():
        place = _BRACKET.sub("", names[other])
        head = re.sub(rf"[\s:,–-]+(?:Landkreis |Kreis )?{re.escape(place)}$", "", names[i])
        if _GAP in short[i] and head != names[i]:
            found[i] = head if len(head) <= longest else _ended(head, longest)
    return found


def shortened(names: Sequence[str], longest: int = LONGEST, places: Collection[str] = ()) -> list[str]:
    """Names with at most so many letters; of places what stands in brackets tells which of several is meant, and stays.

    Legal forms and brackets go first. Those that begin alike keep how they end, cut in the middle.
    """
    whole = [_reduced(name, longest, is_place=name in places) for name in names]
    meant: dict[str, set[str]] = {}
    for name, each in zip(names, whole, strict=True):
        meant.setdefault(each, set()).add(name)
    return _cut([each if len(meant[each]) == 1 else name for name, each in zip(names, whole, strict=True)], longest)


def _reduced(name: str, longest: int, *, is_place: bool) -> str:
    """Without what says least, as far as that is needed."""
    steps = [] if is_place else [(_LEGAL, ""), (_BRACKET, "")]
    for pattern, instead in [*steps, (_DISTRICT, _SHORT_DISTRICT)]:
        if len(name) <= longest:
            break
        left = re.sub(r"\s+(?=[,;)])|\s*\(\s*\)", "", " ".join(pattern.sub(instead, name).split())).rstrip(" ,;")
        name = left or name
    return name


def _cut(names: Sequence[str], longest: int) -> list[str]:
    found = [name if len(name) <= longest else _ended(name, longest) for name in names]
    alike: dict[str, list[int]] = {}
    for i, name in enumerate(names):
        if len(name) > longest:
            alike.setdefault(found[i], []).append(i)
    room = longest - _HEAD - len(_GAP)
    for which in alike.values():
        if room < _SHORTEST or len({names[i] for i in which}) == 1:
            continue
        for i, end in zip(which, _cut(_ends([names[i] for i in which]), room), strict=True):
            found[i] = f"{_ended(names[i], longest - len(_GAP) - len(end) + 1)[:-1]}{_GAP}{end}"
    return found


def _ends(names: Sequence[str]) -> list[str]:
    """What follows after the words that all begin with; of a first word that differs late, after its letters."""
    words = [name.split() for name in names]
    if common := _shared(words):
        return [" ".join(each[common:]) or each[-1] for each in words]
    letters = _shared(names)
    return [name[letters:] or name[-_SHORTEST:] for name in names]


def _shared(rows: Sequence[Sequence[str]]) -> int:
    """With how many members all begin."""
    return sum(1 for _ in takewhile(lambda members: len(set(members)) == 1, zip(*rows, strict=False)))


def _ended(name: str, longest: int) -> str:
    """How a name begins, and dots; no words that only lead to the next, and no scraps of one."""
    cut = name[: longest - 1]
    words = cut.split(" ")
    if len(words) > 1 and len(words[-1]) < _SHORTEST and not name[longest - 1 : longest].isspace():
        words.pop()
    while len(words) > 1 and _leads_on(words[-1]):
        words.pop()
    return f"{' '.join(words).rstrip(_WEAK_END)}…"


def _leads_on(word: str) -> bool:
    return (len(word) < _SHORTEST and word.islower()) or not word.strip(_WEAK_END)

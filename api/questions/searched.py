"""What is asked and found when a person searches: the words of `api.questions.search` and its index."""

from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from graph_service.errors import InvalidValue
from graph_service.keys import Label, NodeKey
from graph_service.model import Level

SEARCHED = (
    Label.MUNICIPALITY,
    Label.ACTOR,
    Label.PRACTICE,
    Label.ALLIANCE,
    Label.OFFER,
    Label.REQUEST,
    Label.CONCEPT,
)
"""What is found by name, in the order in which equally good hits are told."""
MOST_LETTERS = 200


class How(StrEnum):
    """Why something was found, surest first."""

    CODE = "code"
    NAME = "name"
    BEGINNING = "beginning"
    WORDS = "words"
    SPELLING = "spelling"
    TEXT = "text"


SURENESS = {How.CODE: 1.0, How.NAME: 1.0, How.BEGINNING: 0.9, How.WORDS: 0.8, How.SPELLING: 0.6, How.TEXT: 0.5}


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchAsked:
    """What was typed, among which kinds of records, and how many are wanted."""

    text: str
    labels: frozenset[Label] = frozenset(SEARCHED)
    limit: int = 20
    most_each: int = 1_000
    """How many of one kind of record at most, so that one kind does not crowd out all others."""
    texts: bool = True
    """Whether to look into descriptions, too; else only where no name fits."""

    def __post_init__(self) -> None:
        if len(self.text) > MOST_LETTERS:
            raise InvalidValue(f"a text of at most {MOST_LETTERS} letters", len(self.text))


@dataclass(frozen=True, slots=True)
class Hit:
    """One record that may be meant. ``within``: the district and the state around it, as far as known."""

    key: NodeKey
    name: str
    score: float
    how: How
    kind: str = ""
    level: Level | None = None
    within: tuple[str, ...] = ()
    until: str = ""
    """The day on which it ended, for a municipality that is no more."""
    now: NodeKey | None = None
    """What it is part of since."""
    now_name: str = ""


@dataclass(frozen=True, slots=True)
class SearchFound:
    """The hits, surest first."""

    text: str
    hits: tuple[Hit, ...]
    more: tuple[Label, ...] = ()
    """The kinds of records of which more fit than were told."""

    @property
    def sure(self) -> Hit | None:
        """The one that is certainly meant, if there is one."""
        named = [hit for hit in self.hits if hit.how in (How.CODE, How.NAME)]
        named = [hit for hit in named if not hit.until] or named
        if len(named) == 1:
            return named[0]
        alone = len(self.hits) == 1 and not self.more
        return self.hits[0] if alone and self.hits[0].how is not How.TEXT else None

    def by_label(self) -> list[tuple[Label, tuple[Hit, ...]]]:
        """The hits by kind of record; the kind with the surest hit first."""
        order = {label: place for place, label in reversed([*enumerate(hit.key.label for hit in self.hits)])}
        ranked = sorted(self.hits, key=lambda hit: order[hit.key.label])
        return [(label, tuple(hits)) for label, hits in groupby(ranked, key=lambda hit: hit.key.label)]

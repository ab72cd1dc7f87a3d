"""What is asked of practices and what is answered."""

from dataclasses import dataclass, field
from datetime import date

from graph_service.errors import InvalidValue
from graph_service.keys import NodeKey
from matching.contract import Suggestion
from matching.practices.records import Event


@dataclass(frozen=True, slots=True)
class PracticeQuestion:
    """What has been tried against this challenge (its id), or against what the text says? Ages are those of a day."""

    key: NodeKey
    on: date
    challenge: str = ""
    text: str = ""

    def __post_init__(self) -> None:
        if not self.challenge and not self.text.strip():
            raise InvalidValue("a challenge or a text")


@dataclass(frozen=True, slots=True)
class Step:
    """What happened in one municipality, and how near that is to ours; None where that is not known."""

    municipality: NodeKey
    name: str
    nearness: float | None
    event: Event


@dataclass(frozen=True, slots=True)
class PracticeSuggestion(Suggestion):
    """A practice that may help here."""

    rank: int = 0
    fit: str = ""
    """By what it fits: challenge, related (another challenge of the field), field, or text."""
    factors: dict[str, float] = field(default_factory=dict)
    """The factors whose weighted geometric mean the score is."""
    witness: Step | None = None
    """Where to ask: of those who did it, the nearest that is well on and of whom there is recent news."""
    trail: tuple[Step, ...] = ()
    """Who came after whom; without a date last."""
    variants: tuple[NodeKey, ...] = ()
    """Practices much like this one, which are left out for others."""


@dataclass(frozen=True, slots=True)
class Caution:
    """Somebody ended the practice without success, or decided against it."""

    key: NodeKey
    name: str
    step: Step


@dataclass(frozen=True, slots=True)
class PracticeAnswer:
    """The practices that fit, and everything that belongs to the answer."""

    revision: int
    key: NodeKey
    name: str
    challenge: str
    field: str
    text: str
    on: date
    lens: str
    lens_version: str
    weights: dict[str, float]
    """How much each factor counts, summing to 1."""
    coverage: float
    """Of the municipalities that the candidates name, the share whose nearness is known."""
    practices: int
    """How many are recorded at all."""
    candidates: int
    """How many fit the challenge, its field or the words, and are not here already."""
    dated: tuple[date, date] | None
    """The first and the last day on which something happened to a candidate."""
    undated: int
    """How many applications and decisions of candidates bear no date."""
    here: tuple[tuple[NodeKey, str], ...]
    """Fitting practices that this area applies already, or one that it contains or lies in."""
    cautions: tuple[Caution, ...]
    elsewhere: tuple[tuple[str, int], ...]
    """Where nothing fits: challenges for which there are practices, the most frequent first."""
    suggestions: tuple[PracticeSuggestion, ...]

"""Who is comparable: plain peers, those of a special kind, or structure and challenges mixed.

It puts the matchers of peers together for one asker; it never knows how the question arrived or how it is answered.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from api.snapshot import Snapshot
from graph_service.errors import NotFound
from graph_service.keys import Label, NodeKey, concept_key
from graph_service.projection import Projection
from matching.contract import Contribution
from matching.peers.ahead import ahead_in_time
from matching.peers.challenges import blended, challenge_similarity, ratings
from matching.peers.features import known_indicators
from matching.peers.further import different_yet_solved, similar_but_further, unfamiliar
from matching.peers.lens import ALL_INDICATORS, Filters, Lens, shipped_lenses
from matching.peers.matcher import PeerAnswer, PeerQuestion, PeerRanker, PeerSuggestion

DEFAULT_LENS = "structure"
OWN = "own"
"""Names a lens whose indicators somebody chose; they come with the question."""


class PeerKind(StrEnum):
    """Which comparable municipalities are sought."""

    NEAREST = "nearest"
    FURTHER = "further"
    DIFFERENT = "different"
    UNFAMILIAR = "unfamiliar"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True, kw_only=True)
class PeersAsked:
    """The question: for whom, seen through what, among whom, and how many."""

    municipality: NodeKey
    lens: Lens
    filters: Filters
    weights: dict[str, float] = field(default_factory=dict)
    kind: PeerKind = PeerKind.NEAREST
    challenge: str | None = None
    """With FURTHER and DIFFERENT: the challenge that practice must address."""
    challenge_share: float = 0.0
    """How much of the score goes to like challenges."""
    limit: int = 10

    @property
    def question(self) -> PeerQuestion:
        """As the matcher is asked."""
        return PeerQuestion(self.municipality, weights=self.weights, filters=self.filters)


@dataclass(frozen=True, slots=True)
class PeersFound(PeerAnswer):
    """The answer with what was asked."""

    kind: PeerKind
    filters: Filters
    limit: int
    challenge_share: float


@dataclass(frozen=True, slots=True)
class PeerExplained(PeerSuggestion):
    """One pair with all its reasons, and apart from them how alike the challenges are."""

    challenge_score: float = 0.0
    challenges: tuple[Contribution, ...] = ()


@cache
def lenses() -> MappingProxyType[str, Lens]:
    """The shipped lenses by id."""
    return MappingProxyType(shipped_lenses())


def shipped_lens(id: str) -> Lens:
    """A shipped lens; raises NotFound. Unlike the command line it never looks at files."""
    found = lenses().get(id)
    if found is None:
        raise NotFound("one of the lenses " + ", ".join(lenses()), id)
    return found


def usual_lens(snapshot: Snapshot) -> Lens:
    """What is looked through where nobody chose: structure, or every indicator where none of structure's is known."""
    return shipped_lens(snapshot.prepared("usual-lens", _usual))


def _usual(projection: Projection) -> str:
    known, _ = known_indicators(projection, [each.id for each in shipped_lens(DEFAULT_LENS).indicators])
    return DEFAULT_LENS if known or not projection.indicators else ALL_INDICATORS


def find_peers(snapshot: Snapshot, asked: PeersAsked) -> PeersFound:
    """Answer; raises NotFound."""
    ranker = _ranker(snapshot, asked.lens)
    answer = ranker.answer(asked.question, limit=asked.limit)
    if asked.kind is not PeerKind.NEAREST:
        answer = replace(answer, suggestions=tuple(_special(ranker, asked)))
    elif asked.challenge_share:
        answer = replace(answer, suggestions=tuple(_blended(ranker, asked)))
    told = {each.name: getattr(answer, each.name) for each in fields(answer)}
    return PeersFound(
        **told, kind=asked.kind, filters=asked.filters, limit=asked.limit, challenge_share=asked.challenge_share
    )


def explain_pair(snapshot: Snapshot, asked: PeersAsked, other: NodeKey) -> PeerExplained:
    """Why one municipality is in the list, or not; raises NotFound."""
    ranker = _ranker(snapshot, asked.lens)
    found = ranker.explain(asked.question, other)
    challenges = challenge_similarity(ranker.projection, asked.municipality, other)
    told = {each.name: getattr(found, each.name) for each in fields(found)}
    return PeerExplained(**told, challenge_score=sum(c.amount for c in challenges), challenges=tuple(challenges))


def _ranker(snapshot: Snapshot, lens: Lens) -> PeerRanker:
    """The ranker of a lens; what somebody calls an own lens makes no other one of it."""
    return snapshot.peers(replace(lens, title_de="", title_en="") if lens.id == OWN else lens)


def _blended(ranker: PeerRanker, asked: PeersAsked) -> list[PeerSuggestion]:
    """Those with whom challenges were rated in common, by structure and challenges mixed; raises NotFound."""
    projection = ranker.projection
    rated = ratings(projection)
    if asked.municipality not in rated:
        raise NotFound("a municipality that has rated its challenges", asked.municipality)
    everybody = ranker.suggest(asked.question, limit=len(projection.spans[Label.MUNICIPALITY]))
    mixed = [
        blended(each, challenges, asked.challenge_share)
        for each in everybody
        if each.key in rated and (challenges := challenge_similarity(projection, asked.municipality, each.key))
    ]
    mixed.sort(key=lambda each: (-each.score, each.key))
    return [replace(each, rank=rank) for rank, each in enumerate(mixed[: asked.limit], 1)]


def _special(ranker: PeerRanker, asked: PeersAsked) -> Sequence[PeerSuggestion]:
    """Peers of a special kind; raises NotFound for an unknown challenge."""
    challenge = None if asked.challenge is None else concept_key("challenge", asked.challenge)
    if challenge is not None:
        ranker.projection.position(challenge)
    question, limit = asked.question, asked.limit
    find: dict[PeerKind, Callable[[], Sequence[PeerSuggestion]]] = {
        PeerKind.FURTHER: lambda: similar_but_further(ranker, question, limit=limit, challenge=challenge),
        PeerKind.DIFFERENT: lambda: different_yet_solved(ranker, question, limit=limit, challenge=challenge),
        PeerKind.UNFAMILIAR: lambda: unfamiliar(ranker, question, limit=limit),
        PeerKind.AHEAD: lambda: ahead_in_time(ranker, question, limit=limit),
    }
    return find[asked.kind]()

"""Partners for a need: actors that fit what is to be done, where, and with whom, each with its reasons."""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np

from graph_service.arrays import IntArray
from graph_service.errors import InvalidValue, NotFound
from graph_service.keys import Label, NodeKey, concept_key
from graph_service.projection import Projection
from graph_service.vocabulary import load_vocabulary
from matching.contract import Contribution, Suggestion
from matching.partners.actors import read_actors
from matching.partners.history import history, read_alliances
from matching.partners.learning import best_first
from matching.partners.model import Model, shipped_model
from matching.partners.needs import Needs, one_need, wanted
from matching.partners.numbers import FloatArray
from matching.partners.reasons import CAPACITY, FRESHNESS, Reasons, burdens
from matching.partners.signals import BENDS, Signals, bend
from matching.text import Synonyms, shipped_synonyms

NO_LOCAL, ONLY_STATUTORY, NO_HISTORY, NO_ACTORS = "no-local-actor", "only-statutory", "no-history", "no-actor"


@dataclass(frozen=True, slots=True)
class PartnerQuestion:
    """Whom do we need? Any mix of what is known; ages are those of the day ``on``, and count nothing without one."""

    on: date | None
    text: str = ""
    municipality: NodeKey | None = None
    fields: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    challenges: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    members: tuple[NodeKey, ...] = ()

    def __post_init__(self) -> None:
        asked = (self.text.strip(), self.municipality, self.fields, self.groups, self.challenges, self.resources)
        if not any((*asked, self.roles, self.members)):
            raise InvalidValue("a municipality, field, target group, challenge, resource, role, text or member")


@dataclass(frozen=True, slots=True)
class PartnerSuggestion(Suggestion):
    """An actor that could help."""

    rank: int = 0
    kind: str = ""
    municipality: NodeKey | None = None
    assured_on: date | None = None
    statutory: bool = False
    """Whether it is a body that the law gives every district."""


@dataclass(frozen=True, slots=True)
class PartnerAnswer:
    """Everything that belongs to an answer."""

    revision: int
    question: PartnerQuestion
    weights: dict[str, float]
    """What each signal that can be asked here weighs, summing to 1."""
    weights_id: str
    weights_version: str
    candidates: int
    coverage: float
    """The share of all weight whose signals the question says something about."""
    remarks: tuple[str, ...]
    """Ids of what has to be said with the answer: no local actor, only statutory bodies, no history, no actor."""
    suggestions: tuple[PartnerSuggestion, ...]


@dataclass(frozen=True, slots=True)
class PartnerMatcher:
    """Ranks by learned weights."""

    model: Model = field(default_factory=shipped_model)
    synonyms: Synonyms = field(default_factory=shipped_synonyms)

    def fit(self, projection: Projection) -> "PartnerRanker":
        """Prepare for one revision."""
        return PartnerRanker(projection, self.model, self.synonyms)


class PartnerRanker:
    """Ranks the actors of one revision; what all questions share is prepared when it is first needed."""

    def __init__(self, projection: Projection, model: Model, synonyms: Synonyms) -> None:
        """Remember what to prepare."""
        self.projection = projection
        self.model = model
        self._synonyms = synonyms

    @cached_property
    def signals(self) -> Signals:
        """The signals of all that is known."""
        past = history(read_alliances(self.projection), self.projection, None)
        return Signals.of(past, read_actors(self.projection), self._synonyms, self.model.table)

    def suggest(self, question: PartnerQuestion, *, limit: int = 10) -> list[PartnerSuggestion]:
        """The actors that fit best first; raises NotFound for unknown ids and keys."""
        return list(self.answer(question, limit=limit).suggestions)

    def answer(self, question: PartnerQuestion, *, limit: int = 10) -> PartnerAnswer:
        """The same with everything that belongs to an answer."""
        return self.query(question).answer(limit)

    def query(self, question: PartnerQuestion) -> "PartnerQuery":
        """A question at work, for those who need every actor's score; raises NotFound for unknown ids and keys."""
        return PartnerQuery(self, question)


class PartnerQuery:
    """One question at work: what each signal says for every actor, by position, and the reasons of each."""

    def __init__(self, ranker: PartnerRanker, question: PartnerQuestion) -> None:
        """Measure every signal."""
        self.projection, self.signals, self.question = ranker.projection, ranker.signals, question
        self.model = ranker.model
        self.actors = self.signals.actors
        self.need = self._need()
        self.raw, self.like, self.kilometres = self.signals.compare(self.need)
        self.among = np.ones((1, len(self.actors)), bool)
        self.among[self.need.team.nonzero()] = False
        self.weights = self._weights()

    def _need(self) -> Needs:
        asked = self.question
        kinds, resources = wanted(asked.fields, asked.roles, asked.resources)
        return one_need(
            self.projection,
            text=asked.text,
            topics=self._topics(),
            places=() if asked.municipality is None else (self.projection.position(asked.municipality),),
            team=tuple(self.projection.position(key) for key in asked.members),
            resources=resources,
            kinds=kinds,
        )

    def _topics(self) -> tuple[int, ...]:
        """Positions of the concepts asked for; one that only the vocabulary knows is nobody's yet."""
        asked = self.question
        found = []
        for kind, ids in (("field", asked.fields), ("target_group", asked.groups), ("challenge", asked.challenges)):
            for id in ids:
                try:
                    found.append(self.projection.position(concept_key(kind, id)))
                except NotFound:
                    if load_vocabulary().find(kind, id) is None:
                        raise NotFound(f"an id of the vocabulary {kind}", id) from None
        return tuple(found)

    def _weights(self) -> dict[str, float]:
        """The weights of the signals that the question says something about, summing to 1."""
        asked = self._asked()
        weights = {name: w for name, w in self.model.weights.items() if name.partition(":")[0] in asked}
        total = sum(weights.values())
        return {name: weight / total for name, weight in weights.items()} if total else {}

    def _asked(self) -> set[str]:
        text, team, topics, place = (
            bool(self.need.texts[0].strip()),
            bool(self.need.team.nnz),
            bool(self.need.topics.nnz),
            bool(self.need.places.nnz) or bool(self.need.team.nnz),
        )
        said = {
            "similar-work": text, "similar-work-lately": text, "closest-work": text, "profile-text": text, "name": text,
            "own-words": text, "telling-word": text, "wording": text, "told-apart": text,
            "similar-work-together": text and team, "closest-work-together": text and team,
            "similar-work-in-field": text and topics, "similar-work-together-in-field": text and team and topics,
            "past-partner": team, "past-partner-in-field": team and topics, "network": team, "common-partners": team,
            "field-experience": topics, "field": topics, "kind-of-work": text or topics,
            "place-of-work": text or topics, "kind": bool(self.need.kinds[0]),
            "resources": bool(self.need.resources[0]),
            "place": place, "distance": place, "local-activity": place, "activity": True, "active-lately": True,
        }  # fmt: skip
        return {name for name, here in said.items() if here}

    @cached_property
    def gains(self) -> dict[str, FloatArray]:
        """What each signal adds, by actor."""
        found: dict[str, FloatArray] = {}
        for signal, bends in BENDS.items():
            parts = [(how, self.weights.get(f"{signal}:{how}", 0.0)) for how in bends]
            if any(weight for _, weight in parts):
                bent = (weight * bend(self.raw[signal], how, self.among)[0] for how, weight in parts if weight)
                found[signal] = np.asarray(sum(bent), np.float64)
        return found

    @cached_property
    def amounts(self) -> dict[str, FloatArray]:
        """The same with the burdens, which take away a share of what the signals add."""
        total = self._sum(self.gains)
        return self.gains | {name: -share * total for name, share in self.burdens.items()}

    @cached_property
    def burdens(self) -> dict[str, FloatArray]:
        """The share of it that each burden takes away, by actor."""
        return {} if self.question.on is None else burdens(self.signals, self.question.on)

    def _sum(self, amounts: dict[str, FloatArray]) -> FloatArray:
        return np.asarray(sum(amounts.values(), np.zeros(len(self.actors))))

    def answer(self, limit: int) -> PartnerAnswer:
        """The whole answer."""
        scores = self._sum(self.amounts)
        order = best_first(scores[None, :], self.among & self._speaks(), limit)[0]
        suggestions = self._suggestions(order, scores)
        all_weight = sum(self.model.weights.values())
        return PartnerAnswer(
            self.projection.revision,
            self.question,
            self.possible,
            self.model.id,
            self.model.version,
            int(self.among.sum()),
            sum(w for name, w in self.model.weights.items() if name in self.weights) / all_weight,
            self._remarks(),
            suggestions,
        )

    def _speaks(self) -> FloatArray:
        """Whom something speaks for beside being active, or being like those who did such work."""
        general = {"activity", "active-lately", "kind-of-work", "place-of-work", "wording", "told-apart"}
        general |= {FRESHNESS, CAPACITY}
        return np.asarray(self._sum({n: a for n, a in self.amounts.items() if n not in general}) > 1e-9)

    def _suggestions(self, order: IntArray, scores: FloatArray) -> tuple[PartnerSuggestion, ...]:
        found = []
        for rank, actor in enumerate(order.tolist(), 1):
            parts = sorted(self.contributions(actor), key=lambda part: (-part.amount, part.feature))
            place, day = int(self.actors.place[actor]), self.actors.assured[actor]
            key = self.projection.key(Label.ACTOR, actor)
            found.append(
                PartnerSuggestion(
                    key,
                    self.actors.name[actor],
                    float(scores[actor]),
                    tuple(parts),
                    self.coverage(actor),
                    rank,
                    self.actors.kinds[self.actors.kind[actor]] if self.actors.kind[actor] >= 0 else "",
                    self.projection.key(Label.MUNICIPALITY, place) if place >= 0 else None,
                    date.fromordinal(date(1970, 1, 1).toordinal() + int(day)) if np.isfinite(day) else None,
                    self.actors.statutory[actor],
                )
            )
        return tuple(found)

    @cached_property
    def possible(self) -> dict[str, float]:
        """The most that each signal can add, summing to 1."""
        signals = dict.fromkeys(name.partition(":")[0] for name in self.weights)
        return {s: sum(w for name, w in self.weights.items() if name.partition(":")[0] == s) for s in signals}

    @cached_property
    def _reasons(self) -> Reasons:
        return Reasons(self.signals, self.need, self.question.on, self.raw, self.like, self.kilometres)

    def contributions(self, actor: int) -> list[Contribution]:
        """The reasons for and against an actor, which its score is the sum of."""
        return [
            Contribution(
                name,
                float(amount[actor]),
                *self._reasons.values(name, actor),
                possible=self.possible.get(name, 0.0),
            )
            for name, amount in self.amounts.items()
        ]

    def coverage(self, actor: int) -> float:
        """The share of the weight for which something is known of an actor."""
        return self._reasons.coverage(actor, {name: self.possible.get(name, 0.0) for name in self.amounts})

    def _remarks(self) -> tuple[str, ...]:
        remarks = []
        if not len(self.actors):
            return (NO_ACTORS,)
        if not len(self.signals.history.rows):
            remarks.append(NO_HISTORY)
        if self.question.municipality is not None:
            near = np.flatnonzero((self.raw["place"][0] >= LOCAL) & self.among[0])
            if not len(near):
                remarks.append(NO_LOCAL)
            elif all(self.actors.statutory[i] for i in near.tolist()):
                remarks.append(ONLY_STATUTORY)
        return tuple(remarks)


LOCAL = 0.6
"""From this nearness on an actor is of the place or its district."""

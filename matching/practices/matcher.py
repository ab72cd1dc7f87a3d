"""Practices against a challenge: what comparable municipalities tried, how it went, and what to watch out for."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import numpy as np
from scipy import sparse

from graph_service.keys import Label, NodeKey
from graph_service.projection import FloatArray, Projection
from matching.about import Challenge, find_challenge, years_between
from matching.diverse import choose
from matching.peers.lens import Lens
from matching.peers.matcher import PeerMatcher, PeerRanker
from matching.peers.nearness import nearness, within
from matching.practices.answers import Caution, PracticeAnswer, PracticeQuestion, PracticeSuggestion, Step
from matching.practices.records import Event, Known, read_practices
from matching.product import Factor, as_sum, mean_of
from matching.text import Vectors

UNKNOWN: Mapping[str, float] = MappingProxyType(
    {"peer": 0.5, "status": 0.5, "evidence": 0.5, "success": 0.5, "challenge": 0.25, "text": 0.3, "freshness": 0.5}
)
"""Each factor where nothing is known: half of what it can be, less where most practices would not fit."""
WEIGHT: Mapping[str, float] = MappingProxyType(
    {
        "challenge": 0.3,
        "text": 0.2,
        "peer": 0.25,
        "status": 0.15,
        "evidence": 0.1,
        "success": 0.1,
        "freshness": 0.1,
    }
)
"""How much each factor counts; without a text the others share its part."""
STATUS: Mapping[str, float] = MappingProxyType(
    {
        "idea": 0.3,
        "pilot": 0.6,
        "running": 0.8,
        "adopted": 0.8,
        "adapted": 0.8,
        "ended-successful": 0.9,
        "embedded": 1.0,
    }
)
EVIDENCE: Mapping[str, float] = MappingProxyType(
    {"none": 0.4, "self-reported": 0.6, "documented": 0.8, "evaluated": 1.0}
)
FIT: Mapping[str, float] = MappingProxyType({"challenge": 1.0, "related": 0.55, "field": 0.45, "text": 0.25})
"""By what a practice fits: the challenge itself, another one of its field, the field, or only the words."""
WORKED = frozenset({"running", "embedded", "ended-successful", "adopted", "adapted"})
HALF_LIFE = 10
"""After so many years without news a practice counts half."""
LEAST = 0.02
"""No factor is less: nothing that is known makes a practice impossible."""
LEAST_TEXT, LEAST_FRESH = 0.2, 0.2
SIMILAR, DESCRIBED = 0.1, 0.2
"""From this cosine on words alone make a practice a candidate: the user's, or those that describe the challenge."""
CAUTIONS = 5


@dataclass(frozen=True, slots=True)
class PracticeMatcher:
    """Ranks practices; the lens says what makes municipalities comparable."""

    lens: Lens

    def fit(self, projection: Projection) -> "PracticeRanker":
        """Prepare for one revision."""
        return PracticeRanker(PeerMatcher(self.lens).fit(projection))


class PracticeRanker:
    """Ranks the practices of one revision."""

    def __init__(self, peers: PeerRanker) -> None:
        """Read what is recorded; ``peers`` says who is comparable."""
        self.peers = peers
        self.projection: Projection = peers.projection
        self.known = read_practices(self.projection)

    @cached_property
    def texts(self) -> tuple[Vectors, sparse.csr_array]:
        """What practices say of themselves."""
        return Vectors.fit(each.words for each in self.known)

    def suggest(self, question: PracticeQuestion, *, limit: int = 10) -> list[PracticeSuggestion]:
        """The practices that fit best, different ones; raises NotFound."""
        return list(self.answer(question, limit=limit).suggestions)

    def answer(
        self, question: PracticeQuestion, *, limit: int = 10, among: Collection[NodeKey] | None = None
    ) -> PracticeAnswer:
        """The same with warnings, what is here already, and what is not known; ``among`` names all that may be told."""
        return _Query(self, question).answer(limit, among)


class _Query:
    """One question at work."""

    def __init__(self, ranker: PracticeRanker, question: PracticeQuestion) -> None:
        self.ranker, self.question, self.projection = ranker, question, ranker.projection
        self.own = self.projection.name(Label.MUNICIPALITY, self.projection.position(question.key))
        self.challenge = (
            find_challenge(self.projection, question.challenge) if question.challenge else Challenge("", "", "")
        )
        self.alike = self._alike()
        self.fits = {i: fit for i, each in enumerate(ranker.known) if (fit := self._fit(i, each))}
        named = {event.municipality for i in self.fits for event in ranker.known[i].events}
        self.inside = {key for key in named if within(self.projection, question.key, key)}
        self.named = named - self.inside
        self.near = nearness(ranker.peers, question.key, sorted(self.named))

    def _alike(self) -> FloatArray:
        """How like each practice's words are to the user's, else to those that describe the challenge."""
        words = self.question.text.strip() or self.challenge.described
        if not words or not self.ranker.known:
            return np.zeros(len(self.ranker.known))
        vectors, of_practices = self.ranker.texts
        return np.asarray((of_practices @ vectors.transform([words]).T).todense()).ravel().astype(np.float64)

    def _fit(self, i: int, each: Known) -> str:
        """By what a practice fits, "" where it does not."""
        if self.challenge.id and self.challenge.id in each.challenges:
            return "challenge"
        if self.challenge.field and self.challenge.field in each.fields:
            return "related" if each.challenges else "field"
        least = SIMILAR if self.question.text.strip() else DESCRIBED
        return "text" if self.alike[i] >= least else ""

    def answer(self, limit: int, among: Collection[NodeKey] | None) -> PracticeAnswer:
        """Rank, choose, and say what belongs to it."""
        known, on = self.ranker.known, self.question.on
        here = [i for i in self.fits if any(e.municipality in self.inside and not e.failed for e in known[i].events)]
        taken = set(here)
        usable = [i for i in self.fits if i not in taken and _open(known[i])]
        events = [event for i in usable for event in known[i].events]
        days = sorted(event.last for event in events if event.last is not None and event.last <= on)
        return PracticeAnswer(
            revision=self.projection.revision,
            key=self.question.key,
            name=self.own,
            challenge=self.challenge.id,
            field=self.challenge.field,
            text=self.question.text,
            on=on,
            lens=self.ranker.peers.lens.id,
            lens_version=self.ranker.peers.lens.version,
            weights=self._weights(),
            coverage=len(self.near) / len(self.named) if self.named else 0.0,
            practices=len(known),
            candidates=len(usable),
            dated=(days[0], days[-1]) if days else None,
            undated=sum(event.last is None for event in events),
            here=tuple((known[i].key, known[i].name) for i in here),
            cautions=self._cautions(among),
            elsewhere=() if usable else self._elsewhere(),
            # before those alike are put together: one that stands behind another is told where that is left out
            suggestions=self._diverse([i for i in usable if among is None or known[i].key in among], limit),
        )

    def _weights(self) -> dict[str, float]:
        used = {name: weight for name, weight in WEIGHT.items() if name != "text" or self.question.text.strip()}
        return {name: weight / math.fsum(used.values()) for name, weight in used.items()}

    def _factors(self, i: int) -> tuple[list[Factor], Step | None]:
        """One candidate's factors, and where to ask about it."""
        each = self.ranker.known[i]
        witness = self._witness([self._step(event) for event in each.events if not event.failed])
        factors = [
            self._peer(witness),
            self._status(witness),
            _stated("evidence", each.practice.evidence or "", EVIDENCE),
            _success(each.events),
            _factor("challenge", FIT[self.fits[i]], self.challenge.id or None, self.fits[i]),
            *([self._text(i, each)] if self.question.text.strip() else []),
            self._freshness(witness),
        ]
        return factors, witness

    def _explained(self, i: int, rank: int, variants: tuple[NodeKey, ...]) -> PracticeSuggestion:
        """One candidate with its reasons and trail."""
        each = self.ranker.known[i]
        factors, witness = self._factors(i)
        score, reasons = as_sum(factors)
        return PracticeSuggestion(
            each.key,
            each.name,
            score,
            reasons,
            math.fsum(f.weight for f in factors if f.known) / math.fsum(f.weight for f in factors),
            rank=rank,
            fit=self.fits[i],
            factors={f.feature: f.value for f in factors},
            witness=witness,
            trail=tuple(self._step(event) for event in each.events),
            variants=variants,
        )

    def _step(self, event: Event) -> Step:
        name = self.projection.name(Label.MUNICIPALITY, self.projection.position(event.municipality))
        return Step(event.municipality, name, self.near.get(event.municipality), event)

    def _witness(self, steps: Sequence[Step]) -> Step | None:
        def worth(step: Step) -> float:
            return self._peer(step).value * self._status(step).value * self._freshness(step).value

        return max(steps, key=worth, default=None)

    def _peer(self, step: Step | None) -> Factor:
        near = None if step is None else step.nearness
        return _factor("peer", None if near is None else max(near, LEAST), self.own, step.name if step else None)

    def _status(self, step: Step | None) -> Factor:
        event = step.event if step else None
        status = "" if event is None else event.status or ("" if event.kind == "applied" else event.kind)
        return _stated("status", status, STATUS)

    def _text(self, i: int, each: Known) -> Factor:
        # cosines of short texts are small; their square root spreads them
        value = min(max(float(np.sqrt(max(self.alike[i], 0))), LEAST_TEXT), 1.0)
        return _factor("text", value if each.words else None, self.question.text, each.name)

    def _freshness(self, step: Step | None) -> Factor:
        last, on = (step.event.last if step else None), self.question.on
        if last is None:
            return _factor("freshness", None, on.isoformat(), None)
        value = max(0.5 ** (years_between(last, on) / HALF_LIFE), LEAST_FRESH)
        return _factor("freshness", value, on.isoformat(), last.isoformat())

    def _diverse(self, usable: Sequence[int], limit: int) -> tuple[PracticeSuggestion, ...]:
        """Different ones, best first; those left out for being variants are named with the one they are like."""
        if not usable:
            return ()
        scores = np.round([mean_of(self._factors(i)[0]) for i in usable], 12)
        # ties by key: practices are in key order
        order = np.lexsort((np.array(usable), -scores))
        ranked = [usable[i] for i in order.tolist()]
        choice = choose(scores[order], self.ranker.texts[1][ranked], limit)
        keys = [self.ranker.known[i].key for i in ranked]
        return tuple(
            self._explained(ranked[i], rank, tuple(keys[j] for j in variants))
            for rank, (i, variants) in enumerate(sorted(zip(choice.chosen, choice.variants, strict=True)), 1)
        )

    def _cautions(self, among: Collection[NodeKey] | None) -> tuple[Caution, ...]:
        """What did not work out, the nearest places first; own experience before that of others."""
        found = [
            Caution(each.key, each.name, self._step(event))
            for i in self.fits
            for each in [self.ranker.known[i]]
            for event in each.events
            if event.failed and (among is None or each.key in among)
        ]
        rank = {"challenge": 0, "related": 1, "field": 1, "text": 2}
        by_key = {self.ranker.known[i].key: rank[fit] for i, fit in self.fits.items()}

        def order(caution: Caution) -> tuple[bool, int, float, NodeKey, NodeKey]:
            step = caution.step
            near = UNKNOWN["peer"] if step.nearness is None else step.nearness
            return (step.municipality not in self.inside, by_key[caution.key], -near, caution.key, step.municipality)

        return tuple(sorted(found, key=order)[:CAUTIONS])

    def _elsewhere(self) -> tuple[tuple[str, int], ...]:
        counts = Counter(challenge for each in self.ranker.known for challenge in each.challenges)
        return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:CAUTIONS])


def _open(each: Known) -> bool:
    """Whether anybody did it without failing, or nobody is known to have done it at all."""
    return not each.events or any(not event.failed for event in each.events)


def _factor(feature: str, value: float | None, own: float | str | None, other: float | str | None) -> Factor:
    """A factor; None where its value is not known."""
    usual = UNKNOWN[feature]
    return Factor(
        feature, usual if value is None else value, usual, WEIGHT[feature], own, other, known=value is not None
    )


def _stated(feature: str, term: str, values: Mapping[str, float]) -> Factor:
    return _factor(feature, values.get(term), None, term or None)


def _success(events: Iterable[Event]) -> Factor:
    """The rule of succession (Laplace 1774): of n municipalities s succeeded, the next does with (s + 1) / (n + 2)."""
    worked = {e.municipality for e in events if not e.failed and (e.status or e.kind) in WORKED}
    failed = {e.municipality for e in events if e.failed}
    tried = len(worked) + len(failed)
    value = (len(worked) + 1) / (tried + 2) if tried else None
    return _factor("success", value, len(worked), tried)

"""Supporters: which actors bring what a request looks for, and which requests look for what an actor brings.

A score is the sum over what the request names. What is not known of an actor adds nothing and is named: the score is
what is known to fit.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from types import MappingProxyType

import numpy as np
from scipy import sparse

from graph_service.errors import NotFound
from graph_service.keys import Label, NodeKey
from graph_service.projection import FloatArray, Projection
from matching.about import years_between
from matching.contract import Contribution
from matching.places import Nearness, Places
from matching.supporters.answers import SupporterAnswer, SupporterQuestion, SupporterSuggestion
from matching.supporters.arrays import SETS, brought
from matching.supporters.records import Supporter, Wanted, read_requests, read_supporters
from matching.text import Vectors

WEIGHT: Mapping[str, float] = MappingProxyType(
    {
        "resources": 0.35,
        "text": 0.2,
        "place": 0.15,
        "field": 0.1,
        "language": 0.1,
        "target_group": 0.05,
        "freshness": 0.05,
    }
)
"""How much each aspect counts; those that a request does not name leave their part to the others."""
HALF_LIFE = 2
"""After so many years without confirmation what an actor says of itself counts half."""
SIMILAR = 0.1
"""From this cosine on, words alone make a candidate."""


@dataclass(frozen=True, slots=True)
class SupporterMatcher:
    """Matches requests and actors."""

    def fit(self, projection: Projection) -> "SupporterRanker":
        """Prepare for one revision."""
        return SupporterRanker(projection)


class SupporterRanker:
    """Matches in both directions for one revision."""

    def __init__(self, projection: Projection) -> None:
        """Read actors and requests."""
        self.projection = projection
        self.actors = {each.key: each for each in read_supporters(projection)}
        spoken = frozenset(language for each in self.actors.values() for language in each.languages)
        self.requests = {each.key: each for each in read_requests(projection, spoken)}
        self._keys = list(self.actors)
        self._place = {key: i for i, key in enumerate(self._keys)}
        self._brought = brought(projection, list(self.actors.values()))
        self._places = Places(projection)

    @cached_property
    def _alike(self) -> dict[NodeKey, sparse.csr_array]:
        """For each request how like every actor's words are to its own."""
        vectors, of_actors = Vectors.fit(each.words for each in self.actors.values())
        like = sparse.csr_array(vectors.transform(each.words for each in self.requests.values()) @ of_actors.T)
        return {key: like[[i]] for i, key in enumerate(self.requests)}

    def suggest(self, question: SupporterQuestion, *, limit: int = 10) -> list[SupporterSuggestion]:
        """The best fits first; raises NotFound."""
        return list(self.answer(question, limit=limit).suggestions)

    def answer(self, question: SupporterQuestion, *, limit: int = 10) -> SupporterAnswer:
        """The same with everything that belongs to an answer; raises NotFound."""
        key = self.projection.known(question.key)
        if key is not None and key in self.actors:
            return self._for_actor(self.actors[key], question, limit)
        if key is not None and key in self.requests:
            return self._for_request(self.requests[key], question, limit)
        raise NotFound("a request or an actor of the store", question.key)

    def news(self, on: date, arrived: frozenset[NodeKey], *, limit: int = 10) -> list[SupporterAnswer]:
        """For each open request those of the newly arrived who fit clearly, in the order of the requests' keys."""
        answers = (
            self._for_request(wanted, SupporterQuestion(key, on, arrived), limit, clear=True)
            for key, wanted in self.requests.items()
            if wanted.state(on) == "open"
        )
        return [answer for answer in answers if answer.suggestions]

    def _for_request(
        self, wanted: Wanted, question: SupporterQuestion, limit: int, *, clear: bool = False
    ) -> SupporterAnswer:
        cosine = self._alike[wanted.key].toarray().ravel().astype(np.float64)
        by_resource = self._shares("resources", wanted) > 0
        clearly = by_resource | (cosine >= SIMILAR)
        fits = clearly if clear else clearly | (self._shares("field", wanted) > 0)
        asking = [self._place[key] for key in wanted.by if key in self._place]
        clearly[asking] = fits[asking] = False
        chosen = np.ones(len(self._keys), bool)
        if question.only is not None:
            chosen = np.array([key in question.only for key in self._keys], bool)
        scores = self._scores(wanted, cosine, question.on)
        rows = np.flatnonzero(fits & chosen)
        # ties by key: actors are in key order
        rows = rows[np.lexsort((rows, -np.round(scores[rows], 12)))][:limit]
        suggestions = tuple(
            replace(self._pair(wanted, self.actors[self._keys[i]], question.on), rank=rank)
            for rank, i in enumerate(rows.tolist(), 1)
        )
        days = sorted(each.assured_on for each in suggestions if each.assured_on is not None)
        weights = _weights(wanted)
        return SupporterAnswer(
            revision=self.projection.revision,
            key=wanted.key,
            name=wanted.name,
            on=question.on,
            state=wanted.state(question.on),
            weights=weights,
            coverage=sum(WEIGHT[aspect] for aspect in weights),
            considered=int(chosen.sum()),
            assured=(days[0], days[-1]) if days else None,
            unassured=len(suggestions) - len(days),
            earlier=int((clearly & ~chosen).sum()),
            suggestions=suggestions,
        )

    def _shares(self, aspect: str, wanted: Wanted) -> FloatArray:
        """How much of what is looked for every actor brings; 0 where nothing is."""
        asked = getattr(wanted, SETS[aspect])
        return self._brought.share(aspect, asked) if asked else np.zeros(len(self._keys))

    def _scores(self, wanted: Wanted, cosine: FloatArray, on: date) -> FloatArray:
        """Everybody's score; `_pair` explains it."""
        total = np.zeros(len(self._keys))
        for aspect, weight in _weights(wanted).items():
            if aspect in SETS:
                total += weight * self._shares(aspect, wanted)
            elif aspect == "text":
                total += weight * np.sqrt(np.maximum(cosine, 0))
            elif aspect == "place":
                around = [self._places.around(self.projection.position(place)).value for place in wanted.places]
                total += weight * self._brought.best_place(np.max(around, axis=0))
            else:
                total += weight * self._brought.freshness(on, HALF_LIFE)
        return total

    def _for_actor(self, actor: Supporter, question: SupporterQuestion, limit: int) -> SupporterAnswer:
        known = _known(actor)
        pairs = [
            replace(
                pair,
                key=wanted.key,
                name=wanted.name,
                state=wanted.state(question.on),
                open_until=wanted.open_until,
                kind="",
                contact_role="",
            )
            for wanted in self.requests.values()
            if (question.only is None or wanted.key in question.only)
            and wanted.state(question.on) in ("open", "later")
            and actor.key not in wanted.by
            and (pair := self._pair(wanted, actor, question.on)).fit
        ]
        return SupporterAnswer(
            revision=self.projection.revision,
            key=actor.key,
            name=actor.name,
            on=question.on,
            state="",
            weights=dict(WEIGHT),
            coverage=sum(WEIGHT[aspect] for aspect in known),
            considered=len(self.requests),
            assured=(actor.assured_on, actor.assured_on) if actor.assured_on else None,
            unassured=int(actor.assured_on is None),
            earlier=0,
            suggestions=_ranked(pairs, limit),
        )

    def _pair(self, wanted: Wanted, actor: Supporter, on: date) -> SupporterSuggestion:
        """One request and one actor with every reason."""
        cosine = float(self._alike[wanted.key][0, self._place[actor.key]])
        known = _known(actor)
        reasons = []
        for aspect, weight in _weights(wanted).items():
            value, own, other = self._compared(aspect, wanted, actor, cosine, on)
            amount = weight * value if aspect in known else 0.0
            reasons.append(Contribution(aspect, amount, own, other if aspect in known else None, possible=weight))
        reasons.sort(key=lambda c: (-c.amount, c.feature))
        return SupporterSuggestion(
            actor.key,
            actor.name,
            sum(c.amount for c in reasons),
            tuple(reasons),
            sum(weight for aspect, weight in _weights(wanted).items() if aspect in known),
            fit=_fit(wanted, actor, cosine),
            kind=actor.kind,
            contact_role=actor.contact_role,
            assured_on=actor.assured_on,
            km=near.km if (near := self._nearest(wanted, actor)) else None,
        )

    def _compared(
        self, aspect: str, wanted: Wanted, actor: Supporter, cosine: float, on: date
    ) -> tuple[float, float | str | None, float | str | None]:
        """How well one aspect fits (0 to 1), and both values."""
        match aspect:
            case "text":
                # cosines of short texts are small; their square root spreads them
                return max(cosine, 0) ** 0.5 if cosine > 0 else 0.0, wanted.name, actor.name
            case "place":
                near = self._nearest(wanted, actor)
                there = self.projection.name(Label.MUNICIPALITY, self.projection.position(wanted.places[0]))
                return (near.value, there, near.why) if near else (0.0, there, None)
            case "freshness":
                last = actor.assured_on
                value = 0.5 ** (years_between(last, on) / HALF_LIFE) if last else 0.0
                return value, on.isoformat(), last.isoformat() if last else None
        own, other = {
            "resources": (wanted.resources, actor.resources),
            "field": (wanted.fields, actor.fields),
            "language": (wanted.languages, actor.languages),
            "target_group": (wanted.groups, actor.groups),
        }[aspect]
        return len(own & other) / len(own), ";".join(sorted(own)), ";".join(sorted(other))

    def _nearest(self, wanted: Wanted, actor: Supporter) -> Nearness | None:
        """How near the two come to one another, by whichever of their places."""
        pairs = (self._places.nearness(one, other) for one in wanted.places for other in actor.places)
        return max(pairs, key=lambda near: near.value, default=None)


def _weights(wanted: Wanted) -> dict[str, float]:
    """What each aspect counts that the request names; freshness always does."""
    named = {
        "resources": bool(wanted.resources),
        "text": bool(wanted.words),
        "place": bool(wanted.places),
        "field": bool(wanted.fields),
        "language": bool(wanted.languages),
        "target_group": bool(wanted.groups),
        "freshness": True,
    }
    total = sum(weight for aspect, weight in WEIGHT.items() if named[aspect])
    return {aspect: weight / total for aspect, weight in WEIGHT.items() if named[aspect]}


def _known(actor: Supporter) -> frozenset[str]:
    """The aspects of which something is known of an actor."""
    said = {
        "resources": actor.resources,
        "text": actor.words,
        "place": actor.places,
        "field": actor.fields,
        "language": actor.languages,
        "target_group": actor.groups,
        "freshness": actor.assured_on,
    }
    return frozenset(aspect for aspect, value in said.items() if value)


def _fit(wanted: Wanted, actor: Supporter, cosine: float) -> str:
    if wanted.resources & actor.resources:
        return "resources"
    if cosine >= SIMILAR:
        return "text"
    return "field" if wanted.fields & actor.fields else ""


def _ranked(pairs: Iterable[SupporterSuggestion], limit: int) -> tuple[SupporterSuggestion, ...]:
    ordered = sorted((pair for pair in pairs if pair.fit), key=lambda pair: (-round(pair.score, 12), pair.key))
    return tuple(replace(pair, rank=rank) for rank, pair in enumerate(ordered[:limit], 1))

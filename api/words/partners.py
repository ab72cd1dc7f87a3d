"""Composes sentences about partners for a need: who, why, what speaks against it, and what is not known."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from types import MappingProxyType

from api.language import N_, Words
from api.words.places import called
from api.words.suggestions import Explainer
from graph_service.projection import Projection
from matching.contract import Contribution
from matching.partners.matcher import NO_ACTORS, NO_HISTORY, NO_LOCAL, ONLY_STATUTORY, PartnerAnswer, PartnerSuggestion
from matching.partners.reasons import CAPACITY, FRESHNESS

REMARKS = MappingProxyType(
    {
        NO_ACTORS: N_("The store holds no actors yet: import them with `kompass import`."),
        NO_HISTORY: N_("No past alliances are known: only what actors say of themselves is compared."),
        NO_LOCAL: N_("No actor of this place or its district is recorded; those named are elsewhere."),
        ONLY_STATUTORY: N_("Here only the bodies that the law provides are recorded; the others named are elsewhere."),
    }
)
SAME = MappingProxyType(
    {
        "similar-work-lately": "closest-work",
        "similar-work": "closest-work",
        "similar-work-in-field": "closest-work",
        "similar-work-together": "past-partner",
        "similar-work-together-in-field": "past-partner",
        "closest-work-together": "past-partner",
        "own-words": "profile-text",
        "telling-word": "profile-text",
        "wording": "profile-text",
        "told-apart": "profile-text",
        "past-partner-in-field": "past-partner",
        "common-partners": "network",
        "field-experience": "field",
        "kind": "kind-of-work",
        "distance": "place",
        "local-activity": "place",
        "active-lately": "activity",
        "same-programme": "activity",
    }
)
"""Signals that are said in one sentence with another."""
MOST = 5
"""Reasons that are said; `--format json` has all."""


@dataclass(frozen=True)
class PartnerExplainer:
    """Knows how to speak of actors in one language."""

    projection: Projection
    words: Words

    def headline(self, answer: PartnerAnswer) -> str:
        """The answer in a sentence."""
        if not answer.suggestions:
            return self.words("No recorded actor fits this need.")
        return self.words.plural(
            "One actor fits this need: {first}.",
            "{n} actors fit this need; first of all: {first}.",
            len(answer.suggestions),
            first=answer.suggestions[0].name,
        )

    def remarks(self, answer: PartnerAnswer) -> Iterator[str]:
        """What has to be said with it."""
        return (self.words(REMARKS[each]) for each in answer.remarks)

    def about(self, each: PartnerSuggestion) -> str:
        """What an actor is, and where."""
        kind = Explainer(self.projection, self.words).term("actor_kind", each.kind)
        place = called(self.projection, self.words, each.municipality) if each.municipality else ""
        return " · ".join(part for part in (kind, place) if part)

    def reasons(self, each: PartnerSuggestion) -> Iterator[str]:
        """Why, strongest first, then what speaks against it."""
        yield from self.speaking_for(each)
        yield from self.speaking_against(each)

    def _named(self, each: PartnerSuggestion) -> list[Contribution]:
        """Its reasons, with its place called so that nobody takes it for another one."""
        if each.municipality is None:
            return list(each.contributions)
        recorded = self.projection.name(each.municipality.label, self.projection.position(each.municipality))
        place = called(self.projection, self.words, each.municipality)
        return [replace(part, other=place) if part.other == recorded else part for part in each.contributions]

    def speaking_for(self, each: PartnerSuggestion) -> Iterator[str]:
        """Why, strongest first."""
        said: dict[str, list[Contribution]] = {}
        parts = self._named(each)
        for part in parts:
            if part.amount > 1e-4:
                said.setdefault(SAME.get(part.feature, part.feature), []).append(part)
        order = sorted(said, key=lambda name: -sum(part.amount for part in said[name]))
        found = {part.feature: part for part in parts}
        for name in order[:MOST]:
            if sentence := self._reason(name, found):
                yield sentence

    def speaking_against(self, each: PartnerSuggestion) -> Iterator[str]:
        """What lowers the score, or would have raised it."""
        return self._against({part.feature: part for part in self._named(each)})

    def _reason(self, name: str, found: dict[str, Contribution]) -> str:
        words, part = self.words, found.get(name)
        other = part.other if part else None
        match name:
            case "closest-work":
                work = next((found[s].other for s in ("closest-work", "similar-work") if s in found), None)
                return words("Carried something similar: “{work}”.", work=_short(str(work))) if work else ""
            case "past-partner":
                count = other if isinstance(other, float) else 0
                return words.plural(
                    "Was in one alliance with you before.", "Was in {n} alliances with you before.", int(count)
                )
            case "place":
                near = part is not None and part.amount > 1e-6
                return (words("Is at {place}.", place=other) if other else words("Works near you.")) if near else ""
            case "place-of-work":
                return words("Such work was done at {place} before.", place=other)
            case "name":
                return words("Its name is like your words.")
            case "profile-text":
                return words("What is known of it is like your words.")
            case "field":
                return words("Is active in the field.")
            case "kind-of-work":
                return words("Is of the kind that does such work.")
            case "resources":
                return words("Has what you look for.")
            case "network":
                return words("Is close to you in the network of past alliances.")
            case "activity":
                return words("Is active in alliances.")
        return ""

    def _against(self, found: dict[str, Contribution]) -> Iterator[str]:
        """What lowers the score, or would have raised it."""
        words = self.words
        place, distance = found.get("place"), found.get("distance")
        if place is not None and place.amount < 1e-6 and place.own is not None:
            km = distance.other if distance else None
            if place.other is None:
                yield words("But: where it is, is not known.")
            elif isinstance(km, float):
                yield words("But: it is at {place}, {km} km away.", place=place.other, km=words.number(km))
            else:
                yield words("But: it is at {place}.", place=place.other)
        if (fresh := found.get(FRESHNESS)) is not None:
            if fresh.other is None:
                yield words("But: when this was last confirmed is not known.")
            elif fresh.amount < -0.02:
                yield words("But: last confirmed on {day}.", day=words.period(str(fresh.other)))
        full = found.get(CAPACITY)
        if full is not None and isinstance(full.other, float) and full.other >= 1 and full.amount < 0:
            yield words.plural(
                "But: it takes part in one running alliance.",
                "But: it takes part in {n} running alliances.",
                int(full.other),
            )


def _short(text: str, most: int = 120) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"

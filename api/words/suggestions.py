"""Composes sentences from answers: who is comparable, how close, why, and what is not known."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from api.language import N_, Words
from api.words.places import called
from api.words.terms import term_words
from api.words.units import unit_words
from graph_service.keys import Label, NodeKey
from graph_service.model import Indicator
from graph_service.projection import Projection
from matching.contract import Contribution
from matching.peers.ahead import AheadPeer
from matching.peers.further import NEAR, FurtherPeer
from matching.peers.matcher import REACH, PeerAnswer, PeerSuggestion

AGREEMENTS = 3
ALIKE = 0.975
"""Of what a feature could add, the least share that a reader would call alike: populations a third apart are not."""
NAMED = 5
"""How many unknown indicators are named before the rest is counted."""
MOST_SOURCES = 12
"""How many publishers are named before the rest is counted; `kompass indicators` names all."""


MEANING: Mapping[str, str] = MappingProxyType(
    {
        "further": N_("Alike in structure, and further: with practice at work, or with clearly better values."),
        "different": N_("Not alike in structure, and yet with practice at work: ideas from elsewhere."),
        "unfamiliar": N_("Alike, but from another state, not adjacent, and without anything in common so far."),
        "ahead": N_("Their values of some years ago resemble those of today here; with what came after."),
    }
)
"""What each special kind of peer means."""


@dataclass(frozen=True)
class Explainer:
    """Knows what things are called in one language."""

    projection: Projection
    words: Words

    @cached_property
    def _indicators(self) -> dict[str, Indicator]:
        return {node.key.local: node for node in self.projection.indicators}

    def label(self, feature: str) -> str:
        """What an indicator is called."""
        if feature == REACH:
            return self.words("distance from everybody")
        node = self._indicators.get(feature)
        if node is None:
            kind, _, id = feature.removeprefix("concept:").partition(".")
            return self.term(kind, id) if id else feature
        return (node.label_en if self.words.language == "en" else None) or node.name or feature

    def source(self, feature: str) -> tuple[str, str]:
        """Who publishes an indicator, and under which licence."""
        node = self._indicators.get(feature)
        return ((node.source or ""), (node.licence or "")) if node else ("", "")

    def term(self, kind: str, id: str) -> str:
        """What a term is called."""
        return term_words(self.projection, self.words.language, kind, id)

    def name(self, key: NodeKey) -> str:
        """What a node is called; a municipality so that it is not taken for another one."""
        return called(self.projection, self.words, key)

    def place(self, key: NodeKey) -> str:
        """What a municipality is and in which state: Landkreis, Baden-Württemberg."""
        position = self.projection.position(key)
        table = self.projection.municipalities
        kind = int(table.kind[position])
        state = int(self.projection.state[position])
        parts = [
            self.term("municipality_kind", table.kinds[kind]) if kind >= 0 else "",
            self.projection.name(Label.MUNICIPALITY, state) if state >= 0 and state != position else "",
        ]
        return ", ".join(part for part in parts if part)

    def value(self, value: float | str | None, unit: str = "") -> str:
        """A value with its unit, which is given as its publisher writes it."""
        if value is None or value != value:
            return self.words("unknown")
        text = value if isinstance(value, str) else self.words.number(value)
        return f"{text}\N{NO-BREAK SPACE}{self.unit(unit)}" if unit else text

    def unit(self, unit: str | None) -> str:
        """A unit in this language."""
        return unit_words(unit, self.words)

    def compared(self, reason: Contribution) -> str:
        """A feature with both values, unit and year: Ausländeranteil (17,7 / 18,9 %, 2022)."""
        label = self.label(reason.feature)
        if reason.own is None or reason.other is None:
            return label
        own = self.value(reason.own)
        values = f"{own}\N{NO-BREAK SPACE}/ {self.value(reason.other, reason.unit)}"
        period = self.words.period(reason.period)
        return f"{label} ({values}, {period})" if period else f"{label} ({values})"

    def answer(self, answer: PeerAnswer) -> str:
        """The answer in a sentence: how many are near enough to be called comparable, and who is nearest."""
        if not answer.suggestions:
            return self.words("No comparable municipality was found for {name}.", name=answer.name)
        near = [each for each in answer.suggestions if each.closeness >= NEAR]
        first = (near or answer.suggestions)[0]
        if not near:
            return self.words(
                "No municipality is really comparable to {name}; the nearest is {first}.",
                name=answer.name,
                first=first.name,
            )
        if len(near) < len(answer.suggestions):
            return self.words.plural(
                "Of the {total} nearest municipalities one is comparable to {name}: {first}.",
                "Of the {total} nearest municipalities {n} are comparable to {name}; the nearest is {first}.",
                len(near),
                total=len(answer.suggestions),
                name=answer.name,
                first=first.name,
            )
        return self.words.plural(
            "One municipality is comparable to {name}: {first}.",
            "{n} municipalities are comparable to {name}; the nearest is {first}.",
            len(answer.suggestions),
            name=answer.name,
            first=first.name,
        )

    def special_answer(self, answer: PeerAnswer, kind: str) -> str:
        """The answer in a sentence where a special kind was asked for, and what it means."""
        if not answer.suggestions:
            return (
                self.words("{name}: none of this kind was found.", name=answer.name) + " " + self.words(MEANING[kind])
            )
        count = self.words.plural(
            "{name}: one municipality of this kind, {first}.",
            "{name}: {n} municipalities of this kind, first {first}.",
            len(answer.suggestions),
            name=answer.name,
            first=answer.suggestions[0].name,
        )
        return f"{count} {self.words(MEANING[kind])}"

    def closeness(self, suggestion: PeerSuggestion) -> str:
        """How close, in words."""
        share = min(int(suggestion.closeness * 1000) / 1000, 0.999)
        digits = 1 if share > 0.99 else 0
        share = int(share * 1000 if digits else share * 100) / (1000 if digits else 100)
        return self.words("closer than {share} of all pairs", share=self.words.percent(share, digits))

    def stability(self, suggestion: PeerSuggestion) -> str:
        """Whether the suggestion depends on the exact weights."""
        if suggestion.stability is None:
            return ""
        if suggestion.stability >= 0.9:
            return self.words("stays in the list with other weights")
        if suggestion.stability >= 0.6:
            return self.words("mostly stays in the list with other weights")
        return self.words("often leaves the list with other weights")

    def reasons(self, suggestion: PeerSuggestion) -> list[str]:
        """Why: up to three agreements and the largest difference."""
        alike, other = telling(suggestion.contributions)
        sentences = []
        if alike:
            sentences.append(self.words("Alike: {features}.", features="; ".join(map(self.compared, alike))))
        if other is not None:
            sentences.append(self.words("Different: {feature}.", feature=self.compared(other)))
        return sentences

    def special(self, suggestion: PeerSuggestion) -> list[str]:
        """What makes a peer of a special kind special."""
        if isinstance(suggestion, FurtherPeer):
            return self._further(suggestion)
        if isinstance(suggestion, AheadPeer):
            return self._ahead(suggestion)
        return []

    def _further(self, peer: FurtherPeer) -> list[str]:
        sentences = []
        if peer.challenges:
            sentences.append(self.words("Faces too: {names}.", names=self._names(peer.challenges)))
        if peer.practices:
            sentences.append(self.words("At work: {names}.", names=self._names(peer.practices)))
        if peer.better:
            better = [
                Contribution(b.indicator, 0.0, b.own, b.other, b.unit, b.period) for b in peer.better[:AGREEMENTS]
            ]
            sentences.append(self.words("Further in: {features}.", features="; ".join(map(self.compared, better))))
        return sentences

    def _ahead(self, peer: AheadPeer) -> list[str]:
        sentences = [self.words.plural("About one year ahead.", "About {n} years ahead.", peer.years)]
        # what changed most, measured by its own size
        changed = sorted(peer.developments, key=lambda d: -abs(d.now - d.then) / (abs(d.then) or 1))[:AGREEMENTS]
        if changed:
            parts = [f"{self.label(d.indicator)} ({self.value(d.then)} → {self.value(d.now, d.unit)})" for d in changed]
            sentences.append(self.words("Since {year}: {features}.", year=peer.year, features="; ".join(parts)))
        if peer.practices:
            sentences.append(self.words("Begun since then: {names}.", names=self._names(peer.practices)))
        return sentences

    def _names(self, keys: Sequence[NodeKey]) -> str:
        names = [self.projection.name(key.label, self.projection.position(key)) for key in keys[:NAMED]]
        text = "; ".join(names)
        if (rest := len(keys) - NAMED) > 0:
            text += " " + self.words.plural("and one more", "and {n} more", rest)
        return text

    def unknown(self, indicators: Sequence[str], total: int, share: float) -> str:
        """For how many indicators, and how much of the weight, nothing is known."""
        if not indicators:
            return ""
        return self.words.plural(
            "No value is known for one of {total} indicators ({share} of the weight): {named}.",
            "No values are known for {n} of {total} indicators ({share} of the weight): {named}.",
            len(indicators),
            total=total,
            share=self.words.percent(share),
            named=self.named(indicators),
        )

    def named(self, indicators: Sequence[str]) -> str:
        """The first indicators by name, and how many there are besides."""
        text = "; ".join(self.label(each) for each in indicators[:NAMED])
        if (rest := len(indicators) - NAMED) > 0:
            text += " " + self.words.plural("and one more", "and {n} more", rest)
        return text

    def sources(self, features: Iterable[str]) -> list[str]:
        """Who published what was compared, by licence, each once."""
        by_licence: dict[str, dict[str, None]] = {}
        for source, licence in map(self.source, features):
            # an indicator may name several publishers
            by_licence.setdefault(licence, {}).update(dict.fromkeys(filter(None, source.split("; "))))
        found = []
        for licence, names in by_licence.items():
            text = "; ".join([*names][:MOST_SOURCES])
            if (rest := len(names) - MOST_SOURCES) > 0:
                text += " " + self.words.plural("and one more", "and {n} more", rest)
            if text:
                found.append(f"{text} ({licence})" if licence else text)
        return found

    def years(self, answer: PeerAnswer) -> str:
        """From when to when the compared values are."""
        periods = sorted({period[:4] for period in answer.periods.values() if period})
        if not periods:
            return ""
        return periods[0] if len(periods) == 1 else f"{periods[0]}–{periods[-1]}"


def telling(contributions: Sequence[Contribution]) -> tuple[list[Contribution], Contribution | None]:
    """The strongest agreements, and the largest difference, of a suggestion's reasons."""
    real = [c for c in contributions if c.feature != REACH]
    nearest = sorted(real, key=lambda c: -c.amount / (c.possible or c.amount or 1))[:AGREEMENTS]
    alike = [c for c in real if c.amount >= ALIKE * (c.possible or c.amount)][:AGREEMENTS] or nearest[:1]
    rest = [c for c in real if c not in alike and c.possible is not None]
    other = max(rest, key=lambda c: (c.possible or 0) - c.amount, default=None)
    return alike, other

"""What a view of the network shows, as a title and a few sentences: how much, how it hangs together, what is not."""

from functools import cached_property

from api.questions.network_loosened import Limit, limits_of
from api.questions.network_shown import Act, Entry
from api.words.network_names import ViewNames
from graph_service.keys import Label, NodeKey
from matching.practices.records import is_unproven

NAMED = 3
CLEAR = 0.3
"""From this modularity on groups are clearly set apart."""


class ViewSentences(ViewNames):
    """Tells one view in one language."""

    @cached_property
    def title(self) -> str:
        """What is looked at."""
        asked, speak = self.view.asked, self.words
        if asked.start is not None and asked.target is not None:
            return speak("Network: from {one} to {other}", one=self.named(asked.start), other=self.named(asked.target))
        if asked.start is not None:
            steps = speak.plural("one step far", "{n} steps far", asked.steps_deep)
            return speak("Network: {name}, {steps}", name=self.named(asked.start), steps=steps)
        match asked.entry:
            case Entry.COMMUNITIES:
                return speak("Network: who works together more than with others")
            case Entry.BROKERS:
                return speak("Network: who connects those that are otherwise apart")
            case Entry.ISOLATED:
                return speak("Network: who is not connected yet")
        return speak("Network")

    @cached_property
    def nothing(self) -> str:
        """Why there is nothing to show."""
        asked, speak = self.view.asked, self.words
        if asked.labels or asked.types or asked.field or asked.year or asked.steps:
            return f"{speak('Nothing is recorded that passes all these filters.')} {self._limited()}".strip()
        if asked.entry is Entry.ISOLATED and self.projection.spans[Label.ACTOR]:
            return speak("Nobody stands alone: every actor recorded is joined to somebody.")
        if asked.entry in (Entry.COMMUNITIES, Entry.BROKERS):
            return speak("It is not recorded yet who works together.")
        return speak("No relations are recorded yet.")

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """What the picture shows: how much, how it hangs together, and what had to be put together."""
        return tuple(filter(None, (self._shown(), self._limited(), self._together(), self._groups(), self._left_out())))

    def _shown(self) -> str:
        view, speak, asked = self.view, self.words, self.view.asked
        amounts = speak.list(self.amounts(view.counts, view.unproven))
        if not view.nodes:
            return ""
        if asked.start is not None and asked.target is not None:
            return self._ways(asked.start, asked.target)
        relations = speak.plural("one relation", "{n} relations", view.edges)
        if asked.start is not None:
            if view.nodes == 1:
                return speak("{name} has no ties of this kind yet.", name=self.named(asked.start))
            others = {label: n - (label is asked.start.label) for label, n in view.counts.items()}
            unproven = view.unproven - is_unproven(self.projection, asked.start)
            return speak(
                "Around {name}: {amounts}, joined by {relations}.",
                name=self.named(asked.start),
                amounts=speak.list(self.amounts({label: n for label, n in others.items() if n}, unproven)),
                relations=relations,
            )
        match asked.entry:
            case Entry.ISOLATED:
                return speak("Not joined to anybody by work so far, as far as is recorded: {amounts}.", amounts=amounts)
            case Entry.BROKERS:
                shown = speak(
                    "With those whom they join: {amounts}, {relations}.", amounts=amounts, relations=relations
                )
                return " ".join(filter(None, (self._between(), shown)))
        whole = speak("Recorded so far: {amounts}, joined by {relations}.", amounts=amounts, relations=relations)
        return " ".join(filter(None, (self._circles(), whole)))

    def _circles(self) -> str:
        """Who works together more than with others, and how clearly."""
        found, speak = self.view.communities, self.words
        if found is None or not found.communities:
            return ""
        largest = [each for each in found.communities[:NAMED] if each.central]
        said = speak.plural(
            "One group works together more than with others, around {names}.",
            "{n} groups work together more than with others; the largest are around {names}.",
            len(found.communities),
            names=speak.list(f"{each.central[0].name} ({self.amount(Label.ACTOR, each.actors)})" for each in largest),
        )
        if found.modularity >= CLEAR:
            return said
        return f"{said} {speak('They are hardly set apart from one another: take them as a description, not as fact.')}"

    def _limited(self) -> str:
        """What the reader left out by filters and by hiding."""
        asked, speak = self.view.asked, self.words
        limits = [*filter(None, map(self.limit, limits_of(asked)))]
        said = [speak("Limited to: {limits}.", limits="; ".join(limits))] if limits else []
        if hidden := sum(step.act is Act.HIDE for step in asked.steps):
            said.append(speak.plural("One was hidden.", "{n} were hidden.", hidden))
        return " ".join(said)

    def limit(self, limit: Limit) -> str:
        """A filter in words; nothing for what was hidden, which is counted."""
        asked, speak, term = self.view.asked, self.words, self.speaker.term
        match limit:
            case Limit.FIELD:
                return speak("field of action {field}", field=term("field", asked.field))
            case Limit.LABELS:
                labels = speak.list(sorted(term("node_label", each.value) for each in asked.labels))
                return speak("kinds {kinds}", kinds=labels)
            case Limit.TYPES:
                types = speak.list(sorted(term("edge_type", each.value) for each in asked.types))
                return speak("relations “{relations}”", relations=types)
            case Limit.YEAR:
                return speak("state of {year}", year=str(asked.year))
        return ""

    def _between(self) -> str:
        """Who lies between others, and how sure that is."""
        found, speak = self.view.brokers, self.words
        if found is None or not (first := [each for each in found.brokers[:NAMED] if each.betweenness]):
            return ""
        shares = [speak.percent(each.betweenness) for each in first]
        names = [speak("{name} ({share} of all pairs)", name=first[0].name, share=shares[0])]
        names += [f"{each.name} ({share})" for each, share in zip(first[1:], shares[1:], strict=True)]
        said = speak("Most shortest ways between others pass {names}.", names=speak.list(names))
        if found.exact:
            return said
        estimated = speak(
            "Estimated from the ways from {samples} of {nodes} nodes; right to about {error} percentage points.",
            samples=speak.number(found.samples),
            nodes=speak.number(found.nodes),
            error=speak.number(100 * max(each.error for each in first), 1),
        )
        return f"{said} {estimated}"

    def _ways(self, start: NodeKey, target: NodeKey) -> str:
        speak, view = self.words, self.view
        ends = {"one": self.named(start), "other": self.named(target)}
        if not view.ways:
            return speak("{one} and {other} are not connected through these relations.", **ends)
        between = [self.name(each) for each in view.items if not each.start]
        ways = speak.plural("One way leads", "The {n} best ways lead", view.ways)
        if not between:
            return speak("{ways} from {one} to {other}, directly.", ways=ways, **ends)
        if len(between) > NAMED + 2:
            return speak("{ways} from {one} to {other}, past {n} in between.", ways=ways, n=len(between), **ends)
        return speak("{ways} from {one} to {other}, past {between}.", ways=ways, between=speak.list(between), **ends)

    def _together(self) -> str:
        view, speak = self.view, self.words
        found = []
        if view.parts > 1 and view.edges and view.by is None:
            found.append(
                speak("These are {n} parts, with no relation recorded between them.", n=speak.number(view.parts))
            )
        if view.holders:
            names = speak.list(self.named(each.key) for each in view.holders[:NAMED])
            found.append(
                speak.plural(
                    "One actor holds pieces together, without it others would be cut off: {names}.",
                    "{n} actors hold pieces together, without them others would be cut off; most of all {names}.",
                    len(view.holders),
                    names=names,
                )
            )
        if 0 < view.hanging < view.nodes - 2 and view.asked.start is not None:
            found.append(
                speak.plural(
                    "One is joined to most others through {name} alone.",
                    "{n} are joined to most others through {name} alone.",
                    view.hanging,
                    name=self.named(view.asked.start),
                )
            )
        return " ".join(found)

    def _groups(self) -> str:
        view, speak = self.view, self.words
        if view.by is None:
            return ""
        groups = sum(each.label is None for each in view.items)
        return speak.plural(
            "So that it stays readable, one group by {grouping} is shown; it can be opened.",
            "So that it stays readable, {n} groups by {grouping} are shown; each can be opened.",
            groups,
            grouping=self.grouping(view.by),
        )

    def _left_out(self) -> str:
        speak, left_out = self.words, self.view.edges_left_out
        said = []
        if left_out > 0:
            said.append(
                speak.plural("One weaker relation is not drawn.", "{n} weaker relations are not drawn.", left_out)
            )
        if not self.view.complete:
            said.append(speak("The search was given up: there may be more or better ways."))
        return " ".join(said)

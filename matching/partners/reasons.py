"""What stands behind the reasons for a partner: the two values compared, and what counts against it."""

from collections.abc import Iterator, Mapping
from datetime import date

import numpy as np

from graph_service.arrays import IntArray
from graph_service.keys import Label
from matching.partners.history import to_day
from matching.partners.needs import Needs
from matching.partners.numbers import FloatArray
from matching.partners.signals import Signals
from matching.partners.signals_work import Like
from matching.text import stems

FRESHNESS, CAPACITY = "freshness", "capacity"
STALE, FULL = 0.2, 0.1
"""The largest share of a score that old information and many running alliances take away."""
FADING = 3.0
"""Years after which a confirmation has lost 63 % of its worth."""
BUSY = 10.0
"""Running alliances at which half of the largest share is taken away."""
Value = float | str | None
MARKS = ".,;:!?()[]\"'„“”‚‘’»«"
"""What may stand around a word."""
RUNNING = 1.0
"""Years for which an alliance of unknown end counts as running."""


def burdens(signals: Signals, on: date) -> dict[str, FloatArray]:
    """The share of its score that each actor loses; nothing where nothing is known."""
    years = np.maximum((to_day(on) - signals.actors.assured) / 365.25, 0)
    running = running_alliances(signals, on)
    return {
        FRESHNESS: STALE * np.nan_to_num(1 - np.exp(-years / FADING)),
        CAPACITY: FULL * running / (running + BUSY),
    }


def running_alliances(signals: Signals, on: date) -> FloatArray:
    """In how many alliances that run on a day each actor takes part."""
    past = signals.history
    begun, ended = past.alliances.day[past.rows], past.alliances.ended[past.rows]
    day = to_day(on)
    runs = (begun <= day) & np.where(np.isnan(ended), day < begun + RUNNING * 365.25, ended >= day)
    return np.asarray(signals.work.carried @ runs.astype(np.float32), np.float64)


class Reasons:
    """The values behind the reasons of one need."""

    def __init__(
        self,
        signals: Signals,
        need: Needs,
        on: date | None,
        raw: Mapping[str, FloatArray],
        like: Like,
        kilometres: FloatArray,
    ) -> None:
        """Remember what is compared."""
        self.signals, self.need, self.raw, self.kilometres = signals, need, raw, kilometres[0]
        self.running = np.zeros(len(signals.actors)) if on is None else running_alliances(signals, on)
        self.near = np.asarray(like.text.toarray())[0]
        self.asked_place = self._asked_place()
        self.team = np.asarray(like.team.toarray())[0] > 0

    def values(self, signal: str, actor: int) -> tuple[Value, Value]:
        """The need's value and the actor's; None where there is none."""
        actors = self.signals.actors
        match signal:
            case "similar-work" | "similar-work-lately" | "closest-work" | "similar-work-in-field":
                return None, self._nearest_work(actor)
            case "telling-word":
                return None, self._telling(actor)
            case "past-partner" | "past-partner-in-field" | "similar-work-together" | "closest-work-together":
                return None, self._together(actor)
            case "place" | "place-of-work" | "local-activity":
                return self.asked_place, self._place(actor)
            case "distance":
                return None, self._kilometres(actor)
            case "field" | "field-experience":
                wanted = self.need.topics.indices.tolist()
                has = [i for i in wanted if i in set(self._topics(actor))]
                return float(len(wanted)), float(len(has))
            case "kind" | "kind-of-work":
                return None, actors.kinds[actors.kind[actor]] if actors.kind[actor] >= 0 else None
            case "resources":
                wanted_resources = self.need.resources[0]
                columns = actors.resource.indices[actors.resource.indptr[actor] : actors.resource.indptr[actor + 1]]
                names = {actors.resources[i] for i in columns.tolist()} & wanted_resources
                return ";".join(sorted(wanted_resources)), ";".join(sorted(names)) or None
            case "activity" | "active-lately":
                return None, float(len(self._rows(actor)))
            case "freshness":
                day = actors.assured[actor]
                return None, _iso(float(day)) if np.isfinite(day) else None
            case "capacity":
                return None, float(self.running[actor])
        return None, round(float(self.raw[signal][0, actor]), 6)

    def coverage(self, actor: int, possible: dict[str, float]) -> float:
        """The share of the weight for which something is known of the actor."""
        actors = self.signals.actors
        carried = bool(len(self._rows(actor)))
        known = {
            "place": actors.place[actor] >= 0 or bool(actors.serves[[actor]].nnz),
            "distance": bool(np.isfinite(actors.longitude[actor])),
            "field": bool(actors.topics[[actor]].nnz),
            "kind": actors.kind[actor] >= 0,
            "kind-of-work": actors.kind[actor] >= 0,
            "resources": bool(actors.resource[[actor]].nnz),
            "name": True,
            "profile-text": carried or bool(actors.told[actor]),
            "own-words": carried or bool(actors.told[actor]),
            "place-of-work": actors.place[actor] >= 0,
        }
        total = sum(possible.values())
        return sum(w for signal, w in possible.items() if known.get(signal, carried)) / total if total else 0.0

    def _rows(self, actor: int) -> IntArray:
        carried = self.signals.work.carried
        return carried.indices[carried.indptr[actor] : carried.indptr[actor + 1]].astype(np.int64)

    def _nearest_work(self, actor: int) -> str | None:
        """What the actor carried that is most like the need, with its year."""
        rows = np.sort(self._rows(actor))
        if not len(rows) or not self.near[rows].any():
            return None
        best = rows[::-1][np.argmax(self.near[rows[::-1]])]
        past = self.signals.history
        day = float(past.alliances.day[past.rows[best]])
        text = past.alliances.description[past.rows[best]]
        return f"{text} ({_iso(day)[:4]})" if np.isfinite(day) else text

    def _telling(self, actor: int) -> str | None:
        """The word of the need that points most to the actor, as it was asked."""
        work = self.signals.work
        at = work.words.telling(work.vectors.transform(self.need.texts), actor)
        return next((word for word in self._said() if at in self._columns(word)), None)

    def _said(self) -> Iterator[str]:
        return (word.strip(MARKS) for word in self.need.texts[0].split())

    def _columns(self, word: str) -> set[int | None]:
        """The terms that a word stands for: its stems and the synonyms it calls up."""
        vectors, found = self.signals.work.vectors, stems(word)
        return {vectors.words.get(term, None) for term in (*found, *vectors.synonyms.terms(found))} - {None}

    def _together(self, actor: int) -> float:
        """In how many alliances it was with one of the team."""
        joined = self.signals.work.joined
        rows = joined.indices[joined.indptr[actor] : joined.indptr[actor + 1]]
        return float(self.team[rows].sum())

    def _topics(self, actor: int) -> list[int]:
        carried = self.signals.history.topics[self._rows(actor)]
        found: list[int] = [*self.signals.actors.topics[[actor]].indices.tolist(), *carried.indices.tolist()]
        return found

    def _asked_place(self) -> str | None:
        places = self.signals.places.of_needs(self.need).indices.tolist()
        return self.signals.history.projection.name(Label.MUNICIPALITY, places[0]) if places else None

    def _place(self, actor: int) -> str | None:
        place = int(self.signals.actors.place[actor])
        return self.signals.history.projection.name(Label.MUNICIPALITY, place) if place >= 0 else None

    def _kilometres(self, actor: int) -> float | None:
        distance = float(self.kilometres[actor])
        return round(distance, 1) if np.isfinite(distance) else None


def _iso(day: float) -> str:
    return date.fromordinal(date(1970, 1, 1).toordinal() + int(day)).isoformat()

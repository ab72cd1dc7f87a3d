"""Alliances that began after a day, as teams to be found again from what was known before.

Given are an alliance's lead, kind, place, topics, text and how many known members it has. Alliances of one day with one
lead, the same topics and the same words are one undertaking: a fund that pays ten recipients for one purpose writes ten
grants, and has one team.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import sparse

from graph_service.arrays import IntArray
from matching.partners.history import Alliances, History, binary, history, to_day
from matching.partners.learning import Source
from matching.partners.needs import Needs, needs_of
from matching.teams.closeness import Ties
from matching.text import stems

LEAST, MOST = 3, 30
"""Known members, the lead included; more than these are a programme and no team."""


@dataclass(frozen=True, slots=True)
class Team:
    """One that is to be found again."""

    row: int
    """Position of its (first) alliance."""
    leads: tuple[int, ...]
    members: IntArray
    """Actors known before, without the leads."""


@dataclass(frozen=True, eq=False)
class TeamCases:
    """Teams of a time, and what was known before it."""

    source: Source
    past: History
    ties: Ties
    teams: tuple[Team, ...]
    joining: bool
    """Whether leads take part like others, so that ties to them are known."""

    @cached_property
    def needs(self) -> Needs:
        """What each team was looked for with."""
        return needs_of(self.source.alliances, np.array([team.row for team in self.teams], np.int64))

    @cached_property
    def known(self) -> npt.NDArray[np.bool_]:
        """Actors with a membership before."""
        found = np.zeros(len(self.source.actors), bool)
        found[self.past.known] = True
        return found

    def started(self, team: Team) -> list[int]:
        """Who is there from the beginning and can be close to others."""
        return [lead for lead in team.leads if self.joining and self.known[lead]]


def undertakings(alliances: Alliances) -> IntArray:
    """The undertaking that each alliance is part of."""
    seen: dict[object, int] = {}
    found = np.zeros(len(alliances.day), np.int64)
    topics = alliances.topics
    for i in range(len(found)):
        lead = int(alliances.lead[i])
        about = tuple(topics.indices[topics.indptr[i] : topics.indptr[i + 1]].tolist())
        words = tuple(stems(alliances.text[i])) if lead >= 0 else ()
        key: object = (float(alliances.day[i]), lead, about, words) if lead >= 0 and words else i
        found[i] = seen.setdefault(key, len(seen))
    return found


def team_cases(source: Source, begin: date, end: date | None = None) -> TeamCases:
    """The teams that began in a span; known is what was before ``begin``."""
    alliances = source.alliances
    past = history(alliances, source.projection, begin)
    part = undertakings(alliances)
    first, last = to_day(begin), to_day(end) if end else np.inf
    groups: dict[int, list[int]] = defaultdict(list)
    for row in np.flatnonzero((alliances.day >= first) & (alliances.day < last)).tolist():
        groups[int(part[row])].append(row)
    known = np.zeros(len(source.actors), bool)
    known[past.known] = True
    teams = [team for rows in groups.values() if (team := _team(alliances, rows, known)) is not None]
    joints = _joined(past, part[past.rows])
    joining = bool((past.members.sum(axis=0)[past.leads.sum(axis=0) > 0] > 0).any())
    return TeamCases(source, past, Ties.of(joints), tuple(teams), joining)


def _team(alliances: Alliances, rows: list[int], known: npt.NDArray[np.bool_]) -> Team | None:
    leads = _columns(alliances.leads, rows)
    members = np.array(sorted(who for who in _columns(alliances.members, rows) - leads if known[who]), np.int64)
    count = len(members) + sum(bool(known[lead]) for lead in leads)
    if len(members) < LEAST - 1 or not LEAST <= count <= MOST:
        return None
    return Team(rows[0], tuple(sorted(leads)), members)


def _columns(matrix: sparse.csr_array, rows: list[int]) -> set[int]:
    return {int(who) for row in rows for who in matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]]}


def _joined(past: History, part: IntArray) -> sparse.csr_array:
    """undertakings × actors."""
    _, place = np.unique(part, return_inverse=True)
    count = len(place)
    gather = sparse.csr_array(
        (np.ones(count), (place.reshape(-1), np.arange(count))), shape=(int(place.max(initial=-1)) + 1, count)
    )
    return binary(sparse.csr_array(gather @ past.members))

"""What an alliance is wanted for, as an address says it: read with what is wrong in it, asked, and written again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from api.http.current import snapshot, words
from api.pages.frame import term
from api.pages.names import name_of
from api.words.peers import told_apart
from api.words.suggestions import Explainer
from graph_service.errors import Ambiguous, NotFound
from graph_service.keys import Label, NodeKey
from graph_service.vocabulary import load_vocabulary
from matching.naming.nodes import find_actor
from matching.partners.matcher import PartnerQuestion
from matching.teams.composer import LEAST, MOST
from matching.teams.need import TeamNeed

LONGEST = 1000
MOST_NAMED = 30
"""How many actors an address may name."""
Choice = tuple[str, str]
"""The local key and the name of something that may be meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A need; ``problems`` are sentences about what of the address was not understood."""

    place: str = ""
    """The municipality as it was typed."""
    municipality: NodeKey | None = None
    fields: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    challenges: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    text: str = ""
    team: tuple[NodeKey, ...] = ()
    """Who is in already, or was chosen."""
    without: tuple[NodeKey, ...] = ()
    size: int | None = None
    problems: tuple[str, ...] = ()
    places: tuple[Choice, ...] = ()
    people: tuple[Choice, ...] = ()
    unclear: bool = False
    """Whether a name that was typed could not be told."""

    @property
    def says_something(self) -> bool:
        """Whether anybody can be found for it."""
        return bool(self.municipality or self.fields or self.groups or self.challenges or self.text)

    @property
    def all_fields(self) -> tuple[str, ...]:
        """The fields, and where none is named those of the challenges: what roles are needed depends on them."""
        if self.fields:
            return self.fields
        found = [load_vocabulary().find("challenge", each) for each in self.challenges]
        named = [(each.broader or "").rpartition(".")[2] for each in found if each]
        return tuple(dict.fromkeys(id for id in named if load_vocabulary().find("field", id)))

    def pairs(self) -> Iterator[Choice]:
        """Name and value of everything that is said, for an address or a form."""
        place = self.municipality.local if self.municipality else self.place
        single = (("municipality", place), ("need", self.text), ("size", str(self.size or "")))
        several: tuple[tuple[str, Sequence[str]], ...] = (
            ("field", self.fields),
            ("group", self.groups),
            ("challenge", self.challenges),
            ("role", self.roles),
            ("with", [each.local for each in self.team]),
            ("without", [each.local for each in self.without]),
        )
        yield from ((name, value) for name, value in single if value)
        yield from ((name, value) for name, values in several for value in values)

    def address(self, path: str) -> str:
        """The page under this path for this need."""
        asked = urlencode([*self.pairs()])
        return f"{path}?{asked}" if asked else path

    def including(self, *keys: NodeKey) -> "Wish":
        """The same with these actors."""
        return replace(
            self,
            team=tuple(dict.fromkeys((*self.team, *keys))),
            without=tuple(each for each in self.without if each not in keys),
        )

    def excluding(self, *keys: NodeKey) -> "Wish":
        """The same without these actors."""
        return replace(
            self,
            team=tuple(each for each in self.team if each not in keys),
            without=tuple(dict.fromkeys((*self.without, *keys))),
        )

    def forgetting(self, key: NodeKey) -> "Wish":
        """The same, saying nothing about an actor."""
        return replace(
            self,
            team=tuple(each for each in self.team if each != key),
            without=tuple(each for each in self.without if each != key),
        )

    def without_role(self, role: str) -> "Wish":
        """The same, not asking for a role."""
        return replace(self, roles=tuple(each for each in self.roles if each != role))

    def sized(self, size: int | None) -> "Wish":
        """The same for so many members."""
        return replace(self, size=size)

    def partners(self, on: date) -> PartnerQuestion:
        """As a question for candidates."""
        return PartnerQuestion(
            on, self.text, self.municipality, self.fields, self.groups, self.challenges, (), self.roles, self.team
        )

    def team_need(self, on: date) -> TeamNeed:
        """As a question for a team."""
        return TeamNeed(
            municipality=self.municipality,
            fields=self.all_fields,
            challenges=self.challenges,
            target_groups=self.groups,
            text=self.text,
            roles=self.roles,
            size=self.size,
            include=self.team,
            without=self.without,
            today=on,
        )

    def about(self) -> str:
        """What it is about, in a line."""
        parts = [
            name_of(self.municipality) if self.municipality else "",
            words().list(term("field", each) for each in self.fields),
            words().list(term("challenge", each) for each in self.challenges),
            words().list(term("target_group", each) for each in self.groups),
            words()("“{name}”", name=self.text) if self.text else "",
        ]
        return " · ".join(filter(None, parts))


def read_wish(given: MultiDict[str, str]) -> Wish:
    """What an address or a form says; what cannot be understood is left out and told."""
    problems: list[str] = []
    place = given.get("municipality", "").strip()[:200]
    municipality, places = _place(place, problems)
    team, people, clear = _people(given, problems)
    without = tuple(each for each in _actors(given.getlist("without"), problems) if each not in team)
    terms = {
        name: _terms(kind, given.getlist(name), problems)
        for name, kind in (("field", "field"), ("group", "target_group"), ("challenge", "challenge"),
                           ("role", "alliance_role"))
    }  # fmt: skip
    return Wish(
        place=place,
        municipality=municipality,
        fields=terms["field"],
        groups=terms["group"],
        challenges=terms["challenge"],
        roles=terms["role"],
        text=" ".join(given.get("need", "").split())[:LONGEST],
        team=team,
        without=without,
        size=_size(given.get("size", "").strip(), len(team), problems),
        problems=tuple(dict.fromkeys(problems)),
        places=places,
        people=people,
        unclear=bool(place and municipality is None) or not clear,
    )


def _place(text: str, problems: list[str]) -> tuple[NodeKey | None, tuple[Choice, ...]]:
    if not text:
        return None, ()
    try:
        return snapshot().municipality(text), ()
    except Ambiguous as error:
        problems.append(words()("Several municipalities are called “{text}”. Which one do you mean?", text=text))
        apart = told_apart(error.candidates, Explainer(snapshot().projection, words()))
        return None, tuple((NodeKey(key).local, name) for key, name in apart)
    except NotFound:
        problems.append(words()("No municipality is known as “{text}”.", text=text))
        return None, ()


def _people(given: MultiDict[str, str], problems: list[str]) -> tuple[tuple[NodeKey, ...], tuple[Choice, ...], bool]:
    """Those who are in, with the one whose name was typed; whom that name may mean; whether it was told."""
    team = _actors(given.getlist("with"), problems)
    text = given.get("who", "").strip()[:200]
    if not text:
        return team, (), True
    try:
        return tuple(dict.fromkeys((*team, find_actor(snapshot().projection, text)))), (), True
    except Ambiguous as error:
        problems.append(words()("Several actors are called “{text}”. Which one do you mean?", text=text))
        return team, tuple((NodeKey(key).local, name) for key, name in error.candidates), False
    except NotFound:
        problems.append(words()("No actor is recorded as “{text}”.", text=text))
        return team, (), False


def _actors(named: Sequence[str], problems: list[str]) -> tuple[NodeKey, ...]:
    projection = snapshot().projection
    found: list[NodeKey] = []
    for each in named[:MOST_NAMED]:
        key = projection.known(f"{Label.ACTOR.value.lower()}:{each}") if each else None
        if key is not None:
            found.append(key)
        elif each:
            problems.append(words()("No actor is recorded as “{text}”.", text=each[:100]))
    return tuple(dict.fromkeys(found))


def _terms(kind: str, named: Sequence[str], problems: list[str]) -> tuple[str, ...]:
    found = []
    for id in filter(None, named[:MOST_NAMED]):
        if load_vocabulary().find(kind, id) is not None:
            found.append(id)
        else:
            problems.append(words()("This part of the address was not understood and is left out: {what}", what=id))
    return tuple(dict.fromkeys(found))


def _size(text: str, chosen: int, problems: list[str]) -> int | None:
    if not text:
        return None
    least = max(LEAST, chosen)
    if text.isascii() and text.isdigit() and len(text) < 4 and least <= int(text) <= max(MOST, chosen):
        return int(text)
    problems.append(
        words()("An alliance of this size cannot be composed: {least} to {most} members.", least=least, most=MOST)
    )
    return None

"""What lists of requests and of resources are filtered by, as an address says it."""

from dataclasses import dataclass, replace

from flask import request

from api.http.current import snapshot, words
from api.pages.names import name_of
from api.questions.supporters import SoughtAsked
from api.words.peers import told_apart
from api.words.suggestions import Explainer
from graph_service.errors import Ambiguous, NotFound
from graph_service.keys import NodeKey
from graph_service.vocabulary import load_vocabulary
from matching.naming.municipalities import plain


@dataclass(frozen=True, slots=True)
class Filters:
    """What an address filters by, and what of it was not understood."""

    asked: SoughtAsked
    place: str
    problems: tuple[str, ...]
    places: tuple[tuple[str, str], ...]


def read_filters() -> Filters:
    """What the address filters by; what is not understood is told and left out."""
    asked = SoughtAsked(all_states=request.args.get("state") == "all", text=request.args.get("q", "").strip()[:200])
    problems: list[str] = []
    places: tuple[tuple[str, str], ...] = ()
    text = place = request.args.get("municipality", "").strip()[:200]
    if text:
        try:
            key = snapshot().municipality(text)
            place = name_of(key)
            asked = replace(asked, municipality=key)
        except Ambiguous as error:
            problems.append(words()("Several municipalities are called “{text}”. Which one do you mean?", text=text))
            apart = told_apart(error.candidates, Explainer(snapshot().projection, words()))
            places = tuple((NodeKey(key).local, name) for key, name in apart)
        except NotFound:
            problems.append(words()("No municipality is known as “{text}”.", text=text))
    resource, field, group = (
        _term(name, kind, problems)
        for name, kind in (("resource", "resource"), ("field", "field"), ("group", "target_group"))
    )
    return Filters(replace(asked, resource=resource, field=field, group=group), place, tuple(problems), places)


def _term(name: str, kind: str, problems: list[str]) -> str:
    """The term that is filtered by; an unknown one is told and left out."""
    id = request.args.get(name, "").strip()[:100]
    if id and load_vocabulary().find(kind, id) is None:
        problems.append(words()("This part of the address was not understood and is left out: {what}", what=id))
        return ""
    return id


def terms_of(kind: str) -> list[tuple[str, str]]:
    """The terms of a vocabulary to choose from, by what they are called; target groups by age."""
    language = words().language
    found = [(each.id, each.label(language)) for each in load_vocabulary().terms(kind) if not each.deprecated]
    return found if kind == "target_group" else sorted(found, key=lambda each: plain(each[1]))

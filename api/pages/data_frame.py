"""What the pages about the data share: who finds which of them, parts of long lists, and what was just done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from flask import request

from api.http.caching import today
from api.http.current import snapshot, words
from api.http.viewer import Role, viewer
from api.language import N_
from api.pages import names
from api.pages.frame import url_with
from api.words.datasets import dataset_title
from graph_service.keys import NodeKey

T = TypeVar("T")

HOME = "/data"
EACH = 25
"""How many records of a list one page shows."""
PARTS: tuple[tuple[str, str, Role], ...] = (
    (N_("Overview"), HOME, Role.ANONYMOUS),
    (N_("To be confirmed"), f"{HOME}/freshness", Role.ANONYMOUS),
    (N_("Contradictions"), f"{HOME}/conflicts", Role.ANONYMOUS),
    (N_("Recorded twice"), f"{HOME}/duplicates", Role.ANONYMOUS),
    (N_("Imports"), f"{HOME}/imports", Role.OFFICE),
    (N_("Journal"), f"{HOME}/journal", Role.EDITOR),
    (N_("Accounts"), f"{HOME}/accounts", Role.ADMIN),
)
"""The pages below /data, and who finds them in the tabs."""


@dataclass(frozen=True, slots=True)
class Part(Generic[T]):
    """A page of a long list."""

    items: Sequence[T]
    page: int
    pages: int
    count: int


def tabs() -> list[tuple[str, str, bool]]:
    """The pages about the data that the reader may use."""
    at = request.path.rstrip("/")
    return [
        (words()(label), path, at == path or (path != HOME and at.startswith(f"{path}/")))
        for label, path, role in PARTS
        if viewer().role.covers(role)
    ]


def title_of(dataset: str, title: str) -> str:
    """What a dataset is called, in the reader's language."""
    return dataset_title(words(), dataset, title)


def part_of(items: Sequence[T], each: int = EACH) -> Part[T]:
    """The page that the address asks for; one that is not there is the nearest."""
    pages = max(-(-len(items) // each), 1)
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    return Part(items[(page - 1) * each : page * each], page, pages, len(items))


def done() -> dict[str, object]:
    """What templates need to say what was just done: the revision to undo, or that it was undone."""
    return {
        "done": request.args.get("done", 0, type=int) if viewer().role.covers(Role.EDITOR) else 0,
        "undone": "undone" in request.args,
        "back": url_with(done=None, undone=None),
    }


def age(day: date | None) -> str:
    """How long ago a day is, in words."""
    if day is None:
        return ""
    days = max((today() - day).days, 0)
    speak = words()
    if days == 0:
        return speak("today")
    if days < 45:
        return speak.plural("one day ago", "{n} days ago", days)
    months = round(days / 30.4)
    if months < 24:
        return speak.plural("one month ago", "{n} months ago", months)
    return speak.plural("one year ago", "{n} years ago", int(days / 365.25))


def name_of(key: str) -> str:
    """What a record is called, as the reader may see it; its key where it is not seen."""
    known = snapshot().projection.known(key)
    return names.name_of(known) if known else str(NodeKey(key).local)

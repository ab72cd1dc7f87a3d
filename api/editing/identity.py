"""Deciding which records of actors are the same: the office's right, signed, seen by the next question, undone like any
other edit."""

from collections.abc import Callable
from datetime import date
from enum import StrEnum

from api.editing.editor import MOST_REASON, Editor
from api.http.errors import Forbidden
from api.http.viewer import Role
from graph_service.errors import InvalidValue, NotFound, Place
from graph_service.identity import keep_apart, merge, undo
from graph_service.keys import Label, NodeKey
from graph_service.store.contract import Changes, Writer
from graph_service.store.journal import Signature


class Verdict(StrEnum):
    """What two records of actors are to each other."""

    SAME = "same"
    DIFFERENT = "different"


def decide(editor: Editor, verdict: Verdict, one: NodeKey, other: NodeKey, on: date, reason: str = "") -> int:
    """Enter that the first is another record of the second, or that they are two actors; the revision that undoes it.

    Raises Forbidden, NotFound, InvalidValue.
    """
    if len(reason) > MOST_REASON:
        raise InvalidValue(f"at most {MOST_REASON} characters", len(reason), Place(column="reason"))
    enter = merge if verdict is Verdict.SAME else keep_apart
    return _write(editor, (one, other), lambda writer: enter(writer, one, other, on, reason.strip()))


def take_back(editor: Editor, one: NodeKey, other: NodeKey) -> int:
    """Take back what was entered by hand about two records; raises Forbidden, NotFound."""
    return _write(editor, (one, other), lambda writer: undo(writer, one, other))


def _write(editor: Editor, keys: tuple[NodeKey, NodeKey], work: Callable[[Writer], Changes]) -> int:
    if not editor.viewer.role.covers(Role.OFFICE):
        raise Forbidden(f"the role {Role.OFFICE.value}", editor.viewer.role.value)
    for key in keys:
        if key.label is not Label.ACTOR:
            raise NotFound("the key of an actor", key)

    def known_by_revision(writer: Writer) -> int:
        # entering what is entered already makes no revision
        return writer.revision() + int(bool(work(writer).total))

    revision = editor.services.store.write(known_by_revision, Signature(editor.viewer.account or "", editor.origin))
    editor.services.moved()
    return revision

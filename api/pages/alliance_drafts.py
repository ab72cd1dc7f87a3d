"""Alliances as records: a board is saved as a draft and taken back, and a recorded alliance is checked."""

import hashlib
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from api.http.caching import today
from api.http.current import services, snapshot, words
from api.http.viewer import Role, require, viewer
from api.mail.contact import LONGEST_SUBJECT
from api.mail.contact_mail import contacts
from api.pages.alliance_board import BOARD
from api.pages.alliance_need import MOST_NAMED, Wish, read_wish
from api.pages.alliances import NEED, render_board
from api.pages.forms import editor, wrong_with
from api.pages.frame import SIGN_IN, has_page, local_path, record_url, term
from api.pages.sign_in import refusal
from api.questions.alliances import check
from api.questions.records import known_key
from api.questions.relations import relations
from api.snapshot import Snapshot
from api.words.alliances import TeamExplainer, finding_text, health_headline
from api.words.suggestions import Explainer
from graph_service.keys import Label, NodeKey
from graph_service.model import EdgeType, Visibility
from matching.teams.health import AllianceMember, Health

drafts = Blueprint("alliance_drafts", __name__)

GROUPS = {
    "roles": ("too-few", "ended", "missing-role"),
    "sides": ("missing-group", "unknown-kind"),
    "ties": ("bridge", "alone", "no-ties"),
    "age": ("stale", "never-confirmed"),
}
"""The findings of a check by what they are about."""
FIELD_NAMES = ("name", "visibility")
VISIBILITIES = (Visibility.OWN, Visibility.PEERS, Visibility.PUBLIC)


@dataclass(frozen=True, slots=True)
class ShownMember:
    """A member of an alliance as the check tells it."""

    name: str
    url: str
    kind: str
    roles: str
    assured_on: date | None
    write: str
    """The form to write to its office, where it has a mailbox."""


@drafts.post("/alliances/drafts")
def save_draft() -> Response | str | tuple[str, int]:
    """Enter the board as an alliance that is forming, with its members."""
    wish = read_wish(request.form)
    given = {name: request.form.get(name, "").strip() for name in FIELD_NAMES}
    if viewer().role is Role.ANONYMOUS:
        # the board comes back with the name that was typed, also to whom a session has ended meanwhile
        return redirect(f"{SIGN_IN}?{urlencode({'next': f'{wish.address(BOARD)}&{urlencode(given)}'})}", 303)
    require(Role.EDITOR)
    saved: list[tuple[NodeKey, int]] = []

    def save() -> None:
        entered = editor().create_alliance(_row(wish, given), _members(given), _same(wish, given))
        saved.append((entered.key, entered.revision))

    error = refusal(save)
    if error:
        wrong = wrong_with(error, otherwise="name")
        return render_board(wish, given=given, wrong=wrong), wrong.status
    key, revision = saved[0]
    back = wish.address(BOARD)
    # sent once more it is there already, and nothing new is to be undone
    said = {"saved": revision, "back": back} if revision else {}
    return redirect(f"{NEED}/{key.local}/check?{urlencode(said)}".rstrip("?"), 303)


@drafts.post("/alliances/drafts/<revision:revision>/undo")
def undo_draft(revision: int) -> Response:
    """Take a draft back, and return to the board that it was made from."""
    require(Role.EDITOR)
    editor().undo(revision)
    back = local_path(request.form.get("back"), NEED)
    return redirect(f"{back}{'&' if '?' in back else '?'}undone=yes", 303)


@drafts.get("/alliances/<local:id>/check")
def check_one(id: str) -> str:
    """How sound an alliance is: missing roles, one-sidedness, bridges, old records; and whom to write to."""
    here, speak = snapshot(), words()
    key = known_key(here, Label.ALLIANCE, id)
    found = check(here, key, today())
    explainer = Explainer(here.projection, speak)
    said = {
        name: [finding_text(each, explainer) for each in found.findings if each.kind in kinds]
        for name, kinds in GROUPS.items()
    }
    wish = _wish_of(here, key, found)
    saved = request.args.get("saved", 0, type=int) if viewer().role.covers(Role.EDITOR) else 0
    return render_template(
        "alliances_check.html",
        key=key,
        name=found.name,
        url=record_url(key),
        answer=health_headline(found, explainer),
        said=said,
        fields=[term("field", each) for each in found.fields],
        members=[_shown(each, found.name, TeamExplainer(explainer)) for each in found.members],
        former=speak.list(found.former),
        completing=wish.address(BOARD) if wish.says_something and wish.team else "",
        saved=saved,
        on=today(),
        back=local_path(request.args.get("back"), NEED),
        sign_in=f"{SIGN_IN}?{urlencode({'next': request.path})}" if viewer().account is None else "",
        mail=services().settings.mail is not None and has_page("/contact"),
        shared=f"{request.host_url.rstrip('/')}{request.path}",
    )


def _row(wish: Wish, given: dict[str, str]) -> dict[str, object]:
    return {
        "name": given["name"],
        "kind": "alliance",
        "status": "forming",
        "municipalities": [wish.municipality.local] if wish.municipality else [],
        "fields": list(wish.all_fields),
        "challenges": list(wish.challenges),
        "target_groups": list(wish.groups),
        "description": wish.text,
        "visibility": _visibility(given),
    }


def _visibility(given: dict[str, str]) -> str:
    return given["visibility"] or Visibility.OWN.value


def _members(given: dict[str, str]) -> list[dict[str, object]]:
    """Rows of memberships: in the form a key with a role, or without one."""
    rows: list[dict[str, object]] = []
    for said in request.form.getlist("member")[: MOST_NAMED * 2]:
        actor, _, role = said.partition(" ")
        rows.append({"actor": actor, "role": role, "visibility": _visibility(given)})
    return rows


def _same(wish: Wish, given: dict[str, str]) -> str:
    """The same for the same draft, so that a form that is sent twice enters it once."""
    said = repr((sorted(wish.pairs()), sorted(given.items()), request.form.getlist("member")))
    return hashlib.sha256(said.encode()).hexdigest()


def _wish_of(here: Snapshot, key: NodeKey, found: Health) -> Wish:
    """What an existing alliance is for, as a need with its members in it."""
    projection = here.projection
    index, place = relations(here), projection.arrays.keys.place[key]
    municipalities, groups = (
        [NodeKey.trusted(projection.arrays.keys[other]) for other in index.others(type, "out", place)]
        for type in (EdgeType.ACTS_IN, EdgeType.FOR_GROUP)
    )
    return Wish(
        municipality=municipalities[0] if municipalities else None,
        fields=found.fields,
        groups=tuple(each.local.partition(".")[2] for each in groups),
        team=tuple(each.key for each in found.members)[:MOST_NAMED],
    )


def _invitation(each: AllianceMember, name: str, roles: str) -> str:
    """The form to write to a member's office, with a draft of the message."""
    speak = words()
    text = speak("We are planning the alliance “{name}” and would like to have you with us.", name=name)
    if roles:
        text += " " + speak("We thought of you for: {roles}.", roles=roles)
    text += "\n\n" + speak("Would you like to talk about it?")
    said = {"to": each.key, "subject": speak("Alliance “{name}”", name=name)[:LONGEST_SUBJECT], "text": text}
    said["back"] = request.path
    return f"/contact?{urlencode(said)}"


def _shown(each: AllianceMember, name: str, team: TeamExplainer) -> ShownMember:
    roles = team.terms("alliance_role", each.roles) if each.roles else ""
    reachable = viewer().account is not None and contacts(services()).mailbox(each.key) is not None
    return ShownMember(
        each.name,
        record_url(each.key),
        team.kind(each.kind),
        roles or words()("no role recorded"),
        each.assured_on,
        _invitation(each, name, roles) if reachable else "",
    )

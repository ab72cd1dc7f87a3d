"""What a municipality faces: its ratings of challenges, and a form to enter, change or take back one."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import numpy as np
from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from api.editing.rights import Rights
from api.http.caching import today
from api.http.current import snapshot, words
from api.http.errors import Conflict
from api.http.viewer import Role, require, viewer
from api.language import N_
from api.pages.forms import RIGHT, Wrong, editor, wrong_with
from api.pages.frame import term
from api.pages.municipality import place_tabs
from api.pages.names import name_of
from api.pages.sign_in import refusal
from api.words.challenges import answer_words, severity_words
from graph_service.keys import NodeKey
from graph_service.model import EdgeType
from graph_service.vocabulary import load_vocabulary
from matching.about import text
from matching.peers.challenges import SEVERITY

challenges = Blueprint("challenges", __name__)

Page = Response | str | tuple[str, int]
COLUMNS = {
    "challenge": N_("Challenge"),
    "severity": N_("Severity"),
    "rated_on": N_("Date"),
    "rater_role": N_("Rated by"),
}
IDENTITY = ("challenge", "rated_on", "rater_role")
"""What tells one rating of a municipality from another."""
IMPORTED = N_(
    "This rating comes from a source that was imported, so only that source can take it back. Enter a later rating "
    "instead: it counts from then on."
)
DONE = {
    "rated": N_("The rating is entered."),
    "changed": N_("The rating is changed."),
    "withdrawn": N_("The rating is taken back."),
    "undone": N_("It is taken back; everything is as before."),
}


@dataclass(frozen=True, slots=True)
class Rated:
    """One rating in words, and as a form is filled with it."""

    label: str
    severity: str
    share: float
    role: str
    row: Mapping[str, str]
    latest: bool
    """Whether it is what the profile tells: of several of one challenge the last."""
    change: str


@challenges.get("/municipalities/<string:code>/challenges")
def show_challenges(code: str) -> Page:
    """Every rating, the latest first; with the form for whoever may enter one."""
    key = snapshot().municipality(code)
    given = {name: request.args.get(name, "")[:80] for name in COLUMNS}
    return _page(key, given | {"before": _identity(given)} if request.args.get("change") else {})


@challenges.post("/municipalities/<string:code>/challenges")
def rate(code: str) -> Page:
    """Enter a rating, or one in the place of another."""
    require(Role.EDITOR)
    key = snapshot().municipality(code)
    given = {name: request.form.get(name, "").strip()[:80] for name in (*COLUMNS, "before")}
    return _done(key, given, before=_read(given["before"]), after={name: given[name] for name in COLUMNS})


@challenges.post("/municipalities/<string:code>/challenges/withdrawn")
def withdraw(code: str) -> Page:
    """Take back a rating that was entered by hand."""
    require(Role.EDITOR)
    return _done(snapshot().municipality(code), {}, before=_read(request.form.get("before", "")[:300]), after=None)


def _done(
    key: NodeKey, given: Mapping[str, str], *, before: Mapping[str, str] | None, after: Mapping[str, str] | None
) -> Page:
    """Write, and say what was done; or show again what was sent, with what is wrong in it."""
    revisions: list[int] = []
    place = {"municipality": key.local}

    def work() -> None:
        old = None if before is None else {**before, **place}
        new = None if after is None else {**after, **place}
        revisions.append(editor().replace_edge("ratings", before=old, after=new))

    if error := refusal(work):
        wrong = wrong_with(error, COLUMNS)
        if isinstance(error, Conflict):
            wrong = Wrong((("", words()(IMPORTED)),), status=wrong.status)
        return _page(key, given, wrong), wrong.status
    done = "withdrawn" if after is None else "changed" if before else "rated"
    query = urlencode({"done": done, "revision": revisions[0]})
    # a browser keeps the place in the page that the form named, and with it would hide what was done
    return redirect(f"/municipalities/{key.local}/challenges?{query}#content", 303)


def _page(key: NodeKey, given: Mapping[str, str], wrong: Wrong = RIGHT) -> str:
    speak, done = words(), request.args.get("done", "")
    rated, may_edit = _ratings(key), Rights(viewer(), snapshot()).covers(key)
    return render_template(
        "challenges.html",
        key=key,
        name=name_of(key),
        tabs=place_tabs(key, ""),
        answer=answer_words(name_of(key), [each.label for each in rated if each.latest], speak),
        rated=rated,
        given={"rated_on": today().isoformat(), "rater_role": "administration"} | dict(given),
        wrong=wrong,
        may_edit=may_edit,
        signed_in=viewer().account is not None,
        done=speak(DONE[done]) if done in DONE else "",
        undo=request.args.get("revision", 0, type=int) if may_edit else 0,
        groups=_by_field(),
        severities=[(str(n), severity_words(n, speak)) for n in range(SEVERITY, -1, -1)],
        roles=[(each.id, term("rater_role", each.id)) for each in load_vocabulary().terms("rater_role")],
    )


def _ratings(key: NodeKey) -> list[Rated]:
    """All of a municipality, the latest first."""
    projection, speak = snapshot().projection, words()
    edges = projection.edges(EdgeType.FACES)
    rows = []
    own = projection.arrays.keys.place[key]
    for i in np.flatnonzero(edges.source == own).tolist():
        said = edges.property(i)
        challenge = projection.arrays.keys[int(edges.target[i])].partition("challenge.")[2]
        row = {"challenge": challenge, "severity": f"{said.get('severity', '')}"}
        rows.append(row | {name: text(said, name) for name in ("rated_on", "rater_role")})
    rows.sort(key=lambda row: (row["rated_on"], row["severity"], row["challenge"]), reverse=True)
    seen: set[str] = set()
    found = []
    for row in rows:
        severity = int(float(row["severity"] or 0))
        told = {"change": "yes"} | row | {"severity": str(severity)}
        found.append(
            Rated(
                term("challenge", row["challenge"]),
                severity_words(severity, speak),
                severity / SEVERITY,
                term("rater_role", row["rater_role"]) if row["rater_role"] else "",
                row | {"before": _identity(row)},
                row["challenge"] not in seen,
                f"/municipalities/{key.local}/challenges?{urlencode(told)}#rate",
            )
        )
        seen.add(row["challenge"])
    return found


def _identity(row: Mapping[str, str]) -> str:
    """What tells a rating from others, in one field of a form."""
    return "|".join(row.get(name, "") for name in IDENTITY)


def _read(identity: str) -> dict[str, str] | None:
    parts = identity.split("|")
    return dict(zip(IDENTITY, parts, strict=True)) if len(parts) == len(IDENTITY) and parts[0] else None


def _by_field() -> list[tuple[str, list[tuple[str, str]]]]:
    """The challenges of the vocabulary by field of action."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for each in load_vocabulary().terms("challenge"):
        if not each.deprecated:
            field = (each.broader or "").rpartition(".")[2]
            groups.setdefault(field, []).append((each.id, each.label(words().language)))
    return sorted((term("field", field) if field else "", options) for field, options in groups.items())

"""/network/duplicates/decisions: which records of actors are the same, decided by the office."""

from dataclasses import dataclass
from typing import Any

import marshmallow as ma

from api.editing.identity import Verdict, decide, take_back
from api.http.access import requires
from api.http.blueprint import Blueprint
from api.http.caching import depends_on_graph, today
from api.http.current import services, snapshot
from api.http.viewer import Role
from api.questions.decisions import DecisionsFound, list_decisions
from api.resources.editing import editor
from graph_service.keys import NodeKey

decisions = Blueprint(
    "decisions",
    __name__,
    url_prefix="/network/duplicates/decisions",
    description="Which records of actors are the same.",
)
depends_on_graph(decisions)

KEY = r"^actor:[A-Za-z0-9._-]{1,200}$"


def _key(description: str) -> ma.fields.String:
    return ma.fields.String(
        required=True, validate=ma.validate.Regexp(KEY), metadata={"description": description, "pattern": KEY}
    )


class PairBody(ma.Schema):
    """Two records of actors."""

    one = _key("The one record; where both are the same, the one that is put together with the other.")
    other = _key("The other record; where both are the same, the one that stands for both.")


class DecisionBody(PairBody):
    """What was decided about them."""

    verdict = ma.fields.String(required=True, validate=ma.validate.OneOf([each.value for each in Verdict]))
    on = ma.fields.Date(metadata={"description": "The day of the decision; otherwise today."})
    reason = ma.fields.String(load_default="", validate=ma.validate.Length(max=2_000))


@dataclass(frozen=True, slots=True)
class DecisionEntered:
    """What was entered or taken back, and the revision by which that is undone."""

    revision: int


@decisions.route("")
@decisions.answers(DecisionsFound)
def list_identity_decisions() -> DecisionsFound:
    """List what was decided, the newest first."""
    return list_decisions(services(), snapshot().audience)


@decisions.route("", methods=["POST"])
@requires(Role.OFFICE, "office")
@decisions.arguments(DecisionBody)
@decisions.answers(DecisionEntered)
def decide_identity(body: dict[str, Any]) -> DecisionEntered:
    """Enter that two records are the same actor or are not, instead of what was entered about them before."""
    pair = NodeKey(body["one"]), NodeKey(body["other"])
    day = body.get("on") or today()
    return DecisionEntered(decide(editor(), Verdict(body["verdict"]), *pair, day, body["reason"]))


@decisions.route("/taken-back", methods=["POST"])
@requires(Role.OFFICE, "office")
@decisions.arguments(PairBody)
@decisions.answers(DecisionEntered)
def take_identity_decision_back(body: dict[str, str]) -> DecisionEntered:
    """Take back what was entered by hand about two records."""
    return DecisionEntered(take_back(editor(), NodeKey(body["one"]), NodeKey(body["other"])))

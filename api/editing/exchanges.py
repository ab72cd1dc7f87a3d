"""How an exchange between municipalities goes on: which state may follow which, and what each needs."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from api.editing.records import EVERYTHING, Entered, Sight, change, read, table_of
from api.http.errors import Conflict
from graph_service.errors import InvalidValue, Place
from graph_service.keys import Label, NodeKey
from graph_service.model import Edge, EdgeType, Exchange
from graph_service.store.contract import Writer

NEXT: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "": ("wish", "proposed"),
        "wish": ("proposed", "cancelled"),
        "proposed": ("agreed", "wish", "cancelled"),
        "agreed": ("held", "proposed", "cancelled"),
        "held": ("follow-up-3", "follow-up-12", "adopted", "adapted", "rejected"),
        "follow-up-3": ("follow-up-12", "adopted", "adapted", "rejected"),
        "follow-up-12": ("adopted", "adapted", "rejected"),
        "adopted": ("adapted", "rejected"),
        "adapted": ("adopted", "rejected"),
        "rejected": ("adopted", "adapted"),
        "cancelled": ("wish", "proposed"),
    }
)
"""State → the states that may follow."""

DECISIONS = frozenset({"adopted", "adapted", "rejected"})


def move_on(
    writer: Writer,
    key: NodeKey,
    state: str,
    on: date,
    *,
    reason: str = "",
    decided_by: NodeKey | None = None,
    sight: Sight = EVERYTHING,
) -> Entered:
    """Move an exchange to its next state; raises Conflict for one that cannot follow, InvalidValue, NotFound.

    A decision about practices also becomes an ADOPTED edge of the municipality that decided.
    """
    node = writer.node(key)
    if not isinstance(node, Exchange):
        raise InvalidValue("an exchange", key)
    if state not in NEXT:
        raise InvalidValue(f"one of {', '.join(filter(None, NEXT))}", state, Place(column="state"))
    allowed = NEXT.get(node.state or "", ())
    if state not in allowed:
        raise Conflict(f"one of the states that may follow: {', '.join(allowed)}", state)
    if state == "rejected" and not reason.strip():
        raise InvalidValue("a reason, from which others can learn", "nothing", Place(column="reason"))
    row = dict(read(writer, key, sight).row) | {"state": state}
    if state == "held":
        row["held_on"] = on
    told_with_practice = decided_by is not None and state in DECISIONS and "practices" in row
    if reason.strip() and not told_with_practice:
        # what somebody wrote is kept, also where there is no decision about a practice to keep it with
        row["description"] = "\n".join(filter(None, [str(row.get("description", "")), reason.strip()]))
    entered = change(writer, table_of(key), row, sight)
    if state in DECISIONS and decided_by is not None:
        _decide(writer, key, decided_by, state, on, reason)
    return entered


def _decide(writer: Writer, key: NodeKey, municipality: NodeKey, state: str, on: date, reason: str) -> None:
    edges = writer.edges_of(key)
    if not any(edge.type is EdgeType.INVOLVES and edge.target == municipality for edge in edges):
        raise Conflict("a municipality of this exchange", municipality)
    for edge in edges:
        if edge.type is EdgeType.ABOUT and edge.target.label is Label.PRACTICE:
            said: dict[str, str | date] = {"decision": state, "on": on}
            if reason.strip():
                said["reason"] = reason.strip()
            writer.put(Edge(EdgeType.ADOPTED, municipality, edge.target, dict(said)))

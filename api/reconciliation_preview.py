"""What is shown of an entity where somebody chooses it for a row of their list (Reconciliation API: preview)."""

from dataclasses import dataclass
from datetime import date

from api.language import Words
from api.reconciliation import cell, property_names
from graph_service.keys import NodeKey
from matching.reconciliation.matcher import Reconciler
from matching.reconciliation.values import Entity, Value

_SHOWN = ("code", "level", "kind", "parent", "population", "place", "field", "target_group", "successor", "valid_until")
"""What tells entities of one name apart."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of an entity where it is to be chosen."""

    name: str
    rows: tuple[tuple[str, str], ...]


def preview(asked: Reconciler, key: NodeKey, words: Words) -> Shown:
    """What tells an entity apart, in words; of a record that cannot be matched its name alone."""
    projection = asked.projection
    told = asked.extend([key], [each for each in _SHOWN if each in asked.properties()])[key]
    names = property_names(projection, told, words)
    rows = ((names[id], ", ".join(_text(id, value, words) for value in values)) for id, values in told.items())
    return Shown(projection.name(key.label, projection.position(key)), tuple(row for row in rows if row[1]))


def _text(name: str, value: Value, words: Words) -> str:
    if isinstance(value, Entity):
        return value.name or value.id
    if isinstance(value, int | float) and not isinstance(value, bool):
        return words.number(value)
    return str(value.isoformat() if isinstance(value, date) else cell(name, value, words)["str"])

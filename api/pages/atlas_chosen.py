"""What of the atlas an address asks for: area, level, group, field, and how it is listed."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from flask import request

from api.http.current import snapshot
from graph_service.keys import NodeKey
from graph_service.model import Level
from graph_service.projection import LEVELS
from graph_service.vocabulary import load_vocabulary


@dataclass(frozen=True, slots=True)
class Chosen:
    """The address as it was understood."""

    state: NodeKey | None
    district: NodeKey | None
    level: Level
    group: str
    field: str
    name: str
    all: bool
    sort: str
    page: int

    @property
    def area(self) -> NodeKey | None:
        """What the municipalities lie in; None: everywhere."""
        return self.district or self.state


def read_chosen() -> Chosen:
    """The address as far as it is understood; what is not known is left out."""
    state, district = _place("state", Level.STATE), _place("district", Level.DISTRICT)
    level = Level.MUNICIPALITY if district or request.args.get("level") == "municipality" else Level.DISTRICT
    if not state and not district:
        level = Level.DISTRICT if _any(Level.DISTRICT) else Level.MUNICIPALITY
    return Chosen(
        state,
        district,
        level,
        chosen_term("group", "target_group"),
        chosen_term("field", "field"),
        request.args.get("name", "").strip()[:100],
        request.args.get("show") == "all",
        _sort(),
        max(1, request.args.get("page", 1, type=int)),
    )


def _sort() -> str:
    """The name or a field, with a minus if the other way round; by the name where neither is known."""
    sort = request.args.get("sort", "")[:80]
    by = sort.removeprefix("-")
    return sort if by == "name" or load_vocabulary().find("field", by) else "name"


def _any(level: Level) -> bool:
    return bool((snapshot().projection.municipalities.level == LEVELS.index(level)).any())


def _place(name: str, level: Level) -> NodeKey | None:
    """An area of the address; one that is not known is left out."""
    code = request.args.get(name, "").strip()[:60]
    key = snapshot().projection.known(f"municipality:{code}") if code else None
    if key is None:
        return None
    table = snapshot().projection.municipalities
    found = int(table.level[snapshot().projection.position(key)])
    return key if found == LEVELS.index(level) else None


def cell_url(key: NodeKey, field: str, group: str) -> str:
    """The page of a cell, for a target group if one is chosen."""
    return f"/atlas/{quote(key.local)}/{field}{'?' + urlencode({'group': group}) if group else ''}"


def chosen_term(name: str, kind: str) -> str:
    """The term of a vocabulary that the address names, or ""."""
    id = request.args.get(name, "").strip()[:80]
    return id if load_vocabulary().find(kind, id) else ""

"""Tells which time and which places a dataset covers, by what it claims."""

from calendar import monthrange
from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from datetime import date
from typing import Self

from graph_service.keys import Label, NodeKey
from graph_service.model import Boundary, Edge, Level, Municipality, Node, Series, Visibility
from graph_service.store.contract import Claimed

STATES = 16
_STATE_KINDS = ("bundesland", "stadtstaat", "land")


@dataclass
class Coverage:
    """The first and last period with a value, and the official codes of the municipalities that are spoken of."""

    first: str = ""
    last: str = ""
    codes: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, claimed: Iterable[Claimed], visible: Set[NodeKey]) -> Self:
        """Look through the claims of one dataset, as far as they are visible."""
        coverage = cls()
        for each in claimed:
            match each.record:
                case Series(municipality=key, periods=periods) if key in visible and periods:
                    coverage.codes.add(key.local)
                    coverage.first = min(filter(None, (coverage.first, *periods)))
                    coverage.last = max(coverage.last, *periods)
                case Boundary(municipality=key) if key in visible:
                    coverage.codes.add(key.local)
                case Edge(source=source, target=target, visibility=None | Visibility.PUBLIC) if {
                    source,
                    target,
                } <= visible:
                    coverage.codes |= {key.local for key in (source, target) if key.label is Label.MUNICIPALITY}
                case Node(key=key) if key in visible and key.label is Label.MUNICIPALITY:
                    coverage.codes.add(key.local)
        return coverage

    @property
    def start(self) -> date | None:
        """The first day."""
        return _day(self.first, end=False) if self.first else None

    @property
    def end(self) -> date | None:
        """The last day."""
        return _day(self.last, end=True) if self.last else None


def german_states(municipalities: Iterable[Node]) -> frozenset[str]:
    """The codes of the German states among these; without any, codes are not taken for German ones."""
    return frozenset(
        node.key.local
        for node in municipalities
        if isinstance(node, Municipality)
        and node.level is Level.STATE
        and (node.kind or "") in _STATE_KINDS
        and len(node.key.local) == 2
        and node.key.local.isdigit()
    )


def _day(period: str, *, end: bool) -> date:
    """The first or last day of a period."""
    year = int(period[:4])
    if len(period) == 10:
        return date.fromisoformat(period)
    if "Q" in period:
        month = 3 * int(period[-1]) - (0 if end else 2)
    elif len(period) == 7:
        month = int(period[5:])
    else:
        month = 12 if end else 1
    return date(year, month, monthrange(year, month)[1] if end else 1)

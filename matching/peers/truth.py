"""Official lists of comparable municipalities, for measuring only: never shown to a matcher that is measured."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass

from graph_service.errors import InvalidValue, Place, SourceError

COLUMNS = ("model", "municipality", "peer", "rank")
FIRST = 10
"""Of an ordered list the ranks that count."""


@dataclass(frozen=True, slots=True)
class TruthRow:
    """That a model names one municipality as another's peer, at a rank (None: its lists have no order)."""

    model: str
    municipality: str
    peer: str
    rank: int | None = None

    @property
    def gain(self) -> int:
        """What finding this peer is worth: 10 for the first of an ordered list down to 1, in an unordered list 1."""
        return 1 if self.rank is None else FIRST + 1 - self.rank


def read_truth(lines: Iterable[str], file: str = "") -> list[TruthRow]:
    """Read ``peers_truth.csv``; of ordered lists the first ten. Raises SourceError, InvalidValue."""
    reader = csv.DictReader(lines)
    missing = [name for name in COLUMNS[1:3] if name not in (reader.fieldnames or ())]
    if missing:
        raise SourceError("the columns municipality and peer (and model, rank)", ", ".join(missing), Place(file=file))
    rows = []
    for line, row in enumerate(reader, 2):
        text = (row.get("rank") or "").strip()
        if text and not (text.isascii() and text.isdigit() and int(text) > 0):
            raise InvalidValue("a rank of 1 or more, or nothing", text, Place(file=file, line=line, column="rank"))
        rank = int(text) if text else None
        if rank is None or rank <= FIRST:
            rows.append(TruthRow(row.get("model") or "", row["municipality"], row["peer"], rank))
    return rows

"""The nodes and relations of a view as two lists that can be sorted and paged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request

from api.language import N_
from api.words.network_views import ToldView, ViewSpeaker
from matching.naming.municipalities import plain

EACH_PAGE = 25
Row = Mapping[str, Any]
Column = tuple[str, str, bool]

NODE_COLUMNS: tuple[Column, ...] = (
    (N_("Name"), "name", False),
    (N_("Kind"), "word", False),
    (N_("Steps away"), "hops", True),
    (N_("Relations here"), "shown", True),
    (N_("In all, of these kinds"), "ties", True),
)
"""Heading, the value it is sorted by, and whether that is a number."""
LINE_COLUMNS: tuple[Column, ...] = (
    (N_("From"), "source", False),
    (N_("Relation"), "relation", False),
    (N_("To"), "target", False),
)


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of a list, in its order."""

    rows: Sequence[Row]
    count: int
    page: int
    pages: int
    sorted: str

    @classmethod
    def of(cls, rows: Sequence[Row], columns: Sequence[Column], order: str, page: str, usual: str) -> "Listing":
        """Sort and cut as the address says; ``order`` and ``page`` are its parameters, rows come in the usual order."""
        wanted = request.args.get(order, "")
        name, down = wanted.removeprefix("-"), wanted.startswith("-")
        if name in {each for _, each, _ in columns}:
            number = next(is_number for _, each, is_number in columns if each == name)
            rows = sorted(rows, key=lambda row: row[name] if number else plain(str(row[name])), reverse=down)
        else:
            wanted = usual
        pages = max(1, -(-len(rows) // EACH_PAGE))
        at = min(max(request.args.get(page, 1, type=int), 1), pages)
        return cls(rows[(at - 1) * EACH_PAGE : at * EACH_PAGE], len(rows), at, pages, wanted)


def node_list(told: ToldView, *, from_start: bool) -> tuple[Listing, Sequence[Column]]:
    """The nodes, nearest and most joined first, and the columns that say something."""
    rows = [
        {
            "key": each.key, "name": each.name, "kind": each.kind, "word": each.word, "about": each.about,
            "hops": each.hops, "shown": each.shown, "ties": each.ties,
        }
        for each in sorted(told.nodes, key=lambda each: each.rank)
    ]  # fmt: skip
    idle = set() if from_start else {"hops"}
    idle |= set() if any(each.ties != each.shown for each in told.nodes) else {"ties"}
    columns = [column for column in NODE_COLUMNS if column[1] not in idle]
    return Listing.of(rows, columns, "sort", "page", "hops" if from_start else "-shown"), columns


def line_list(told: ToldView, speaker: ViewSpeaker) -> Listing:
    """The relations, by the names at their ends."""
    rows = sorted(line_rows(told, speaker), key=lambda row: (plain(str(row["source"])), plain(str(row["target"]))))
    return Listing.of(rows, LINE_COLUMNS, "order", "lines", "source")


def line_rows(told: ToldView, speaker: ViewSpeaker) -> list[Row]:
    """The relations; of those of groups how many there are."""
    return [
        {
            "source": told.nodes[each.source].name,
            "source_key": told.nodes[each.source].key,
            "target": told.nodes[each.target].name,
            "target_key": told.nodes[each.target].key,
            "relation": speaker.relation(line),
            "about": speaker.about(line),
        }
        for each, line in zip(told.lines, speaker.view.lines, strict=True)
    ]

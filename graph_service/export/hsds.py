"""Writes actors and offers as organizations and services of Open Referral HSDS 3, after a profile of our own."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

from graph_service.export.contract import Exported
from graph_service.export.hsds_profile import PROFILE, VERSION
from graph_service.export.hsds_records import Linked, Organizations, Services, taxonomies
from graph_service.export.sources import source_line
from graph_service.export.target import staged
from graph_service.export.view import View
from graph_service.model import Visibility
from graph_service.store.contract import Reader


def write_hsds(
    reader: Reader, path: Path, *, visibility: Visibility = Visibility.PUBLIC, profile: str = PROFILE
) -> Exported:
    """Write one JSON document; ``profile`` is the address under which the profile can be read."""
    view = View(reader, visibility)
    linked = Linked(view)
    organizations, services = Organizations(linked), Services(linked)
    head = {
        "version": VERSION,
        "profile": profile,
        "sources": [source_line(status.dataset) for status in view.datasets()],
        "taxonomies": list(taxonomies()),
    }
    with staged(path) as place, place.open("w", encoding="utf-8", newline="\n") as file:
        file.write(_json(head)[:-1])
        counts = {
            "organizations": _write(file, "organizations", organizations.all()),
            "services": _write(file, "services", services.all()),
        }
        file.write("}\n")
    left = linked.left_out
    return Exported("hsds", path, counts, {"relations with a visibility of their own": left} if left else {})


def _write(file: TextIO, name: str, items: Iterable[dict[str, object]] | Iterator[dict[str, object]]) -> int:
    file.write(f",{_json(name)}:[")
    count = 0
    for count, item in enumerate(items, start=1):  # the last number is the count
        file.write((",\n" if count > 1 else "\n") + _json(item))
    file.write("\n]")
    return count


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

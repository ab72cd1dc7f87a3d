"""What an exporter is: it asks a reader and writes one file or folder, whole or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from graph_service.model import Visibility
from graph_service.store.contract import Reader


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export wrote: rows, nodes or features by table, and what it had to leave out."""

    format: str
    path: Path
    counts: Mapping[str, int]
    left_out: Mapping[str, int] = field(default_factory=dict)


class Exporter(Protocol):
    """A form in which the shown graph leaves; nothing less visible than ``visibility`` is in it."""

    def __call__(self, reader: Reader, path: Path, *, visibility: Visibility = Visibility.PUBLIC) -> Exported:
        """Write the export; raises TargetError, and nothing is at ``path`` then that was not there before."""
        ...

"""Finds importers: every one, built in or of another party, is an entry point of one group."""

from importlib.metadata import entry_points

from graph_service.errors import NotFound
from importers.contract import Importer

GROUP = "buendniskompass.importers"


def importer_ids() -> list[str]:
    """The sources that can be imported, by name."""
    return sorted({point.name for point in entry_points(group=GROUP)})


def find_importer(source: str) -> Importer:
    """The importer of a source; raises NotFound, listing what there is."""
    for point in entry_points(group=GROUP, name=source):
        importer: Importer = point.load()()
        return importer
    raise NotFound(f"a source: {', '.join(importer_ids())}", source)

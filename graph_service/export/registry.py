"""The forms in which data can leave, by the name on the command line."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import cast

from graph_service.errors import InvalidValue
from graph_service.export.contract import Exported, Exporter
from graph_service.export.geojson import write_geojson
from graph_service.export.gexf import write_gexf
from graph_service.export.graphml import write_graphml
from graph_service.export.hsds import write_hsds
from graph_service.export.neo4j_csv import write_neo4j_csv
from graph_service.export.package import write_package
from graph_service.model import Visibility
from graph_service.store.contract import Reader


class _Later:
    """An exporter whose libraries take long to import: imported when something is exported."""

    def __init__(self, module: str, name: str) -> None:
        self._module, self._name = module, name

    def __call__(self, reader: Reader, path: Path, *, visibility: Visibility = Visibility.PUBLIC) -> Exported:
        write = cast("Exporter", getattr(import_module(self._module), self._name))
        return write(reader, path, visibility=visibility)


EXPORTERS: Mapping[str, Exporter] = MappingProxyType(
    {
        "package": write_package,
        "xlsx": _Later("graph_service.export.xlsx", "write_xlsx"),
        "graphml": write_graphml,
        "gexf": write_gexf,
        "geojson": write_geojson,
        "neo4j-csv": write_neo4j_csv,
        "hsds": write_hsds,
        "skos": _Later("graph_service.export.skos", "write_skos"),
        "dcat": _Later("graph_service.export.dcat", "write_dcat"),
    }
)


def exporter(format: str) -> Exporter:
    """The exporter of this name; raises InvalidValue."""
    found = EXPORTERS.get(format)
    if found is None:
        raise InvalidValue(f"one of {', '.join(EXPORTERS)}", format)
    return found

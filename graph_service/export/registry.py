"""The forms in which data can leave, by the name on the command line."""

from collections.abc import Mapping
from types import MappingProxyType

from graph_service.errors import InvalidValue
from graph_service.export.contract import Exporter
from graph_service.export.dcat import write_dcat
from graph_service.export.geojson import write_geojson
from graph_service.export.gexf import write_gexf
from graph_service.export.graphml import write_graphml
from graph_service.export.hsds import write_hsds
from graph_service.export.neo4j_csv import write_neo4j_csv
from graph_service.export.package import write_package
from graph_service.export.skos import write_skos
from graph_service.export.xlsx import write_xlsx

EXPORTERS: Mapping[str, Exporter] = MappingProxyType(
    {
        "package": write_package,
        "xlsx": write_xlsx,
        "graphml": write_graphml,
        "gexf": write_gexf,
        "geojson": write_geojson,
        "neo4j-csv": write_neo4j_csv,
        "hsds": write_hsds,
        "skos": write_skos,
        "dcat": write_dcat,
    }
)


def exporter(format: str) -> Exporter:
    """The exporter of this name; raises InvalidValue."""
    found = EXPORTERS.get(format)
    if found is None:
        raise InvalidValue(f"one of {', '.join(EXPORTERS)}", format)
    return found

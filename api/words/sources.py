"""What the sources of imports are, in words: for the command line and the pages."""

from collections.abc import Mapping
from types import MappingProxyType

from api.language import N_

SOURCES: Mapping[str, str] = MappingProxyType(
    {
        "package": N_("The project's exchange package: a folder or .zip with datapackage.json and CSV"),
        "municipality-register": N_("Destatis municipality register (GV-ISys): workbook or GV100AD text"),
        "territorial-changes": N_("Destatis name and territorial changes of a year: workbook"),
        "boundaries": N_("BKG boundaries (VG250, VG2500): GeoJSON or zipped shapefile"),
        "deutschlandatlas": N_("Deutschlandatlas: the workbook with all indicators"),
        "inkar": N_("BBSR INKAR: XLS exports"),
        "genesis": N_("GENESIS, Regionaldatenbank and Zensus: classic CSV and flat ffcsv"),
        "hsds": N_("Directories of services after Open Referral HSDS 3: JSON, or a folder or .zip of CSV"),
        "typology": N_("BBSR typologies of districts and municipalities: CSV or workbook"),
        "table": N_("Your own lists: any CSV, workbook or Parquet file with a column map"),
    }
)
"""By the source's name; a source of another party's is described by itself."""

"""What the importer of GENESIS made of files, for tests."""

import math
from pathlib import Path

from graph_service.model import Dataset, Indicator, ObservationTable
from importers.contract import Issues
from importers.genesis.importer import GenesisImporter


class Imported:
    def __init__(self, *paths: Path) -> None:
        self.issues = Issues()
        reading = GenesisImporter().read(paths, self.issues)
        records = list(reading.records)
        self.dataset: Dataset = reading.dataset
        self.rows = reading.read()
        self.indicators = {str(r.key.local): r for r in records if isinstance(r, Indicator)}
        self.values: dict[tuple[str, str, str], tuple[float | None, str]] = {}
        for table in records:
            if isinstance(table, ObservationTable):
                for region, id_, period, value, flag in zip(
                    table.municipality, table.indicator, table.period, table.value.tolist(), table.flag, strict=True
                ):
                    self.values[region, id_, period] = (None if math.isnan(value) else value, flag)

    def of(self, region: str) -> dict[str, tuple[float | None, str]]:
        return {id_.split(".", 2)[2]: found for (r, id_, _), found in self.values.items() if r == region}

"""Builds the bundled sample from the publishers' originals: ``make sample``; the same originals give the same bytes.

The project's own importers read the originals into a store; what `scripts/sample` chooses is taken from it into a
second store, a dataset for each publication; that one leaves through the export of packages.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from graph_service.errors import GraphServiceError
from graph_service.export.package import write_package
from graph_service.model import Dataset, Record
from graph_service.store.contract import Changes, GraphStore, Writer
from graph_service.store.open import open_store
from importers.registry import find_importer
from importers.run import run
from scripts.sample import own_values, practices, taken
from scripts.sample.choice import FOLDER, Choice, Input, load_choice
from scripts.sample.inkar_form import write_export
from scripts.sample.own_values import Material

ROOT = Path(__file__).parent.parent
DATA = ROOT.parent / "shared" / "data" / "germany"
OUTPUT = ROOT / "importers" / "sample" / "germany.zip"

WHOLE = Dataset(
    id="germany-sample",
    title="Beispieldaten Deutschland: Kreise, Gemeinden, Indikatoren, Raumtypen, Praxisansätze",
    publisher="Bündniskompass, aus amtlichen Veröffentlichungen",
    territory_date=date(2024, 12, 31),
    note="Zusammengestellt aus den genannten Quellen; Kreise und Gemeinden in den Grenzen vom 31.12.2024. Bei jedem "
    "Indikator stehen Herausgeber, Lizenz und Adresse. Die Einwohnerzahl der Gemeinden und Kreise ist vom 31.12.2023 "
    "auf Basis des Zensus 2011; der Indikator Bevölkerung ist vom 31.12.2024 auf Basis des Zensus 2022.",
)
"""What the package says of itself; its sources stand beside."""
POPULATION = "genesis.12411-01-01-4.bevstd"
CENSUS_POPULATION = "census-population"
_FRAMES = ("municipality-register", "boundaries", "typology")
"""Importers whose nodes and edges are taken as they are."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the sample; 1 and one line where an original is missing or is not what it was."""
    parser = argparse.ArgumentParser(description="Build the bundled sample from the publishers' originals.")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the originals")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="the package to write")
    asked = parser.parse_args(arguments)
    try:
        counts = build(asked.data, asked.output)
    except (GraphServiceError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{asked.output.name}: {asked.output.stat().st_size / 1e6:.2f} MB")
    for table, rows in counts.items():
        print(f"  {table}: {rows}")
    return 0


def build(data: Path, output: Path) -> Mapping[str, int]:
    """Write the sample's package; returns the rows of its tables. Raises GraphServiceError, OSError."""
    choice = load_choice()
    with TemporaryDirectory() as name:
        folder = Path(name)
        raw, earlier, sample = (open_store(f"sqlite:///{folder}/{store}.db") for store in ("raw", "earlier", "sample"))
        try:
            before = _import_registers(choice, data, earlier)
            imported = {
                each.key: _import(each, choice, data, folder, earlier if each.merged_since else raw)
                for each in choice.inputs
            }
            for dataset, records in _datasets(choice, data, imported, raw, earlier, before):
                _replace(sample, dataset, records)
            _replace(sample, *sample.read(taken.concepts))
            return sample.read(lambda reader: write_package(reader, output, whole=WHOLE).counts)
        finally:
            for store in (raw, earlier, sample):
                store.close()


def _import_registers(choice: Choice, data: Path, store: GraphStore) -> dict[str, int]:
    """Import an earlier register and beside it that of today; returns the earlier population of districts."""
    register = find_importer("municipality-register")
    run(register, [data / own_values.EARLIER_REGISTER_FILE], store)
    before = store.read(taken.populations)
    today = next(each for each in choice.inputs if each.importer == register.id)
    run(register, [data / today.path], store, dataset_id=today.key)
    return before


def _import(source: Input, choice: Choice, data: Path, folder: Path, store: GraphStore) -> Dataset:
    """Run one import; a dump of INKAR is written in the form of an export first."""
    path = data / source.path
    if source.dump:
        columns = [chosen.column for chosen in choice.indicators if chosen.file == source.key]
        path = folder / f"{source.key}.csv"
        write_export(source, data, columns, path)
    return run(find_importer(source.importer), [path], store).dataset


def _datasets(
    choice: Choice,
    data: Path,
    imported: Mapping[str, Dataset],
    raw: GraphStore,
    earlier: GraphStore,
    before: Mapping[str, int],
) -> Iterator[tuple[Dataset, list[Record]]]:
    """Each publication with the records that the sample takes from it."""
    for source in choice.inputs:
        if source.importer in _FRAMES:
            yield imported[source.key], raw.read(taken.everything(imported[source.key].id))
    published = raw.read(taken.published)
    material = Material(
        population={district: series.values[-1] for district, series in published[POPULATION].items()},
        residence=own_values.latest(raw.read(taken.series_of(imported["residence-status"].id))),
        census=own_values.latest(earlier.read(taken.series_of(imported["census-2022"].id))),
        census_population=CENSUS_POPULATION,
        earlier=before,
        later=raw.read(taken.populations),
    )
    own = own_values.calculate(choice, material)
    for key, dataset in choice.datasets.items():
        chosen = [each for each in choice.indicators if each.source == key]
        yield dataset, taken.indicators(chosen, published, own)
    leads = data / practices.LEADS_FILE
    yield practices.DATASET, list(practices.records(leads, FOLDER / "practices.toml", raw.read(taken.place_names)))


def _replace(store: GraphStore, dataset: Dataset, records: list[Record]) -> None:
    def work(writer: Writer) -> Changes:
        return writer.replace(dataset, records)

    store.write(work)


if __name__ == "__main__":
    sys.exit(main())

"""Municipality register: states, regions, districts, associations and municipalities with their hierarchy."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from graph_service.errors import Place, SourceError
from graph_service.keys import concept_key, municipality_key
from graph_service.model import Concept, Dataset, Edge, EdgeType, Level, Municipality, Record
from graph_service.vocabulary import Term, load_vocabulary
from importers.archives import check_file, kind_of
from importers.contract import Issues, Progress, Reading, silent
from importers.datasets import load_dataset
from importers.municipality_register import fixed_width, workbook
from importers.municipality_register.rows import Register, Row, unique
from importers.spreadsheets import is_workbook, open_workbook

_A_REGISTER = "a municipality register (GV-ISys workbook or GV100AD text)"

KINDS: Mapping[str, str] = {
    "41": "kreisfreie-stadt",
    "42": "stadtkreis",
    "43": "kreis",
    "44": "landkreis",
    "45": "regionalverband",
    "50": "verbandsfreie-gemeinde",
    **dict.fromkeys(("51", "52", "53", "54", "55", "56", "57", "58"), "gemeindeverband"),
    "60": "gemeinde",
    "61": "kreisfreie-stadt",
    "62": "stadtkreis",
    "63": "kreisangehoerige-stadt",
    "64": "gemeinde",
    "65": "gemeindefreies-gebiet",
    "66": "gemeindefreies-gebiet",
    "67": "kreisangehoerige-stadt",
}
"""The kind of a municipality by its mark (Textkennzeichen).

A Kreis (Nordrhein-Westfalen, Schleswig-Holstein; the Städteregion Aachen, too) and the Regionalverband Saarbrücken do
what a Landkreis does and keep their names, as a Stadtkreis (Baden-Württemberg) does, which is a kreisfreie Stadt; the
Region Hannover is marked as a Landkreis. A Markt is a municipality without the title of a town, a Große Kreisstadt a
town that belongs to a district.
"""

_TYPE = "municipality_type"


class RegisterImporter:
    """Reads the register of any vintage, as workbook or as text of fixed width."""

    id = "municipality-register"

    def read(self, paths: Sequence[Path], issues: Issues, progress: Progress = silent) -> Reading:
        """Recognise the register; a later vintage takes the place of an earlier one. Raises SourceError."""
        if len(paths) != 1:
            raise SourceError("one file", f"{len(paths)} files")
        register = _find(paths[0], issues)
        rows = list(unique(register.rows, issues))
        _check_whole(rows, paths[0])
        return Reading(_dataset(register), _records(rows, register, issues, progress), read=lambda: register.total)


def _find(path: Path, issues: Issues) -> Register:
    head = check_file(path)
    if is_workbook(path):
        register = workbook.find_register(open_workbook(path), issues)
        found = "a workbook without a sheet that starts with Satzart"
    else:
        register, found = fixed_width.find_register(path, issues), kind_of(head)
    if register is None:
        raise SourceError(_A_REGISTER, found, Place(file=path.name))
    return register


def _check_whole(rows: list[Row], path: Path) -> None:
    """Refuse a register that lost whole levels: everything it does not name would retire."""
    levels = {row.level for row in rows}
    for level in (Level.STATE, Level.DISTRICT, Level.MUNICIPALITY):
        if level not in levels:
            raise SourceError("states, districts and municipalities", f"no {level}", Place(file=path.name))


def _dataset(register: Register) -> Dataset:
    day = register.territory_date.strftime("%d.%m.%Y")
    basis = _basis(register) or "Zensusbasis der Bevölkerung in der Datei nicht genannt"
    return load_dataset(
        "municipality_register",
        title=f"Gemeindeverzeichnis (GV-ISys), Gebietsstand {day}",
        territory_date=register.territory_date,
        note=f"{basis}. Fläche und Bevölkerung oberhalb der Gemeinden sind Summen der Gemeinden.",
    )


def _basis(register: Register) -> str:
    parts = []
    if register.population_date:
        parts.append(f"Bevölkerung am {register.population_date.strftime('%d.%m.%Y')}")
    if register.census:
        parts.append(f"Basis Zensus {register.census}")
    return "; ".join(parts)


def _records(rows: list[Row], register: Register, issues: Issues, progress: Progress) -> Iterator[Record]:
    known = {row.key for row in rows}
    sums = _sums(rows)
    types = {code: _concept(term) for code in sorted({row.urbanisation for row in rows}) if (term := _type(code))}
    yield from types.values()
    for number, row in enumerate(rows):
        yield _municipality(row, register, sums)
        parent = _parent(row, known)
        if parent:
            yield Edge(EdgeType.PART_OF, municipality_key(row.key), municipality_key(parent))
        elif row.level is not Level.STATE:
            issues.note("no-parent", "a state that the register names", row.ars, row.place)
        if row.urbanisation in types:
            yield Edge(EdgeType.OF_TYPE, municipality_key(row.key), types[row.urbanisation].key)
        elif row.urbanisation:
            issues.note("unknown-type", "a degree of urbanisation from 1 to 3", row.urbanisation, row.place)
        if number % 2_000 == 0:
            progress(number, len(rows))
    progress(len(rows), len(rows))


def _municipality(row: Row, register: Register, sums: dict[str, tuple[int | None, float | None]]) -> Municipality:
    own = row.level is Level.MUNICIPALITY
    population, area = (row.population, row.area_km2) if own else sums.get(row.ars, (None, None))
    return Municipality(
        key=municipality_key(row.key),
        name=row.name,
        level=row.level,
        kind=_kind(row),
        population=population,
        area_km2=area,
        longitude=row.longitude,
        latitude=row.latitude,
        territory_date=register.territory_date,
        population_date=None if population is None else register.population_date,
    )


def _kind(row: Row) -> str | None:
    if row.record_type == "10":
        return "bundesland"
    if row.record_type == "20":
        former = row.name.startswith(("Statistische Region", "früher"))
        return "statistische-region" if former else "regierungsbezirk"
    return "region" if row.record_type == "30" else KINDS.get(row.mark)


def _parent(row: Row, known: set[str]) -> str:
    """The nearest unit above that the register names: association, district, region, state."""
    return next((row.ars[:n] for n in (9, 5, 4, 3, 2) if n < len(row.ars) and row.ars[:n] in known), "")


def _sums(rows: list[Row]) -> dict[str, tuple[int | None, float | None]]:
    """Population and area above the municipalities; unknown where one of them is unknown."""
    people: dict[str, int | None] = {}
    hectares: dict[str, int | None] = {}
    for row in rows:
        if row.level is not Level.MUNICIPALITY:
            continue
        area = None if row.area_km2 is None else round(row.area_km2 * 100)
        for length in (9, 5, 4, 3, 2):
            key = row.ars[:length]
            people[key] = _plus(people.get(key, 0), row.population)
            hectares[key] = _plus(hectares.get(key, 0), area)
    return {key: (people[key], None if (h := hectares[key]) is None else h / 100) for key in people}


def _plus(left: int | None, right: int | None) -> int | None:
    return None if left is None or right is None else left + right


def _type(code: str) -> Term | None:
    """The degree of urbanisation as the vocabulary knows it; None where the register states none."""
    return load_vocabulary().find(_TYPE, f"degurba-{code}")


def _concept(term: Term) -> Concept:
    return Concept(key=concept_key(_TYPE, term.id), name=term.label_de, label_en=term.label_en, kind=_TYPE)

"""A lens: a named, versioned list of indicators with weights and filters through which municipalities are compared.

Lenses are TOML files; the shipped ones lie in ``matching/lenses``, users write their own in the same form.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Any

from graph_service.errors import GraphServiceError, InvalidValue, NotFound, Place
from graph_service.model import Level
from matching.peers.scaling import Transform

ALL_INDICATORS = "all-indicators"
LENS_KEYS = {"id", "version", "title", "description", "indicator", "filters", "distance", "tolerance", "hub_control"}


class Distance(StrEnum):
    """How differences become a score; docs/decisions/0003-scaling-and-distance.md has the figures."""

    BENT = "bent"
    """The default: part straight, part squared differences on the common scale; sizes and densities count more."""
    MANHATTAN = "manhattan"
    """Straight differences on the common scale (Gower's coefficient)."""
    EUCLID = "euclid"
    """Squared differences in standard deviations: ranks like Euclid's distance of z-scores."""


class StateFilter(StrEnum):
    """Which states candidates may lie in."""

    SAME = "same"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Filters:
    """What a candidate must fulfil, whatever its score. Areas that contain one another are never peers."""

    level: Level | None = None
    """None: the same level as the municipality that is asked for."""
    any_level: bool = False
    kinds: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    """Of which types (by settlement structure) one must hold; ids of the vocabulary."""
    states: tuple[str, ...] = ()
    """In which states by their codes, of which one must hold."""
    population: tuple[float, float] | None = None
    """Between which multiples of the own population; (0.5, 2) is half to double."""
    state: StateFilter | None = None
    min_coverage: float = 0.4
    """The least share of the weight for which both sides have a value."""

    def __post_init__(self) -> None:
        if self.population is not None and not 0 <= self.population[0] <= self.population[1]:
            raise InvalidValue("a population band such as 0.5..2", self.population)
        if not 0 <= self.min_coverage <= 1:
            raise InvalidValue("a minimum coverage from 0 to 1", self.min_coverage)


@dataclass(frozen=True, slots=True)
class LensIndicator:
    """An indicator of a lens: how much it weighs, how it is scaled, and why it is there."""

    id: str
    weight: float = 1.0
    transform: Transform = Transform.AUTO
    bend: float | None = None
    """The part of its difference that is squared (0 to 1), where weights were learned; None: what the distance says."""
    reason_de: str = ""
    reason_en: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.weight < float("inf"):
            raise InvalidValue("a weight of 0 or more", self.weight)
        if self.bend is not None and not 0 <= self.bend <= 1:
            raise InvalidValue("a bend from 0 to 1", self.bend)


@dataclass(frozen=True, slots=True)
class Lens:
    """What is compared, and among whom. No indicators: every indicator of the projection, equally."""

    id: str
    version: str = "1"
    title_de: str = ""
    title_en: str = ""
    description_de: str = ""
    description_en: str = ""
    indicators: tuple[LensIndicator, ...] = ()
    filters: Filters = Filters()
    distance: Distance = Distance.BENT
    tolerance: float | None = 3
    """How many years a value may lie off its indicator's reference period; None: any."""
    hub_control: float = 0.0
    """The share of the score (0 to 1) that goes to candidates that are not near to everybody."""

    def __post_init__(self) -> None:
        ids = [indicator.id for indicator in self.indicators]
        twice = sorted({id for id in ids if ids.count(id) > 1})
        if twice:
            raise InvalidValue("each indicator once in a lens", ", ".join(twice))
        if ids and not any(indicator.weight for indicator in self.indicators):
            raise InvalidValue("a lens with at least one weight above 0", self.id)
        if not 0 <= self.hub_control < 1:
            raise InvalidValue("a hub control from 0 to below 1", self.hub_control)


EVERYTHING = Lens(
    id=ALL_INDICATORS,
    title_de="Alle Merkmale",
    title_en="All indicators",
    description_de="Jedes Merkmal des Speichers zählt gleich viel; verglichen wird über alle Ebenen hinweg.",
    description_en="Every indicator of the store counts the same; municipalities of all levels are compared.",
    filters=Filters(any_level=True),
    tolerance=None,
)


def read_lens(text: str, file: str = "") -> Lens:
    """Read a lens from TOML; raises InvalidValue with what was expected and where."""
    place = Place(file=file)
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidValue("a lens as TOML", error, place) from error
    try:
        return _lens(table)
    except GraphServiceError as error:
        raise InvalidValue(error.expected, error.found, place) from error
    except (TypeError, ValueError, AttributeError) as error:
        raise InvalidValue("a lens with id, title and [[indicator]] tables", error, place) from error


def load_lens(path: Path) -> Lens:
    """Read a user's lens file; raises NotFound, InvalidValue."""
    try:
        return read_lens(path.read_text(encoding="utf-8"), path.name)
    except FileNotFoundError as error:
        raise NotFound("a lens file", path) from error
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidValue("a readable lens file", path) from error


def shipped_lenses() -> dict[str, Lens]:
    """The lenses that come with the project by id, `all-indicators` last."""
    folder = files("matching") / "lenses"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    lenses = [read_lens((folder / name).read_text(encoding="utf-8"), name) for name in names]
    return {lens.id: lens for lens in [*lenses, EVERYTHING]}


def find_lens(name: str) -> Lens:
    """A shipped lens by id, or a lens file by path; raises NotFound."""
    lenses = shipped_lenses()
    if name in lenses:
        return lenses[name]
    if name.endswith(".toml"):
        return load_lens(Path(name))
    raise NotFound("one of the lenses " + ", ".join(lenses) + ", or a lens file (.toml)", name)


def _lens(table: Mapping[str, Any]) -> Lens:
    _only(table, LENS_KEYS)
    title, description = table.get("title", {}), table.get("description", {})
    indicators = []
    for entry in table.get("indicator", []):
        _only(entry, {field.name for field in fields(LensIndicator)})
        indicators.append(
            LensIndicator(
                id=str(entry["id"]) if "id" in entry else _missing("an id for every indicator"),
                weight=float(entry.get("weight", 1.0)),
                transform=Transform(entry.get("transform", Transform.AUTO)),
                bend=float(entry["bend"]) if "bend" in entry else None,
                reason_de=entry.get("reason_de", ""),
                reason_en=entry.get("reason_en", ""),
            )
        )
    return Lens(
        id=str(table["id"]) if "id" in table else _missing("an id for the lens"),
        version=str(table.get("version", "1")),
        title_de=title.get("de", ""),
        title_en=title.get("en", ""),
        description_de=description.get("de", ""),
        description_en=description.get("en", ""),
        indicators=tuple(indicators),
        filters=_filters(table.get("filters", {})),
        distance=Distance(table.get("distance", Distance.BENT)),
        tolerance=None if table.get("tolerance") == "any" else float(table.get("tolerance", 3)),
        hub_control=float(table.get("hub_control", 0.0)),
    )


def _filters(table: Mapping[str, Any]) -> Filters:
    _only(table, {field.name for field in fields(Filters)})
    band = table.get("population")
    return Filters(
        level=Level(table["level"]) if "level" in table else None,
        any_level=bool(table.get("any_level", False)),
        kinds=tuple(table.get("kinds", ())),
        types=tuple(table.get("types", ())),
        states=tuple(table.get("states", ())),
        population=(float(band[0]), float(band[1])) if band else None,
        state=StateFilter(table["state"]) if "state" in table else None,
        min_coverage=float(table.get("min_coverage", 0.4)),
    )


def _only(table: Mapping[str, Any], known: set[str]) -> None:
    strange = sorted(set(table) - known)
    if strange:
        raise InvalidValue("only " + ", ".join(sorted(known)), ", ".join(strange))


def _missing(expected: str) -> str:
    raise InvalidValue(expected)

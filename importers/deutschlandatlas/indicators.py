"""What is known of the Deutschlandatlas' indicators beside their short names (``indicators.toml``)."""

import tomllib
from dataclasses import dataclass
from datetime import date
from importlib.resources import files

from graph_service.keys import indicator_key
from graph_service.model import Indicator, Scale
from importers.deutschlandatlas.codes import Status
from importers.official import scale_of, slug


@dataclass(frozen=True, slots=True)
class Known:
    """One indicator of the edition that ``indicators.toml`` describes."""

    status: str
    unit: str
    label_de: str
    label_en: str
    basis: str
    year: int | None = None
    scale: str = ""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All indicators of one edition by short name."""

    edition: date
    known: dict[str, Known]

    def period(self, name: str, status: Status, edition: date | None) -> tuple[str, bool]:
        """The year of a sheet's values, and whether it is stated rather than taken from the territorial status.

        The stated year holds for the same edition, or where a file says no edition, for the same status.
        """
        known = self.known.get(name)
        same = known is not None and known.status == status.name and edition in (None, self.edition)
        if known is not None and known.year is not None and same:
            return str(known.year), True
        return str(status.year), False

    def indicator(self, name: str, smallest: float, largest: float, licence: str) -> Indicator:
        """The record of an indicator; one that is not known is named by its short name."""
        known = self.known.get(name, Known("", "", name, "", ""))
        return Indicator(
            key=indicator_key(indicator_id(name)),
            name=known.label_de,
            label_en=known.label_en or None,
            unit=known.unit or None,
            scale=Scale(known.scale) if known.scale else scale_of(known.unit, smallest, largest),
            source="Deutschlandatlas" + (f"; {known.basis}" if known.basis else ""),
            licence=licence,
            url="https://www.deutschlandatlas.bund.de",
        )


def indicator_id(name: str) -> str:
    """The id of an indicator from its short name."""
    return "deutschlandatlas." + slug(name).replace("-", "_")


def load_catalogue() -> Catalogue:
    """Read ``indicators.toml``."""
    path = files("importers.deutschlandatlas") / "indicators.toml"
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    edition = table.pop("edition")
    return Catalogue(edition, {name: Known(**values) for name, values in table.items()})

"""Reads the choice of indicators and files (indicators.toml, inputs.toml) and checks that it can be what it claims."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from graph_service.errors import InvalidValue, Place
from graph_service.keys import indicator_key
from graph_service.model import Dataset, Indicator, Scale
from graph_service.vocabulary import load_vocabulary

FOLDER = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """One indicator of the sample; `file` and `column` say where its values are read."""

    indicator: Indicator
    source: str
    file: str
    column: str
    since: int = 0
    until: int = 9999
    period: str = ""
    not_covered: frozenset[str] = frozenset()

    def takes(self, period: str) -> bool:
        """Whether values of this period belong to the sample."""
        return self.since <= int(period[:4]) <= self.until


@dataclass(frozen=True, kw_only=True)
class Input:
    """One import: which importer reads which file; the rest is for dumps of INKAR (see inputs.toml)."""

    key: str
    importer: str
    path: str
    merged_since: bool = False
    dump: str = ""
    names: str = ""
    regions: str = ""
    codebook: str = ""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Everything that is chosen."""

    datasets: Mapping[str, Dataset]
    """Source → dataset, in the order of the file."""
    indicators: tuple[Chosen, ...]
    inputs: tuple[Input, ...]


def load_choice() -> Choice:
    """Read the choice; raises InvalidValue where it contradicts itself."""
    table = tomllib.loads((FOLDER / "indicators.toml").read_text("utf-8"))
    datasets = {key: Dataset(id=f"sample-{key}", **entry) for key, entry in table["source"].items()}
    inputs = tuple(
        Input(key=key, **entry)
        for key, entry in tomllib.loads((FOLDER / "inputs.toml").read_text("utf-8"))["input"].items()
    )
    indicators = tuple(_chosen(entry, datasets) for entry in table["indicator"])
    ids = [chosen.indicator.key for chosen in indicators]
    if len(set(ids)) != len(ids):
        raise InvalidValue("each indicator once", sorted({id for id in ids if ids.count(id) > 1}))
    return Choice(datasets=datasets, indicators=indicators, inputs=inputs)


def _chosen(entry: Mapping[str, object], datasets: Mapping[str, Dataset]) -> Chosen:
    place = Place(file="indicators.toml", table=str(entry.get("id")))
    source = datasets.get(str(entry["source"]))
    if source is None:
        raise InvalidValue("a source of this file", entry["source"], place)
    file, _, column = str(entry["from"]).partition("/")
    uncovered = entry.get("not_covered", [])
    if not isinstance(uncovered, list):
        raise InvalidValue("a list of districts", uncovered, place)
    return Chosen(
        indicator=Indicator(
            key=indicator_key(str(entry["id"])),
            name=str(entry["label_de"]),
            label_en=str(entry["label_en"]),
            unit=str(entry["unit"]),
            theme=load_vocabulary().term("theme", str(entry["theme"])).id,
            polarity=int(str(entry["polarity"])),
            scale=Scale(str(entry["scale"])),
            source=f"{source.publisher}: {source.title}",
            licence=source.licence,
            url=source.url,
        ),
        source=str(entry["source"]),
        file=file,
        column=column,
        since=int(str(entry.get("since", 0))),
        until=int(str(entry.get("until", 9999))),
        period=str(entry.get("period", "")),
        not_covered=frozenset(str(code) for code in uncovered),
    )

"""Takes what is chosen from a store: whole datasets, series of districts under the sample's labels, concepts in use."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from graph_service.errors import InvalidValue, Place
from graph_service.keys import Label, NodeKey, municipality_key
from graph_service.model import (
    Concept,
    Dataset,
    Edge,
    EdgeType,
    Level,
    Municipality,
    Node,
    ObservationTable,
    Record,
    Series,
)
from graph_service.store.contract import Reader
from graph_service.vocabulary import VOCABULARY_DATASET, load_vocabulary
from importers.statutory_bodies.derive import district_name
from matching.naming.namesakes import RURAL
from scripts.sample.choice import Chosen
from scripts.sample.own_values import Values

Published = Mapping[str, Mapping[str, Series]]
"""Indicator → district → series, as imported."""

_TO_CONCEPTS = (EdgeType.IN_FIELD, EdgeType.FOR_GROUP, EdgeType.ADDRESSES)


def everything(dataset: str) -> Callable[[Reader], list[Record]]:
    """A unit of work for all nodes and edges that a dataset claims."""

    def work(reader: Reader) -> list[Record]:
        return [one.record for one in reader.claimed(dataset) if isinstance(one.record, Node | Edge)]

    return work


def published(reader: Reader) -> Published:
    """The series of all districts."""
    found: dict[str, dict[str, Series]] = {}
    for district in populations(reader):
        for series in reader.series(municipality_key(district)):
            found.setdefault(series.indicator.local, {})[district] = series
    return found


def series_of(dataset: str) -> Callable[[Reader], list[Series]]:
    """A unit of work for all series that a dataset claims, of whatever municipality."""

    def work(reader: Reader) -> list[Series]:
        return [one.record for one in reader.claimed(dataset) if isinstance(one.record, Series)]

    return work


def populations(reader: Reader) -> dict[str, int]:
    """The population of every district in the municipality register."""
    return {
        node.key.local: node.population
        for node in reader.nodes(Label.MUNICIPALITY)
        if isinstance(node, Municipality) and node.level is Level.DISTRICT and node.population is not None
    }


def place_names(reader: Reader) -> dict[str, str]:
    """What to call a municipality in a sentence: without titles, and a rural district so that it is no town."""
    names = {}
    for node in reader.nodes(Label.MUNICIPALITY):
        if isinstance(node, Municipality) and node.name:
            names[node.key.local] = district_name(node) if node.kind in RURAL else node.name.split(",")[0]
    return names


def indicators(chosen: Sequence[Chosen], published: Published, own: Mapping[NodeKey, Values]) -> list[Record]:
    """The chosen indicators of one source with their values; raises InvalidValue where one has none."""
    rows: list[tuple[str, str, str, float, str]] = []
    for each in chosen:
        key = each.indicator.key
        if key in own:
            found = [(district, each.period, value, flag) for district, (value, flag) in sorted(own[key].items())]
        else:
            found = list(_as_published(each, published.get(key.local, {})))
        if not found:
            raise InvalidValue("values of every chosen indicator", key.local, Place(file="indicators.toml"))
        rows += ((district, key.local, period, value, flag) for district, period, value, flag in found)
    columns = [list(column) for column in zip(*rows, strict=True)]
    places, ids, periods, values, flags = columns
    table = ObservationTable(places, ids, periods, np.array(values, dtype=np.float64), flags)
    return [*(each.indicator for each in chosen), table]


def _as_published(chosen: Chosen, series: Mapping[str, Series]) -> Iterable[tuple[str, str, float, str]]:
    for district in sorted(series):
        one = series[district]
        for period, value, flag in zip(one.periods, one.values, one.flags, strict=True):
            if not chosen.takes(period):
                continue
            if district in chosen.not_covered:
                yield district, period, math.nan, "x"
            else:
                yield district, period, value, flag


def concepts(reader: Reader) -> tuple[Dataset, list[Record]]:
    """The terms of the vocabularies that the records of a store point at, with what is broader."""
    known = {concept.key: concept for concept in load_vocabulary().concepts()}
    wanted = {
        claimed.record.target
        for status in reader.datasets()
        for claimed in reader.claimed(status.dataset.id)
        if isinstance(claimed.record, Edge) and claimed.record.type in _TO_CONCEPTS
    }
    found: dict[NodeKey, Concept] = {}
    while wanted:
        key = wanted.pop()
        if key in known and key not in found:
            found[key] = known[key]
            broader = known[key].broader
            wanted |= {NodeKey.of(Label.CONCEPT, broader)} if broader else set()
    return VOCABULARY_DATASET, [found[key] for key in sorted(found)]

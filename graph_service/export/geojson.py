"""Writes municipalities with boundary or point and their latest key figures as GeoJSON, for QGIS and web maps."""

import json
import math
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from graph_service.codec import node_properties
from graph_service.export.contract import Exported
from graph_service.export.sources import source_line
from graph_service.export.target import staged
from graph_service.export.view import View
from graph_service.keys import Label, NodeKey
from graph_service.model import Municipality, Series, Visibility
from graph_service.store.contract import Reader

_Figures = dict[str, float | str | None]


def write_geojson(reader: Reader, path: Path, *, visibility: Visibility = Visibility.PUBLIC) -> Exported:
    """Write one FeatureCollection in WGS84.

    Each indicator is a property with its latest number and, as ``<id>_period``, when that was.
    """
    view = View(reader, visibility)
    counts = {"with boundary": 0, "with point": 0, "without place": 0}
    with staged(path) as place, place.open("w", encoding="utf-8", newline="\n") as file:
        head = {"name": "municipalities", "sources": [source_line(status.dataset) for status in view.datasets()]}
        file.write('{"type":"FeatureCollection",' + _json(head)[1:-1] + ',"features":[')
        separator = "\n"
        for kind, feature in _features(view):
            counts[kind] += 1
            file.write(separator + feature)
            separator = ",\n"
        file.write("\n]}\n")
    return Exported("geojson", path, counts)


def _features(view: View) -> Iterator[tuple[str, str]]:
    boundaries = {boundary.municipality: boundary.geometry for boundary in view.boundaries()}
    figures = {key: _latest(series) for key, series in groupby(view.series(), key=lambda s: s.municipality)}
    for node in view.nodes(Label.MUNICIPALITY):
        if not isinstance(node, Municipality):
            continue
        said = {"key": node.key.local, **node_properties(node)}
        properties = {**said, **{n: v for n, v in figures.get(node.key, {}).items() if n not in said}}
        kind, geometry = _geometry(node, boundaries)
        yield (
            kind,
            f'{{"type":"Feature","id":{_json(node.key.local)},"geometry":{geometry},"properties":{_json(properties)}}}',
        )


def _geometry(node: Municipality, boundaries: dict[NodeKey, str]) -> tuple[str, str]:
    """The geometry as JSON text and what kind of it there is; boundaries are JSON already."""
    if node.key in boundaries:
        return "with boundary", boundaries[node.key]
    if node.longitude is not None and node.latitude is not None:
        return "with point", _json({"type": "Point", "coordinates": [node.longitude, node.latitude]})
    return "without place", "null"


def _latest(series: Iterator[Series]) -> _Figures:
    figures: _Figures = {}
    for one in series:
        known = [(p, v) for p, v in zip(one.periods, one.values, strict=True) if not math.isnan(v)]
        if known:
            figures[one.indicator.local], figures[f"{one.indicator.local}_period"] = float(known[-1][1]), known[-1][0]
    return figures


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

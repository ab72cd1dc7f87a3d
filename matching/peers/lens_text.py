"""Writes a lens as the TOML file that `lens.load_lens` reads, for lenses that were learned."""

import json
from collections.abc import Iterator
from enum import StrEnum

from matching.peers.lens import Filters, Lens, LensIndicator
from matching.peers.scaling import Transform


def lens_text(lens: Lens) -> str:
    """The lens as TOML; reading it gives an equal lens."""
    return "\n".join(_lines(lens)) + "\n"


def _lines(lens: Lens) -> Iterator[str]:
    yield f"id = {_text(lens.id)}"
    yield f"version = {_text(lens.version)}"
    yield f"title = {{ de = {_text(lens.title_de)}, en = {_text(lens.title_en)} }}"
    yield f"description = {{ de = {_text(lens.description_de)}, en = {_text(lens.description_en)} }}"
    yield f"distance = {_text(lens.distance)}"
    yield f"tolerance = {_text('any') if lens.tolerance is None else float(lens.tolerance)}"
    yield f"hub_control = {float(lens.hub_control)}"
    yield from ("", "[filters]", *_filters(lens.filters))
    for indicator in lens.indicators:
        yield from ("", "[[indicator]]", *_indicator(indicator))


def _filters(filters: Filters) -> Iterator[str]:
    for name, value in (("level", filters.level), ("state", filters.state)):
        if value is not None:
            yield f"{name} = {_text(value)}"
    yield f"any_level = {str(filters.any_level).lower()}"
    if filters.kinds:
        yield f"kinds = [{', '.join(map(_text, filters.kinds))}]"
    if filters.population:
        yield f"population = [{', '.join(str(float(each)) for each in filters.population)}]"
    yield f"min_coverage = {float(filters.min_coverage)}"


def _indicator(indicator: LensIndicator) -> Iterator[str]:
    yield f"id = {_text(indicator.id)}"
    yield f"weight = {float(indicator.weight)}"
    if indicator.transform is not Transform.AUTO:
        yield f"transform = {_text(indicator.transform)}"
    if indicator.bend is not None:
        yield f"bend = {float(indicator.bend)}"
    for name, reason in (("reason_de", indicator.reason_de), ("reason_en", indicator.reason_en)):
        if reason:
            yield f"{name} = {_text(reason)}"


def _text(value: str | StrEnum) -> str:
    # JSON's escapes are TOML's, but for one control character that JSON leaves as it is
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")

"""Kinds of values that options take."""

from typing import Any

import click

from api.cli.base import words_of
from api.language import N_


class Weight(click.ParamType):  # type: ignore[type-arg] # a generic only in recent versions
    """An indicator with its weight."""

    name = "weight"

    def get_metavar(self, *_: Any, **__: Any) -> str:
        """How it is written."""
        return "INDICATOR=W"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, float]:
        """Split at the last equals sign."""
        if isinstance(value, tuple):
            return value
        indicator, _, text = str(value).rpartition("=")
        number = parsed(text)
        if not indicator or number is None:
            self.fail(_say(ctx, N_("write INDICATOR=W, with a weight of 0 or more such as 2 or 0.5")), param, ctx)
        return indicator, number


class Band(click.ParamType):  # type: ignore[type-arg] # a generic only in recent versions
    """A range of factors."""

    name = "band"

    def get_metavar(self, *_: Any, **__: Any) -> str:
        """How it is written."""
        return "FROM..TO"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, float]:
        """Split at the dots."""
        if isinstance(value, tuple):
            return value
        low, _, high = str(value).partition("..")
        ends = parsed(low), parsed(high)
        if ends[0] is None or ends[1] is None or ends[0] > ends[1]:
            self.fail(_say(ctx, N_("write FROM..TO, such as 0.5..2 for half to double")), param, ctx)
        return ends[0], ends[1]


def parsed(text: str) -> float | None:
    """A number that is not negative, with a decimal point or comma; None where it is none."""
    try:
        number = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return number if 0 <= number < float("inf") else None


def _say(ctx: click.Context | None, text: str) -> str:
    return words_of(ctx)(text) if ctx else text


WEIGHT = Weight()
BAND = Band()

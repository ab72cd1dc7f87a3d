"""What is in the data and how fresh it is, as one small count for frame and start page."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from api.language import Words
from graph_service.keys import Label
from graph_service.model import Level
from graph_service.projection import LEVELS, Projection

_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class DataStatus:
    """How much there is, and from which years."""

    municipalities: int
    districts: int
    indicators: int
    """Those that anything is known of."""
    first_year: int | None
    last_year: int | None
    practices: int
    actors: int
    alliances: int
    offers: int
    sources: int | None = None
    """Nothing where the store could not be asked."""


def data_status(projection: Projection) -> DataStatus:
    """Count what a projection holds."""
    observed = projection.observations
    years = [int(found[0]) for period in observed.periods if (found := _YEAR.search(period))]
    spans = projection.spans
    levels = projection.municipalities.level
    return DataStatus(
        municipalities=int(projection.municipalities.are_towns().sum()),
        districts=int((levels == LEVELS.index(Level.DISTRICT)).sum()),
        indicators=len(np.unique(observed.indicator)),
        first_year=min(years, default=None),
        last_year=max(years, default=None),
        practices=len(spans[Label.PRACTICE]),
        actors=len(spans[Label.ACTOR]),
        alliances=len(spans[Label.ALLIANCE]),
        offers=len(spans[Label.OFFER]),
    )


def amounts(status: DataStatus, speak: Words, wanted: Iterable[str]) -> list[str]:
    """How much there is of each of these, in words; what there is nothing of is left out."""
    first, last = status.first_year, status.last_year
    years = "" if first is None else f" ({first})" if first == last else f" ({first}–{last})"
    said: dict[str, tuple[int, Callable[[int], str]]] = {
        "districts": (status.districts, lambda n: speak.plural("one district", "{n} districts", n)),
        "municipalities": (
            status.municipalities,
            lambda n: speak.plural("one town or village", "{n} towns and villages", n),
        ),
        "indicators": (status.indicators, lambda n: speak.plural("one indicator", "{n} indicators", n) + years),
        "practices": (status.practices, lambda n: speak.plural("one practice", "{n} practices", n)),
        "alliances": (status.alliances, lambda n: speak.plural("one alliance", "{n} alliances", n)),
        "actors": (status.actors, lambda n: speak.plural("one actor", "{n} actors", n)),
        "offers": (status.offers, lambda n: speak.plural("one offer", "{n} offers", n)),
        "sources": (status.sources or 0, lambda n: speak.plural("one dataset", "{n} datasets", n)),
    }
    return [say(count) for count, say in (said[each] for each in wanted) if count]

"""Maps that the server draws: light enough for ten thousand places, and over the outline of what is recorded."""

import re

import numpy as np
import pytest
import shapely

from api.pages.pictures import Points
from api.questions.silhouette import FEWEST, silhouette


def test_places_of_no_interest_are_dots_of_few_bytes_and_none_is_lost() -> None:
    many = 10_000
    at = np.random.default_rng(1).uniform(0, 480, (2, many))
    points = Points(at[0], at[1], np.linspace(2, 9, many), tuple(range(many)))
    drawn = points.dots(range(many))
    assert len(drawn) < 10 * many
    found = set()
    for path in re.findall(r' d="([^"]*)"', drawn):
        x = y = 0
        for east, north in re.findall(r"m(-?\d+) ?(-?\d+)h0", path):
            x, y = x + int(east), y + int(north)
            found.add((x, y))
    assert found == {(round(float(x)), round(float(y))) for x, y in at.T}


def test_an_outline_goes_around_all_places_and_leaves_the_sea_out() -> None:
    # a bay in the north of a square country
    longitude, latitude = (each.ravel() for each in np.meshgrid(np.linspace(8, 12, 41), np.linspace(48, 52, 41)))
    land = ~((np.abs(longitude - 10) < 0.8) & (latitude > 50.5))
    rings = silhouette(longitude[land], latitude[land])
    assert len(rings) == 1
    (ring,) = rings
    assert ring[:, 0].min() < 8 < 12 < ring[:, 0].max()
    country = shapely.Polygon(ring)
    assert country.covers(shapely.points(longitude[land], latitude[land])).all()
    assert not country.covers(shapely.Point(10, 51.6))


@pytest.mark.parametrize("many", [0, FEWEST - 1])
def test_few_places_draw_no_country(many: int) -> None:
    places = np.linspace(8, 9, many)
    assert silhouette(places, places + 40) == []

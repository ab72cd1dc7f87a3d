"""Boundaries from GeoJSON and shapefiles, points that stand for them, and who borders on whom."""

import io
import json
import zipfile
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
import shapefile
import shapely
from pyproj import CRS, Geod, Transformer

from graph_service.errors import SourceError
from graph_service.model import Boundary, Edge, Municipality, Record
from importers.boundaries.importer import BoundariesImporter
from importers.contract import Issues, Reading

Ring = list[tuple[float, float]]


def square(west: float, south: float, size: float = 1.0) -> Ring:
    corners = [(0, 0), (0, 1), (1, 1), (1, 0), (0, 0)]
    return [(west + x * size, south + y * size) for x, y in corners]


def area(key: object, *rings: Ring, **more: object) -> dict[str, object]:
    return {
        "type": "Feature",
        "properties": {"AGS": key, **more},
        "geometry": {"type": "Polygon", "coordinates": rings},
    }


def geojson(path: Path, *features: dict[str, object], **more: object) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", **more, "features": features}), encoding="utf-8")
    return path


def shapes(path: Path, records: list[tuple[str, Ring]], prj: str | None, field: str = "AGS", **more: bytes) -> Path:
    shp, dbf = io.BytesIO(), io.BytesIO()
    with shapefile.Writer(shp=shp, dbf=dbf, shapeType=shapefile.POLYGON) as writer:
        writer.field(field, "C", 12)
        for key, ring in records:
            writer.poly([ring])
            writer.record(key)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("ordner/VG.shp", shp.getvalue())
        archive.writestr("ordner/VG.dbf", dbf.getvalue())
        if prj is not None:
            archive.writestr("ordner/VG.prj", prj)
        for name, content in more.items():
            archive.writestr(name, content)
    return path


def read(path: Path) -> tuple[Reading, list[Record], Issues]:
    issues = Issues()
    reading = BoundariesImporter().read([path], issues)
    return reading, list(reading.records), issues


def borders(records: list[Record]) -> dict[tuple[str, str], float]:
    return {
        (e.source.local, e.target.local): float(str(e.properties["border_km"])) for e in records if isinstance(e, Edge)
    }


def geometries(records: list[Record]) -> dict[str, shapely.Geometry]:
    return {r.municipality.local: shapely.from_geojson(r.geometry) for r in records if isinstance(r, Boundary)}


def points(records: list[Record]) -> dict[str, tuple[float | None, float | None]]:
    return {r.key.local: (r.longitude, r.latitude) for r in records if isinstance(r, Municipality)}


def test_a_long_common_border_makes_neighbours_and_a_corner_does_not(tmp_path: Path) -> None:
    path = geojson(
        tmp_path / "a.geojson",
        area("98003", square(9, 50)),
        area("98001", square(10, 50)),
        area("98002", square(10, 51)),
        area("98004", square(20, 50)),
    )
    _, records, _ = read(path)
    north = Geod(ellps="WGS84").line_length([10, 10], [50, 51]) / 1000
    east = Geod(ellps="WGS84").line_length([10, 11], [51, 51]) / 1000
    assert borders(records) == {
        ("98001", "98003"): pytest.approx(north, abs=0.001),
        ("98001", "98002"): pytest.approx(east, abs=0.001),
    }


def test_a_hole_borders_on_what_fills_it(tmp_path: Path) -> None:
    hole = square(9.25, 50.25, 0.5)
    _, records, _ = read(geojson(tmp_path / "a.geojson", area("98001", square(9, 50), hole[::-1]), area("98002", hole)))
    assert list(borders(records)) == [("98001", "98002")]
    around = shapely.from_geojson(json.dumps({"type": "LineString", "coordinates": hole}))
    assert borders(records)["98001", "98002"] == pytest.approx(
        Geod(ellps="WGS84").geometry_length(around) / 1000, abs=0.01
    )


def test_every_point_lies_inside_its_territory_even_a_crooked_one(tmp_path: Path) -> None:
    crooked: Ring = [(9, 50), (12, 50), (12, 53), (11, 53), (11, 51), (9, 51), (9, 50)]
    _, records, _ = read(geojson(tmp_path / "a.geojson", area("98001", crooked), area("98002", square(20, 50))))
    inside = geometries(records)
    assert all(shapely.contains(inside[key], shapely.Point(*point)) for key, point in points(records).items())
    node = next(r for r in records if isinstance(r, Municipality))
    assert (node.name, node.level) == (None, None)


def test_a_shapefile_is_turned_to_degrees_of_five_decimals(tmp_path: Path) -> None:
    wgs84, utm = CRS.from_epsg(4326), CRS.from_epsg(25832)
    turn = Transformer.from_crs(wgs84, utm, always_xy=True)
    ring = [(9.123456789, 50.0), (9.2, 50.1), (9.3, 50.0), (9.123456789, 50.0)]
    metres = [turn.transform(x, y) for x, y in ring]
    _, records, _ = read(shapes(tmp_path / "a.zip", [("98001001", metres)], utm.to_wkt("WKT1_ESRI")))
    found = shapely.get_coordinates(geometries(records)["98001001"]).tolist()
    assert sorted(map(tuple, found)) == sorted((round(x, 5), y) for x, y in ring)


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ("98001", "98001"),
        (1001, "01001"),
        (1001001, "01001001"),
        ("980115001001", "98011001"),
        ("980115001", "980115001"),
        (98, "98"),
    ],
)
def test_codes_are_read_in_every_form_whose_length_says_what_they_are(tmp_path: Path, value: object, key: str) -> None:
    _, records, _ = read(geojson(tmp_path / "a.geojson", area(value, square(9, 50))))
    assert list(points(records)) == [key]


def test_the_dataset_depends_on_the_level_and_levels_are_no_neighbours(tmp_path: Path) -> None:
    one = geojson(tmp_path / "VG_2021-12-31.geojson", area("98001", square(9, 50)))
    both = geojson(tmp_path / "b.geojson", area("98001", square(9, 50)), area("98001001", square(10, 50)))
    ids = [(r.dataset.id, r.dataset.territory_date) for r in (read(one)[0], read(both)[0])]
    assert ids == [("boundaries-district", date(2021, 12, 31)), ("boundaries", None)]
    assert borders(read(both)[1]) == {}


def test_parts_of_one_municipality_are_joined_and_water_is_left_out(tmp_path: Path) -> None:
    path = geojson(
        tmp_path / "a.geojson",
        area("98001", square(9, 50), GF=4),
        area("98001", square(11, 50), GF=4),
        area("98001", square(10, 50), GF=2),
    )
    _, records, issues = read(path)
    assert geometries(records)["98001"].area == pytest.approx(2)
    assert issues.counts == Counter({"water": 1})


def test_a_border_that_crosses_itself_is_mended_and_said(tmp_path: Path) -> None:
    bow: Ring = [(9, 50), (10, 51), (10, 50), (9, 51), (9, 50)]
    _, records, issues = read(geojson(tmp_path / "a.geojson", area("98001", bow)))
    assert geometries(records)["98001"].is_valid
    assert issues.counts == Counter({"mended-geometry": 1})


def test_what_has_no_code_or_no_area_is_reported_and_the_rest_goes_in(tmp_path: Path) -> None:
    path = geojson(
        tmp_path / "a.geojson",
        area("98001", square(9, 50)),
        area("98", square(9, 50)) | {"geometry": None},
        area("98003", square(9, 50)) | {"geometry": {"type": "Point", "coordinates": [9, 50]}},
        area("Nordland", square(9, 50)),
        area(9800.5, square(9, 50)),
    )
    _, records, issues = read(path)
    assert list(points(records)) == ["98001"]
    assert issues.counts == Counter({"no-area": 2, "no-code": 2})
    assert issues.skipped == 4


def test_old_geojson_that_names_its_coordinates_is_understood(tmp_path: Path) -> None:
    turn = Transformer.from_crs(CRS.from_epsg(4326), CRS.from_epsg(25832), always_xy=True)
    ring = [turn.transform(x, y) for x, y in square(9, 50)]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}
    _, records, _ = read(geojson(tmp_path / "a.geojson", area("98001", ring), crs=crs))
    assert shapely.bounds(geometries(records)["98001"]).tolist() == pytest.approx([9, 50, 10, 51], abs=1e-5)


def refusal(path: Path) -> SourceError:
    with pytest.raises(SourceError) as caught:
        read(path)
    assert caught.value.place.file == path.name
    return caught.value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"type": "FeatureCollection", "features": [', "a whole JSON document"),
        ("[" * 50_000, "a whole JSON document"),
        ('{"type": "Topology"}', "a GeoJSON FeatureCollection"),
        ('{"type": "FeatureCollection", "features": []}', "at least one area"),
        ('{"type": "FeatureCollection", "features": [1, null]}', "areas with official codes (AGS or ARS)"),
        ("AGS;Name\n", "boundaries (GeoJSON or a zipped shapefile)"),
    ],
)
def test_what_is_no_geojson_is_refused(tmp_path: Path, text: str, expected: str) -> None:
    (tmp_path / "a.geojson").write_text(text, encoding="utf-8")
    assert refusal(tmp_path / "a.geojson").expected == expected


def test_metres_that_claim_to_be_degrees_are_refused(tmp_path: Path) -> None:
    assert "degrees" in refusal(geojson(tmp_path / "a.geojson", area("98001", square(600_000, 5_500_000)))).expected


def test_a_shapefile_must_say_its_coordinates_unless_they_can_only_be_degrees(tmp_path: Path) -> None:
    assert list(points(read(shapes(tmp_path / "a.zip", [("98001", square(9, 50))], None))[1])) == ["98001"]
    assert ".prj" in refusal(shapes(tmp_path / "b.zip", [("98001", square(6e5, 5e6))], None)).expected
    assert ".prj" in refusal(shapes(tmp_path / "c.zip", [("98001", square(6e5, 5e6))], "Unsinn")).expected


@pytest.mark.parametrize("suffix", [".shp", ".dbf"])
def test_a_shapefile_that_ends_too_early_is_refused(tmp_path: Path, suffix: str) -> None:
    whole = zipfile.ZipFile(shapes(tmp_path / "a.zip", [(f"9800{n}", square(n, 50)) for n in range(1, 6)], None))
    for keep in (0, 20, 150, 400):
        path = tmp_path / f"cut{keep}.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name in whole.namelist():
                data = whole.read(name)
                archive.writestr(name, data[: min(keep, len(data) - 5)] if name.endswith(suffix) else data)
        assert refusal(path).expected == "an undamaged shapefile"


def test_an_archive_without_areas_or_with_a_way_out_is_refused(tmp_path: Path) -> None:
    for name, expected in (
        ("a.txt", "an archive with a shapefile (.shp)"),
        ("../../x.shp", "names that stay inside the archive"),
    ):
        path = tmp_path / "a.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(name, "x")
        assert refusal(path).expected == expected


@pytest.mark.germany
def test_the_districts_of_both_originals_have_the_same_neighbours(germany: Path) -> None:
    folder = germany / "geometry-kreise"
    (left, one, _), (right, other, _) = (
        read(folder / name) for name in ("VG2500_KRS_2021-12-31_wgs84.geojson", "VG2500_KRS_shape.zip")
    )
    assert left.dataset.id == right.dataset.id == "boundaries-district"
    assert len(points(one)) == len(geometries(one)) == 400
    assert borders(one) == borders(other)
    around = {a if b == "08119" else b for a, b in borders(one) if "08119" in (a, b)}
    assert around == {"08111", "08116", "08117", "08118", "08125", "08127", "08136"}


@pytest.mark.germany
def test_all_municipalities_go_in_and_only_islands_and_exclaves_stand_alone(germany: Path) -> None:
    reading, records, issues = read(germany / "geometry-gemeinden" / "VG250_GEM_simplified.zip")
    assert reading.dataset.id == "boundaries-municipality"
    assert reading.read() == len(points(records)) == 10_990
    assert issues.skipped == 0
    alone = set(points(records)) - {end for pair in borders(records) for end in pair}
    assert len(alone) == 18
    assert {"01056025", "08335015", "13073040"} <= alone

"""`anlan regions load` with a tree it has never seen."""

import json

import pytest
from click.testing import CliRunner, Result
from django.utils import translation

from anlan.kernel.places.models import Region
from anlan.surfaces.cli.main import main

pytestmark = pytest.mark.django_db
HEAD = "community_code,community,street_code,street,county_code,county,city_code,city\n"
ROWS = (
    "110199001001,东社区,110199001,河东街道,110199,临河区,1101,临河市\n"
    "110199001002,西社区,110199001,河东街道,110199,临河区,1101,临河市\n"
)
SHAPE = {"type": "Polygon", "coordinates": [[[116.0, 40.0], [116.1, 40.0], [116.1, 40.1], [116.0, 40.0]]]}


@pytest.fixture
def files(tmp_path):
    (tmp_path / "tree.csv").write_text(HEAD + ROWS, encoding="utf-8")
    features = [{"type": "Feature", "properties": {"name": "临河区", "gb": "156110199"}, "geometry": SHAPE}]
    (tmp_path / "shapes.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return tmp_path


def run(*words: object) -> Result:
    with translation.override("en"):
        return CliRunner().invoke(main, ["regions", "load", *map(str, words)])


def test_communities_streets_county_and_city_stand_under_each_other(files):
    result = run(files / "tree.csv")
    assert result.exit_code == 0, result.output
    assert Region.objects.get(pk="110199001002").parent_id == "110199001000"
    assert Region.objects.get(pk="110199000000").parent.name == "临河市"


def test_shapes_are_found_by_their_code_and_say_whose_they_are(files):
    run(files / "tree.csv", "--outlines", files / "shapes.geojson", "--origin", "public county polygons")
    county = Region.objects.get(pk="110199000000")
    assert county.outline == SHAPE
    assert county.outline_origin == "public county polygons"


def test_loading_again_without_shapes_keeps_them(files):
    run(files / "tree.csv", "--outlines", files / "shapes.geojson", "--origin", "public county polygons")
    run(files / "tree.csv")
    county = Region.objects.get(pk="110199000000")
    assert (county.outline, county.outline_origin) == (SHAPE, "public county polygons")


def test_only_what_lies_under_a_code_is_loaded_when_asked(files):
    run(files / "tree.csv", "--under", "110199001")
    assert set(Region.objects.values_list("pk", flat=True)) == {
        "110199001000",
        "110199001001",
        "110199001002",
    }

from hypothesis import given
from hypothesis import strategies as st

from anlan.kernel.places import crs
from anlan.kernel.places.queries import metres_between

LON, LAT = st.floats(113.5, 114.5), st.floats(22.3, 23.0)


@given(LON, LAT)
def test_gcj02_there_and_back_is_the_same_metre(lon: float, lat: float) -> None:
    back = crs.gcj02_to_wgs84(*crs.wgs84_to_gcj02(lon, lat))
    assert metres_between(lon, lat, *back) < 1.0


@given(LON, LAT)
def test_bd09_there_and_back_is_the_same_metre(lon: float, lat: float) -> None:
    back = crs.bd09_to_wgs84(*crs.gcj02_to_bd09(*crs.wgs84_to_gcj02(lon, lat)))
    assert metres_between(lon, lat, *back) < 1.0


def test_the_shift_here_is_the_published_one() -> None:
    lon, lat = crs.wgs84_to_gcj02(113.88, 22.56)
    assert abs(lon - 113.88 - 0.0050) < 0.0005
    assert abs(lat - 22.56 + 0.0030) < 0.0005


def test_a_position_abroad_is_left_alone() -> None:
    assert crs.wgs84_to_gcj02(-95.0, 29.5) == (-95.0, 29.5)


@given(LON, LAT, LON, LAT)
def test_local_metres_are_true_to_half_a_per_cent(lon: float, lat: float, lon2: float, lat2: float) -> None:
    x, y = crs.to_local(lon, lat)
    x2, y2 = crs.to_local(lon2, lat2)
    flat, true = ((x - x2) ** 2 + (y - y2) ** 2) ** 0.5, metres_between(lon, lat, lon2, lat2)
    assert abs(flat - true) <= 0.008 * true + 1

"""Where the stations of a series stand: from a file, else in the district as a whole."""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import shapely
from django.conf import settings
from shapely.geometry import shape

from anlan.domains.sensing.actions import StationGiven
from anlan.domains.sensing.rules.sources import DEPTH_CM, LEVEL_CM, RAIN_MM
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.places.actions import load_regions
from anlan.kernel.places.models import Region
from anlan.surfaces.stream.series import NO_COLUMN, Series

BAD_REGION = reason("stream.bad_region", N_("{region} is not a region code of 12 digits."))

_CODE = r"^(station(_?(id|code|no))?|sensor_?id|code|id|stcd|站号|测站编码)$"
_NAME = r"^((station|sensor)_?name|name|名称|站名)$"
_LON = r"^((replay_)?lon(gitude)?|lng|经度)$"
_LAT = r"^((replay_)?lat(itude)?|纬度)$"
_KINDS = {RAIN_MM: "rain", LEVEL_CM: "river", DEPTH_CM: "street"}
_STAGES = ("warning", "guarantee", "flood_limit", "flood_high")
SYNTHETIC = "SYNTHETIC SITING: real readings, moved to other places"


@dataclass(frozen=True)
class Site:
    """A row of a stations file."""

    name: str
    lon: float | None
    lat: float | None
    region: str
    marks: dict[str, float]


def read_sites(path: Path) -> tuple[dict[str, Site], bool]:
    """Sites by station code, and whether the file says that the stations were moved (its columns are replay_lon, …).

    Columns: a code, and where known name, lon and lat (WGS-84), region (12 digits), warning_cm, guarantee_cm,
    flood_limit_cm, flood_high_cm.
    """
    frame = pl.read_csv(path, infer_schema=False)
    names = {c.strip().lower(): c for c in frame.columns}
    code = _match(names, _CODE)
    if not code:
        columns = ", ".join(frame.columns[:12])
        raise Refused(NO_COLUMN, file=path.name, what="station", columns=columns, option="station_id")
    found = {key: _match(names, pattern) for key, pattern in (("name", _NAME), ("lon", _LON), ("lat", _LAT))}
    sites = {
        str(row[code]).strip(): _site(row, str(row[code]).strip(), found, names) for row in frame.to_dicts()
    }
    return sites, found["lon"].lower().startswith("replay_")


def _match(names: dict[str, str], pattern: str) -> str:
    return next((column for low, column in names.items() if re.match(pattern, low)), "")


def _site(row: dict[str, Any], code: str, found: dict[str, str], names: dict[str, str]) -> Site:
    marks = {s: v for s in _STAGES if (v := _number(row.get(names.get(f"{s}_cm", "")))) is not None}
    return Site(
        name=str(row.get(found["name"]) or code).strip(),
        lon=_number(row.get(found["lon"])),
        lat=_number(row.get(found["lat"])),
        region=str(row.get(names.get("region", "")) or ""),
        marks=marks,
    )


def _number(word: Any) -> float | None:
    try:
        return float(word)
    except (TypeError, ValueError):
        return None


class Streets:
    """Which street a position lies in; asked for hundreds of stations at once."""

    def __init__(self) -> None:
        rows = list(
            Region.objects.filter(level="street", outline__isnull=False)
            .order_by("code")
            .values_list("code", "outline")
        )
        self._codes = [code for code, _ in rows]
        self._tree = shapely.STRtree([shape(outline) for _, outline in rows])

    def at(self, lon: float | None, lat: float | None) -> str | None:
        """The street's code, or None outside every outline."""
        if lon is None or lat is None or not self._codes:
            return None
        hits = self._tree.query(shapely.Point(lon, lat), predicate="intersects")
        return self._codes[int(min(hits))] if len(hits) else None


def ensure_region(code: str, *, at: datetime) -> str:
    """The district that stations stand in when nothing else is known; made where the tree is still empty."""
    code = code or settings.ANLAN_REGION
    if not re.fullmatch(r"\d{12}", code):
        raise Refused(BAD_REGION, field="region", region=code)
    if not Region.objects.filter(pk=code).exists():
        load_regions({code: code}, by="service:replay", at=at)
    return code


def stations_of(
    series: Series, sites: dict[str, Site], *, moved: bool, region: str, silent_s: int | None
) -> list[StationGiven]:
    """Every station of the series, and those of the file that never spoke: they are silent, which is a fault."""
    streets, known = Streets(), set(Region.objects.values_list("code", flat=True))
    usual = max(set(series.every_s), key=series.every_s.count)
    spoken = {
        code: (every, steady)
        for code, every, steady in zip(series.codes, series.every_s, series.steady, strict=True)
    }
    mute = [code for code in sites if code not in spoken] if any(series.steady) else []
    given = []
    for code in [*series.codes, *mute]:
        site = sites.get(code, Site(code, None, None, "", {}))
        every_s, steady = spoken.get(code, (usual, True))
        named = site.region if site.region in known else None
        given.append(
            StationGiven(
                code=code,
                name=site.name,
                region=named or streets.at(site.lon, site.lat) or region,
                metrics=(series.source.metric,),
                kind="reservoir" if "flood_limit" in site.marks else _KINDS[series.source.metric],
                lon=site.lon,
                lat=site.lat,
                every_s=every_s,
                silent_s=silent_s if silent_s is not None else (max(3 * every_s, 1800) if steady else 0),
                siting_note=SYNTHETIC if moved else "",
                marks=site.marks,
            )
        )
    return given

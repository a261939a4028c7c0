"""A file of readings, whatever its columns are called: CSV or Parquet, one row a reading or one column a station."""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from anlan.domains.sensing.rules import marks
from anlan.domains.sensing.rules.ring import Longs
from anlan.domains.sensing.rules.sources import DEPTH_CM, LEVEL_CM, RAIN_MM, Source, cadence
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_

NO_COLUMN = reason(
    "stream.no_column",
    N_("{file}: no {what} column found among {columns}. Name it with {option}."),
)
NO_READINGS = reason("stream.no_readings", N_("{file}: not one reading in it can be used ({bad} bad rows)."))
BAD_TIME = reason(
    "stream.bad_time", N_("{file}: the times in {column} cannot be read; the first is “{first}”.")
)
BAD_FILE = reason("stream.bad_file", N_("{file} cannot be read: {problem}"))
BAD_ZONE = reason("stream.bad_zone", N_("{zone} is no time zone. Write one like Asia/Shanghai or UTC."))

_TIME = r"^(time|date_?time|timestamp|obs_?time|at|date|tm|ts|时间|观测时间|日期)([_ ]?(utc|local))?$"
_STATION = (
    r"^(station(_?(id|code|no|number))?|sensor_?id|gauge(_?id)?|stcd|site(_?id)?|id|站号|站点|测站(编码)?)$"
)
_VALUE = (
    r"^(mm|value|rain(fall)?|precip\w*|level|stage|depth|val|drp|z|雨量|水位|水深|积水|数值)"
    r"([_ ]?(mm|cm|m|in|inch|ft))?$"
)
_UNITS = {"mm": "mm", "cm": "cm", "m": "m", "in": "inch", "inch": "inch", "ft": "ft"}
_METRICS = ((DEPTH_CM, r"depth|积水|水深"), (LEVEL_CM, r"level|stage|水位"), (RAIN_MM, r"rain|precip|mm|雨"))
_FORMATS = (
    "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M", "%d.%m.%Y %H:%M", "%Y%m%d%H%M%S", "%Y%m%d%H%M", "%Y-%m-%d",
)  # fmt: skip
_ZONED = (
    "%Y-%m-%d %H:%M:%S%.f%:z",
    "%Y-%m-%dT%H:%M:%S%.f%:z",
    "%Y-%m-%dT%H:%M%:z",
    "%Y-%m-%d %H:%M:%S%.f%#z",
)


@dataclass(frozen=True)
class Mapping:
    """What the caller says of a file; an empty name means: find it."""

    time: str = ""
    value: str = ""
    station: str = ""
    wide: bool = False
    metric: str = ""
    unit: str = ""
    stamp: str = "end"
    zone: str = "UTC"
    sentinels: dict[float, str] = field(default_factory=dict)
    slot_s: int = 0  # 0: found from the cadences
    every_s: int = 0  # 0: found from the stamps


@dataclass(frozen=True)
class Series:
    """Readings in the order of time, ready to be played: `station` indexes `codes`, `at` is seconds of the epoch at
    the end of the interval, `value` is in the source's unit."""

    codes: tuple[str, ...]
    station: Longs
    at: Longs
    value: npt.NDArray[np.float64]
    source: Source
    slot_s: int
    every_s: tuple[int, ...]  # by station
    steady: tuple[bool, ...]  # speaks often enough that its silence means something
    bad_rows: int
    empty: int
    read_as: dict[str, str]  # what was found or assumed, for the summary

    def __len__(self) -> int:
        return len(self.at)


def read(path: Path, mapping: Mapping) -> Series:
    """Read a file, or say what it lacks."""
    frame = _frame(path)
    time = mapping.time or _find(path, frame, _TIME, "time", "--time-column")
    _must_have(path, frame, time, "--time-column")
    long, value = _long(path, frame, time, mapping)
    seconds, bad_time = _seconds(path, long["time"], mapping.zone)
    numbers = long["value"].cast(pl.String).str.strip_chars().replace("", None)
    amounts = numbers.cast(pl.Float64, strict=False)
    empty = int((numbers.is_null() | amounts.is_nan().fill_null(value=False)).sum())
    unreadable = int((amounts.is_null() & numbers.is_not_null()).sum())
    usable = (
        seconds.is_not_null() & amounts.is_not_null() & amounts.is_not_nan() & long["station"].is_not_null()
    )
    kept = pl.DataFrame({"station": long["station"], "at": seconds, "value": amounts}).filter(usable)
    bad = bad_time + unreadable
    if kept.is_empty():
        raise Refused(NO_READINGS, file=path.name, bad=bad)
    return _series(kept, mapping, time=time, value=value, bad=bad, empty=empty)


def _series(kept: pl.DataFrame, mapping: Mapping, *, time: str, value: str, bad: int, empty: int) -> Series:
    metric = mapping.metric or next((m for m, word in _METRICS if re.search(word, value.lower())), RAIN_MM)
    unit = (
        mapping.unit or _unit(value) or ("m" if metric == LEVEL_CM else "cm" if metric == DEPTH_CM else "mm")
    )
    codes = sorted(kept["station"].unique().to_list())
    number = {code: n for n, code in enumerate(codes)}
    station = kept["station"].replace_strict(number, return_dtype=pl.Int64).to_numpy()
    at = kept["at"].to_numpy()
    by_station = np.argsort(station, kind="stable")
    edges = np.searchsorted(station[by_station], np.arange(len(codes) + 1))
    stamps = [at[by_station[edges[n] : edges[n + 1]]] for n in range(len(codes))]
    spacing = [cadence(of) for of in stamps]
    usual = int(np.median([s for s in spacing if s] or [300]))
    every = [mapping.every_s or s or usual for s in spacing]
    if mapping.stamp == "start" and metric == RAIN_MM:
        at = at + np.array(every, np.int64)[station]
    slot_s = mapping.slot_s or marks.slot_for(at, every)
    order = np.lexsort((station, at))
    span = max(1, int(at.max() - at.min()))
    return Series(
        codes=tuple(codes),
        station=station[order],
        at=at[order],
        value=kept["value"].to_numpy()[order],
        source=Source(metric, unit, mapping.stamp, mapping.zone, mapping.sentinels),
        slot_s=slot_s,
        every_s=tuple(every),
        steady=tuple(len(of) * e >= span * 0.1 for of, e in zip(stamps, every, strict=True)),
        bad_rows=bad,
        empty=empty,
        read_as={"time": time, "value": value, "metric": metric, "unit": unit, "zone": mapping.zone,
                 "interval": mapping.stamp},
    )  # fmt: skip


def _frame(path: Path) -> pl.DataFrame:
    try:
        if path.suffix == ".parquet":
            return pl.read_parquet(path)
        data = path.read_bytes()
        if path.suffix == ".gz":
            return pl.read_csv(data, infer_schema=False)
        return pl.read_csv(io.StringIO(_text(data)), infer_schema=False, separator=_separator(path))
    except (OSError, pl.exceptions.PolarsError, UnicodeDecodeError) as problem:
        raise Refused(BAD_FILE, file=path.name, problem=str(problem)) from problem


def _text(data: bytes) -> str:
    """Offices send UTF-8 with a mark, and GB 18030."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030")


def _separator(path: Path) -> str:
    return "\t" if path.suffix == ".tsv" else ","


def _find(path: Path, frame: pl.DataFrame, pattern: str, what: str, option: str) -> str:
    found = [c for c in frame.columns if re.match(pattern, c.strip().lower())]
    if not found:
        raise Refused(
            NO_COLUMN, file=path.name, what=what, columns=", ".join(frame.columns[:12]), option=option
        )
    return found[0]


def _must_have(path: Path, frame: pl.DataFrame, column: str, option: str) -> None:
    if column not in frame.columns:
        columns = ", ".join(frame.columns[:12])
        raise Refused(NO_COLUMN, file=path.name, what=column, columns=columns, option=option)


def _long(path: Path, frame: pl.DataFrame, time: str, mapping: Mapping) -> tuple[pl.DataFrame, str]:
    """One row a reading, and the name of the value column."""
    station = mapping.station or next((c for c in frame.columns if re.match(_STATION, c.strip().lower())), "")
    value = mapping.value or next(
        (c for c in frame.columns if re.match(_VALUE, c.strip().lower()) and c != time), ""
    )
    if mapping.wide or (not value and not station):
        columns = [c for c in frame.columns if c != time]
        if not columns:
            raise Refused(NO_COLUMN, file=path.name, what="value", columns=time, option="--value-column")
        long = frame.unpivot(columns, index=time, variable_name="station", value_name="value")
        return long.rename({time: "time"}), mapping.metric or "value"
    if not value:
        value = _find(path, frame, _VALUE, "value", "--value-column")
    _must_have(path, frame, value, "--value-column")
    if station:
        _must_have(path, frame, station, "--station-column")
    code = pl.col(station).cast(pl.String).str.strip_chars() if station else pl.lit(path.stem.split(".")[0])
    return frame.select(
        pl.col(time).alias("time"), code.alias("station"), pl.col(value).alias("value")
    ), value


def _unit(column: str) -> str:
    return _UNITS.get(re.split(r"[_ ]", column.lower())[-1], "")


def _seconds(path: Path, times: pl.Series, zone: str) -> tuple[pl.Series, int]:
    """Seconds of the epoch, fractions cut off; how many could not be read."""
    if times.dtype.is_numeric():
        # Milliseconds where seconds would lie beyond the year 5000.
        number = times.cast(pl.Int64)
        milliseconds = bool((number > 10**11).any())
        return (number // 1000 if milliseconds else number), int(times.is_null().sum())
    stamps = times if times.dtype == pl.Datetime else _parsed(path, times.cast(pl.String).str.strip_chars())
    try:
        if stamps.dtype == pl.Datetime and getattr(stamps.dtype, "time_zone", None) is None:
            stamps = stamps.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
        stamps = stamps.dt.convert_time_zone("UTC")
    except pl.exceptions.PolarsError as problem:
        raise Refused(BAD_ZONE, zone=zone) from problem
    seconds = stamps.dt.epoch("s")
    return seconds, int(seconds.is_null().sum())


def _parsed(path: Path, text: pl.Series) -> pl.Series:
    """Text as times by the format that reads most of it; some lines may be bad, not half of them."""
    text = text.str.replace(r"[Zz]$", "+00:00")
    best: pl.Series | None = None
    for form in (*_ZONED, *_FORMATS):
        try:
            read_ = text.str.to_datetime(form, strict=False, time_unit="us")
        except pl.exceptions.PolarsError:
            continue
        if best is None or read_.null_count() < best.null_count():
            best = read_
        if best.null_count() == text.null_count():
            break
    if best is None or best.null_count() * 2 > len(text):
        raise Refused(BAD_TIME, file=path.name, column=text.name, first=_first(text.to_list()))
    return best


def _first(values: Sequence[str | None]) -> str:
    return next((value for value in values if value), "")

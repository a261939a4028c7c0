"""`anlan replay SERIES`: a file of readings through the same path as a storm, in an exercise of its own."""

import json
from pathlib import Path
from typing import Any

import click

from anlan.domains.sensing.models import Alarm, SensorFault
from anlan.domains.sensing.rules.sources import METRICS, MILLIMETRES, parse_sentinels
from anlan.surfaces.stream import events, siting
from anlan.surfaces.stream.replay import Played, Request, play
from anlan.surfaces.stream.series import Mapping
from anlan.surfaces.stream.standing import database

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(name="replay")
@click.argument("series", type=FILE)
@click.option(
    "--stations", type=FILE, help="CSV of stations: code, name, lon, lat (WGS-84), region, warning_cm …"
)
@click.option(
    "--speed", default="max", help="simulated seconds a second, or max (default): as fast as it goes"
)
@click.option("--resume", is_flag=True, help="go on from the last committed step")
@click.option("--again", is_flag=True, help="begin anew where the series is half played")
@click.option("--time-column", default="", help="column of the times")
@click.option("--value-column", default="", help="column of the values")
@click.option("--station-column", default="", help="column of the station codes")
@click.option("--wide", is_flag=True, help="one column a station")
@click.option("--metric", type=click.Choice(METRICS), help="what is measured, where no column name tells")
@click.option("--unit", type=click.Choice(sorted(MILLIMETRES)), help="unit of the values")
@click.option("--interval", type=click.Choice(["start", "end"]), default="end", help="what a stamp names")
@click.option(
    "--every", type=float, default=0, help="minutes that one amount stands for, where stamps do not tell"
)
@click.option("--tz", default="UTC", help="zone of stamps without one, such as Asia/Shanghai")
@click.option(
    "--sentinel", multiple=True, help="a number that is a word: -999=missing, -998=none (nothing fell)"
)
@click.option("--slot", type=int, default=0, help="seconds of a slot; found from the stamps where not given")
@click.option(
    "--silent-after", type=float, help="minutes without a reading that make a sensor silent; 0: never"
)
@click.option("--region", default="", help="12-digit code of the district for stations without a place")
@click.option("--name", default="", help="name of the exercise")
@click.option("--steps", type=int, default=0, help="stop after so many steps; --resume goes on")
@click.option(
    "--events", "events_out", type=click.Path(dir_okay=False, path_type=Path), help="events as JSON lines"
)
@click.option("--json", "as_json", is_flag=True, help="summary as JSON")
def command(series: Path, speed: str, events_out: Path | None, as_json: bool, **given: Any) -> None:
    """Play SERIES (CSV or Parquet of readings) in an exercise: alarms, proposals, call-outs, responses, ledger.

    Columns, unit and cadence are found where their names tell; every flag overrules. What was assumed is printed.
    """
    request = _request(series, speed, given)
    with database():
        played = play(request, tell=_Ticker())
        told = events.write(events_out, played.exercise.pk) if events_out else None
        summary = _summary(request, played, told)
    click.echo(json.dumps(summary, ensure_ascii=False, default=str) if as_json else _text(summary))


def _request(series: Path, speed: str, given: dict[str, Any]) -> Request:
    try:
        pace = 0.0 if speed == "max" else float(speed)
        sentinels = parse_sentinels(given["sentinel"])
    except ValueError as problem:
        raise click.BadParameter(str(problem)) from problem
    if pace < 0 or any(meaning not in ("none", "missing") for meaning in sentinels.values()):
        raise click.BadParameter(
            "--speed is max or a number above 0; --sentinel is NUMBER=none or NUMBER=missing"
        )
    silent = given["silent_after"]
    mapping = Mapping(
        time=given["time_column"],
        value=given["value_column"],
        station=given["station_column"],
        wide=given["wide"],
        metric=given["metric"] or "",
        unit=given["unit"] or "",
        stamp=given["interval"],
        zone=given["tz"],
        sentinels=sentinels,
        slot_s=given["slot"],
        every_s=int(given["every"] * 60),
    )
    return Request(
        series=series,
        stations=given["stations"],
        mapping=mapping,
        region=given["region"],
        speed=pace,
        resume=given["resume"],
        again=given["again"],
        silent_s=None if silent is None else int(silent * 60),
        name=given["name"],
        steps=given["steps"],
    )


class _Ticker:
    """A line on stderr every so many steps: how far the storm is."""

    def __init__(self, every: int = 100) -> None:
        self.every, self.next = every, every

    def __call__(self, played: Played) -> None:
        if played.steps < self.next:
            return
        self.next = played.steps + self.every
        number = played.resumed_at + played.steps
        click.echo(f"step {number}: {played.readings} readings, {played.alarm_steps} alarm steps", err=True)


def _summary(request: Request, played: Played, told: int | None) -> dict[str, Any]:
    series, pk = played.series, played.exercise.pk
    return {
        "series": request.series.name,
        "digest": played.exercise.series_digest,
        "exercise": str(pk),
        "ended": played.ended,
        "resumed_at_step": played.resumed_at,
        "steps": played.steps,
        "stations": len(series.codes),
        "readings": played.readings,
        "stored": played.stored,
        "doubles": played.doubles,
        "stale": played.stale,
        "flagged": played.flagged,
        "bad_rows": series.bad_rows,
        "empty": series.empty,
        "alarms": Alarm.objects.filter(exercise=pk).count(),
        "alarm_steps": played.alarm_steps,
        "sensor_faults": SensorFault.objects.filter(sensor__station__exercise=pk).count(),
        "events": told,
        "seconds": round(played.seconds, 2),
        "readings_per_s": round(played.readings / max(played.seconds, 1e-9)),
        "slot_s": series.slot_s,
        "read_as": series.read_as,
        "note": siting.SYNTHETIC if played.moved else "",
    }


def _text(summary: dict[str, Any]) -> str:
    lines = [f"{key:>16}  {value}" for key, value in summary.items() if value not in (None, "")]
    return "\n".join(lines)

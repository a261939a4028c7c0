"""`anlan number`: a named number with its base, definition and time."""

import json
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import click
from django.conf import settings
from django.utils.translation import gettext as _

from anlan.kernel.core import clock
from anlan.kernel.indicators.queries import indicator
from anlan.kernel.indicators.registry import all_indicators
from anlan.kernel.indicators.spec import Cut, Period, Reading

LOCAL = ZoneInfo("Asia/Shanghai")
DAY = click.DateTime(["%Y-%m-%d"])
MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"])


@click.command(name="number")
@click.argument("code", required=False)
@click.option("--from", "start", type=DAY, help="First day of the period [the first of this month].")
@click.option("--to", "end", type=DAY, help="Last day of the period, included [today].")
@click.option("--region", default="", help="12-digit code; its subtree counts [the whole district].")
@click.option("--as-of", type=MOMENT, help="What had been recorded by then [now].")
@click.option("--exercise", type=click.UUID, help="Count in this exercise instead of the real world.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, with the ids of the rows.")
def command(
    code: str | None, start: datetime | None, end: datetime | None, region: str, as_of: datetime | None,
    exercise: UUID | None, as_json: bool,
) -> None:  # fmt: skip
    """Read the number CODE for a period and a region; without CODE list all there are."""
    if code is None:
        for each in all_indicators():
            click.echo(f"{each.code:<32} {_(each.label)} ({_(each.unit)})")
        return
    now = clock.now(exercise)
    period = _period(start, end, now)
    if period.start >= period.end:
        raise click.BadParameter(_("the period ends before it starts"), param_hint="--from/--to")
    cut = Cut(region or settings.ANLAN_REGION, exercise)
    moment = as_of.replace(tzinfo=LOCAL).astimezone(UTC) if as_of else now
    reading = indicator(code=code, cut=cut, period=period, as_of=moment)
    click.echo(json.dumps(_as_dict(reading), ensure_ascii=False) if as_json else _told(reading))


def _period(start: datetime | None, end: datetime | None, now: datetime) -> Period:
    today = now.astimezone(LOCAL).date()
    first = start.date() if start else (end.date() if end else today).replace(day=1)
    last = end.date() if end else today
    return Period(_midnight(first), _midnight(last + timedelta(days=1)))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), LOCAL).astimezone(UTC)


def _told(reading: Reading) -> str:
    known = reading.indicator
    value = "—" if reading.value is None else f"{reading.value:f} {_(known.unit)}"
    span = (
        f"{reading.period.start.astimezone(LOCAL):%F %H:%M} – {reading.period.end.astimezone(LOCAL):%F %H:%M}"
    )
    lines = [
        f"{_(known.label)}  {value}",
        _("base {base} · region {region} · {span} · as recorded by {as_of}").format(
            base=reading.base, region=reading.cut.region, span=span,
            as_of=f"{reading.as_of.astimezone(LOCAL):%F %H:%M}",
        ),
        f"v{known.version}: {_(known.definition)}",
    ]  # fmt: skip
    if reading.value is None:
        lines.insert(1, _("Nothing fell into this period and region, so there is nothing to share."))
    return "\n".join(lines)


def _as_dict(reading: Reading) -> dict[str, object]:
    known = reading.indicator
    return {
        "code": known.code, "label": _(known.label), "unit": _(known.unit), "definition": _(known.definition),
        "version": known.version, "value": None if reading.value is None else float(reading.value),
        "base": reading.base, "region": reading.cut.region, "start": reading.period.start.isoformat(),
        "end": reading.period.end.isoformat(), "as_of": reading.as_of.isoformat(),
        "rows": [str(pk) for pk in reading.rows],
    }  # fmt: skip

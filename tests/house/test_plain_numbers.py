"""Numbers that no other test reads: each counts rows that are known here, and opens to them."""

from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest

from anlan.domains.dangers.actions import report_danger
from anlan.domains.enterprises.models import Enterprise, History, SelfReport
from anlan.domains.patrols.models import Finding, Visit
from anlan.domains.responses.models import Response, Return
from anlan.domains.sensing.actions import Arrived, declare_stations, take_in
from anlan.domains.sensing.actions.stations import StationGiven
from anlan.domains.sensing.models import Sensor, Station
from anlan.domains.warnings.tests.people import take_in as take_signal
from anlan.domains.warnings.tests.people import watch
from anlan.kernel.core.ids import new_id
from anlan.kernel.indicators.comparing import compared
from anlan.kernel.indicators.queries import indicator
from anlan.kernel.indicators.spans import Span
from anlan.kernel.indicators.spec import Cut, Period, Reading
from anlan.kernel.loop.actions import open_item
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.orgs.models import Organisation
from tests.people import DISTRICT, HARBOUR, HILL, NOON, QUAY, TERRACE, district

pytestmark = pytest.mark.django_db
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
BY = "service:test"


def read(code: str, *, region: str = DISTRICT, days: int = 3, end: datetime = NOON + DAY) -> Reading:
    return indicator(code=code, cut=Cut(region), period=Period(end - days * DAY, end), as_of=end)


def test_rain_is_the_mean_of_the_gauges_and_the_most_at_one_and_instruments_that_speak_are_online() -> None:
    district()
    given = [
        StationGiven("A", "码头站", QUAY),
        StationGiven("B", "梯田站", TERRACE),
        StationGiven("C", "哑站", QUAY),
    ]
    declare_stations(given, exercise_id=None, by=BY, at=NOON - DAY)
    sensors = dict(Sensor.objects.values_list("station__code", "pk"))
    rows = [("A", 1.5, NOON - 10 * MINUTE), ("A", 2.5, NOON - 5 * MINUTE), ("B", 10.0, NOON - 5 * MINUTE)]
    for code, mm, when in rows:
        told = Arrived(
            np.array([sensors[code]], np.int64), np.array([int(when.timestamp())], np.int64), np.array([round(mm * 10)], np.int32),
            np.zeros(1, np.int16),
        )  # fmt: skip
        take_in(batch=told, exercise_id=None, at=NOON, slot_s=300)
    station = dict(Station.objects.values_list("code", "pk"))
    mean, most = read("sensing.rain", end=NOON), read("sensing.rain_most", end=NOON)
    assert (mean.value, mean.base, most.value) == (7, 2, 10)
    assert list(most.rows) == [station["B"], station["A"]]
    assert read("sensing.rain", region=HARBOUR, end=NOON).value == 4
    online = read("sensing.online", end=NOON)
    assert (round(float(online.value or 0), 1), online.base) == (66.7, 3)
    assert set(online.rows) >= {station["A"], station["B"]}
    assert read("sensing.online", end=NOON + HOUR).value == 0  # silent for longer than they may be


@pytest.mark.feature("M340")
def test_rain_stands_against_the_mean_of_five_years_as_published() -> None:
    """746.6 mm were the mean of five years; 1,075.1 mm are 44 % more. Each year here has a thousandth of that an hour."""
    district()
    declare_stations([StationGiven("A", "码头站", QUAY)], exercise_id=None, by=BY, at=NOON - 2200 * DAY)
    sensor = Sensor.objects.get()
    span = Span("since", NOON.date() - DAY, NOON.date())
    for years, tenths in (*((n, 75) for n in range(5, 0, -1)), (0, 108)):
        when = NOON.replace(year=NOON.year - years) - HOUR
        told = Arrived(
            np.array([sensor.pk], np.int64), np.array([int(when.timestamp())], np.int64), np.array([tenths], np.int32),
            np.zeros(1, np.int16),
        )  # fmt: skip
        take_in(batch=told, exercise_id=None, at=when + MINUTE, slot_s=300)
    found = compared(code="sensing.rain", cut=Cut(DISTRICT), span=span, as_of=NOON + DAY, kinds=("mean",))
    assert (found.now.value, found.against[0].other, found.against[0].text) == (
        Decimal("10.8"),
        Decimal("7.5"),
        "+44.0%",
    )


@pytest.mark.feature("M338")
def test_signals_are_counted_where_they_hold() -> None:
    watch()
    taken = take_signal(regions=(HARBOUR,))
    own = [signal.pk for signal in taken.signals]
    assert list(read("warnings.signals").rows) == own
    assert (read("warnings.signals", region=QUAY).value, read("warnings.signals", region=HILL).value) == (
        1,
        0,
    )
    assert read("warnings.signals", end=NOON).value == 0


def test_persons_moved_now_and_in_all_are_the_last_return_of_each_street() -> None:
    district()
    row = Response(level="Ⅳ", started_at=NOON - HOUR, level_since=NOON - HOUR)
    open_item(loop="responses.response", record=row, title="防汛", region=DISTRICT, by=BY, at=NOON - HOUR)
    for street, minute, now, cum in ((HARBOUR, 0, 30, 30), (HARBOUR, 60, 12, 40), (HILL, 30, 5, 5)):
        at = NOON + minute * MINUTE
        figures = {"moved_slopes": {"now": now, "cum": cum}, "moved_sheds": {"now": 1, "cum": 2}}
        Return.objects.create(response=row, street_id=street, figures=figures, by=BY, at=at, happened_at=at)
    assert [read(f"responses.{code}").value for code in ("moved_now", "moved")] == [19, 49]
    assert (read("responses.moved", region=HARBOUR).value, list(read("responses.moved").rows)) == (
        42,
        [row.pk],
    )
    assert read("responses.moved_now", end=NOON + 30 * MINUTE + timedelta(seconds=1)).value == 37


def test_firms_that_reported_no_danger_of_their_own_for_ninety_days() -> None:
    district()
    firms = [Organisation.objects.create(name=f"厂{n}", kind="enterprise", region_id=QUAY) for n in range(4)]
    since = (200, 200, 200, 30)  # the last one is not known for ninety days yet
    for firm, days in zip(firms, since, strict=True):
        at = NOON - days * DAY
        archive = Enterprise.objects.create(organisation=firm, created_at=at, updated_at=at)
        History.objects.create(
            enterprise=archive, kind="status", value="operating", by=BY, at=at, happened_at=at
        )
    for firm, found, days in ((firms[0], 2, 20), (firms[1], 0, 20), (firms[2], 3, 120)):
        at = NOON - days * DAY
        SelfReport.objects.create(enterprise_id=firm.pk, found=found, by=BY, at=at, happened_at=at)
    reading = read("enterprises.long_zero")
    assert (reading.value, set(reading.rows)) == (2, {firms[1].pk, firms[2].pk})


def test_dangers_found_on_patrols_of_a_trade_and_the_share_that_passed() -> None:
    here = district()
    dangers = []
    for number, tags in enumerate((["dust"], ["dust"], ["plating"])):
        visit = Visit(
            key=new_id(), kind="patrol", organisation=here.firm, tags=tags, patroller=here.owner, started_at=NOON,
            recorded_at=NOON,
        )  # fmt: skip
        item = open_item(
            loop="patrols.visit",
            record=visit,
            title="x",
            region=QUAY,
            charge_person=here.owner,
            by=BY,
            at=NOON,
        )
        step(item, "finish")
        danger = report_danger(description=f"积尘{number}", category="dust", region=QUAY, organisation=here.firm,
                        by=here.owner.by, at=NOON)  # fmt: skip
        Finding.objects.create(id=new_id(), visit=visit, danger_id=danger.pk, found_at=NOON)
        dangers.append(danger)
    step(dangers[0], "accept")
    assert [read(f"patrols.rate_{trade}").value for trade in ("dust", "plating", "hazchem")] == [50, 0, None]
    dust = read("patrols.rate_dust")
    assert (dust.base, set(dust.rows) <= {dangers[0].pk, dangers[1].pk}) == (2, True)
    assert read("patrols.rate_confined_space").value is None


def step(item: WorkItem, move: str) -> None:
    Step.objects.create(
        item=item, act=new_id(), move=move, target="x", by=BY, at=NOON + HOUR, happened_at=NOON + HOUR
    )

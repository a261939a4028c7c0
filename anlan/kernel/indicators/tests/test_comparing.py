"""A number against other spans, by region and by month, and the cuts it can and cannot be read by."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from anlan.kernel.core.errors import Refused
from anlan.kernel.indicators import actions, comparing, memory, queries, registry, spans
from anlan.kernel.indicators.rowsets import RowFormula, Rowset
from anlan.kernel.indicators.spec import Counted, Cut, Indicator, Period
from tests.people import DISTRICT, HARBOUR, HILL, QUAY, add_regions

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 1, tzinfo=UTC)
# (day, region, hit)
DAYS = (
    (date(2026, 1, 5), QUAY, True),
    (date(2026, 1, 31), HARBOUR, False),
    (date(2026, 6, 30), HILL, True),
    (date(2025, 3, 3), QUAY, True),
    (date(2025, 3, 4), HILL, False),
    (date(2025, 8, 4), HILL, False),
    (date(2023, 2, 2), QUAY, True),
)
read: list[Cut] = []


def rows(cut: Cut, period: Period, as_of: datetime) -> Rowset:
    read.append(cut)
    values = ", ".join(["(%s::uuid, %s::text, %s::timestamptz, %s::boolean)"] * len(DAYS))
    params: list[object] = []
    for place, (day, region, hit) in enumerate(DAYS):
        params += [UUID(int=place + 1), region, datetime(day.year, day.month, day.day, 4, tzinfo=UTC), hit]
    sql = f"SELECT * FROM (VALUES {values}) AS v (id, region, at, good) WHERE at >= %s AND at < %s"
    where = " AND region LIKE %s" if cut.region else ""
    prefix = (cut.region.rstrip("0") + "%",) if cut.region else ()
    return Rowset(sql + where, (*params, period.start, period.end, *prefix), ("good",))


def by_hand(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """The same numbers without the database, as a formula that knows nothing of rowsets."""
    inside = [
        hit
        for day, region, hit in DAYS
        if period.start <= datetime(day.year, day.month, day.day, 4, tzinfo=UTC) < period.end
        and region.startswith(cut.region.rstrip("0"))
    ]
    share = Decimal(sum(inside)) * 100 / len(inside) if inside else None
    return Counted(share, len(inside))


NUMBER = Indicator(
    "tests.number", "Number", "times", "", RowFormula(rows), ("region", "period", "sector"), digits=0
)
SHARE = Indicator("tests.share", "Share", "%", "", RowFormula(rows, hit="good", share=True))
PLAIN = Indicator("tests.plain", "Share by hand", "%", "", by_hand)


@pytest.fixture(autouse=True)
def declared(monkeypatch: pytest.MonkeyPatch) -> None:
    for each in (NUMBER, SHARE, PLAIN):
        monkeypatch.setitem(registry._known, each.code, each)
    read.clear()


def asked(code: str, region: str = DISTRICT) -> dict[str, object]:
    return {"code": code, "cut": Cut(region), "span": spans.half(2026, 1), "as_of": NOW}


def test_a_count_is_told_in_per_cent_of_last_year_and_of_the_half_before() -> None:
    found = comparing.compared(**asked("tests.number"))
    assert (found.now.value, [each.other for each in found.against]) == (3, [2, 1, Decimal("1.5")])
    assert [each.text for each in found.against] == ["+50.0%", "+200.0%", "+100.0%"]
    assert found.against[2].years == 2  # years without anything to count are no years of the mean


def test_a_rate_changes_by_points_and_a_base_of_zero_gives_the_difference() -> None:
    found = comparing.compared(**asked("tests.share"))
    assert (found.now.value, found.against[0].text) == (Decimal("66.7"), "+16.7百分点")
    none = comparing.difference(NUMBER, Decimal(3), Decimal(0))
    assert none == (3, "times")
    assert comparing.difference(NUMBER, Decimal(3), None) == (None, "")


@pytest.mark.parametrize("code", ["tests.share", "tests.plain"])
def test_by_region_and_by_month_is_the_same_however_the_formula_was_written(code: str) -> None:
    add_regions()
    streets = {part.region.pk: (part.value, part.base) for part in comparing.by_region(**asked(code))}
    assert streets == {HARBOUR: (Decimal("50.0"), 2), HILL: (Decimal("100.0"), 1)}
    inside = {part.region.pk: part.base for part in comparing.by_region(**asked(code, HARBOUR))}
    assert inside == {QUAY: 1}
    months = [(part.month.month, part.value, part.base) for part in comparing.by_month(**asked(code))]
    assert months[0] == (1, Decimal("50.0"), 2)
    assert months[5] == (6, Decimal("100.0"), 1)
    assert [base for _, _, base in months[1:5]] == [0, 0, 0, 0]


def test_a_span_that_runs_on_is_compared_by_the_days_that_have_passed() -> None:
    on = datetime(2026, 3, 10, 4, tzinfo=UTC)
    shown = comparing.so_far(spans.half(2026, 1), on)
    assert (shown.last, shown.year_before().last, shown.before().first) == (
        date(2026, 3, 10), date(2025, 3, 10), date(2025, 7, 1),
    )  # fmt: skip
    months = comparing.by_month(code="tests.number", cut=Cut(DISTRICT), span=spans.half(2026, 1), as_of=on)
    assert [part.month.month for part in months] == [1, 2, 3]


def test_a_cut_that_the_rows_cannot_tell_is_refused_by_name() -> None:
    period = spans.half(2026, 1).period(comparing.LOCAL)
    queries.indicator(code="tests.number", cut=Cut(DISTRICT, sector="C"), period=period, as_of=NOW)
    with pytest.raises(Refused) as refused:
        queries.indicator(code="tests.number", cut=Cut(DISTRICT, campaign=uuid4()), period=period, as_of=NOW)
    assert (refused.value.code, refused.value.field) == (queries.NOT_CUT, "campaign")


def test_rows_are_read_by_the_page_newest_first() -> None:
    found = comparing.read(**asked("tests.number")).rows
    assert (len(found), list(found)) == (3, [UUID(int=3), UUID(int=2), UUID(int=1)])
    assert (found[1:3], found[0], found[-1]) == ([UUID(int=2), UUID(int=1)], UUID(int=3), UUID(int=1))
    with pytest.raises(IndexError):
        found[3]


def test_what_is_read_together_goes_through_its_rows_once() -> None:
    add_regions()
    with memory.together():
        for code in ("tests.number", "tests.share"):
            comparing.read(**asked(code))
            comparing.by_month(**asked(code))
            comparing.by_region(**asked(code))
    assert len(read) == 1


def test_a_kept_reading_is_read_again_without_its_rows_and_opens_them_still() -> None:
    for _ in range(2):
        with memory.together(keep="half-year"):
            found = comparing.read(**asked("tests.share"))
    assert len(read) == 1
    assert (found.value, found.base) == (Decimal("66.7"), 3)
    assert list(found.rows) == [UUID(int=3), UUID(int=2), UUID(int=1)]


def test_months_of_a_span_are_its_calendar_months() -> None:
    found = comparing.months_of(spans.since(date(2025, 11, 20), date(2026, 2, 3)))
    assert [(each.first.year, each.first.month) for each in found] == [
        (2025, 11),
        (2025, 12),
        (2026, 1),
        (2026, 2),
    ]
    cut = spans.month(2026, 6, cut=25)
    assert comparing.months_of(cut) == [cut]
    assert cut.first + timedelta(days=30) == cut.last


def test_what_was_frozen_of_a_span_stands_beside_it_and_beside_what_is_compared_with_it() -> None:
    add_regions()
    by = "service:test"
    then = comparing.read(code="tests.number", cut=Cut(DISTRICT), span=spans.half(2025, 1), as_of=NOW)
    now = comparing.read(code="tests.number", cut=Cut(DISTRICT), span=spans.half(2026, 1), as_of=NOW)
    frozen = actions.freeze_all(readings=[replace(now, value=Decimal(2)), then], by=by, at=NOW)
    told = comparing.frozen_beside(comparing.compared(**asked("tests.number")))
    assert [(each.kind, each.row.pk, each.value, each.now, each.change, each.unit) for each in told] == [
        ("now", frozen[0].pk, 2, 3, 1, "times"), ("year_before", frozen[1].pk, 2, 2, 0, "times"),
    ]  # fmt: skip
    assert comparing.frozen_beside(comparing.compared(**asked("tests.number", HARBOUR))) == []
    with pytest.raises(Refused) as refused:
        actions.freeze_all(readings=[replace(now, value=None)], by=by, at=NOW)
    assert refused.value.code == actions.NOTHING

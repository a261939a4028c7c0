"""Accidents of former years come in from a sheet with their source; the published figures of a half year come out."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from anlan.domains.accidents.actions import taking
from anlan.domains.accidents.actions.sheets import PAST
from anlan.domains.accidents.models import Accident, Due
from anlan.domains.accidents.tests.ground import Office
from anlan.kernel.core.ids import new_id
from anlan.kernel.core.workdays import LOCAL
from anlan.kernel.indicators.queries import indicator
from anlan.kernel.indicators.spec import Cut, Period
from tests.people import DISTRICT, NOON, QUAY, TERRACE

pytestmark = pytest.mark.django_db
AT, WHEN = NOON, datetime(2024, 5, 2, 9, tzinfo=LOCAL)


def row(number: int, occurred: datetime, **more: Any) -> dict[str, Any]:
    return {
        "source": "事故统计直报系统", "number": f"SG{number:03d}", "occurred": occurred, "description": "作业中坠落",
        "type": "高处坠落", "sector": "E", "body": "住房建设", "region": QUAY, "dead": 1, "badly_hurt": 0,
        "determination": "determined", "determined_on": occurred.date() + timedelta(days=9),
    } | more  # fmt: skip


def half(year: int, fatal: int, hurt: int, first: int) -> list[dict[str, Any]]:
    """So many accidents of a first half year with one death each, and so many with one person badly hurt."""
    days = [datetime(year, 1 + n % 6, 3 + n, 9, tzinfo=LOCAL) for n in range(fatal + hurt)]
    return [
        row(first + n, day, **({} if n < fatal else {"dead": 0, "badly_hurt": 1}))
        for n, day in enumerate(days)
    ]


def take(rows: list[dict[str, Any]], office: Office, **more: Any) -> Any:
    return PAST.take(rows, **({"by": office.clerk.by, "at": AT, "act": new_id(), "dry": False} | more))


def read(code: str) -> Any:
    span = Period(datetime(2024, 1, 1, tzinfo=LOCAL), datetime(2024, 7, 1, tzinfo=LOCAL))
    return indicator(code=code, cut=Cut(DISTRICT), period=span, as_of=AT)


@pytest.mark.feature("M333", "M032")
def test_rows_of_two_half_years_give_the_figures_that_were_published_of_them(office: Office) -> None:
    rows = half(2023, 14, 4, 0) + half(2024, 10, 2, 100)
    assert take(rows, office, dry=True).ids == []
    assert not Accident.objects.exists()
    taken = take(rows, office)
    assert (len(taken.ids), taken.same, taken.refused) == (30, 0, {})
    assert take(rows, office).same == 30  # the same sheet again writes nothing twice
    values = {
        code: read(f"accidents.{code}").value for code in ("count", "dead", "badly_hurt", "preliminary")
    }
    assert values == {"count": 12, "dead": 10, "badly_hurt": 2, "preliminary": 0}
    changes = {code: round(read(f"accidents.{code}").value, 1) for code in ("count_change", "dead_change")}
    assert [str(value) for value in changes.values()] == ["-33.3", "-28.6"]
    assert set(read("accidents.count").rows) <= set(taken.ids)
    assert not Due.objects.exists()  # the investigation was led elsewhere


def test_a_row_keeps_its_source_its_number_and_the_day_it_was_determined(office: Office) -> None:
    (pk,) = take([row(1, WHEN, firm="顺达公司", determined_on=date(2024, 5, 20))], office).ids
    made = Accident.objects.select_related("item").get(pk=pk)
    assert (made.source, made.number, made.unit, made.type_code) == (
        "事故统计直报系统",
        "SG001",
        "顺达公司",
        "fall_height",
    )
    assert (made.item.state, made.signed_grade, made.grade) == ("on_record", "ordinary", "ordinary")
    step = made.item.steps.get(move="enter_determined")
    assert step.happened_at.astimezone(LOCAL).date() == date(2024, 5, 20)


def test_one_that_was_written_off_counts_no_more_and_a_preliminary_one_goes_on_here(office: Office) -> None:
    day = datetime(2024, 5, 2, 9, tzinfo=LOCAL)
    gone, waits = take(
        [row(1, day, determination="written_off"), row(2, day, determination="filed")], office
    ).ids
    states = {each.pk: each.item.state for each in Accident.objects.select_related("item")}
    assert states == {gone: "written_off", waits: "filed"}
    assert (read("accidents.count").value, read("accidents.preliminary").value) == (1, 1)


@pytest.mark.parametrize(
    ("wrong", "column"),
    [
        ({"type": "中毒和窒息"}, "type"),
        ({"type": "雷击"}, "type"),
        ({"body": "教育"}, "body"),
        ({"determined_on": None}, "determined_on"),
        ({"determined_on": date(2024, 5, 1)}, "determined_on"),
        ({"determined_on": date(2026, 8, 1)}, "determined_on"),
        ({"occurred": AT + timedelta(days=1)}, "occurred"),
        ({"dead": 0}, "dead"),
        ({"dead": 3, "grade": "ordinary"}, "grade"),
    ],
)
def test_a_faulty_row_is_refused_at_its_column_and_the_others_come_in(
    office: Office, wrong: dict[str, Any], column: str
) -> None:
    taken = take([row(1, WHEN) | wrong, row(2, WHEN)], office)
    assert {place: name for place, (name, _words) in taken.refused.items()} == {0: column}
    assert "{" not in taken.refused[0][1]
    assert len(taken.ids) == 1


def test_a_row_of_a_region_that_is_not_ones_own_is_refused(office: Office) -> None:
    stranger = office.here.owner  # a street's person without a duty of filing
    taken = take([row(1, WHEN, region=TERRACE)], office, by=stranger.by)
    assert taken.refused[0][0] == "region"
    assert taking.known_numbers([row(1, WHEN)]) == set()

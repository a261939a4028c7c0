"""A determined accident stands against its firm and the street it lies in; one that was not determined against nobody."""

import pytest

from anlan.domains.accidents.tests.ground import DAY, Office
from anlan.kernel.domain.looking_back import look_back
from anlan.kernel.domain.registry import domain_of
from anlan.kernel.loop.actions import move
from tests.people import NOON, TERRACE

pytestmark = pytest.mark.django_db


def found(office: Office, *, as_of=NOON + 9 * DAY, end=NOON + 9 * DAY) -> list[tuple[str, bool]]:
    here = office.here
    units = [here.firm.pk, here.street.pk, here.outsider.organisation_id, here.bureau.pk]
    names = dict(zip(units, ("firm", "street", "hill", "bureau"), strict=True))
    traces = look_back(
        domain_of("accidents").looks_back, organisations=units, start=NOON - DAY, end=end, as_of=as_of
    )
    return sorted((names[trace.organisation], trace.bars) for _look, trace in traces)


def test_only_what_was_determined_by_then_and_not_written_off(office: Office) -> None:
    office.filed()
    item = office.determined()
    assert found(office) == [("firm", False), ("street", False)]
    assert found(office, as_of=NOON) == []  # determined a day later
    assert found(office, end=NOON) == []
    move(item=item, name="write_off", reason="因病死亡", by=office.head.by, at=NOON + 5 * DAY)
    assert found(office) == []
    assert found(office, as_of=NOON + 4 * DAY) == [("firm", False), ("street", False)]


def test_of_another_street_and_another_firm_and_grave_from_three_deaths(office: Office) -> None:
    office.determined(region=TERRACE, organisation=None, unit_name="无名工地", dead=3)
    assert found(office) == [("hill", True)]

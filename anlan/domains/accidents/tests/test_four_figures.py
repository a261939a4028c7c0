"""四项指标: how many of accidents, deaths, injured and direct loss fell against the same days of last year."""

import pytest

from anlan.domains.accidents.tests.ground import Office, read, row

pytestmark = pytest.mark.django_db
NOW = {"dead": 1, "badly_hurt": 1, "hurt": 2, "loss_yuan": 900_000}


@pytest.mark.feature("M200")
def test_three_of_four_fell_and_each_is_told_with_its_change_and_its_rows(office: Office) -> None:
    last_year = row(office.filed()).occurred_at.replace(year=2025)
    now = office.filed(**NOW)
    then = [office.filed(at=last_year, dead=2, hurt=1, loss_yuan=1_000_000) for _number in range(3)]
    reading = read("accidents.four_declines")
    assert (reading.value, reading.base) == (3, 4)
    assert reading.scope == (
        "起数2起（上年同期3起，−33.3%）；死亡2人（上年同期6人，−66.7%）；受伤3人（上年同期3人，0.0%）；"
        "直接经济损失900000元（上年同期3000000元，−70.0%）"
    )
    assert {now.pk, *(item.pk for item in then)} < set(reading.rows)
    assert (read("accidents.injured").value, read("accidents.loss").value) == (3, 90)
    assert list(read("accidents.loss").rows) == [now.pk]


@pytest.mark.feature("M200")
def test_where_last_year_had_none_the_difference_is_told(office: Office) -> None:
    office.filed(**NOW)
    reading = read("accidents.four_declines")
    assert reading.value == 0
    assert "起数1起（上年同期0起，+1起）" in reading.scope
    assert "受伤3人（上年同期0人，+3人）" in reading.scope

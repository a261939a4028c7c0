"""Every point of a chart is a door: on a report to its own number and rows, on a number's page to its month."""

import json
import re
from typing import Any

import pytest
from django.test import Client

from anlan.domains.bulletins.actions.annex import give
from anlan.domains.bulletins.models import Number, Report
from anlan.domains.bulletins.queries.behind import rows_of
from anlan.surfaces.web.tests.test_bulletins import here, month
from tests.people import DISTRICT, HARBOUR, District

pytestmark = pytest.mark.django_db
__all__ = ["here", "month"]  # fixtures


def island(page: str, name: str) -> Any:
    found = re.search(rf'<script id="{name}" type="application/json">(.*?)</script>', page)
    assert found is not None
    return json.loads(found.group(1))


def test_a_point_of_a_report_opens_to_the_rows_of_its_month_and_of_its_street(
    month: tuple[Report, Client, Client],
) -> None:
    report, pages, _above = month
    page = pages.get(f"/reports/{report.pk}/").content.decode()
    trend, streets = report.paragraphs.get(key="trend"), report.paragraphs.get(key="by_street")
    last = report.last.month - 1
    for paragraph, place in ((trend, last), (streets, streets.data["labels"].index("临港街道"))):
        chart = island(page, f"chart-{paragraph.place}")
        url = chart["series"][0]["urls"][place]
        assert chart["series"][0]["values"][place] == 1 and page.count(url) == 2  # the chart and its table
        point = Number.objects.get(pk=url.rstrip("/").rpartition("/")[2])
        assert (point.printed, len(rows_of(point))) == ("1", 1)
        opened = pages.get(url).content.decode()
        assert "海风家具厂：疏散通道堆物" in opened
    assert (
        point.region == HARBOUR and "临港街道" in opened.partition('class="lead"')[2].partition("</div>")[0]
    )
    # The annex has each row once for a number of the text, not once more for each point.
    writer = report.item.opened_by.partition(":")[2]
    annex = list(give(person=writer, filters={"report": str(report.pk)}))
    told = Number.objects.filter(paragraph__report=report, slot__contains="#", value__gt=0).count()
    assert told > len([row for row in annex if row[1] in (trend.text[:20], streets.text[:20])]) == 2


def test_a_month_of_a_number_opens_as_the_same_number_of_that_month(
    here: District, month: tuple[Report, Client, Client]
) -> None:
    report, pages, _above = month
    page = pages.get(f"/numbers/dangers.found/?period=year&region={DISTRICT}").content.decode()
    chart = island(page, "months")
    place = chart["months"].index(f"{report.last:%Y-%m}")
    url = chart["doors"][0][place]
    assert f"from={report.first:%F}&to={report.last:%F}" in url and f"region={DISTRICT}" in url
    assert url.replace("&", "&amp;") in page
    opened = pages.get(f"/numbers/dangers.found/{url}").content.decode()
    assert "海风家具厂：疏散通道堆物" in opened.partition('id="rows"')[2]
    assert here.street.name

"""Numbers as doors: what is counted, for whom, and what opens."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from anlan.domains.dangers.actions import report_danger
from anlan.kernel.core import clock
from anlan.kernel.indicators.models import Freeze
from anlan.kernel.ledger.models import Entry
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.orgs.models import Person
from tests.people import DISTRICT, HARBOUR, HILL, QUAY, District, add_duty, district

pytestmark = pytest.mark.django_db
LATE = "dangers.overdue_now"


@pytest.fixture
def here() -> District:
    return district()


def late_danger(here: District, *, days: int = 20) -> WorkItem:
    return report_danger(
        region=QUAY, description="安全出口堵塞", category="exit", organisation=here.firm, by=here.owner.by,
        at=clock.real_now() - timedelta(days=days),
    )  # fmt: skip


def as_(person: Person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def read(person: Person, path: str, **asked: str) -> Any:
    return as_(person).get(f"/numbers/{path}", asked)


def test_every_declared_number_stands_there_with_its_base(here: District) -> None:
    late_danger(here)
    page = read(here.owner, "", period="to_date")
    lines = {line.reading.indicator.code: line for line in page.context["lines"]}
    assert (lines[LATE].reading.value, lines[LATE].reading.base) == (1, 1)
    assert page.context["span"].region.pk == HARBOUR


def test_an_empty_base_shows_a_dash_and_says_why(here: District) -> None:
    page = read(here.owner, "dangers.on_time/")
    assert "—" in page.content.decode().split("</h1>")[0]
    assert b"there is nothing to share" in page.content


def test_a_number_opens_to_its_rows_and_a_row_to_its_entries(here: District) -> None:
    item = late_danger(here)
    page = read(here.owner, f"{LATE}/", period="to_date")
    assert [row.item.pk for row in page.context["rows"]] == [item.pk]
    assert f"/dangers/danger/{item.pk}/" in page.content.decode()
    entries = read(here.owner, f"entries/{item.pk}/")
    assert entries.status_code == 200
    assert len(entries.context["rows"]) >= 1


def test_another_street_s_numbers_and_rows_are_not_there(here: District) -> None:
    item = late_danger(here)
    assert read(here.owner, "", region=HILL).status_code == 404
    assert read(here.owner, "", region=DISTRICT).status_code == 404
    assert read(here.outsider, f"entries/{item.pk}/").status_code == 404
    assert read(here.outsider, f"{LATE}/", period="to_date").context["rows"] == []


def test_an_enterprise_has_no_numbers_of_a_region(here: District) -> None:
    assert read(here.manager, "").status_code == 404
    assert b"/numbers/" not in as_(here.manager).get("/").content


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"period": "dates", "from": "2026-13-01"}, b"is not a date"),
        ({"period": "dates", "from": "2026-02-01", "to": "2026-01-01"}, b"ends before it starts"),
        ({"as_of": "yesterday"}, b"is not a date"),
    ],
)
def test_a_wrong_date_is_said_beside_its_field(here: District, asked: dict[str, str], said: bytes) -> None:
    page = read(here.owner, "", **asked)
    assert page.status_code == 422
    assert said in page.content


def test_free_dates_and_an_earlier_day_of_knowledge_count_what_was_known_then(here: District) -> None:
    late_danger(here)
    before = (clock.real_now() - timedelta(days=30)).strftime("%Y-%m-%d")
    page = read(here.owner, f"{LATE}/", period="to_date", as_of=before)
    assert page.context["line"].reading.value == 0


def test_a_watch_chief_freezes_a_number_and_it_stays(here: District) -> None:
    item = late_danger(here)
    add_duty(here.colleague, "watch_chief", HARBOUR)
    client = as_(here.colleague)
    assert b"Freeze this number" in client.get(f"/numbers/{LATE}/").content
    answer = client.post(f"/numbers/{LATE}/freeze/", {"region": HARBOUR, "period": "to_date"})
    assert answer.status_code == 302
    kept = Freeze.objects.get()
    assert (int(kept.value or 0), kept.base, kept.rows) == (1, 1, [str(item.pk)])
    assert Entry.objects.get(code="indicators.frozen").region == HARBOUR
    page = client.get(f"/numbers/frozen/{kept.pk}/")
    assert [row.item.pk for row in page.context["rows"]] == [item.pk]
    assert as_(here.outsider).get(f"/numbers/frozen/{kept.pk}/").status_code == 404


def test_a_whole_group_is_frozen_for_its_days_and_a_late_entry_stands_beside_it(here: District) -> None:
    late_danger(here)
    add_duty(here.colleague, "watch_chief", HARBOUR)
    client, last = as_(here.colleague), clock.real_now() - timedelta(days=1)
    asked = {
        "region": HARBOUR,
        "period": "dates",
        "from": "2020-01-01",
        "to": f"{timezone.localtime(last):%Y-%m-%d}",
    }
    assert b"Freeze the group" in client.get("/numbers/", asked | {"group": "07"}).content
    assert client.post("/numbers/freeze/", asked | {"group": "07"}).status_code == 302
    assert Freeze.objects.get(code="dangers.found").value == 1
    assert (
        Freeze.objects.count() > 5
        and Entry.objects.filter(code="indicators.frozen").count() == Freeze.objects.count()
    )
    late_danger(here)
    page = client.get("/numbers/dangers.found/", asked)
    assert [(each.value, each.now, each.change) for each in page.context["frozen_here"]] == [(1, 2, 1)]
    assert "Frozen for these days" in page.content.decode() and "+1 items" in page.content.decode()
    refused = as_(here.owner).post("/numbers/freeze/", asked | {"group": "07"})
    assert (refused.status_code, b"frozen by a watch chief" in refused.content) == (422, True)


def test_others_do_not_freeze(here: District) -> None:
    client = as_(here.owner)
    assert b"Freeze this number" not in client.get(f"/numbers/{LATE}/").content
    answer = client.post(f"/numbers/{LATE}/freeze/", {"region": HARBOUR, "period": "month"})
    assert answer.status_code == 422
    assert not Freeze.objects.exists()


def test_somebody_without_a_duty_is_told_so(here: District) -> None:
    here.outsider.duties.all().delete()
    page = read(here.outsider, "")
    assert page.status_code == 200
    assert b"No region is yours" in page.content


def test_an_unknown_number_is_not_there(here: District) -> None:
    assert read(here.owner, "no.such/").status_code == 404


def test_a_group_shows_its_numbers_beside_last_year_and_the_span_before(here: District) -> None:
    late_danger(here, days=0)  # twenty days ago was last year in the first weeks of one
    page = read(here.owner, "", period="year", group="07")
    line = next(each for each in page.context["lines"] if each.reading.indicator.code == "dangers.found")
    assert [(each.kind, each.other, each.change, each.unit) for each in line.against] == [
        ("year_before", 0, 1, "items"), ("before", 0, 1, "items"),
    ]  # fmt: skip
    assert "+1 items" in page.content.decode()
    assert all(read(here.owner, "", group=code).status_code == 200 for code, _label in page.context["groups"])


def test_a_number_is_shown_by_community_and_by_month(here: District) -> None:
    item = late_danger(here, days=0)
    page = read(here.owner, "dangers.found/", period="year")
    assert [(part.region.pk, part.value) for part, _query in page.context["parts"]] == [(QUAY, 1)]
    months = {f"{part.month:%Y-%m}": part.value for part, *_rest in page.context["months"]}
    assert len(months) == 12
    assert months[f"{timezone.localtime(item.opened_at):%Y-%m}"] == 1
    inside = read(here.owner, "dangers.found/", period="year", region=QUAY)
    assert inside.context["line"].reading.value == 1


def test_a_sector_cuts_what_can_be_cut_and_the_others_say_so(here: District) -> None:
    late_danger(here)
    page = read(here.owner, "dangers.found/", period="to_date", sector="C21")
    assert page.context["line"].reading.value == 0
    refused = read(here.owner, "warnings.on_post/", period="to_date", sector="C21")
    assert refused.status_code == 422
    assert b"cannot be cut by sector" in refused.content


@pytest.mark.parametrize(
    "choice", ["cut", "last_cut", "quarter", "half", "last_month", "last_half", "last_year"]
)
def test_every_span_can_be_asked_for(here: District, choice: str) -> None:
    page = read(here.owner, "dangers.found/", period=choice)
    assert page.status_code == 200
    assert page.context["span"].days.kind in {"cut", "quarter", "half", "month", "year"}


def test_since_a_campaign_began_asks_which(here: District) -> None:
    assert read(here.owner, "dangers.found/", period="campaign").status_code == 422

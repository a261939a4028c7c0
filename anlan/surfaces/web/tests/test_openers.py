"""Every number opens: what stands behind it is a kind of rows with a region, a name, and entries in the ledger."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.urls import reverse

from anlan.domains.workplan.actions import funds
from anlan.kernel.core import clock
from anlan.kernel.core.workdays import local_day
from anlan.kernel.indicators.registry import all_indicators
from anlan.kernel.orgs.models import Duty
from anlan.surfaces.web.pages.number_rows import ITEM, OPENERS
from anlan.surfaces.web.tests.test_bulletins import browser
from tests.people import DISTRICT, add_duty, add_person, district

OPENED = sorted({each.opens for each in all_indicators()} - {"", ITEM})
# Every subject under which something of ours writes entries: ("risks.point", …
SUBJECTS = {
    subject
    for path in (Path(settings.BASE_DIR) / "anlan").rglob("*.py")
    if "tests" not in path.parts and path.name != "number_rows.py"
    for subject in re.findall(r"""\(\s*"([a-z_]+\.[a-z_]+)",\s*[a-z_]""", path.read_text(encoding="utf-8"))
}


def test_every_model_that_a_number_opens_to_has_an_opener_and_none_too_many() -> None:
    assert set(OPENED) <= set(OPENERS), "number_rows.OPENERS does not say how these are opened"
    left = set(OPENERS) - set(OPENED)
    assert left <= {"indicators.count"}, f"no number opens to {left}"


@pytest.mark.parametrize("opens", OPENED)
def test_an_opener_names_a_region_and_a_subject_of_the_ledger(opens: str) -> None:
    opener, model = OPENERS[opens], apps.get_model(opens)
    rows = model._default_manager.filter(**{f"{opener.region}__startswith": "44"})
    assert "region" in str(rows.select_related(*opener.related).query)
    assert opener.subjects and set(opener.subjects) <= SUBJECTS


@pytest.mark.django_db
def test_funds_holders_and_places_open_as_what_they_are() -> None:
    here = district()
    now = clock.real_now()
    office = add_person("Olga", here.bureau, account=True)
    add_duty(office, "work_plan_office", DISTRICT)
    fund = funds.arrange(
        name="应急装备购置", year=local_day(now).year, organisation=here.bureau, yuan="500000", source="区财政批复",
        by=office.by, at=now,
    )  # fmt: skip
    duty = Duty.objects.filter(person=here.owner).first()
    Duty.objects.filter(pk=duty.pk).update(verified_at=now)
    pages = browser(office.account)
    told = {"workplan.fund_spent": str(fund), "workplan.holders_verified": here.owner.name}
    for code, words in told.items():
        page = pages.get(
            reverse("web:number", args=[code]) + f"?period=year&region={DISTRICT}"
        ).content.decode()
        rows = page.partition('id="rows"')[2]
        assert words in rows and "/numbers/entries/" in rows, code
    row = f"{reverse('web:number_entries', args=[duty.pk])}?of=orgs.duty"
    assert pages.get(row).status_code == 200

"""Vetting is closed: every surface is walked, and the whole database, in search of a name. Only its keeper finds it."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, reverse

from anlan.domains.assessments.actions import vetting
from anlan.domains.assessments.models import VettingBatch, VettingReading
from anlan.kernel.core import clock
from anlan.kernel.domain.registry import all_domains
from anlan.kernel.ledger import sequencer
from anlan.kernel.ledger.feed import read_feed
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.orgs.models import Account, Person
from anlan.kernel.sheets import actions as sheets
from anlan.kernel.sheets import files, running
from anlan.kernel.sheets.registry import all_sheets
from anlan.surfaces.api.urls import api
from anlan.surfaces.web.urls import urlpatterns
from tests import people

pytestmark = pytest.mark.django_db
NAMES = "卞藏名，临港街道办事处，藏匿岗位\n临港街道办事处"
SECRETS = ("卞藏名", "藏匿岗位", "藏匿依据", "藏匿批次", "藏匿机关")


class Closed:
    """A batch with a name, a line by hand and a signed objection; everybody who might wander in."""

    def __init__(self) -> None:
        self.here = people.district()
        for code in ("vetting_keeper", "assessment_office", "watch_leader"):
            people.add_kind(code)
        self.keeper = people.add_person("核查甲", self.here.bureau, account=True)
        people.add_duty(self.keeper, "vetting_keeper", people.DISTRICT)
        chief = people.add_person("局长", self.here.bureau, account=True)
        for kind in ("bureau_chief", "watch_chief", "watch_officer", "assessment_office", "work_plan_office"):
            people.add_duty(chief, kind, people.DISTRICT)
        now = clock.real_now()
        self.batch = vetting.open_batch(
            title="藏匿批次", purpose="promotion", asked_by="藏匿机关", named=vetting.read_lines(NAMES),
            first=date(2023, 1, 1), last=now.date(), due_on=now.date(), region=people.DISTRICT, by=self.keeper.by, at=now,
        )  # fmt: skip
        self.subject = self.batch.subjects.first()
        vetting.add_trace(
            subject=self.subject, happened_on=now.date(), words="藏匿依据", by=self.keeper.by, at=now
        )
        vetting.sign_opinion(
            subject=self.subject, opinion="objection", words="藏匿依据", by=self.keeper.by, at=now
        )
        sequencer.sequence_once()
        self.chief = chief  # sees the most: the whole district, by duty
        self.audit = Account.objects.create_user("audit", admin_role="audit")


def browser(who: Person | Account) -> Client:
    client = Client()
    account = who.account if isinstance(who, Person) else who
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def closed(db: None) -> Closed:
    return Closed()


def addresses(closed: Closed) -> list[str]:
    """Every address of the web that takes no row, every register, every pick, every search; and those of the batch."""
    found = []
    for pattern in urlpatterns:
        if isinstance(pattern, URLPattern):
            try:
                found.append(reverse(f"web:{pattern.name}"))
            except NoReverseMatch:
                continue
    for domain in all_domains():
        for record in domain.records:
            at = reverse("web:record_list", args=[domain.name, record.slug])
            found.append(f"{at}?open=&q=卞藏名")
        found += [
            reverse("web:number", args=[each.code]) for each in domain.indicators if "vetting" in each.code
        ]
    found += [reverse("web:pick", args=[kind]) + "?q=卞藏" for kind in ("organisation", "person", "place")]
    pk, subject = closed.batch.pk, closed.subject.pk
    found += [
        f"/vetting/{pk}/",
        f"/vetting/{pk}/clear/",
        f"/vetting/{pk}/sign/{subject}/",
        f"/assessments/sheet/{pk}/",
    ]
    return found


def leaks(said: str) -> list[str]:
    return [secret for secret in SECRETS if secret in said]


def body(response: Any) -> str:
    data = b"".join(response.streaming_content) if response.streaming else response.content
    return data.decode(errors="replace")


@pytest.mark.feature("M346")
def test_no_page_of_the_web_shows_a_name_to_anybody_but_the_keeper(closed: Closed) -> None:
    found = []
    walks = {
        closed.chief: addresses(closed),
        closed.audit: ["/ledger/", "/ledger/?code=assessments", "/vetting/"],
    }
    for who, paths in walks.items():
        client = browser(who)
        for path in paths:
            # What was searched for stands in the page's own field again: that is no leak.
            said = body(client.get(path)).replace('value="卞藏名"', "").replace('value="卞藏"', "")
            found += [f"{path} for {who}: {secret}" for secret in leaks(said)]
    assert found == []
    assert not VettingReading.objects.exists()


def test_the_keeper_sees_the_names_and_the_seeing_is_written_down(closed: Closed) -> None:
    client = browser(closed.keeper)
    assert leaks(body(client.get("/vetting/"))) == ["藏匿批次", "藏匿机关"]
    response = client.get(f"/vetting/{closed.batch.pk}/")
    assert leaks(body(response)) == list(SECRETS)
    assert "no-store" in response["Cache-Control"]
    assert list(VettingReading.objects.values_list("by", "names")) == [(closed.keeper.by, 2)]
    # Not even the keeper meets them on any other page.
    elsewhere = [
        path for path in addresses(closed) if path.startswith(("/assessments/", "/registers", "/pick"))
    ]
    found = [path for path in elsewhere if leaks(body(client.get(path)).replace('value="卞藏名"', ""))]
    assert found == []


def test_no_answer_of_the_api_holds_a_name(closed: Closed) -> None:
    paths = [path for path, methods in api.get_openapi_schema()["paths"].items() if "get" in methods]
    names = [(domain.name, record.slug) for domain in all_domains() for record in domain.records]
    asked = set()
    for path in paths:
        for domain, slug in names:
            asked.add(path.replace("{domain}", domain).replace("{record}", slug).replace("{slug}", slug))
    codes = [each.code for domain in all_domains() for each in domain.indicators if "vetting" in each.code]
    asked |= {path.replace("{code}", code) for path in asked for code in codes}
    found = []
    for who in (closed.chief, closed.keeper):
        client = browser(who)
        for path in sorted(path for path in asked if "{" not in path):
            found += [f"{path} for {who}" for _secret in leaks(body(client.get(path)))]
    assert found == []


def test_neither_feed_nor_ledger_nor_message_nor_list_of_matters_holds_a_name(closed: Closed) -> None:
    feed = read_feed(after=0, limit=500)
    assert any(entry.code == "assessments.vetting_signed" for entry in feed.entries)
    told = json.dumps(
        [[e.code, e.facts, e.subject_id, e.region] for e in feed.entries], ensure_ascii=False, default=str
    )
    assert leaks(told) == []
    assert not WorkItem.objects.filter(loop__contains="vetting").exists()
    assert not WorkItem.objects.filter(pk__in=[closed.batch.pk, closed.subject.pk]).exists()


def test_no_export_gives_a_name_out(closed: Closed) -> None:
    assert not [each.code for each in all_sheets() if each.code.startswith("assessments")]
    for each in all_sheets():
        if each.give is None:
            continue
        job = sheets.ask_for(
            sheet=each.code, form="csv", person=closed.chief.pk, by="service:test", at=clock.real_now()
        )
        running.write(job)
        assert leaks(files.export_path(job.pk, "csv").read_text(encoding="utf-8", errors="replace")) == []


def test_no_table_of_the_database_holds_a_name_in_the_clear(closed: Closed) -> None:
    """Nor a backup, then: what is dumped is what stands in the tables."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        found = []
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}" AS t WHERE t::text ~ %s', ["|".join(SECRETS)])
            if cursor.fetchone()[0]:
                found.append(table)
    assert found == []
    assert VettingBatch.objects.get(pk=closed.batch.pk).title == "藏匿批次"


def test_a_keeper_whose_duty_ended_finds_nothing(closed: Closed) -> None:
    closed.keeper.duties.update(valid_to=clock.real_now() - timedelta(minutes=1))
    assert browser(closed.keeper).get(f"/vetting/{closed.batch.pk}/").status_code == 404

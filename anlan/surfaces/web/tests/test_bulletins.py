"""The pages of reports: from the text to the rows, changed words, findings, the document, and who sees what."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from anlan.domains.bulletins.actions import drafting, issuing
from anlan.domains.bulletins.models import Number, Opening, Report
from anlan.domains.dangers.actions import report_danger
from anlan.domains.dangers.actions.campaigns import start_campaign
from anlan.kernel.core import clock
from anlan.kernel.orgs.models import Account, Person
from anlan.kernel.sheets.models import Export
from tests.people import DISTRICT, QUAY, District, add_duty, district

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def browser(account: Account) -> Client:
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def staff(here: District, name: str, kind: str) -> tuple[Person, Client]:
    account = Account.objects.create_user(login=name)
    person = Person.objects.create(name=name, organisation=here.bureau, account=account)
    add_duty(person, kind, DISTRICT)
    return person, browser(account)


@pytest.fixture
def here() -> District:
    return district()


@pytest.fixture
def month(here: District) -> tuple[Report, Client, Client]:
    """A month's analysis with one danger in it; the browsers of its writer and of the chief."""
    now = clock.real_now()
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    report_danger(
        region=QUAY,
        description="疏散通道堆物",
        category="exit",
        organisation=here.firm,
        by=here.owner.by,
        at=max(now - DAY / 24, midnight),  # an hour ago may be of last month, and the report is of this one
    )
    writer, pages = staff(here, "Olga", "safety_section")
    _chief, above = staff(here, "Chen", "bureau_chief")
    today = timezone.localdate(now)
    item = drafting.draft(template="monthly_analysis", region=DISTRICT, day=today, by=writer.by, at=now)
    return Report.objects.get(pk=item.pk), pages, above


@pytest.mark.feature("M360", "M361")
class TestFromTheTextToTheRows:
    def test_a_number_is_a_door_to_its_rows_and_they_to_the_ledger(
        self, month: tuple[Report, Client, Client]
    ) -> None:
        report, pages, _above = month
        text = pages.get(f"/reports/{report.pk}/").content.decode()
        number = Number.objects.get(paragraph__report=report, slot="found", paragraph__key="whole")
        url = f"/reports/{report.pk}/numbers/{number.pk}/"
        assert url in text
        page = pages.get(url).content.decode()
        assert "dangers.found" in page and "海风家具厂：疏散通道堆物" in page
        assert f"/numbers/entries/{number.rows[0]}/" in page
        live = pages.get(pages.get(url).context["live"]).context["line"].reading
        assert (live.value, live.as_of) == (number.value, report.as_of)
        assert pages.get(f"/numbers/entries/{number.rows[0]}/").status_code == 200
        assert Opening.objects.count() == 1

    def test_the_same_in_english(self, month: tuple[Report, Client, Client]) -> None:
        report, pages, _above = month
        page = pages.get(f"/reports/{report.pk}/", headers={"accept-language": "en"}).content.decode()
        assert "Monthly analysis" in page and "Signatures" in page

    def test_the_document_and_its_rows_can_be_taken_away(self, month: tuple[Report, Client, Client]) -> None:
        report, pages, _above = month
        paper = pages.get(f"/reports/{report.pk}/paper/")
        assert paper.content[:2] == b"PK"
        assert "wordprocessingml" in paper.headers["Content-Type"]
        assert pages.post("/sheets/bulletins.rows/export/", {"report": report.pk}).status_code == 302
        assert Export.objects.get().filters == {"report": str(report.pk)}


class TestWriting:
    def test_the_form_asks_what_only_a_person_can_say_and_names_what_is_missing(self, here: District) -> None:
        _person, pages = staff(here, "Olga", "safety_section")
        form = pages.get("/reports/new/?template=risk_notice_letter").content.decode()
        assert "建议措施" in form
        given = {
            "template": "risk_notice_letter",
            "day": "2026-06-30",
            "to": "区住建局",
            "risk": "",
            "measures": "自查",
        }
        again = pages.post("/reports/new/", given)
        assert (again.status_code, "提示的风险" in again.content.decode()) == (422, True)
        made = pages.post("/reports/new/", given | {"risk": "有限空间作业风险"})
        assert made.status_code == 302
        assert Report.objects.get().title == "安全风险提示函"

    def test_a_day_that_is_none_is_refused_and_a_kind_of_another_office_is_not_there(
        self, here: District
    ) -> None:
        _person, pages = staff(here, "Olga", "safety_section")
        assert (
            pages.post("/reports/new/", {"template": "monthly_analysis", "day": "gestern"}).status_code == 422
        )
        assert pages.get("/reports/new/?template=daily_sheet").status_code == 404

    def test_a_number_changed_by_hand_wants_a_reason_and_stays_marked(
        self, month: tuple[Report, Client, Client]
    ) -> None:
        report, pages, _above = month
        part = report.paragraphs.get(key="whole")
        url = f"/reports/{report.pk}/paragraphs/{part.pk}/"
        text = part.text.replace("发现隐患1项", "发现隐患3项")
        refused = pages.post(url, {"text": text})
        assert refused.status_code == 422
        assert "3（原为1）" in refused.content.decode()
        assert pages.post(url, {"text": text, "reason": "含部门自查"}).status_code == 302
        page = pages.get(f"/reports/{report.pk}/").content.decode()
        assert "typed-number" in page and "含部门自查" in page


class TestTheWayOut:
    def test_handed_in_approved_by_another_and_issued(self, month: tuple[Report, Client, Client]) -> None:
        report, pages, above = month
        base = f"/bulletins/report/{report.pk}"
        assert pages.post(f"{base}/hand_in/").status_code == 302
        assert f"{base}/approve/" not in pages.get(f"/reports/{report.pk}/").content.decode()
        assert f"{base}/approve/" in above.get(f"/reports/{report.pk}/").content.decode()
        assert above.post(f"{base}/approve/").status_code == 302
        page = pages.get(f"/reports/{report.pk}/").content.decode()
        assert f"{base}/issue/" in page and f"{base}/enter_number/" not in page
        assert pages.post(f"{base}/issue/").status_code == 302
        report.refresh_from_db()
        assert report.number.endswith("第1期")
        assert report.number in pages.get("/reports/").content.decode()

    def test_a_street_reads_it_once_it_is_issued_and_a_firm_never(
        self, here: District, month: tuple[Report, Client, Client]
    ) -> None:
        report, _pages, _above = month
        street, firm = browser(here.owner.account), browser(here.manager.account)
        assert street.get(f"/reports/{report.pk}/").status_code == 404
        writer, chief = Person.objects.get(name="Olga"), Person.objects.get(name="Chen")
        now = clock.real_now()
        for act, by in ((issuing.hand_in, writer), (issuing.approve, chief), (issuing.issue, writer)):
            act(item=report.item, by=by.by, at=now)
        assert street.get(f"/reports/{report.pk}/").status_code == 200
        assert street.get(f"/reports/{report.pk}/paper/").status_code == 200
        assert firm.get(f"/reports/{report.pk}/").status_code == 404

    def test_last_months_text_stands_beside(self, month: tuple[Report, Client, Client]) -> None:
        report, pages, _above = month
        writer, chief = Person.objects.get(name="Olga"), Person.objects.get(name="Chen")
        now = clock.real_now()
        for act, by in ((issuing.hand_in, writer), (issuing.approve, chief), (issuing.issue, writer)):
            act(item=report.item, by=by.by, at=now)
        later = drafting.draft(
            template="monthly_analysis",
            region=DISTRICT,
            day=date(report.last.year + 1, 1, 31),
            by=writer.by,
            at=now + 365 * DAY,
        )
        page = pages.get(f"/reports/{later.pk}/").content.decode()
        assert "part-beside" in page and report.title in page


class TestReadingAgain:
    def test_a_draft_shows_what_has_changed_and_takes_it(
        self, here: District, month: tuple[Report, Client, Client]
    ) -> None:
        report, pages, above = month
        url = f"/reports/{report.pk}/again/"
        assert url in pages.get(f"/reports/{report.pk}/").content.decode()
        report_danger(
            region=QUAY, description="电线私拉", category="exit", organisation=here.firm, by=here.owner.by,
            at=clock.real_now(),
        )  # fmt: skip
        page = pages.get(url, headers={"accept-language": "en"})
        assert [
            (line["then"], line["now"]) for line in page.context["lines"] if line["label"] == "发现隐患"
        ] == [("1", "2")]
        assert "typed by hand" not in page.content.decode() and "As drafted" in page.content.decode()
        assert above.get(url).status_code == 404
        assert pages.post(url, {"as_of": page.context["as_of"].isoformat()}).status_code == 302
        assert "发现隐患2项" in report.paragraphs.get(key="whole").text
        assert "没有变化" in pages.get(url).content.decode()
        older = pages.post(url, {"as_of": (report.as_of - DAY).isoformat()})
        assert older.status_code == 422


class TestACampaignsBulletin:
    def test_asks_for_the_campaign_and_begins_with_it(self, here: District) -> None:
        person, pages = staff(here, "Olga", "safety_section")
        form = pages.get("/reports/new/?template=campaign_bulletin").content.decode()
        assert "您所辖地区还没有专项行动" in form
        start = timezone.localdate() - 20 * DAY
        campaign = start_campaign(
            name="有限空间整治",
            region=DISTRICT,
            starts_on=start,
            ends_on=start + 90 * DAY,
            by=person.by,
            at=clock.real_now(),
        )
        given = {
            "template": "campaign_bulletin",
            "day": f"{timezone.localdate():%F}",
            "first": "",
            "campaign": "",
        }
        refused = pages.post("/reports/new/", given)
        assert (refused.status_code, "请选择专项行动" in refused.content.decode()) == (422, True)
        assert pages.post("/reports/new/", given | {"campaign": campaign.pk}).status_code == 302
        report = Report.objects.get()
        assert (report.title, report.first, report.campaign) == ("有限空间整治简报", start, campaign.pk)

"""A report from before this platform stands beside the new one: taken in, placed, moved, found again."""

import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from docx import Document

from anlan.domains.bulletins.actions import drafting, issuing
from anlan.domains.bulletins.models import EarlierPart, EarlierText, Report
from anlan.domains.bulletins.queries.earlier import beside_of
from anlan.kernel.core import clock
from anlan.kernel.ledger.models import Entry
from anlan.surfaces.web.tests.test_bulletins import browser, staff
from tests.people import DISTRICT, District, add_kind, district

pytestmark = pytest.mark.django_db
OLD = (
    "安澜区应急管理局上半年工作总结",
    "在区委、区政府的坚强领导下，我局统筹发展和安全，形势总体情况如下。",
    "一、安全生产和防灾减灾形势",
    "（一）生产安全事故情况",
    "时段内未登记生产安全事故，全年控制在目标以内。",
    "二、主要工作",
    "（六）督办落实",
    "年度工作要点逐项督办。",
    "（九）党建工作",
    "开展主题党日三次。",
)


def docx(*lines: str) -> SimpleUploadedFile:
    document, data = Document(), io.BytesIO()
    for line in lines:
        document.add_paragraph(line)
    document.save(data)
    return SimpleUploadedFile("2025上半年.docx", data.getvalue())


@pytest.fixture
def half(db: None) -> tuple[District, Report, Client]:
    here = district()
    for kind in ("work_plan_office", "flood_office_head"):
        add_kind(kind)
    writer, pages = staff(here, "Pia", "work_plan_office")
    item = drafting.draft(
        template="half_year", region=DISTRICT, day=date(2026, 5, 5), by=writer.by, at=clock.real_now()
    )
    return here, Report.objects.get(pk=item.pk), pages


def test_a_document_of_last_year_stands_beside_each_paragraph_and_is_found_again(
    half: tuple[District, Report, Client],
) -> None:
    _here, report, pages = half
    url = f"/reports/{report.pk}/earlier/"
    assert url in pages.get(f"/reports/{report.pk}/").content.decode()
    assert pages.post(url, {"document": docx(*OLD)}).status_code == 302
    text = EarlierText.objects.get()
    assert (text.title, text.first, text.last) == (OLD[0], date(2025, 1, 1), date(2025, 6, 30))
    page = pages.get(f"/reports/{report.pk}/").content.decode()
    assert page.count("part-beside") == 3 and OLD[4] in page and OLD[9] not in page
    assert pages.get(f"{url}{text.pk}/file/").content[:2] == b"PK"

    party = EarlierPart.objects.get(words=OLD[9])
    assert party.key == ""
    moved = {f"place-{party.place}": "plan"}
    assert pages.post(f"{url}{text.pk}/places/", moved).status_code == 302
    assert beside_of(report).words["plan"] == f"{OLD[7]}\n{OLD[9]}"
    assert pages.post(f"{url}{text.pk}/places/", {f"place-{party.place}": "nowhere"}).status_code == 422
    assert Entry.objects.filter(code__startswith="bulletins.earlier_").count() == 2

    words = pages.get(f"/reports/{report.pk}/paragraphs/{report.paragraphs.get(key='plan').pk}/").content
    assert OLD[9] in words.decode()

    # The same span written anew: what was taken in is found by its days.
    at = clock.real_now()
    issuing.give_up(item=report.item, by=report.item.opened_by, at=at, reason="重写")
    item = drafting.draft(
        template="half_year", region=DISTRICT, day=date(2026, 1, 9), by=report.item.opened_by, at=at
    )
    assert beside_of(Report.objects.get(pk=item.pk)).earlier == text


def test_what_cannot_be_taken_in_is_refused_by_field(half: tuple[District, Report, Client]) -> None:
    here, report, pages = half
    url = f"/reports/{report.pk}/earlier/"
    macro = SimpleUploadedFile("x.docx", b"MZ\x90\x00 program")
    for given, words in (
        ({}, "粘贴"), ({"text": OLD[1], "day": "2026-06-30"}, "2026-01-01"), ({"text": OLD[1], "day": "x"}, "2026-07-03"),
        ({"document": macro}, "x.docx"),
    ):  # fmt: skip
        again = pages.post(url, given)
        assert (again.status_code, words in again.content.decode()) == (422, True)
    assert not EarlierText.objects.exists()
    assert (
        pages.post(url, {"text": "\n".join(OLD), "title": "去年的总结", "day": "2024-03-01"}).status_code
        == 302
    )
    assert EarlierText.objects.get().last == date(2024, 6, 30)
    assert beside_of(report).title == "去年的总结"  # the nearest there is
    street = browser(here.owner.account)
    assert street.get(url).status_code == 404

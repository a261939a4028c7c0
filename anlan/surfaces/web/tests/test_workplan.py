"""The pages of a work plan: taken in from a document, signed off by another, handed out with the burden in sight."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from docx import Document

from anlan.domains.workplan.models import Plan, Task
from anlan.kernel.core import clock
from anlan.kernel.messaging.models import Message
from tests.people import DISTRICT, HARBOUR, District, add_duty, add_person, district

pytestmark = pytest.mark.django_db
TEXT = "一、强化责任\n1.执法检查。一是编制计划。二是完成检查。\n三、强化宣传"


@pytest.fixture
def here() -> District:
    return district()


def keeper(here: District, name: str) -> Client:
    person = add_person(name, here.bureau, account=True)
    add_duty(person, "work_plan_office", DISTRICT)
    client = Client(headers={"accept-language": "en"})
    client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def docx(text: str) -> SimpleUploadedFile:
    document, data = Document(), BytesIO()
    for line in text.splitlines():
        document.add_paragraph(line)
    document.save(data)
    return SimpleUploadedFile("要点.docx", data.getvalue())


@pytest.mark.feature("M001")
def test_a_document_becomes_a_plan_another_signs_it_and_a_task_goes_out(here: District) -> None:
    writer, signer = keeper(here, "Olga"), keeper(here, "Pia")
    add_duty(here.owner, "unit_head", HARBOUR)
    given = {"title": "2026年工作要点", "year": "2026", "document": docx(TEXT)}
    assert writer.post("/plans/", given).status_code == 302
    plan = Plan.objects.get()
    page = writer.get(f"/plans/{plan.pk}/").content.decode()
    assert "a number is missing before it" in page
    assert "Sign the plan off" not in page
    assert writer.post(f"/plans/{plan.pk}/sign/").status_code == 422
    assert signer.post(f"/plans/{plan.pk}/sign/").status_code == 302
    point = plan.points.get(mark="1.")
    form = f"/plans/{plan.pk}/points/{point.pk}/"
    assert "was given 0 matters" in signer.get(form, {"lead": str(here.street.pk)}).content.decode()
    due = f"{clock.real_now() + timedelta(days=60):%Y-%m-%dT%H:%M}"
    sent = {
        "lead": str(here.street.pk),
        "measure": "完成检查1680家",
        "due_at": due,
        "target": "1680",
        "unit": "家",
    }
    assert signer.post(form, sent).status_code == 302
    assert Task.objects.get().target == 1680
    assert Message.objects.filter(person=here.owner).exists()
    assert "was given 1 matter" in signer.get(form, {"lead": str(here.street.pk)}).content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": "x", "year": "2026", "text": ""},
        {"title": "", "year": "2026", "text": TEXT},
        {"title": "x", "year": "26", "text": TEXT},
        {"title": "x", "year": "2026", "text": "no numbers at all"},
        {"title": "x", "year": "2026", "document": SimpleUploadedFile("x.docx", b"PK\x03\x04 broken")},
        {"title": "x", "year": "2026", "document": SimpleUploadedFile("x.bin", bytes(range(256)))},
    ],
)
def test_what_cannot_be_a_plan_is_refused_with_the_reason(here: District, wrong: dict) -> None:
    answer = keeper(here, "Olga").post("/plans/", wrong)
    assert answer.status_code == 422
    assert b'class="refused"' in answer.content
    assert not Plan.objects.exists()


def test_a_task_without_a_unit_a_day_or_words_is_refused(here: District) -> None:
    writer, signer = keeper(here, "Olga"), keeper(here, "Pia")
    writer.post("/plans/", {"title": "x", "year": "2026", "text": TEXT})
    plan = Plan.objects.get()
    form = f"/plans/{plan.pk}/points/{plan.points.first().pk}/"
    due = f"{clock.real_now() + timedelta(days=60):%Y-%m-%dT%H:%M}"
    whole = {"lead": str(here.street.pk), "measure": "x", "due_at": due}
    assert signer.post(form, whole).status_code == 422  # not signed off yet
    signer.post(f"/plans/{plan.pk}/sign/")
    for missing in ("lead", "measure", "due_at"):
        assert signer.post(form, {**whole, missing: ""}).status_code == 422
    assert signer.post(form, {**whole, "weight": "0"}).status_code == 422
    assert not Task.objects.exists()

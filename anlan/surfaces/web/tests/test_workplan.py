"""The pages of a work plan: looked through, signed off by another, handed out with the burden in sight, asked monthly."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from docx import Document

from anlan.domains.workplan import actions
from anlan.domains.workplan.models import Draft, Plan, Task
from anlan.kernel.core import clock
from anlan.kernel.loop.actions import move
from anlan.kernel.messaging.models import Message
from anlan.kernel.orgs.models import Person
from tests.people import DISTRICT, HARBOUR, District, add_duty, add_person, district

pytestmark = pytest.mark.django_db
TEXT = "一、强化责任\n1.执法检查。一是编制计划。二是完成检查。\n三、强化宣传"
NAMED = "一、安全\n1.检查企业1680家（牵头单位：临港街道；完成时限：2099年11月底）\n2.宣传（牵头单位：财政局）"


@pytest.fixture
def here() -> District:
    return district()


def keeper(here: District, name: str) -> Client:
    person = add_person(name, here.bureau, account=True)
    add_duty(person, "work_plan_office", DISTRICT)
    return browser(person)


def browser(person: Person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def docx(text: str) -> SimpleUploadedFile:
    document, data = Document(), BytesIO()
    for line in text.splitlines():
        document.add_paragraph(line)
    document.save(data)
    return SimpleUploadedFile("要点.docx", data.getvalue())


def landed(client: Client, text: str) -> Plan:
    client.post("/plans/new/", {"title": "2026年工作要点", "year": "2026", "text": text})
    draft = f"/plans/drafts/{Draft.objects.get().pk}/"
    client.post(draft + "fix/", {"how": "right", "line": [str(n) for n in range(1, 9)]})
    client.post(draft)
    return Plan.objects.get()


@pytest.mark.feature("M001")
def test_a_document_is_looked_through_landed_signed_off_by_another_and_handed_out(here: District) -> None:
    writer, signer = keeper(here, "Olga"), keeper(here, "Pia")
    add_duty(here.owner, "unit_head", HARBOUR)
    assert writer.get("/plans/new/").status_code == 200
    answer = writer.post("/plans/new/", {"year": "2026", "document": docx(TEXT)})
    draft = f"/plans/drafts/{Draft.objects.get().pk}/"
    assert answer.url == draft
    page = writer.get(draft).content.decode()
    assert "a number is missing before it" in page
    assert "要点" in page
    assert writer.post(draft).status_code == 422  # the doubt is not settled
    fixed = writer.post(draft + "fix/", {"how": "point", "line": "3", "mark": "二、", "depth": "0"})
    assert fixed.url == draft + "#l3"
    assert "Every doubtful place" not in writer.get(draft).content.decode()
    assert writer.post(draft).status_code == 302
    plan = Plan.objects.get()
    assert plan.points.filter(mark="二、").exists()
    assert "Sign the plan off" not in writer.get(f"/plans/{plan.pk}/").content.decode()
    assert writer.post(f"/plans/{plan.pk}/sign/").status_code == 422
    assert signer.post(f"/plans/{plan.pk}/sign/").status_code == 302
    form = f"/plans/{plan.pk}/points/{plan.points.get(mark='1.').pk}/"
    assert "was asked 0 times" in signer.get(form, {"lead": str(here.street.pk)}).content.decode()
    due = f"{clock.real_now() + timedelta(days=60):%Y-%m-%dT%H:%M}"
    sent = {
        "lead": str(here.street.pk), "measure": "完成检查1680家", "due_at": due, "target": "1680", "measured_in": "家",
        "indicator": "dangers.found",
    }  # fmt: skip
    assert signer.post(form, sent | {"target": ""}).status_code == 422  # a number needs its target
    assert signer.post(form, sent).status_code == 302
    task = Task.objects.get()
    assert (task.target, task.indicator) == (Decimal(1680), "dangers.found")
    assert Message.objects.filter(person=here.owner).count() == 1
    page = signer.get(f"/plans/{plan.pk}/").content.decode()
    assert "/numbers/dangers.found/?period=dates" in page
    assert "0 / 1680" in page.replace("0.0 /", "0 /")
    assert browser(here.owner).get(f"/workplan/task/{task.pk}/").status_code == 200


def test_points_inside_a_paragraph_are_said_and_settled_too(here: District) -> None:
    writer = keeper(here, "Olga")
    text = "一、强化责任\n一是甲\n三是乙\n1.执法。一是编制。二是检查。\n散句一条"
    writer.post("/plans/new/", {"title": "x", "year": "2026", "text": text})
    draft = f"/plans/drafts/{Draft.objects.get().pk}/"
    page = writer.get(draft).content.decode()
    assert page.count('class="doubt"') == 2
    assert "a paragraph without a number after points" in page
    assert writer.post(draft).status_code == 422
    writer.post(draft + "fix/", {"how": "right", "line": "3"})
    assert writer.post(draft).status_code == 422
    writer.post(draft + "fix/", {"how": "text", "line": "5"})
    assert writer.post(draft).status_code == 302
    page = writer.get(f"/plans/{Plan.objects.get().pk}/").content.decode()
    assert "三是 · line 3 · a number is missing before it" in page


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
    answer = keeper(here, "Olga").post("/plans/new/", wrong)
    assert answer.status_code == 422
    assert b'class="refused"' in answer.content
    assert not Draft.objects.exists()


def test_a_task_without_a_unit_a_day_or_words_is_refused(here: District) -> None:
    writer, signer = keeper(here, "Olga"), keeper(here, "Pia")
    plan = landed(writer, TEXT)
    form = f"/plans/{plan.pk}/points/{plan.points.first().pk}/"
    due = f"{clock.real_now() + timedelta(days=60):%Y-%m-%dT%H:%M}"
    whole = {"lead": str(here.street.pk), "measure": "x", "due_at": due}
    assert signer.post(form, whole).status_code == 422  # not signed off yet
    signer.post(f"/plans/{plan.pk}/sign/")
    for missing in ("lead", "measure", "due_at"):
        assert signer.post(form, {**whole, missing: ""}).status_code == 422
    assert signer.post(form, {**whole, "weight": "0"}).status_code == 422
    assert not Task.objects.exists()


def test_the_tasks_that_a_document_names_go_out_together_and_are_asked_about_and_checked(
    here: District,
) -> None:
    writer, signer = keeper(here, "Olga"), keeper(here, "Pia")
    plan = landed(writer, NAMED)
    signer.post(f"/plans/{plan.pk}/sign/")
    page = signer.get(f"/plans/{plan.pk}/proposed/").content.decode()
    assert "财政局 ?" in page  # a unit that is not here
    point, other = plan.points.get(mark="1."), plan.points.get(mark="2.")
    ticked = {
        f"tick-{point.pk}": "on", f"lead-{point.pk}": str(here.street.pk), f"due-{point.pk}": "2099-11-30",
        f"measure-{point.pk}": "检查企业",
    }  # fmt: skip
    wrong = ticked | {f"tick-{other.pk}": "on", f"due-{other.pk}": "2099-11-30"}
    assert signer.post(f"/plans/{plan.pk}/proposed/", wrong).status_code == 422
    assert signer.post(f"/plans/{plan.pk}/proposed/", {}).status_code == 422
    assert signer.post(f"/plans/{plan.pk}/proposed/", ticked).status_code == 302
    task = Task.objects.get()
    assert (task.measure, task.target, task.unit, task.lead) == ("检查企业", Decimal(1680), "家", here.street)
    move(item=task.item, name="sign_for", by=here.owner.by, at=clock.real_now())
    assert actions.ask_month(region=DISTRICT, at=clock.real_now()) == 1
    unit = browser(here.owner)
    assert "No change" in unit.get("/plans/month/").content.decode()
    assert unit.post("/plans/month/", {"act": "no_change"}).status_code == 302
    question = task.questions.get()
    page = signer.get("/plans/month/").content.decode()
    assert "Answers that wait for a check" in page
    assert signer.post("/plans/month/", {"act": "check", "item": str(question.pk)}).status_code == 302
    question.item.refresh_from_db()
    assert question.item.state == "checked"


def test_a_draft_is_put_away_and_is_nobody_elses(here: District) -> None:
    writer = keeper(here, "Olga")
    writer.post("/plans/new/", {"title": "x", "year": "2026", "text": TEXT})
    draft = f"/plans/drafts/{Draft.objects.get().pk}/"
    assert browser(here.owner).get(draft).status_code == 404
    writer.post(draft + "fix/", {"how": "leave_out", "line": "3"})
    assert "left out" in writer.get(draft).content.decode()
    assert writer.post(draft + "fix/", {"how": "point", "line": "1", "depth": "x"}).status_code == 422
    assert writer.post(draft + "drop/").status_code == 302
    assert not Draft.objects.exists()

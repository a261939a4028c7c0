"""Steps are made from a form; a refusal stands beside its field and nothing typed is lost."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from anlan.domains.dangers.actions import report_danger
from anlan.kernel.core import clock
from anlan.kernel.loop.models import Evidence, WorkItem
from anlan.kernel.orgs.actions import enrol_seat, set_pin
from anlan.surfaces.web import times
from anlan.surfaces.web.people import SEAT_COOKIE
from tests import people

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c626001000000ffff03000006000557bfabd40000000049454e44ae426082"
)


def photo(name="before.png"):
    return SimpleUploadedFile(name, PNG + name.encode(), content_type="image/png")


@pytest.fixture
def danger(district):
    return report_danger(
        description="疏散通道堆物", category="exit", region=people.QUAY, by=district.owner.by,
        at=clock.real_now(), organisation=district.firm,
    )  # fmt: skip


def address(item, move):
    return reverse("web:move", args=["dangers", "danger", item.pk, move])


def test_a_danger_is_reported_from_the_form(district, signed_in):
    form = {
        "description": "配电箱前堆物",
        "category": "electrical",
        "region": people.QUAY,
        "organisation": str(district.firm.pk),
    }
    answer = signed_in(district.owner).post(
        reverse("web:record_new", args=["dangers", "danger"]), {**form, "photo": photo()}
    )
    item = WorkItem.objects.get(loop="dangers.danger")
    assert answer.status_code == 302
    assert answer.headers["Location"] == reverse("web:record", args=["dangers", "danger", item.pk])
    assert item.charge_org == district.firm


def test_a_missing_field_is_named_and_the_rest_is_kept(district, signed_in):
    form = {"description": "配电箱前堆物", "category": "", "region": people.QUAY}
    answer = signed_in(district.owner).post(reverse("web:record_new", args=["dangers", "danger"]), form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "配电箱前堆物" in page
    assert "请填写" in page
    assert not WorkItem.objects.exists()


def test_a_rectification_without_its_photo_is_refused_in_words(district, danger, signed_in):
    client = signed_in(district.manager)
    answer = client.post(address(danger, "rectify"), {"five_measures": "已清理并划线"})
    assert answer.status_code == 422
    assert "已清理并划线" in answer.content.decode()
    assert "照片" in answer.content.decode()


def test_a_rectification_with_its_photo_goes_on_and_the_photo_can_be_seen(
    district, danger, signed_in, var_dir
):
    client = signed_in(district.manager)
    assert client.post(address(danger, "rectify"), {"photo": photo()}).status_code == 302
    danger.refresh_from_db()
    assert danger.state == "recheck"
    picture = reverse("web:photo", args=[Evidence.objects.get().pk])
    assert client.get(picture).content == PNG + b"before.png"
    assert signed_in(district.outsider).get(picture).status_code == 404


def test_work_done_earlier_is_marked_as_a_late_entry(district, danger, signed_in, var_dir):
    now = clock.real_now()
    WorkItem.objects.filter(pk=danger.pk).update(opened_at=now - timedelta(days=3))
    earlier = f"{times.local(now - timedelta(days=1)):%Y-%m-%dT%H:%M}"
    signed_in(district.manager).post(address(danger, "rectify"), {"photo": photo(), "happened_at": earlier})
    step = danger.steps.get(move="rectify")
    assert step.late_entry
    assert f"{times.local(step.happened_at):%Y-%m-%dT%H:%M}" == earlier


def test_a_step_that_is_not_yours_is_refused(district, danger, signed_in):
    answer = signed_in(district.colleague).post(address(danger, "rectify"), {"photo": photo()})
    assert answer.status_code == 422
    danger.refresh_from_db()
    assert danger.state == "rectifying"


@pytest.fixture
def seat_client(district, signed_in):
    """A browser that is a watch seat of the district, signed in as the officer, with one officer's PIN set."""
    now = clock.real_now()
    officer = people.add_person("陈值班员", district.street, account=True)
    people.add_duty(officer, "watch_officer", people.HARBOUR)
    people.add_duty(officer, "street_safety_officer", people.HARBOUR)
    set_pin(person=officer, pin="294817", by=officer.by, at=now)
    _seat, token = enrol_seat(name="一号席", region=people.HARBOUR, by="account:x", at=now)
    client = signed_in(district.owner)
    client.cookies[SEAT_COOKIE] = token
    return client, officer


def test_at_a_watch_seat_an_act_bears_the_name_of_the_pin(district, danger, seat_client, var_dir):
    client, officer = seat_client
    form = {"reason": "误报", "acting_person": str(officer.pk), "pin": "294817"}
    WorkItem.objects.filter(pk=danger.pk).update(state="found")
    assert client.post(address(danger, "withdraw"), form).status_code == 302
    assert danger.steps.get(move="withdraw").by == officer.by


def test_at_a_watch_seat_nothing_is_done_without_a_pin(district, danger, seat_client):
    client, officer = seat_client
    WorkItem.objects.filter(pk=danger.pk).update(state="found")
    answer = client.post(
        address(danger, "withdraw"), {"reason": "误报", "acting_person": str(officer.pk), "pin": "111111"}
    )
    assert answer.status_code == 422
    assert "误报" in answer.content.decode()
    assert not danger.steps.filter(move="withdraw").exists()


def test_the_sixth_wrong_pin_is_not_even_looked_at(district, danger, seat_client):
    client, officer = seat_client
    WorkItem.objects.filter(pk=danger.pk).update(state="found")
    for _ in range(5):
        client.post(
            address(danger, "withdraw"), {"reason": "误报", "acting_person": str(officer.pk), "pin": "000000"}
        )
    right = {"reason": "误报", "acting_person": str(officer.pk), "pin": "294817"}
    assert client.post(address(danger, "withdraw"), right).status_code == 422

"""Major dangers stand against the firm they were found at, and against no other unit."""

from datetime import timedelta

import pytest

from anlan.domains.dangers.actions import report_danger
from anlan.domains.dangers.models import Danger
from anlan.kernel.core import clock
from anlan.kernel.domain.looking_back import look_back
from anlan.kernel.domain.registry import domain_of
from tests import people

pytestmark = pytest.mark.django_db


def test_a_major_danger_stands_against_its_firm_and_an_ordinary_one_does_not() -> None:
    here, now = people.district(), clock.real_now()
    given = {
        "region": people.QUAY,
        "category": "dust",
        "organisation": here.firm,
        "by": here.owner.by,
        "at": now,
    }
    major = report_danger(description="除尘系统停用", **given)
    report_danger(description="灭火器过期", **given)
    Danger.objects.filter(pk=major.pk).update(grade="major")
    found = look_back(
        domain_of("dangers").looks_back, organisations=[here.firm.pk, here.street.pk], start=now - timedelta(days=1),
        end=now + timedelta(days=1), as_of=now,
    )  # fmt: skip
    assert [(look.code, trace.organisation, trace.words) for look, trace in found] == [
        ("dangers.major", here.firm.pk, "重大事故隐患：除尘系统停用")
    ]

"""The 900 firms of the small demo: once, whole, each street with its own character, every state of every loop."""

import pytest

from anlan.domains.enterprises.models import (
    Certificate,
    Enterprise,
    Finding,
    HazardUnit,
    PlanFiling,
    SelfCheck,
    Tag,
    Tenancy,
)
from anlan.kernel.orgs.actions import check_uscc
from anlan.surfaces.cli.demo import enterprises, files

pytestmark = pytest.mark.django_db


def tagged(street: str, tag: str) -> int:
    prefix = files.street_code(street)[:9]
    return Tag.objects.filter(kind=tag, enterprise__organisation__region__code__startswith=prefix).count()


def test_nine_hundred_firms_stand_in_ten_streets_with_every_state_once(written: dict[str, int]) -> None:
    assert written["enterprises"] == Enterprise.objects.count()
    assert 880 <= Enterprise.objects.count() <= 920
    assert enterprises.write() == 0, "twice is once"
    assert tagged("凤岭", "dust") > 60 and tagged("榕溪", "ammonia") > 15 and tagged("青坪", "hazchem") > 20
    assert {p.item.state for p in PlanFiling.objects.select_related("item")} == {"due", "submitted", "lacking", "completed", "filed"}  # fmt: skip
    assert {c.item.state for c in SelfCheck.objects.select_related("item")} >= {"due", "done"}
    assert {"matched", "missing"} <= set(Finding.objects.values_list("verdict", flat=True))
    assert {"none", "unknown"} < set(HazardUnit.objects.values_list("grade", flat=True))
    assert Certificate.objects.exists() and Tenancy.objects.exists()
    assert (
        Enterprise.objects.filter(profile=100).exists()
        and Enterprise.objects.filter(profile__lt=100).exists()
    )
    for uscc in Enterprise.objects.values_list("organisation__uscc", flat=True):
        check_uscc(uscc)

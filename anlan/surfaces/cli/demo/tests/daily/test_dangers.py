"""Dangers of the demo: every state of every loop, something late, and figures that add up."""

import pytest

from anlan.domains.dangers.loop import CAMPAIGN, CANDIDATE, DANGER, LISTING, MEASURE, SECOND_LOOK
from anlan.domains.dangers.models import Campaign, Danger
from anlan.kernel.core import clock
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.papers.models import Paper
from anlan.surfaces.cli.demo import dangers

pytestmark = pytest.mark.django_db


@pytest.mark.feature("M110", "M129", "M130", "M131", "M133", "M261", "M347")
def test_every_state_of_every_loop_is_there_and_three_are_late(written: dict[str, int]) -> None:
    many = written["dangers"]
    for loop in (DANGER, LISTING, SECOND_LOOK, CAMPAIGN, CANDIDATE, MEASURE):
        there = set(WorkItem.objects.filter(loop=loop.name).values_list("state", flat=True))
        assert there == set(loop.states), loop.name
    names = "".join(Campaign.objects.values_list("name", flat=True))
    for word in (
        "高温熔融",
        "煤气",
        "涉氨",
        "粉尘",
        "有限空间",
        "大排查大整治",
        "1+2+10",
        "治本攻坚三年行动",
        "烟花爆竹打非",
    ):
        assert word in names
    late = WorkItem.objects.filter(loop=DANGER.name, closed_at=None, due_at__lt=clock.real_now())
    assert late.count() >= 3
    assert {"dangers.danger_notice", "dangers.follow_up_order"} <= set(
        Paper.objects.values_list("kind", flat=True)
    )
    assert dangers.write() == 0
    assert 600 < many <= Danger.objects.count()  # visits and checks of crews found some more
    closed = Step.objects.filter(item__loop=DANGER.name, move="accept").values("item").distinct().count()
    assert closed >= 600

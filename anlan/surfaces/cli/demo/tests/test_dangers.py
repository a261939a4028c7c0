"""Dangers of the demo: every state of every loop, something late, and figures that add up."""

import pytest

from anlan.domains.dangers.loop import CAMPAIGN, CANDIDATE, DANGER, LISTING, SECOND_LOOK
from anlan.domains.dangers.models import Danger
from anlan.kernel.core import clock, rulesets
from anlan.kernel.domain.registry import ruleset_files
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.papers.models import Paper
from anlan.surfaces.cli.demo import dangers, district

pytestmark = pytest.mark.django_db


def test_every_state_of_every_loop_is_there_and_three_are_late() -> None:
    rulesets.load_files(ruleset_files())
    district.write()
    many = dangers.write()
    for loop in (DANGER, LISTING, SECOND_LOOK, CAMPAIGN, CANDIDATE):
        there = set(WorkItem.objects.filter(loop=loop.name).values_list("state", flat=True))
        assert there == set(loop.states), loop.name
    late = WorkItem.objects.filter(loop=DANGER.name, closed_at=None, due_at__lt=clock.real_now())
    assert late.count() >= 3
    assert {"dangers.danger_notice", "dangers.follow_up_order"} <= set(Paper.objects.values_list("kind", flat=True))
    assert dangers.write() == 0
    assert Danger.objects.count() == many > 600
    closed = Step.objects.filter(item__loop=DANGER.name, move="accept").values("item").distinct().count()
    assert closed >= 600

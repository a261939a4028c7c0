"""The demo's registers, schemes, campaign months, letters and terminals: written once, each state to be seen."""

import pytest

from anlan.domains.contractors.models import Pulse
from anlan.domains.dangers.models import CampaignFigure, CampaignTask, Scheme, Unlawful
from anlan.domains.enterprises.models import Creation, Line
from anlan.domains.enterprises.queries.registers import ponds
from anlan.domains.enterprises.rules.registers import REGISTERS
from anlan.domains.patrols.models import JointCheck, Rotation, Score, Training, TrainingDue
from anlan.domains.risks.models import Letter, Survey
from anlan.kernel.core import clock
from anlan.surfaces.cli.demo import facts, files

pytestmark = pytest.mark.django_db


def test_every_register_has_lines_and_twice_is_once(written: dict[str, int]) -> None:
    assert written["facts"] == Line.objects.filter(current=True).count()
    assert set(Line.objects.values_list("register", flat=True)) == {each.code for each in REGISTERS}
    assert facts.write() == 0
    there = ponds(region=files.DISTRICT, at=clock.real_now())
    assert there.most is not None and 0 < there.now <= there.most


def test_what_goes_on_stands_in_several_states(written: dict[str, int]) -> None:
    assert written["facts"] > 100
    assert {row.item.state for row in Scheme.objects.select_related("item")} == {"drafted", "going"}
    assert {row.item.state for row in Unlawful.objects.select_related("item")} == {"found", "handed"}
    assert {row.item.state for row in Creation.objects.select_related("item")} == {
        "begun",
        "assessed",
        "reviewed",
    }
    assert CampaignFigure.objects.count() == 15 and CampaignTask.objects.count() == 3
    assert Letter.objects.count() == 2 and Survey.objects.count() == 1
    assert {row.item.state for row in Rotation.objects.select_related("item")} == {"proposed", "kept"}
    assert {row.item.state for row in TrainingDue.objects.select_related("item")} >= {"due"}
    assert Training.objects.count() == 8
    assert JointCheck.objects.exists() and Score.objects.exists() and Pulse.objects.exists()

from datetime import timedelta
from uuid import UUID

import numpy as np
import pytest

from anlan.domains.risks import public
from anlan.domains.risks.actions import levels
from anlan.domains.risks.models import Level, RiskPoint
from anlan.domains.risks.public import OpenDanger, weigh
from anlan.domains.risks.queries import layers
from anlan.domains.risks.queries.points import visible_points, why_of
from anlan.domains.risks.tests.ground import a_firm, a_point, a_source
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.models import Exercise
from anlan.kernel.ledger.models import Entry
from anlan.kernel.loop.sweep import sweep
from tests.people import NOON, district

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def a_danger(grade: str = "major", number: int = 7) -> OpenDanger:
    return OpenDanger(UUID(int=number), grade, NOON - DAY)


@pytest.mark.feature("M368")
class TestWeighing:
    def test_a_major_danger_makes_the_point_red_and_closing_it_gives_the_level_back(self) -> None:
        here = district()
        point = a_point(a_firm(here))
        found = weigh(point_id=point.pk, dangers=[a_danger()], by=here.owner.by, at=NOON)
        point.refresh_from_db()
        assert (found.level, point.current_level, point.open_dangers) == (4, 4, 1)
        assert why_of(point) == ["1 项重大事故隐患未销号，升为重大风险"]
        weigh(point_id=point.pk, dangers=[], by=here.owner.by, at=NOON + 3 * DAY)
        point.refresh_from_db()
        assert (point.current_level, why_of(point)) == (2, [])
        assert list(Level.objects.order_by("at").values_list("current_level", "cause")) == [
            (4, "dangers"),
            (2, "dangers"),
        ]
        told = Entry.objects.filter(code="risks.weighed").order_by("at").first()
        assert (told.facts["before"], told.facts["after"]) == (2, 4)

    def test_one_ordinary_danger_raises_nothing_and_three_raise_one_step(self) -> None:
        here = district()
        point = a_point(a_firm(here))
        ordinary = [a_danger("ordinary", n) for n in range(3)]
        assert weigh(point_id=point.pk, dangers=ordinary[:1], by=here.owner.by, at=NOON).level == 2
        assert not Level.objects.exists()
        assert weigh(point_id=point.pk, dangers=ordinary, by=here.owner.by, at=NOON).level == 3

    def test_weighing_the_same_twice_writes_once(self) -> None:
        here = district()
        point = a_point(a_firm(here))
        for _again in range(2):
            weigh(point_id=point.pk, dangers=[a_danger()], by=here.owner.by, at=NOON)
        assert (Level.objects.count(), Entry.objects.filter(code="risks.weighed").count()) == (1, 1)

    def test_a_drill_changes_no_real_point(self) -> None:
        here = district()
        point = a_point(a_firm(here))
        drill = Exercise.objects.create(name="演练", kind="drill", real_start=NOON, sim_start=NOON)
        found = weigh(
            point_id=point.pk, dangers=[a_danger()], by=here.owner.by, at=NOON, exercise_id=drill.pk
        )
        point.refresh_from_db()
        assert (found.level, point.current_level) == (4, 2)

    def test_a_new_assessment_keeps_what_the_open_dangers_raise(self) -> None:
        here = district()
        point = a_point(a_firm(here))
        weigh(point_id=point.pk, dangers=[a_danger()], by=here.owner.by, at=NOON)
        levels.sign_point(
            point_id=point.pk, worst=4, assessed=1, why="换湿式除尘", by=here.manager.by, at=NOON + DAY
        )
        point.refresh_from_db()
        assert (point.assessed_level, point.current_level) == (1, 4)


@pytest.mark.feature("M367")
class TestSigning:
    def test_a_method_gives_the_level_and_the_history_keeps_who_when_and_from_what(self) -> None:
        here = district()
        point = a_point(a_firm(here), assessed_level=1)
        row = levels.sign_point(
            point_id=point.pk,
            worst=4,
            method="lec",
            inputs={"L": 3, "E": 6, "C": "15"},
            by=here.manager.by,
            at=NOON,
        )
        point.refresh_from_db()
        assert (row.score, point.assessed_level, point.responsible_level) == (270, 3, "workshop")
        assert (row.by, row.at, row.method, row.inputs["C"]) == (here.manager.by, NOON, "lec", "15")

    def test_the_worst_case_is_never_milder_than_what_was_assessed(self) -> None:
        here = district()
        point = a_point(a_firm(here))
        with pytest.raises(Refused) as refusal:
            levels.sign_point(point_id=point.pk, worst=1, assessed=2, why="x", by=here.manager.by, at=NOON)
        assert refusal.value.field == "worst_case_level"

    def test_a_direct_judgement_says_why(self) -> None:
        here = district()
        point = a_point(a_firm(here))
        with pytest.raises(Refused) as refusal:
            levels.sign_point(point_id=point.pk, worst=4, assessed=2, by=here.manager.by, at=NOON)
        assert refusal.value.field == "reason"

    def test_a_point_has_the_levels_of_its_gravest_source_and_cannot_stand_below(self) -> None:
        here = district()
        point = a_point(a_firm(here), assessed_level=1, worst_case_level=1)
        source = a_source(point, assessed_level=1, worst_case_level=1)
        levels.sign_source(
            source_id=source.pk, worst=4, method="ls", inputs={"L": 3, "S": 5}, by=here.manager.by, at=NOON
        )
        point.refresh_from_db()
        assert (point.worst_case_level, point.assessed_level) == (4, 3)
        with pytest.raises(Refused) as refusal:
            levels.sign_point(point_id=point.pk, worst=4, assessed=2, why="x", by=here.manager.by, at=NOON)
        assert refusal.value.code == "risks.below_sources"


class TestAReassessment:
    def test_is_asked_of_the_firm_has_a_clock_and_ends_with_a_signature(self) -> None:
        here = district()
        point = a_point(a_firm(here))
        item = public.demand_reassessment(point_id=point.pk, cause="process", by=here.owner.by, at=NOON)
        assert (item.charge_org, item.due_at) == (here.firm, NOON + 30 * DAY)
        with pytest.raises(Refused):
            public.demand_reassessment(point_id=point.pk, cause="accident", by=here.owner.by, at=NOON)
        levels.assess(
            item=item, worst="4", method="mes", reason="换了工艺", by=here.manager.by, at=NOON + DAY,
            factor_M="3", factor_E="10", factor_S="8", factor_L="",
        )  # fmt: skip
        item.refresh_from_db()
        assert item.state == "assessed"
        assert RiskPoint.objects.get().assessed_level == 4

    def test_climbs_to_the_street_when_it_is_late(self) -> None:
        here = district()
        point = a_point(a_firm(here))
        item = public.demand_reassessment(point_id=point.pk, cause="accident", by=here.owner.by, at=NOON)
        for day in (24, 30, 31):
            sweep(exercise_id=None, at=NOON + day * DAY, limit=50)
        item.refresh_from_db()
        assert "street_safety_officer" in item.escalated_to


class TestLayers:
    def test_give_points_and_sources_on_both_axes_and_take_dead_ones_off(self) -> None:
        here = district()
        firm = a_firm(here)
        point, gone = a_point(firm), a_point(firm, "FX-2", active=False)
        source = a_source(point)
        nowhere = a_point(firm, "FX-3", lon=None, lat=None)
        rows = layers.points(None)
        assert [UUID(bytes=row.tobytes()) for row in rows.ids] == [point.pk]
        assert (rows.lon[0], rows.region[0], rows.colour[0], rows.colour_worst[0]) == (
            113.9,
            440399001001,
            2,
            4,
        )
        assert layers.SECTORS[rows.sector[0]] == "C"
        again = layers.points([point.pk, gone.pk, nowhere.pk, UUID(int=1)])
        assert sorted(again.alive) == [False, False, True]
        found = layers.sources(None)
        assert [UUID(bytes=row.tobytes()) for row in found.ids] == [source.pk]
        assert found.colour_worst.dtype == np.uint8
        assert layers.sources([]).ids.shape == (0, 16)


def test_a_firm_sees_its_own_points_a_street_its_street() -> None:
    here = district()
    a_point(a_firm(here))
    counts = [visible_points(p, at=NOON).count() for p in (here.owner, here.manager, here.outsider)]
    assert counts == [1, 1, 0]

"""One danger, one scheme: stages with their days, reached in order, late when the next one is; the project register."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.domains.dangers import actions, rules
from anlan.domains.dangers.actions import schemes
from anlan.domains.dangers.models import Danger, Scheme
from anlan.domains.dangers.queries.projects import projects_for
from anlan.kernel.core.errors import Refused
from anlan.kernel.loop.actions import move
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.loop.sweep import sweep
from anlan.kernel.messaging.models import Message
from tests.people import NOON, QUAY, District, district
from tests.workshop import DAY, photo

STAGES = "2026-07-10 拆除旧配电箱 王工\n2026-07-20 更换电缆并穿管 王工\n2026-07-30 检测合格 李厂长"


def danger(here: District) -> WorkItem:
    item = actions.report_danger(
        description="配电线路老化",
        category="electrical",
        organisation=here.firm,
        region=QUAY,
        by=here.owner.by,
        at=NOON,
    )
    Danger.objects.filter(pk=item.pk).update(rectify_by=NOON + 30 * DAY)
    return item


def drafted(here: District, item: WorkItem, by: str, stages: str = STAGES) -> WorkItem:
    return actions.draft_scheme(
        item=item,
        cause="线路老化",
        policy="更换线路",
        responsible="李厂长",
        stages=stages,
        funds="120000",
        by=by,
        at=NOON,
    )


def made(item: WorkItem, name: str, by: str, at: object = NOON, **more: object) -> None:
    act = schemes.ACTS.get(name)
    act(item=item, by=by, at=at, **more) if act else move(item=item, name=name, by=by, at=at, **more)
    item.refresh_from_db()


@pytest.mark.django_db
@pytest.mark.feature("M058")
class TestAScheme:
    def test_is_for_one_danger_and_approved_by_another_hand(self) -> None:
        here = district()
        item = danger(here)
        scheme = drafted(here, item, here.manager.by)
        assert Scheme.objects.get().danger_id == item.pk
        with pytest.raises(Refused) as refused:
            drafted(here, item, here.manager.by)
        assert refused.value.code == "dangers.scheme_there"
        with pytest.raises(Refused):
            made(scheme, "approve", here.manager.by)
        made(scheme, "turn_back", here.owner.by, reason="写明临时防范措施")
        made(scheme, "approve", here.owner.by)
        assert scheme.state == "going"

    def test_is_not_drafted_by_a_firm_that_the_danger_is_not_with(self) -> None:
        here = district()
        item = danger(here)
        stranger = type(here.manager).objects.create(name="Gu", organisation=here.bureau)
        with pytest.raises(Refused) as refused:
            drafted(here, item, stranger.by)
        assert refused.value.code == "dangers.not_drafter"


@pytest.mark.django_db
@pytest.mark.feature("M211")
class TestTheSchedule:
    def test_has_its_days_in_order_inside_the_term(self) -> None:
        here = district()
        item = danger(here)
        for stages, code in (
            ("", "dangers.no_stages"),
            ("下周 拆除", "dangers.bad_stage"),
            ("2026-07-20 甲\n2026-07-10 乙", "dangers.stage_order"),
            ("2026-07-01 甲", "dangers.stage_past"),
            ("2026-12-01 甲", "dangers.stage_late"),
        ):
            with pytest.raises(Refused) as refused:
                drafted(here, item, here.manager.by, stages)
            assert (refused.value.code, refused.value.field) == (code, "stages")
        assert not Scheme.objects.exists()

    def test_runs_from_stage_to_stage_and_rings_when_one_is_late(self) -> None:
        here = district()
        item = drafted(here, danger(here), here.manager.by)
        made(item, "approve", here.owner.by)
        assert item.due_at.date() == date(2026, 7, 10)
        with pytest.raises(Refused) as refused:
            made(item, "reach", here.manager.by, NOON + DAY, place=2, evidence=[photo(b"2")])
        assert refused.value.code == "dangers.not_next"
        with pytest.raises(Refused):  # a photo of it
            made(item, "reach", here.manager.by, NOON + DAY, place=1)
        made(item, "reach", here.manager.by, NOON + DAY, place=1, evidence=[photo(b"1")])
        assert item.due_at.date() == date(2026, 7, 20)
        rung = Message.objects.filter(person=here.owner).count()
        while sweep(exercise_id=None, at=NOON + 18 * DAY, limit=100):
            pass
        assert Message.objects.filter(person=here.owner).count() > rung

    def test_ends_when_every_stage_was_reached(self) -> None:
        here = district()
        item = drafted(here, danger(here), here.manager.by)
        made(item, "approve", here.owner.by)
        for place in (1, 2):
            made(
                item,
                "reach",
                here.manager.by,
                NOON + place * DAY,
                place=place,
                evidence=[photo(bytes([place]))],
            )
        with pytest.raises(Refused) as refused:
            made(item, "complete", here.owner.by, NOON + 4 * DAY)
        assert "检测合格" in refused.value.facts["open"]
        made(item, "reach", here.manager.by, NOON + 5 * DAY, place=3, evidence=[photo(b"3")])
        made(item, "complete", here.owner.by, NOON + 6 * DAY)
        assert item.state == "done"

    def test_changed_keeps_what_was_reached_and_waits_for_its_approval_again(self) -> None:
        here = district()
        item = drafted(here, danger(here), here.manager.by)
        made(item, "approve", here.owner.by)
        made(item, "reach", here.manager.by, NOON + DAY, place=1, evidence=[photo(b"1")])
        made(
            item,
            "change",
            here.manager.by,
            NOON + DAY,
            stages="2026-07-28 整体更换 李厂长",
            reason="到货延迟",
        )
        scheme = Scheme.objects.get()
        assert (item.state, [stage.text for stage in scheme.stages.all()]) == (
            "drafted",
            ["拆除旧配电箱", "整体更换"],
        )
        assert scheme.reached() == "1/2"


@pytest.mark.django_db
@pytest.mark.feature("M119")
def test_a_firm_that_finds_a_danger_itself_writes_its_own_plan() -> None:
    here = district()
    item = actions.report_danger(
        description="自查：通道堆物", category="exit", organisation=here.firm, region=QUAY, source="self_check",
        by=here.manager.by, at=NOON,
    )  # fmt: skip
    scheme = drafted(here, item, here.manager.by, "2026-07-04 清理通道 李厂长")
    assert (scheme.charge_org, scheme.arises_from_id) == (here.firm, item.pk)
    made(scheme, "approve", here.owner.by)
    made(scheme, "reach", here.manager.by, NOON + DAY, place=1, evidence=[photo(b"clear")])
    made(scheme, "complete", here.owner.by, NOON + DAY)
    assert scheme.state == "done"


@pytest.mark.django_db
@pytest.mark.feature("M316")
def test_schemes_stand_as_projects_with_stages_and_what_is_late() -> None:
    here = district()
    item = drafted(here, danger(here), here.manager.by)
    made(item, "approve", here.owner.by)
    (row,) = projects_for(here.owner, at=NOON)
    assert (row.reached(), row.funds_yuan, row.danger.organisation) == ("0/3", 120000, here.firm)
    assert list(projects_for(here.outsider, at=NOON)) == []
    assert list(projects_for(here.owner, at=NOON, state="late")) == []
    assert [each.pk for each in projects_for(here.owner, at=NOON + 10 * DAY, state="late")] == [row.pk]


@given(st.lists(st.tuples(st.dates(date(2026, 1, 1), date(2027, 1, 1)), st.text("甲乙 工", min_size=1, max_size=9)),
                min_size=1, max_size=8))  # fmt: skip
def test_a_schedule_is_read_as_it_was_written_or_refused(rows: list[tuple[date, str]]) -> None:
    text = "\n".join(f"{day} {words}" for day, words in rows)
    try:
        found = rules.stages_of(text)
    except Refused as refused:
        assert refused.field == "stages"
        return
    assert [each.day for each in found] == [day for day, _words in rows]
    assert all(each.text for each in found)
    assert all(a.day <= b.day for a, b in pairwise(found))

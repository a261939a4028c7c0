"""Against a firm: penalties decided, a case without a decision, a measure in force; each as known on a day."""

from decimal import Decimal

import pytest

from anlan.domains.enforcement.actions import casework, measures
from anlan.domains.enforcement.actions.taking import PenaltyGiven, enter_penalties
from anlan.domains.enforcement.tests.ground import DAY, Bureau, bureau
from anlan.kernel.domain.looking_back import look_back
from anlan.kernel.domain.registry import domain_of
from anlan.kernel.loop.actions import move
from tests.people import NOON, QUAY

pytestmark = pytest.mark.django_db


def found(ours: Bureau, *, as_of=NOON + 9 * DAY) -> list[tuple[str, str, bool]]:
    traces = look_back(
        domain_of("enforcement").looks_back, organisations=[ours.firm.pk, ours.here.street.pk],
        start=NOON - DAY, end=NOON + 9 * DAY, as_of=as_of,
    )  # fmt: skip
    return [(look.code.partition(".")[2], trace.words, trace.bars) for look, trace in traces]


def penalty(ours: Bureau, number: str, procedure: str = "case", **more):
    given = PenaltyGiven(procedure, NOON, QUAY, ours.firm.name, "无培训", ours.firm, number, "平台", **more)
    return enter_penalties([given], by=ours.section.by, at=NOON + DAY)[0]


def test_penalties_tell_their_sum_and_no_name_and_the_heavy_ones_are_grave() -> None:
    ours = bureau()
    penalty(ours, "1", amount=Decimal(20_000), person_amount=Decimal(5_000))
    penalty(ours, "2", kind="suspension")
    spot = penalty(ours, "3", "spot", kind="warning")
    assert sorted(found(ours)) == [
        ("penalties", "行政处罚（当场）：警告。无培训", False),
        ("penalties", "行政处罚（立案）：罚款25000元，一案双罚。无培训", False),
        ("penalties", "行政处罚（立案）：责令停产停业。无培训", True),
    ]
    move(item=spot, name="revoke", by=ours.chief.by, at=NOON + 2 * DAY, reason="错误")
    assert len(found(ours)) == 2
    assert len(found(ours, as_of=NOON + DAY)) == 3
    assert found(ours, as_of=NOON) == []


def test_an_open_case_and_a_measure_in_force_stand_from_before_and_leave_when_they_end() -> None:
    ours = bureau()
    case = casework.open_case(
        organisation=ours.firm, cause="积尘", **ours.pair, by=ours.officers[0].by, at=NOON - 9 * DAY
    )
    assert found(ours) == []  # proposed, not opened
    casework.approve(item=case, by=ours.section.by, at=NOON - 9 * DAY)
    seal = measures.impose(
        kind="seal",
        what="喷漆房",
        organisation=ours.firm,
        **ours.pair,
        by=ours.officers[0].by,
        at=NOON - 8 * DAY,
    )
    assert sorted(found(ours)) == [
        ("cases", "立案调查中（2026-06-24立案）：积尘", False),
        ("measures", "查封（2026-06-25起，尚未解除）：喷漆房", False),
    ]
    measures.lift(
        item=seal,
        second_officer=ours.officers[1].by,
        reason="整改合格",
        by=ours.officers[0].by,
        at=NOON + DAY,
    )
    move(item=case, name="drop", by=ours.section.by, at=NOON + DAY, reason="证据不足")
    assert found(ours) == []
    assert len(found(ours, as_of=NOON)) == 2

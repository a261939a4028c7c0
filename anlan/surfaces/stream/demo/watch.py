"""What the simulated watch does: rings the weather office and leaders, asks for approvals by telephone, ends the night.

A newcomer who has signed in as one of the six may be faster: the play then waits much longer before it acts.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.utils.translation import override

from anlan.domains.responses import actions as responses
from anlan.domains.responses import queries as response_queries
from anlan.domains.responses.models import Proposal as ResponseProposal
from anlan.domains.responses.models import Response
from anlan.domains.warnings.actions.answering import record_call
from anlan.domains.warnings.actions.closing import close_call_out
from anlan.domains.warnings.actions.deciding import approve_and_release
from anlan.domains.warnings.actions.ringing import ring_office
from anlan.domains.warnings.models import CallOut, CallOutItem, OfficeRing, Proposal
from anlan.kernel.core.errors import Refused
from anlan.kernel.loop.actions import Telephone, move
from anlan.kernel.loop.models import Confirmation, WorkItem
from anlan.kernel.orgs.models import Person
from anlan.kernel.places.models import Region
from anlan.surfaces.stream.demo.world import World, plays_along

log = logging.getLogger(__name__)

DISTRICT = "440399000000"
PATIENCE = timedelta(minutes=3)  # of the world: three seconds
NEWCOMERS_PATIENCE = timedelta(minutes=20)
OFFICE_ANSWERS = timedelta(minutes=12)  # within which the weather office's signal follows an alarm
ENDS = (23, 7)  # local time at which the end is proposed; agreed to by telephone at ten past
AT_ONCE = 4  # leaders rung in one tick
# Ⅰ is for the dam that breaks; a newcomer may approve it, the play does not.
APPROVERS = {
    "Ⅳ": "flood_office_head",
    "Ⅲ": "deputy_commander",
    "Ⅱ": "executive_deputy_commander",
    "Ⅰ": "commander",
}
SAID = [
    {"who": "气象", "street": "", "said": "强降雨云团维持，未来 2 小时核心区仍有 80 毫米以上。"},
    {"who": "水务", "street": "", "said": "潮涌、榕水接近警戒，泵闸已全部有人值守。"},
    {"who": "交警", "street": "", "said": "两处下穿通道已封，正在组织绕行。"},
]
ROLL = {"on_post": "领导在岗", "guarded": "已值守", "moved": "按名单转移", "boats": "已前置"}


def act(world: World) -> None:
    """One tick of the watch room. A refusal means that somebody was faster."""
    with override("zh-hans"):
        for what in (
            _ring_office,
            _approve_call_outs,
            _decide_responses,
            _ring_leaders,
            _confirm,
            _meet,
            _end,
        ):
            attempt(what, world)


def attempt(what: Callable[..., object], *args: Any, **facts: Any) -> bool:
    """Do it; a refusal is noted and nothing more."""
    try:
        what(*args, **facts)
    except Refused as refusal:
        log.info("demo: %s", refusal)
        return False
    return True


def officer(world: World) -> Person:
    """The watch officer of the night, who writes everything down."""
    found = world.holder("watch_officer", DISTRICT)
    if found is None:
        raise LookupError("the demo district has no watch officer: run `anlan up --demo`")
    return found


def _ripe(world: World, item: WorkItem, actors: Iterable[Person]) -> bool:
    """Whether the play may act on an item: a while after it came, longer still where a newcomer may want to."""
    signed_in = any(plays_along(person) for person in actors)
    return world.at - item.state_since >= (NEWCOMERS_PATIENCE if signed_in else PATIENCE)


def _telephone(person: Person, words: str) -> Telephone:
    return Telephone(number=str(person.phone), words=words)


def _ring_office(world: World) -> None:
    rows = OfficeRing.objects.filter(item__exercise=world.id, item__state="to_ring").select_related("item")
    for ring in rows:
        if world.at - ring.item.opened_at >= timedelta(minutes=1):
            words = "已告知本区雨量站达到标准，气象台正在研判，准备发布。"
            by = officer(world).by
            attempt(ring_office, item=ring.item, spoke="周气象值班员", words=words, by=by, at=world.at)


def _approve_call_outs(world: World) -> None:
    chief, clerk = world.holder("watch_chief", DISTRICT), officer(world)
    rows = Proposal.objects.filter(item__exercise=world.id, item__state="proposed").select_related("item")
    for row in rows:
        # An alarm alone waits for the weather office's word, which comes within minutes and widens the area.
        alone = row.basis != "signal" and world.at - row.item.opened_at < OFFICE_ANSWERS
        if chief is None or alone or not _ripe(world, row.item, (chief, clerk)):
            continue
        if row.hazard != "rain" and CallOut.objects.filter(item__exercise=world.id).exists():
            # The same keepers are called for the rain already: nobody answers the thirty-seventh call.
            why = "同一区域责任人已因暴雨叫应并到岗，不重复叫应，由值班员电话提醒重点点位。"
            attempt(move, item=row.item, name="decline", by=chief.by, at=world.at, reason=why)
            continue
        said = _telephone(chief, "同意叫应，马上通知到人。")
        attempt(
            approve_and_release, item=row.item, by=chief.by, at=world.at, version=row.version,
            entered_by=clerk.by, telephone=said,
        )  # fmt: skip


def _decide_responses(world: World) -> None:
    rows = ResponseProposal.objects.filter(item__exercise=world.id, item__state="proposed")
    for row in rows.select_related("item"):
        leader, clerk = world.holder(APPROVERS[row.level], DISTRICT), officer(world)
        if row.item.opened_by == clerk.by:
            clerk = world.holder("watch_officer", DISTRICT, 1) or clerk
        if leader is not None and _ripe(world, row.item, (leader, clerk)):
            _decide(world, row, leader, clerk)


def _decide(world: World, row: ResponseProposal, leader: Person, clerk: Person) -> None:
    if row.level == "Ⅰ" and row.direction != "end":
        why = "会商研判：雨势将减弱，维持Ⅱ级，加密巡查。"
        attempt(responses.decline, item=row.item, by=leader.by, at=world.at, reason=why)
        return
    words = "同意终止响应，值守不能松。" if row.direction == "end" else f"同意启动{row.level}级响应。"
    said = _telephone(leader, words)
    attempt(responses.approve, item=row.item, by=leader.by, at=world.at, entered_by=clerk.by, telephone=said)


def _ring_leaders(world: World) -> None:
    """Leaders are rung by a person, a few a minute."""
    since = world.at - timedelta(minutes=2)
    rows = CallOutItem.objects.filter(
        item__exercise=world.id, by_hand=True, answer="", item__closed_at=None, called_at__lte=since
    )
    for row in rows.select_related("item", "person").order_by("called_at", "pk")[:AT_ONCE]:
        attempt(
            record_call, item=row.item, outcome="answered", spoke=row.person.name, words="收到，已到岗。",
            answer="on_post", by=officer(world).by, at=world.at,
        )  # fmt: skip


def _confirm(world: World) -> None:
    """Leaders confirm by one tap what they said on the telephone, some hours later."""
    rows = Confirmation.objects.filter(item__exercise=world.id, item__state="waiting")
    for row in rows.select_related("item", "leader__account"):
        if world.at - row.item.opened_at >= timedelta(hours=4) and not plays_along(row.leader):
            attempt(move, item=row.item, name="confirm", by=row.leader.by, at=world.at)


def _meet(world: World) -> None:
    """A consultation half an hour into the response, a roll call of its streets ten minutes after it."""
    response = response_queries.in_force(exercise_id=world.id)
    if response is None:
        return
    if world.at - response.started_at >= timedelta(minutes=30):
        world.once("consultation", lambda: attempt(_consult, world, response))
    if world.at - response.started_at >= timedelta(minutes=40):
        rows = [
            {"who": street.name, "street": street.pk, "said": "；".join(ROLL.values()), **ROLL}
            for street in Region.objects.filter(pk__in=response.streets).order_by("pk")
        ]
        by = officer(world).by
        world.once(
            "roll_call",
            lambda: attempt(responses.hold_roll_call, response=response, rows=rows, by=by, at=world.at),
        )


def _consult(world: World, response: Response) -> None:
    responses.hold_consultation(
        response=response, said=SAID, conclusion="临港、望潮为重点；低洼楼栋先转移，下穿通道有人值守。",
        next_at=world.at + timedelta(hours=3), chaired_by=world.holder("deputy_commander", DISTRICT),
        by=officer(world).by, at=world.at, exercise_id=world.id,
    )  # fmt: skip


def _end(world: World) -> None:
    """When the signals are lifted the end is proposed after a consultation; the call-outs are closed with it."""
    if world.at < world.clock(*ENDS):
        return
    proposer = world.holder("watch_chief", DISTRICT) or officer(world)
    response = response_queries.in_force(exercise_id=world.id)
    if response is not None:
        world.once("end", lambda: _propose_end(world, response, proposer))
    for row in CallOut.objects.filter(item__exercise=world.id, item__closed_at=None).select_related("item"):
        attempt(close_call_out, item=row.item, by=proposer.by, at=world.at, reason="信号解除，叫应结束")


def _propose_end(world: World, response: Response, proposer: Person) -> None:
    responses.propose(
        level=response.level, streets=[], by=proposer.by, at=world.at, direction="end", exercise_id=world.id,
        because="预警信号已解除，雨势减弱，积水消退，无危及生命的险情；经会商终止。",
    )  # fmt: skip

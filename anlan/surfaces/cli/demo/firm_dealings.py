"""What goes on between the demo's firms and the bureau: classes signed, filings, self-checks, a comparison."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from anlan.domains.enterprises.actions import classing, comparing, filing, selfwork
from anlan.domains.enterprises.models import Commitment, Enterprise, History, SelfCheck
from anlan.kernel.core import attachments
from anlan.kernel.core.bulk import insert_rows
from anlan.kernel.core.workdays import local_day
from anlan.kernel.loop.evidence import Given
from anlan.kernel.orgs.models import Person
from anlan.surfaces.cli.demo import units
from anlan.surfaces.cli.demo.district import BY, key
from anlan.surfaces.cli.demo.files import DISTRICT

DAY = timedelta(days=1)
SIGNED = 120


def play(firms_in_order: Sequence[UUID], dice: random.Random, at: datetime) -> None:
    """All of it, by the acts themselves where a loop or a signature is concerned."""
    rows = Enterprise.objects.select_related("organisation").filter(origin="demo", status="operating")
    firms = {firm.pk: firm for firm in rows}
    own = [firms[pk] for pk in firms_in_order if pk in firms]
    _sign(own, dice, at)
    _filings(own[:12], at)
    _checks(own[:24], at)
    _commitments(own[:60], at)
    _compare(own, at)


def _sign(firms: Sequence[Enterprise], dice: random.Random, at: datetime) -> None:
    """Some classes signed as proposed; the parks' colours by their checklist."""
    for firm in firms[:SIGNED]:
        proposed = classing.proposed_class(firm, besides={}, at=at)
        firm.grade = firm.grade_proposed = proposed.grade
        firm.grade_reasons = classing.reasons_of(proposed)
    Enterprise.objects.bulk_update(
        firms[:SIGNED], ["grade", "grade_proposed", "grade_reasons"], batch_size=300
    )
    insert_rows(
        [
            History(enterprise_id=f.pk, kind="grade", value=f.grade, by=BY, at=at, happened_at=at)
            for f in firms[:SIGNED]
        ]
    )
    lines = ["exits", "separation", "sprinklers", "alarm", "wiring", "agreement", "patrols"]
    parks = [f for f in firms if f.sector == "K7020"]
    for firm in parks[:40]:
        classing.sign_colour(firm=firm, fulfilled=dice.sample(lines, dice.choice((3, 5, 6, 7))), by=BY, at=at)


def _filings(firms: Sequence[Enterprise], at: datetime) -> None:
    """A dozen plans in every state: due, late, handed in, told what lacks, completed, filed."""
    kept = attachments.keep(data=b"%PDF-1.4 demo", media_type="application/pdf", name="plan.pdf", by=BY)
    paper = [Given("file", file=kept)]
    for number, firm in enumerate(firms):
        opened = at - timedelta(days=(5, 45, 3, 9, 12, 20)[number % 6])
        by = Person.objects.filter(organisation=firm.pk, active=True).order_by("pk")[0].by
        item = filing.open_filing(
            firm=firm, plan_name="生产安全事故综合应急预案", issued_on=local_day(opened), by=by, at=opened
        )
        step = number % 6
        if step < 2:
            continue
        officer = _officer(firm)
        filing.submit(item=item, by=by, at=opened + DAY, evidence=paper)
        if step in (3, 4):
            filing.tell_what_lacks(
                item=item, lacks="风险评估报告；应急资源调查报告", by=officer, at=opened + 2 * DAY
            )
        if step == 4:
            filing.complete(item=item, by=by, at=at - DAY, evidence=paper)
        if step == 5:
            filing.take_on_file(item=item, by=officer, at=opened + 4 * DAY)


def _officer(firm: Enterprise) -> str:
    street = firm.organisation.region_id[:9] + "000"
    return f"person:{key('person', f'{street}-street_safety_officer-0')}"


def _checks(firms: Sequence[Enterprise], at: datetime) -> None:
    """Self-checks of the last days: done, nil, entered by a patroller, late, and due today."""
    keys = [firm.pk for firm in firms]
    for back in (4, 2, 0):
        selfwork.open_due(at=at - back * DAY, firms=keys)
    for number, check in enumerate(
        SelfCheck.objects.filter(enterprise__in=keys).select_related("item").order_by("start", "pk")
    ):
        if number % 3 == 0:
            by = _officer(check.enterprise) if number % 2 else _one_of(check.enterprise)
            selfwork.do_check(
                item=check.item, found=number % 4, by=by, at=max(check.item.opened_at, at - DAY)
            )


def _one_of(firm: Enterprise) -> str:
    return Person.objects.filter(organisation=firm.pk, active=True).order_by("pk")[0].by


def _commitments(firms: Sequence[Enterprise], at: datetime) -> None:
    day = local_day(at)
    insert_rows(
        [
            Commitment(
                enterprise=firm,
                start=day,
                end=day,
                text="今日装置运行正常，安全风险受控，特殊作业均已审批。",
                level="low",
                facts={"running": 3, "stopped": 0, "special_work": 1},
                by=_one_of(firm),
                posted_at=at,
            )
            for firm in firms
        ]
    )


def _compare(firms: Sequence[Enterprise], at: datetime) -> None:
    """A street's list of power customers and a business register: mostly known, some doubtful, some missing."""
    rows = [
        {
            "name": f.organisation.name.removeprefix("安澜").replace("有限公司", ""),
            "address": f.address,
            "status": "在用",
        }
        for f in firms[:40]
    ]
    rows += [
        {"name": f"{word}加工点", "address": "后街巷尾"} for word in ("石榴打磨", "夜间喷漆", "小河电镀")
    ]
    register = [
        {"name": f.organisation.name, "uscc": f.organisation.uscc, "address": f.address} for f in firms[:30]
    ]
    register += [{"name": "安澜新到五金有限公司", "uscc": units.credit_code(9001), "address": "兴业路88号"}]
    given = [
        comparing.Given("power", "用电客户.xlsx", rows),
        comparing.Given("business_register", "工商登记.xlsx", register),
    ]
    comparing.compare(name="全区企业底数比对（演示）", region=DISTRICT, lists=given, by=BY, at=at)

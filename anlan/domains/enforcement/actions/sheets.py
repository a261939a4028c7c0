"""The spreadsheets of enforcement: the firms of a plan, and past visits, cases and spot penalties with their source."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from anlan.domains.enforcement.actions import planning, taking
from anlan.domains.enforcement.actions.planning import LineGiven
from anlan.domains.enforcement.actions.taking import CheckGiven, PenaltyGiven
from anlan.domains.enforcement.models import CheckPlan
from anlan.domains.enforcement.rules import words
from anlan.domains.enterprises.public import firms_by_code
from anlan.kernel.core.words import N_
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.sheets.spec import Sheet, SheetColumn, Taken

MAY = ("safety_section", "enforcement_officer")
NO_FIRM = N_("No firm of the archive has this code. Register it first.")
NO_PLAN = N_("There is no open plan of this year. Draft it first.")
NO_REGION = N_("Give the street or community: the firm is not in the archive.")
USCC = SheetColumn("uscc", N_("Unified social credit code"), "uscc", aliases=("统一社会信用代码", "信用代码"))
FIRM = SheetColumn(
    "firm", N_("Firm"), required=True, most=160, aliases=("企业名称", "被检查单位", "当事人", "单位名称")
)
REGION = SheetColumn("region", N_("Street or community"), "region", aliases=("街道", "社区", "属地"))
SOURCE = SheetColumn("source", N_("Source"), required=True, most=160, aliases=("来源", "数据来源"))
NUMBER = SheetColumn(
    "number", N_("Number there"), required=True, most=60, aliases=("编号", "文书号", "立案号", "序号")
)
TAGS = SheetColumn("tags", N_("Kinds of firm"), most=120, aliases=("类别", "涉及领域"))


def _firms(rows: Sequence[Mapping[str, Any]]) -> dict[str, Organisation]:
    known = firms_by_code([str(row.get("uscc") or "") for row in rows])
    people = Organisation.objects.in_bulk([each.organisation_id for each in known.values()])
    return {
        code: people[each.organisation_id] for code, each in known.items() if each.organisation_id in people
    }


def _placed(
    rows: Sequence[Mapping[str, Any]],
) -> tuple[list[tuple[int, Mapping[str, Any], Organisation | None, str]], int, dict[int, tuple[str, str]]]:
    """Rows that are new, each with firm and region; how many came before; those that name no place."""
    firms, there = _firms(rows), taking.known_numbers(rows)
    fresh, same, refused = [], 0, {}
    seen: set[tuple[str, str]] = set()
    for place, row in enumerate(rows):
        key = (str(row["source"]), str(row["number"]))
        firm = firms.get(str(row.get("uscc") or ""))
        region = str(row.get("region") or (firm.region_id if firm else ""))
        if key in there or key in seen:
            same += 1
        elif not region:
            refused[place] = ("region", gettext(NO_REGION))
        else:
            seen.add(key)
            fresh.append((place, row, firm, region))
    return fresh, same, refused


def take_checks(rows: Sequence[Mapping[str, Any]], *, by: str, at: datetime, act: UUID, dry: bool) -> Taken:
    """Past visits, one a row; a row that came before stays."""
    del act
    fresh, same, refused = _placed(rows)
    given = [
        CheckGiven(
            day=row["day"], region=region, firm_name=row["firm"], organisation=firm, kind=row.get("kind") or "general",
            number=row["number"], source=row["source"], found=row.get("found") or 0,
            found_major=row.get("found_major") or 0, partners=taking.tags_in(row.get("partners")),
            tags=taking.tags_in(row.get("tags")),
        )
        for _place, row, firm, region in fresh
    ]  # fmt: skip
    made = [] if dry else taking.enter_checks(given, by=by, at=at)
    return Taken([item.pk for item in made] if not dry else [], same, refused)


def take_penalties(
    rows: Sequence[Mapping[str, Any]], *, by: str, at: datetime, act: UUID, dry: bool
) -> Taken:
    """Past cases and spot penalties, one a row, with what was decided and what was paid in two columns."""
    del act
    fresh, same, refused = _placed(rows)
    given = [_penalty(row, firm, region) for _place, row, firm, region in fresh]
    made = [] if dry else taking.enter_penalties(given, by=by, at=at)
    return Taken([item.pk for item in made] if not dry else [], same, refused)


def _penalty(row: Mapping[str, Any], firm: Organisation | None, region: str) -> PenaltyGiven:
    paid, person = row.get("paid"), row.get("person_amount")
    return PenaltyGiven(
        procedure=row["procedure"], decided=row.get("decided"), region=region, firm_name=row["firm"],
        cause=row.get("cause") or "", organisation=firm, number=row["number"], source=row["source"],
        opened=row.get("opened"), amount=Decimal(str(row.get("amount") or 0)), kind=row.get("kind") or "fine",
        person_amount=None if person is None else Decimal(str(person)),
        paid=None if paid is None else Decimal(str(paid)),
        paid_on=row.get("paid_on"), law=row.get("law") or "", article=row.get("article") or "",
        majors=row.get("majors") or 0, tags=taking.tags_in(row.get("tags")),
    )  # fmt: skip


def take_lines(rows: Sequence[Mapping[str, Any]], *, by: str, at: datetime, act: UUID, dry: bool) -> Taken:
    """The firms of a year's plan; the plan is drafted before."""
    del act
    firms, refused, same = _firms(rows), {}, 0
    given: dict[UUID, tuple[CheckPlan, list[LineGiven]]] = {}
    plans = {plan.year: plan for plan in CheckPlan.objects.filter(item__closed_at=None, item__exercise=None)}
    for place, row in enumerate(rows):
        firm, plan = firms.get(str(row.get("uscc") or "")), plans.get(int(row["year"]))
        if firm is None or plan is None:
            refused[place] = ("uscc", gettext(NO_FIRM)) if firm is None else ("year", gettext(NO_PLAN))
        else:
            given.setdefault(plan.pk, (plan, []))[1].append(
                LineGiven(firm, row.get("kind") or "general", row.get("month"))
            )
    ids: list[UUID | str] = []
    for plan, lines in given.values():
        if not dry:
            same += len(lines) - planning.add_lines(item=plan.item, given=lines, by=by, at=at)
            ids.append(plan.pk)
    return Taken(ids, same, refused)


CHECKS = Sheet(
    code="enforcement.checks",
    label=N_("Past enforcement checks"),
    columns=(
        SOURCE, NUMBER, USCC, FIRM, REGION,
        SheetColumn("day", N_("Checked on"), "date", required=True, aliases=("检查日期", "日期")),
        SheetColumn("kind", N_("Kind of check"), "choice", choices=tuple(words.CHECK_KINDS.items()),
            aliases=("检查类型",)),
        SheetColumn("found", N_("Dangers found"), "integer", aliases=("隐患数", "发现隐患")),
        SheetColumn("found_major", N_("Of them major"), "integer", aliases=("重大隐患数", "重大隐患")),
        SheetColumn("partners", N_("Departments that came along"), most=300, aliases=("联合部门", "参与部门")),
        TAGS,
    ),
    key=("source", "number"),
    take=take_checks,
    may=MAY,
)  # fmt: skip
PENALTIES = Sheet(
    code="enforcement.penalties",
    label=N_("Past cases and penalties"),
    columns=(
        SOURCE, NUMBER, USCC, FIRM, REGION,
        SheetColumn("procedure", N_("Procedure"), "choice", required=True, aliases=("程序", "处罚程序"),
                    choices=(("case", N_("Case")), ("spot", N_("Penalised on the spot")))),
        SheetColumn("cause", N_("What the case is about"), most=300, aliases=("案由", "违法行为")),
        SheetColumn("opened", N_("Opened on"), "date", aliases=("立案日期",)),
        SheetColumn("decided", N_("Decided on"), "date", aliases=("处罚日期", "决定日期")),
        SheetColumn("kind", N_("Kind of penalty"), "choice", choices=tuple(words.PENALTY_KINDS.items()),
                    aliases=("处罚种类",)),
        SheetColumn("amount", N_("Fine of the firm, yuan"), "number", aliases=("罚款金额", "处罚金额（元）",
            "单位罚款")),
        SheetColumn("person_amount", N_("Fine of the person, yuan"), "number", aliases=("个人罚款", "个人罚款（元）")),
        SheetColumn("paid", N_("Paid, yuan"), "number", aliases=("已缴金额", "入库金额", "实缴")),
        SheetColumn("paid_on", N_("Paid on"), "date", aliases=("缴款日期", "执行日期")),
        SheetColumn("law", N_("Law"), most=200, aliases=("处罚依据", "法律依据")),
        SheetColumn("article", N_("Article"), most=100, aliases=("条款",)),
        SheetColumn("majors", N_("Major dangers penalised"), "integer", aliases=("重大隐患处罚数",)),
        TAGS,
    ),
    key=("source", "number"),
    take=take_penalties,
    may=MAY,
)  # fmt: skip
LINES = Sheet(
    code="enforcement.plan_lines",
    label=N_("Firms of the check plan"),
    columns=(
        SheetColumn("year", N_("Year"), "integer", required=True, aliases=("年度",)),
        SheetColumn("uscc", N_("Unified social credit code"), "uscc", required=True,
            aliases=("统一社会信用代码", "信用代码")),
        SheetColumn("firm", N_("Firm"), most=160, aliases=("企业名称", "单位名称")),
        SheetColumn("kind", N_("Key or general"), "choice", choices=tuple(words.LINE_KINDS.items()),
            aliases=("检查类别",)),
        SheetColumn("month", N_("Month"), "integer", aliases=("计划月份", "月份")),
    ),
    key=("year", "uscc"),
    take=take_lines,
    may=MAY,
)  # fmt: skip
SHEETS = (LINES, CHECKS, PENALTIES)

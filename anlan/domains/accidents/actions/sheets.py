"""The spreadsheet of accidents: former years and other registers, each row with its source."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext, override

from anlan.domains.accidents import queries
from anlan.domains.accidents.actions import taking
from anlan.domains.accidents.actions.taking import PastGiven
from anlan.domains.accidents.rules import grading, words
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.sheets.spec import Sheet, SheetColumn, Taken

NO_TYPE = reason(
    "accidents.past_no_type", N_("“{given}” is no type of GB 6441-2025, nor one of the list of 1986.")
)
SPLIT = reason(
    "accidents.past_split",
    N_("The edition of 2025 has no “{given}” any more: say which of its types this accident is."),
)
NO_BODY = reason("accidents.past_no_body", N_("There is no supervising body “{given}”. Use one of: {known}."))
MAY = ("accident_office", "bureau_chief")


def take_past(rows: Sequence[Mapping[str, Any]], *, by: str, at: datetime, act: UUID, dry: bool) -> Taken:
    """Accidents, one a row; a row that came before stays."""
    del act
    there, firms = taking.known_numbers(rows), _firms(rows)
    refused: dict[int, tuple[str, str]] = {}
    ids: list[UUID | str] = []
    same = 0
    for place, row in enumerate(rows):
        key = (str(row["source"]), str(row["number"]))
        if key in there:
            same += 1
            continue
        there.add(key)
        try:
            given = _given(row, firms, at=at)
            taking.check_past(given, by=by, at=at)
            if not dry:
                ids.append(taking.enter_past(given, by=by, at=at).pk)
        except Refused as refusal:
            refused[place] = (str(refusal.field or ""), str(refusal))
    return Taken(ids, same, refused)


def _firms(rows: Sequence[Mapping[str, Any]]) -> dict[str, Organisation]:
    codes = {str(row.get("uscc") or "") for row in rows} - {""}
    return {row.uscc: row for row in Organisation.objects.filter(uscc__in=codes, active=True)}


def _given(row: Mapping[str, Any], firms: Mapping[str, Organisation], *, at: datetime) -> PastGiven:
    region = str(row["region"])
    return PastGiven(
        source=row["source"], number=row["number"], description=row["description"],
        type_code=_type(row["type"], region, at), sector=row["sector"], body=_body(row["body"], region, at),
        region=region, occurred=row["occurred"], determination=row["determination"],
        determined_on=row.get("determined_on"), grade=row.get("grade") or "",
        organisation=firms.get(str(row.get("uscc") or "")), unit_name=row.get("firm") or "", spot=row.get("spot") or "",
        figures={name: row.get(name) for name in words.FIGURES},
    )  # fmt: skip


def _type(said: str, region: str, at: datetime) -> str:
    """The type that a cell names: of the edition in force by code or name, or of the list of 1986 by its name."""
    code = _coded(said, words.TYPES)
    if code:
        return code
    old = grading.from_old(said, queries.old_types(region=region, at=at))
    if old is None:
        raise Refused(NO_TYPE, field="type", given=said)
    if not old.code:
        raise Refused(SPLIT, field="type", given=said)
    return old.code


def _coded(said: str, table: Mapping[str, str]) -> str:
    """The code of a word as the reader's language, English or Chinese writes it; "" for no word of the table."""
    wanted = said.strip().lower()
    for code, label in table.items():
        with override("zh-hans"):
            chinese = gettext(label)
        if wanted in (code.lower(), label.lower(), chinese.lower()):
            return code
    return ""


def _body(said: str, region: str, at: datetime) -> str:
    table = queries.bodies(region=region, at=at)
    wanted = said.strip().lower()
    found = next(
        (
            row["code"]
            for row in table
            if wanted in (row["code"], row["label"].lower(), row["label_en"].lower())
        ),
        None,
    )
    if found is None:
        raise Refused(NO_BODY, field="body", given=said, known="、".join(row["label"] for row in table))
    return found


PAST = Sheet(
    code="accidents.past",
    label=N_("Accidents of former years"),
    columns=(
        SheetColumn("source", N_("Source"), required=True, most=160, aliases=("来源", "数据来源")),
        SheetColumn("number", N_("Number there"), required=True, most=60, aliases=("编号", "序号", "事故编号")),
        SheetColumn("occurred", N_("When it occurred"), "datetime", required=True,
                    aliases=("发生时间", "事故时间", "发生日期")),
        SheetColumn("description", N_("What happened"), required=True, most=300,
                    aliases=("事故简况", "简要经过", "事故名称")),
        SheetColumn("type", N_("Type of accident"), required=True, most=40, aliases=("事故类别", "事故类型")),
        SheetColumn("sector", N_("Sector"), "choice", required=True, choices=tuple(words.SECTORS.items()),
                    aliases=("行业", "行业门类")),
        SheetColumn("body", N_("Supervising body"), required=True, most=60, aliases=("监管归属", "监管部门")),
        SheetColumn("region", N_("Region"), "region", required=True, aliases=("街道", "社区", "属地")),
        SheetColumn("spot", N_("Where exactly"), most=200, aliases=("地点", "事故地点")),
        SheetColumn("uscc", N_("Unified social credit code"), "uscc", aliases=("统一社会信用代码", "信用代码")),
        SheetColumn("firm", N_("Firm"), most=160, aliases=("单位名称", "企业名称", "事故单位")),
        SheetColumn("dead", N_("Dead"), "integer", aliases=("死亡", "死亡人数")),
        SheetColumn("missing", N_("Missing"), "integer", aliases=("失联", "下落不明")),
        SheetColumn("badly_hurt", N_("Badly hurt"), "integer", aliases=("重伤", "重伤人数")),
        SheetColumn("hurt", N_("Slightly hurt"), "integer", aliases=("轻伤", "轻伤人数")),
        SheetColumn("loss_yuan", N_("Direct loss in yuan"), "integer", aliases=("直接经济损失（元）", "直接经济损失")),
        SheetColumn("determination", N_("Determination"), "choice", required=True,
                    choices=tuple(words.DETERMINATIONS.items()), aliases=("认定情况", "认定状态")),
        SheetColumn("determined_on", N_("Determined or written off on"), "date", aliases=("认定日期", "核销日期")),
        SheetColumn("grade", N_("Signed grade"), "choice", choices=tuple(words.GRADES.items())[1:],
                    aliases=("事故等级", "等级")),
    ),
    key=("source", "number"),
    take=take_past,
    may=MAY,
)  # fmt: skip
SHEETS = (PAST,)

"""The numbered papers of enforcement: what stands in each comes out of the rows, not out of anybody's typing."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from anlan.domains.enforcement.actions import common
from anlan.domains.enforcement.models import Case, Measure, PointTable, Referral, Spot
from anlan.domains.enforcement.rules import cases, words
from anlan.domains.enforcement.rules.cases import Given
from anlan.kernel.core import rulesets
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.papers.actions import issue
from anlan.kernel.papers.models import Paper

KINDS_ZH = {"warning": "警告", "fine": "罚款", "confiscation": "没收违法所得、非法财物", "suspension": "责令停产停业",
            "licence": "暂扣或者吊销许可证件"}  # fmt: skip
MEASURES_ZH = {"on_site": "现场处理措施", "suspension": "责令停产停业", "seal": "查封", "seizure": "扣押"}


def told(given: Given) -> dict[str, str]:
    """A penalty as a row of JSON; a person's name is no part of it."""
    return {"respondent": given.respondent, "kind": given.kind, "amount": cases.plain(given.amount),
            "power": given.power,
            "tier": given.tier}  # fmt: skip


def opening(case: Case, *, by: str, at: datetime) -> Paper:
    """立案审批表: gives the case its number."""
    return _issue(case, "case_opening", case.item, _case(case), by, at, office=_office(case, by))


def notice(case: Case, penalties: Sequence[Given], *, by: str, at: datetime) -> Paper:
    """行政处罚告知书, with the day until which a hearing may be asked for."""
    more = {
        "penalties": _rows(penalties, case.item, at),
        "hearing": _hearing(case),
        "number_of_case": case.number,
    }
    return _issue(case, "penalty_notice", case.item, _case(case) | more, by, at, office=_office(case, by))


def decision(case: Case, penalties: Sequence[Given], *, by: str, at: datetime) -> Paper:
    """行政处罚决定书: one paper for the case, each respondent a line of its own."""
    days = rulesets.value_of("enforcement.pay_days", region=case.item.region_id, at=at)
    more = {"penalties": _rows(penalties, case.item, at), "days": int(days), "number_of_case": case.number}
    return _issue(case, "penalty_decision", case.item, _case(case) | more, by, at, office=_office(case, by))


def spot_form(spot: Spot, given: Given, *, by: str, at: datetime) -> Paper:
    """当场处罚决定书."""
    days = rulesets.value_of("enforcement.pay_days", region=spot.item.region_id, at=at)
    values = {"firm": spot.firm_name, "cause": spot.cause, "days": int(days), "day": common.says(at),
              "officers": _names(spot), "penalties": _rows([given], spot.item, at)}  # fmt: skip
    return _issue(spot, "spot_penalty", spot.item, values, by, at, office=_office(spot, by))


def measure(row: Measure, *, by: str, at: datetime) -> Paper:
    """现场处理措施决定书 or 强制措施决定书."""
    values = {
        "firm": row.organisation.name, "what": row.what, "kind": MEASURES_ZH[row.kind], "basis": row.basis or "—",
        "until": common.says(row.due_by), "day": common.says(row.imposed_at), "officers": _names(row),
    }  # fmt: skip
    return _issue(None, "on_site_measure", row.item, values, by, at, office=_office(row, by))


def referral(row: Referral, *, by: str, at: datetime) -> Paper:
    """案件移送书; people are counted in it, their names are on the list that goes with it by hand."""
    values = {
        "to": row.to, "firm": row.organisation.name if row.organisation else "—", "offence": row.offence,
        "persons": row.persons, "documents": row.documents or "—", "day": common.says(row.sent_at),
    }  # fmt: skip
    return _issue(None, "referral", row.item, values, by, at, office=None)


def circular(
    table: PointTable, rows: Sequence[Mapping[str, Any]], *, month: str, by: str, at: datetime
) -> Paper:
    """执法月度通报."""
    return _issue(
        None, "points_circular", table.item, {"month": month, "rows": list(rows)}, by, at, office=None
    )


def _issue(
    row: Case | Spot | None, kind: str, item: WorkItem, values: Mapping[str, Any], by: str, at: datetime,
    *, office: Organisation | None,
) -> Paper:  # fmt: skip
    paper = issue(
        kind=f"enforcement.{kind}", office=common.office_of(office or common.author(by).organisation),
        subject=("loop.item", item.pk), values=values, by=by, at=at, region=item.region_id,
        exercise_id=item.exercise_id,
    )  # fmt: skip
    if row is not None:
        row.papers.add(paper)
    return paper


def _office(row: Case | Spot | Measure, by: str) -> Organisation | None:
    """The office of the officers: their series of numbers, whoever approves."""
    return row.first_officer.organisation if row.first_officer is not None else None


def _case(case: Case) -> dict[str, Any]:
    found = [danger.description for danger in case.dangers.all()]
    return {"firm": case.firm_name, "cause": case.cause, "officers": _names(case),
        "day": common.says(case.item.opened_at),
            "facts": "；".join(found) or case.cause}  # fmt: skip


def _names(row: Case | Spot | Measure) -> str:
    return "、".join(each.name for each in (row.first_officer, row.second_officer) if each is not None) or "—"


def _rows(penalties: Sequence[Given], item: WorkItem, at: datetime) -> list[dict[str, str]]:
    powers = rulesets.value_of("enforcement.powers", region=item.region_id, at=at)
    return [_line(each, cases.power_of(each.power, powers)) for each in penalties]


def _line(given: Given, power: cases.Power) -> dict[str, str]:
    money = (
        f"人民币{cases.plain(given.amount)}元（{cases.wan(given.amount)}万元）"
        if given.amount > Decimal(0)
        else ""
    )
    article = f"第{power.article}条" if power.article else ""
    return {
        "who": "你单位" if given.respondent == "unit" else given.name,
        "what": f"{KINDS_ZH[given.kind]}{money}",
        "basis": f"《{power.law}》{article}" if power.article else power.law,
        "why": given.reason or "—",
    }


def _hearing(case: Case) -> str:
    if case.hearing_until is None:
        return "你单位（你）可以进行陈述和申辩。"
    return f"你单位（你）可以进行陈述和申辩，并有权在{common.says(case.hearing_until)}前要求举行听证。"


assert set(KINDS_ZH) == set(words.PENALTY_KINDS)
assert set(MEASURES_ZH) == set(words.MEASURE_KINDS)

"""The plan half of a report: the next span's tasks by unit, each number a door, and what is to be reached."""

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils.module_loading import import_string
from docx import Document

from anlan.domains.bulletins.actions.paper import document
from anlan.domains.bulletins.queries.behind import rows_of
from anlan.domains.bulletins.queries.reports import findings_of, standing
from anlan.domains.bulletins.rules import writing
from anlan.domains.bulletins.rules.writing import Value
from anlan.domains.bulletins.tests.ground import DAY, monthly, office, said
from anlan.kernel.indicators import spans
from tests.people import NOON, District

pytestmark = pytest.mark.django_db
# A neighbour's acts by name: a report reads the work plan through its public door and imports nothing else of it.
take_plan, sign_off, hand_out = (
    import_string(f"anlan.domains.workplan.actions.{name}") for name in ("take_plan", "sign_off", "hand_out")
)


def task(here: District, plan: Any, lead: Any, days: int, **more: object) -> Any:
    given = {
        "point": plan.points.first(), "lead": lead, "measure": f"第{days}天的任务", "due_at": NOON + days * DAY,
        "by": "service:test", "at": NOON,
    }  # fmt: skip
    return hand_out(**(given | more))


@pytest.fixture
def plan(here: District) -> Any:
    pia = office(here, "work_plan_office", "Pia")
    region = here.bureau.region_id
    made = take_plan(text="一、强化责任\n1.执法检查。完成检查。", title="2026年工作要点", year=2026, region=region,
                     by="service:x", at=NOON)  # fmt: skip
    return sign_off(plan=made, by=pia.by, at=NOON)


def half_year(here: District, **more: object) -> Any:
    writer = office(here, "work_plan_office", "Wei")
    return monthly(here, writer, **({"template": "half_year", "day": date(2026, 6, 30)} | more))


def test_tasks_of_the_next_half_stand_by_unit_and_each_number_opens_to_them(
    here: District, plan: Any
) -> None:
    first = task(here, plan, here.street, 40, target=1680, unit="家")
    task(here, plan, here.street, 50, indicator="dangers.rectification_rate", target=98, unit="%")
    task(here, plan, here.bureau, 60)
    task(here, plan, here.bureau, 300)  # due next year
    report = half_year(here)
    assert report.title.endswith("2026年上半年工作总结及下半年工作计划")
    assert "下半年到期任务3项，按牵头单位逐项落实。" in said(report, "next").text
    table = said(report, "plan_units")
    assert table.text == "表2　下半年到期和目前逾期的任务（按牵头单位）"
    assert [row["name"] for row in table.data["rows"]] == [str(here.street), str(here.bureau)]
    cell = standing(report).get(slot=f"tasks_next@{here.street.pk}")
    assert (cell.value, str(first.pk) in list(rows_of(cell))) == (2, True)
    # No task ran in the half that is told about, so none can have been late.
    assert standing(report).get(slot=f"late_tasks@{here.street.pk}").value is None
    whole = standing(report).get(slot="tasks_next", paragraph__key="next")
    assert (whole.printed, whole.first, len(rows_of(whole))) == ("3", date(2026, 7, 1), 3)
    assert [row["target"] for row in said(report, "plan_targets").data["rows"]] == [
        "1680家",
        "隐患整改率不低于98%",
    ]
    assert [one.relation.code for one in findings_of(report) if "plan_units" in one.relation.code] == []


def test_what_is_late_is_told_with_its_unit_and_the_document_has_the_tables(
    here: District, plan: Any
) -> None:
    task(here, plan, here.street, 20)
    report = half_year(here, day=date(2026, 9, 9), at=NOON + 40 * DAY)
    assert "截至目前逾期1项" in said(report, "next").text
    assert standing(report).get(slot=f"late_tasks@{here.street.pk}").value == 1
    data = document(report, title=report.title, number="", at=NOON + 40 * DAY)
    heads = [[cell.text for cell in table.rows[0].cells] for table in Document(io.BytesIO(data)).tables]
    assert ["牵头单位", "下一阶段到期任务（项）", "逾期工作任务（项）"] in heads


def test_without_a_plan_nothing_is_invented(here: District) -> None:
    report = half_year(here)
    text = said(report, "next").text
    assert "平台未登记下半年到期的任务" in text and "0项" not in text
    assert said(report, "plan_units").data["rows"] == [] and not standing(report).filter(
        paragraph__key="plan_units"
    )


@pytest.mark.parametrize(("value", "told"), [(3, "逾期3项。"), (0, "都已办结。"), (None, "都已办结。")])
def test_what_is_only_said_above_nought_is_not_said_at_nought(value: int | None, told: str) -> None:
    known = {"late": Value("late", "indicator", "逾期", None if value is None else Decimal(value))}
    assert writing.write([["逾期{late:+}项。", "都已办结。"]], known, {}).text == told


def test_the_span_behind_a_half_is_the_next_half() -> None:
    assert spans.half(2026, 2).after() == spans.half(2027, 1)
    assert spans.month(2026, 1, cut=25).after() == spans.month(2026, 2, cut=25)
    assert spans.since(date(2026, 1, 1), date(2026, 1, 10)).after() == spans.since(
        date(2026, 1, 11), date(2026, 1, 20)
    )

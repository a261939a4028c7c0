"""The published half-year report as the house writes it: its facts entered by an office, one by one with their source;
the text carries the published figures, each opens to the entries, and the contradictions stand beside it."""

from datetime import date, timedelta

import pytest

from anlan.domains.bulletins.actions import drafting, editing, issuing
from anlan.domains.bulletins.models import Report
from anlan.domains.bulletins.queries.behind import rows_of
from anlan.domains.bulletins.queries.reports import findings_of, left_out, standing
from anlan.domains.statistics.actions import enter
from anlan.kernel.core.errors import Refused
from anlan.kernel.indicators.models import Count
from anlan.kernel.indicators.spans import Span
from tests.golden.test_published_figures import HALF, REPORT
from tests.people import DISTRICT, NOON, District, add_duty, add_kind, add_person, district

pytestmark = pytest.mark.django_db
SOURCE = "2024年上半年工作总结"
# What the report calls it → the fact that is entered.
THIS = {
    "accidents": "accidents", "fatal": "fatal_accidents", "serious": "serious_accidents", "dead": "dead", "hurt": "badly_hurt",
    "rain": "rain", "signals": "signals", "responses": "responses", "checks": "checks", "penalties": "penalties",
    "case_penalties": "case_penalties", "spot_penalties": "spot_penalties", "plan": "plan_firms", "plan_done": "plan_checked",
    "precise_found": "enforced_major", "precise_penalised": "enforced_major_fined", "fines_action": "fines_action",
    "precise_fines": "fines_precise", "confined_fines": "fines_confined", "plating_fines": "fines_plating",
    "dust_fines": "fines_dust", "hazchem_fines": "fines_hazchem", "parks_fitted": "parks_fitted",
    "parks_connected": "parks_connected", "teams": "teams", "team_members": "team_persons", "flood_force": "flood_persons",
    "posts": "posts", "posts_cases": "exposures", "reads": "reads", "reads_cases": "reads_exposed",
    "analysis_issues": "analyses", "events": "events", "events_up": "events_reported",
}  # fmt: skip
LAST = {
    "accidents": "accidents_last",
    "fatal_accidents": "fatal_last",
    "dead": "dead_last",
    "badly_hurt": "hurt_last",
}
# 726.0 is printed for last year and 746.6 as the mean of five: the other four are not, only their mean.
RAIN = ("726.0", "751.8", "751.8", "751.8", "751.6")
PRINTED = (
    "初步判定为生产安全事故12起，死亡10人、重伤2人，事故起数同比下降33.3%。",
    "其中死亡事故10起，同比下降28.6%；重伤事故2起。",
    "死亡人数同比下降28.6%，重伤人数同比下降50%。",
    "全区平均雨量1073.2毫米，较近五年同期（746.6毫米）偏多44%，较去年同期（726.0毫米）偏多48%。",
    "收到台风暴雨预警信号36次，启动防汛防风应急响应33次。",
    "执法检查企业2502家次，监督处罚率40.49%，立案处罚率34.16%。",
    "监督处罚1013次，其中立案处罚346次、当场处罚667次。",
    "计划完成率58.33%。",
    "重大事故隐患处罚率100%。",
    "专项行动以来罚款291.05万元；工贸精准整治36.4万元、有限空间80.84万元、电镀184.8万元、粉尘涉爆14.49万元、危险化学品35.4125万元。",
    "接报处置突发事件1416宗，向上级报送信息448条。",
    "编发《月度形势分析》7期。",
)
FOUND = {
    ("action_fines", "scope"), ("flood_force", "scope"), ("analysis_issues", "note"), ("exposed_reads", "note"), ("parks", "note"),
}  # fmt: skip


@pytest.fixture
def report() -> Report:
    """The facts entered as an office enters them, and the half-year written from them."""
    here: District = district()
    for kind in ("work_plan_office", "flood_office_head"):
        add_kind(kind)
    writer = add_person("Pia", here.bureau)
    add_duty(writer, "work_plan_office", DISTRICT)
    many = 10_000 if REPORT["facts"]["reads"][1] == "万人次" else 1
    for name, fact in THIS.items():
        value = REPORT["facts"][name][0] * (many if fact.startswith("reads") else 1)
        _enter(fact, value, HALF, writer.by)
    for fact, name in LAST.items():
        _enter(fact, REPORT["facts"][name][0], HALF.year_before(), writer.by)
    for years, value in enumerate(RAIN, start=1):
        _enter("rain", value, HALF.year_before(years), writer.by)
    item = drafting.draft(
        template="half_year",
        region=DISTRICT,
        day=date(2024, 6, 30),
        by=writer.by,
        at=NOON + timedelta(minutes=1),
    )
    return Report.objects.get(pk=item.pk)


def _enter(fact: str, value: object, span: Span, by: str) -> None:
    enter(
        fact=fact, value=str(value), region=DISTRICT, first=span.first, last=span.last, source=SOURCE, by=by, at=NOON,
        today=date(2026, 7, 3),
    )  # fmt: skip


@pytest.mark.feature("M334")
def test_the_text_prints_what_was_published_and_each_number_opens_to_what_was_entered(report: Report) -> None:
    text = "".join(report.paragraphs.values_list("text", flat=True))
    for words in PRINTED:
        assert words in text, words
    entered = set(Count.objects.values_list("pk", flat=True))
    for one in standing(report).filter(kind="indicator", value__isnull=False):
        rows = rows_of(one)
        assert rows and {str(row) for row in rows} <= {str(pk) for pk in entered}, one.slot
        assert SOURCE in one.definition, one.slot
    change = standing(report).get(slot="accidents_change")
    made_of = standing(report).filter(slot__in=change.of)
    assert {one.slot: one.printed for one in made_of} == {"accidents": "12", "accidents_before": "18"}
    mean = standing(report).get(slot="rain_mean")
    assert standing(report).filter(slot__in=mean.of).count() == 5


def test_its_contradictions_stand_beside_it_each_with_its_verdict_and_no_other(report: Report) -> None:
    found = findings_of(report)
    assert {(one.relation.code, one.verdict) for one in found} == FOUND
    with pytest.raises(Refused) as refused:
        issuing.hand_in(item=report.item, by=report.item.opened_by, at=NOON)
    assert refused.value.code == "bulletins.scope"
    for one in found:
        if one.verdict == "scope":
            editing.explain(item=report.item, key=one.key, note="口径不同", by=report.item.opened_by, at=NOON)
    assert {one.verdict for one in findings_of(report)} == {"note"}


def test_a_number_changed_by_hand_contradicts_the_change_that_was_told_of_it(report: Report) -> None:
    part, by = report.paragraphs.get(key="accidents"), report.item.opened_by
    text = part.text.replace("生产安全事故12起", "生产安全事故13起").replace("；重伤事故2起", "")
    editing.reword(paragraph=part, text=text, by=by, at=NOON, reason="含待认定一起")
    wrong = [one for one in findings_of(report) if one.verdict == "wrong"]
    assert [(one.relation.code, one.values["value"], one.values["sum"]) for one in wrong] == [
        ("made.accidents_change", "-33.3", "-27.8")
    ]
    with pytest.raises(Refused) as refused:
        issuing.hand_in(item=report.item, by=by, at=NOON)
    assert refused.value.code == "bulletins.wrong"
    assert [(one.slot, one.printed, one.gone_by) for one in left_out(report)] == [("serious", "2", by)]

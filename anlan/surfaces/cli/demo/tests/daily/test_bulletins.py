"""The demo's reports: issued, in the middle of their way, with a number typed by hand and its reason."""

from anlan.domains.bulletins.models import Number, Report
from anlan.domains.bulletins.queries.earlier import beside_of
from anlan.domains.bulletins.queries.reports import findings_of, standing
from anlan.surfaces.cli.demo import bulletins


def test_reports_stand_in_several_states_and_every_number_where_it_says() -> None:
    bulletins.write()
    bulletins.write()
    found = sorted(Report.objects.values_list("template", "item__state"))
    assert found == [
        ("daily_sheet", "drafted"), ("half_year", "drafted"), ("monthly_analysis", "issued"),
        ("monthly_analysis", "issued"), ("risk_notice_letter", "issued"),
    ]  # fmt: skip
    for report in Report.objects.all():
        assert not [one for one in findings_of(report) if one.verdict == "wrong"], report.title
        for number in standing(report).exclude(start=None):
            assert number.paragraph.text[number.start : number.end] == number.printed
    assert Number.objects.get(kind="typed", paragraph__key="plan").reason


def test_last_years_text_stands_beside_the_half_year_each_paragraph_at_its_place() -> None:
    bulletins.write()
    beside = beside_of(Report.objects.get(template="half_year"))
    assert beside is not None and "隐患2140项" in beside.words["dangers"]
    assert {key for key in beside.words if key} >= {
        "accidents", "disasters", "dangers", "risks", "enforcement", "grassroots", "watch", "forces", "plan", "next",
    }  # fmt: skip

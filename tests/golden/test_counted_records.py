"""The published report entered as counted records: what comes out of the database is what was printed."""

from datetime import timedelta
from decimal import Decimal

import pytest

from anlan.kernel.core.errors import Refused
from anlan.kernel.indicators import counting
from anlan.kernel.indicators.checking import SCOPE, blocks_issue, findings
from anlan.kernel.indicators.figures import Figure, printed
from anlan.kernel.indicators.models import Count
from anlan.kernel.ledger.models import Entry
from tests.golden.test_published_figures import HALF, RELATIONS, REPORT
from tests.people import DISTRICT, NOON, add_regions

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SOURCE = "2024年上半年工作总结"


def entered() -> None:
    add_regions()
    for code, (value, unit, scope) in REPORT["facts"].items():
        counting.count(
            code=code, value=value, unit=unit, scope=scope, region=DISTRICT, span=HALF, source=SOURCE,
            by="service:test", at=NOON,
        )  # fmt: skip


def known(at=NOON):
    return counting.facts(region=DISTRICT, span=HALF, as_of=at)


@pytest.mark.feature("M334")
def test_every_figure_comes_out_of_the_records_as_it_was_printed() -> None:
    entered()
    facts = known()
    for row in REPORT["figure"]:
        figure = Figure(row["code"], row["form"], tuple(row["of"]), row.get("digits", 1))
        assert printed(figure, facts).text == row["printed"], row["code"]
    assert facts["rain"].source == SOURCE


def test_a_noted_scope_is_silent_and_the_report_can_be_issued() -> None:
    entered()
    found = findings(RELATIONS, known(), noted=counting.noted(DISTRICT))
    assert blocks_issue(found)
    for each in found:
        if each.verdict == SCOPE:
            counting.note_scope(finding=each, note="口径不同", region=DISTRICT, by="service:test", at=NOON)
    left = findings(RELATIONS, known(), noted=counting.noted(DISTRICT))
    assert not blocks_issue(left)
    assert len(left) == 3
    with pytest.raises(Refused) as refused:
        counting.note_scope(finding=left[0], note="x", region=DISTRICT, by="service:test", at=NOON)
    assert refused.value.code == counting.NOT_SCOPE


def test_a_correction_is_a_later_row_with_a_reason_and_the_day_before_keeps_its_value() -> None:
    entered()
    row = Count.objects.get(code="signals")
    with pytest.raises(Refused) as refused:
        counting.correct(row=row, value=37, why=" ", by="service:test", at=NOON + DAY)
    assert refused.value.code == counting.NO_REASON
    counting.correct(row=row, value=37, why="漏登一次", by="service:test", at=NOON + DAY)
    assert (known()["signals"].value, known(NOON + DAY)["signals"].value) == (36, 37)
    with pytest.raises(Refused) as refused:
        counting.correct(row=row, value=38, why="再改", by="service:test", at=NOON + DAY)
    assert refused.value.code == counting.OLD
    assert Entry.objects.filter(code="indicators.count_corrected").count() == 1


def test_the_same_fact_is_entered_once_for_a_place_and_a_span() -> None:
    entered()
    given = {"unit": "次", "scope": "信号", "region": DISTRICT, "span": HALF, "source": SOURCE}
    with pytest.raises(Refused) as refused:
        counting.count(code="signals", value=36, by="service:test", at=NOON, **given)
    assert refused.value.code == counting.THERE
    counting.count(
        code="signals", value=30, by="service:test", at=NOON, **{**given, "span": HALF.year_before()}
    )


@pytest.mark.parametrize("missing", ["unit", "scope", "source"])
def test_a_number_without_unit_scope_or_source_is_refused_by_name(missing: str) -> None:
    add_regions()
    given = {"unit": "次", "scope": "信号", "source": SOURCE} | {missing: " "}
    with pytest.raises(Refused) as refused:
        counting.count(
            code="x", value=Decimal(1), region=DISTRICT, span=HALF, by="service:test", at=NOON, **given
        )
    assert (refused.value.code, refused.value.field) == (counting.LACKS, missing)


@pytest.mark.parametrize("given", ["many", "NaN", "1e30", ""])
def test_what_is_no_number_is_refused(given: str) -> None:
    add_regions()
    with pytest.raises(Refused) as refused:
        counting.count(
            code="x", value=given, unit="次", scope="信号", region=DISTRICT, span=HALF, source=SOURCE, by="service:test",
            at=NOON,
        )  # fmt: skip
    assert refused.value.code == counting.NO_NUMBER

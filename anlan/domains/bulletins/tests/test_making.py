"""Reports whose numbers take long: asked for once, written by the background as known then, and told how they ended."""

from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from anlan.domains.bulletins.actions import drafting, making
from anlan.domains.bulletins.models import Drafting, Number, Report
from anlan.domains.bulletins.queries.reports import standing, visible_draftings
from anlan.domains.bulletins.tests.ground import JUNE, danger, monthly, office
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.held import held
from anlan.kernel.indicators import keeping
from anlan.kernel.indicators.spans import Span
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.orgs.models import Person
from tests.people import DISTRICT, NOON, District

pytestmark = pytest.mark.django_db


@pytest.fixture
def writer(here: District, monkeypatch: pytest.MonkeyPatch) -> Person:
    """Somebody who writes, in a house so great that nothing is read at once which is not kept."""
    monkeypatch.setattr(making, "SMALL", -1)
    return office(here)


def month(writer: Person, **more: Any) -> dict[str, Any]:
    return {
        "template": "monthly_analysis",
        "region": DISTRICT,
        "day": JUNE,
        "by": writer.by,
        "at": NOON,
    } | more


def asked(writer: Person, **more: Any) -> Drafting:
    row = making.write(**month(writer, **more))
    assert isinstance(row, Drafting)
    return row


def done(row: Drafting) -> Drafting:
    assert making.work_once(Event())
    row.refresh_from_db()
    return row


def printed(report: Report) -> list[tuple[str, str]]:
    return list(standing(report).order_by("slot").values_list("slot", "printed"))


def test_it_is_the_report_that_would_have_been_written_at_once_as_known_when_it_was_asked_for(
    here: District, writer: Person
) -> None:
    danger(here)
    row = asked(writer)
    danger(here, at=NOON + timedelta(hours=1))  # a late entry, after the button
    made = Report.objects.get(pk=done(row).report_id)
    assert (row.state, row.code, made.as_of, made.item.opened_by) == ("done", "", NOON, writer.by)
    assert not making.work_once(Event()), "once"
    other = office(here, name="Oskar")
    with pytest.raises(Refused) as refused:
        asked(other)
    assert refused.value.code == "bulletins.there"
    Report.objects.filter(pk=made.pk).update(given={"x": "1"})  # out of the way of the one to hold it against
    assert printed(made) == printed(monthly(here, writer))
    assert Number.objects.filter(paragraph__report=made).exclude(value=None).exists()


def test_whoever_presses_twice_gets_the_one_that_waits(here: District, writer: Person) -> None:
    first, second = asked(writer), asked(writer)
    assert first.pk == second.pk and Drafting.objects.count() == 1
    assert asked(writer, day=JUNE.replace(month=5)).pk != first.pk


def test_what_cannot_be_written_is_refused_before_anything_waits(here: District, writer: Person) -> None:
    with pytest.raises(Refused) as refused:
        asked(here.owner)
    assert refused.value.code == "bulletins.not_writer" and not Drafting.objects.exists()


def test_a_refusal_of_the_background_is_told(here: District, writer: Person) -> None:
    row = asked(writer)
    drafting.draft(**month(writer))  # meanwhile somebody wrote it
    assert done(row).state == "refused" and row.code == "bulletins.there"
    assert Report.objects.count() == 1


def test_what_breaks_is_tried_three_times_and_leaves_nothing_half_written(
    here: District, writer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = asked(writer)

    def breaks(*_args: object, **_more: object) -> None:
        raise RuntimeError("the disk")

    with monkeypatch.context() as broken:
        broken.setattr(drafting, "note_findings", breaks)  # the last thing it does
        for _ in range(4):
            assert done(row).report is None
            assert (
                not Report.objects.exists() and not WorkItem.objects.filter(loop="bulletins.report").exists()
            )
    assert (row.state, row.tries) == ("broken", 3)
    assert "3" in str(Refused(row.code, **row.facts))
    assert done(asked(writer)).state == "done", "asked for again, it begins anew"


def test_one_that_somebody_else_holds_is_left_to_them(here: District, writer: Person) -> None:
    row = asked(writer)
    other = connections["default"].copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [f"bulletins.drafting:{row.pk}"])
    assert not making.work_once(Event())
    with other.cursor() as cursor:  # let go of by word: a closed connection's lock goes a moment later
        cursor.execute("SELECT pg_advisory_unlock_all()")
    other.close()
    with held(f"bulletins.drafting:{row.pk}") as ours:
        assert ours
    assert done(row).state == "done"


def test_it_tells_how_far_it_has_come(
    here: District, writer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "TOLD_S", 0.0)
    row = done(asked(writer))
    assert row.steps == row.of > 20, "each slot read and each paragraph written is a step"


def test_a_draft_is_read_again_in_the_background_too(here: District, writer: Person) -> None:
    danger(here)
    report = monthly(here, writer)
    danger(here, at=NOON + timedelta(hours=1))
    later = NOON + timedelta(hours=2)
    row = making.ask_again(item=report.item, by=writer.by, at=later)
    assert making.ask_again(item=report.item, by=writer.by, at=later).pk == row.pk
    before = dict(printed(report))
    assert done(row).state == "done" and row.report_id == report.pk
    report.refresh_from_db()
    assert report.as_of == later and dict(printed(report)) != before
    assert visible_draftings(writer, at=NOON).get() == row
    assert not visible_draftings(here.manager, at=NOON).exists()


class TestAtOnce:
    def test_is_what_is_kept_a_day_or_a_small_house(
        self, here: District, writer: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert making.reads_at_once(Span("day", JUNE, JUNE), DISTRICT, at=NOON)
        span = drafting.wanted(**month(writer)).span
        kept: list[bool] = []
        monkeypatch.setattr(keeping, "is_kept", lambda **_asked: kept[0])
        for is_kept, campaign, size, wanted in (
            (False, None, -1, False),
            (True, None, -1, True),
            (True, ("one", "name"), -1, False),
            (False, None, 10**6, True),
        ):
            kept[:] = [is_kept]
            monkeypatch.setattr(making, "SMALL", size)
            assert making.reads_at_once(span, DISTRICT, campaign=campaign, at=NOON) is wanted

    def test_looks_at_the_sheets_of_that_very_span(self, here: District, writer: Person) -> None:
        with CaptureQueriesContext(connections["default"]) as asked_for:
            assert not making.reads_at_once(drafting.wanted(**month(writer)).span, DISTRICT, at=NOON)
        assert "indicators_kept" in asked_for[-1]["sql"]

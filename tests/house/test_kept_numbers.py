"""What is kept of a span that is over, brought up to date, is what counting anew gives: whatever was written late,
withdrawn, opened again, doubled, and in whichever order."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from anlan.domains.dangers.models import Danger, Term
from anlan.domains.dangers.queries import numbers as dangers
from anlan.domains.enforcement.queries import together
from anlan.domains.enterprises.models import Enterprise, History
from anlan.domains.enterprises.queries import numbers as firms
from anlan.domains.patrols.models import Finding, Visit
from anlan.domains.patrols.queries import numbers as patrols
from anlan.domains.risks.queries import numbers as risks
from anlan.domains.statistics.domain import DOMAIN
from anlan.domains.warnings.models import CallOut, CallOutAnswer, CallOutItem, Proposal
from anlan.domains.warnings.queries import counted
from anlan.kernel.core import rulesets
from anlan.kernel.core.ids import new_id
from anlan.kernel.domain.registry import ruleset_files
from anlan.kernel.indicators import keeping, nightly
from anlan.kernel.indicators.models import Change, Kept, Moving
from anlan.kernel.indicators.sheet import Sheet, of_json
from anlan.kernel.indicators.spec import Cut, Period
from anlan.kernel.indicators.sums import Rows, added_up
from anlan.kernel.loop.models import Extension, Step, WorkItem
from anlan.kernel.orgs.models import Organisation, Person
from tests.people import DISTRICT, QUAY, TERRACE, add_kind, add_person, add_regions

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
START = datetime(2026, 6, 1, 16, tzinfo=UTC)  # midnight in Shanghai; days are counted from here
PERIOD = Period(START + 20 * DAY, START + 35 * DAY)  # over the end of a month
KEPT_AT, COUNTED_AT = 40, 42
KNOWN_AT = (36, 40, 45, 60)  # before what is kept, at it, after it
ROWS: tuple[Rows, ...] = (
    dangers.found, dangers.due, dangers.due_before, dangers.again, patrols.visits, patrols.findings, firms.operating, firms.silent,
    firms.standardised, firms.duties, together.visits, counted.called,
)  # fmt: skip
REGIONS = (QUAY, TERRACE)
MODELS = (
    WorkItem, Danger, Visit, Term, Extension, Finding, Proposal, CallOut, CallOutItem, CallOutAnswer, Step, History,
)  # fmt: skip
recorded = st.integers(10, 60)
lag = st.sampled_from((0, 0, 1, 6, 20))  # happened so many days before it was recorded: late entries
moment = st.tuples(recorded, lag)
danger = st.fixed_dictionaries({
    "region": st.integers(0, 1), "open": moment, "terms": st.lists(st.tuples(recorded, recorded), max_size=2),
    "accept": st.lists(moment, max_size=3), "withdraw": st.none() | recorded,
    "extension": st.none() | st.tuples(recorded, recorded),
})  # fmt: skip
visit = st.fixed_dictionaries({
    "firm": st.integers(0, 2), "region": st.integers(0, 1), "finish": moment, "dust": st.booleans(),
    "kind": st.sampled_from(("patrol", "patrol", "self_check")), "finds": st.none() | st.integers(0, 5),
})  # fmt: skip
said = st.tuples(
    st.integers(0, 2), st.sampled_from(("status", "profile", "colour", "duties")), moment, st.integers(0, 2)
)
call = st.fixed_dictionaries({
    "day": recorded, "region": st.integers(0, 1), "closes_on": st.sampled_from(("received", "on_post")),
    "cancel": st.none() | recorded,
    "answers": st.lists(st.tuples(recorded, st.integers(0, 40), st.sampled_from(("received", "on_post"))), max_size=3),
})  # fmt: skip
VALUES = {
    "status": ("operating", "closed", "operating"), "profile": ("100", "80", "100"),
    "colour": ("green", "yellow", "red"), "duties": ("100", "100", "0"),
}  # fmt: skip


def on(day: int) -> datetime:
    return START + day * DAY + timedelta(hours=5)


class Book:
    """Rows to be written, each with the day on which it is recorded, and what each needs to be there before it."""

    def __init__(self, person: Person, orgs: list[Organisation]) -> None:
        self.person, self.orgs = person, orgs
        self.rows: list[tuple[int, list[Any]]] = []
        self.found: list[tuple[Danger, int]] = []

    def item(self, loop: str, region: str, day: int) -> WorkItem:
        return WorkItem(
            loop=loop, state="open", title="x", region_id=region, opened_at=on(day), opened_by="service:test",
            state_since=on(day),
        )  # fmt: skip

    def step(self, item: WorkItem, move: str, day: int, before: int = 0) -> Step:
        return Step(
            item=item, act=new_id(), move=move, target=move, by="service:test", at=on(day),
            happened_at=on(day - before),
        )  # fmt: skip

    def add_danger(self, told: dict[str, Any]) -> None:
        day, before = told["open"]
        item = self.item("dangers.danger", REGIONS[told["region"]], day)
        row = Danger(
            item=item, source="patrol", description="x", category="exit", found_by="service:test",
            organisation=self.orgs[len(self.found) % 2] if self.orgs else None,
        )  # fmt: skip
        self.found.append((row, day))
        self.rows.append((day, [item, row, self.step(item, "open", day, before)]))
        for set_on, due in told["terms"]:
            self.rows.append(
                (max(day, set_on), [Term(item=item, due_at=on(due), set_at=on(max(day, set_on)), by="x")])
            )
        for passed, earlier in told["accept"]:
            self.rows.append((max(day, passed), [self.step(item, "accept", max(day, passed), earlier)]))
        if told["withdraw"] is not None:
            gone = max(day, told["withdraw"])
            self.rows.append((gone, [self.step(item, "withdraw", gone)]))
        if told["extension"] is not None:
            granted, until = max(day, told["extension"][0]), told["extension"][1]
            more = self.item("dangers.extension", item.region_id, granted)
            row = Extension(item=more, of=item, until=on(until), why="x")
            self.rows.append((granted, [more, row, self.step(more, "grant", granted)]))

    def add_visit(self, told: dict[str, Any]) -> None:
        day, before = told["finish"]
        item = self.item("patrols.visit", REGIONS[told["region"]], day)
        row = Visit(
            item=item, key=new_id(), kind=told["kind"], organisation=self.orgs[told["firm"]], patroller=self.person,
            tags=["dust"] if told["dust"] else [], started_at=on(day - before - 1), recorded_at=on(day),
        )  # fmt: skip
        self.rows.append((day, [item, row, self.step(item, "finish", day, before)]))
        if told["finds"] is not None and told["finds"] < len(self.found):
            at, opened = self.found[told["finds"]]
            if opened >= day:  # a danger is reported with its finding, on a visit that is there
                self.rows.append((opened, [Finding(id=new_id(), visit=row, danger=at, found_at=on(opened))]))

    def add_call(self, told: dict[str, Any]) -> None:
        day, region = told["day"], REGIONS[told["region"]]
        items = [
            self.item(f"warnings.{loop}", region, day) for loop in ("proposal", "call_out", "call_out_item")
        ]
        said = {"hazard": "rain", "colour": "orange", "basis": "signal"}
        proposal = Proposal(item=items[0], **said)
        out = CallOut(
            item=items[1],
            proposal=proposal,
            text="x",
            plan={},
            answer_minutes=15,
            released_at=on(day),
            **said,
        )
        row = CallOutItem(
            item=items[2], call_out=out, person=self.person, street_id=region, kind_id="patroller", urgency=1,
            closes_on=told["closes_on"], called_at=on(day), escalate_minutes=0,
        )  # fmt: skip
        self.rows.append((day, [*items, proposal, out, row]))
        for later, minutes, kind in told["answers"]:
            answer = CallOutAnswer(
                item=row, kind=kind, through="self", via="sms", by="x", recorded_at=on(max(day, later)),
                happened_at=on(day) + timedelta(minutes=minutes),
            )  # fmt: skip
            self.rows.append((max(day, later), [answer]))
        if told["cancel"] is not None:
            gone = max(day, told["cancel"])
            self.rows.append((gone, [self.step(items[2], "cancel", gone)]))

    def add_said(self, told: tuple[int, str, tuple[int, int], int]) -> None:
        firm, kind, (day, before), value = told
        row = History(
            enterprise_id=self.orgs[firm].pk, kind=kind, value=VALUES[kind][value], by="x", at=on(day),
            happened_at=on(day - before),
        )  # fmt: skip
        self.rows.append((day, [row]))

    def write(self, which: Callable[[int], bool], order: random.Random) -> None:
        """The rows of some days: parents before children, else in any order."""
        chosen = [each for day, rows in self.rows if which(day) for each in rows]
        order.shuffle(chosen)
        for model in MODELS:
            model.objects.bulk_create([row for row in chosen if type(row) is model])


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def people(db: None) -> tuple[Person, list[Organisation]]:
    rulesets.load_files(ruleset_files())
    add_regions()
    orgs = [
        Organisation.objects.create(name=f"f{n}", kind="enterprise", region_id=REGIONS[n % 2])
        for n in range(3)
    ]
    for org in orgs:
        Enterprise.objects.create(organisation=org, created_at=START - 400 * DAY, updated_at=START)
    add_kind("patroller")
    return add_person("w", orgs[0]), orgs


@settings(
    max_examples=12, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(
    st.lists(danger, max_size=6), st.lists(visit, max_size=6), st.lists(said, max_size=8), st.lists(call, max_size=4), st.integers(0, 9),
    st.sampled_from(("", DISTRICT, QUAY)),
)  # fmt: skip
def test_what_is_kept_and_brought_up_to_date_is_what_counting_anew_gives(
    people: tuple[Person, list[Organisation]],
    found: list[Any],
    went: list[Any],
    told: list[Any],
    called: list[Any],
    seed: int,
    region: str,
) -> None:
    book, order, cut = Book(*people), random.Random(seed), Cut(region)
    for add, all_of in (
        (book.add_danger, found),
        (book.add_visit, went),
        (book.add_said, told),
        (book.add_call, called),
    ):
        for each in all_of:
            add(each)
    with undone():
        book.write(lambda day: day <= COUNTED_AT, order)
        for rows in ROWS:
            assert keeping.count(rows, cut, PERIOD, known_at=on(KEPT_AT), at=on(COUNTED_AT)) is not None
        book.write(lambda day: day > COUNTED_AT, order)
        for rows in ROWS:
            row = keeping.held(keeping.name_of(rows), rows, cut, PERIOD)
            for known_at in map(on, KNOWN_AT):
                rowset = rows(cut, PERIOD, known_at)
                assert keeping.brought_up(row, rows, rowset, cut, PERIOD, known_at) == added_up(
                    rowset, cut
                ), rows


def a_danger(day: int, region: str = QUAY) -> WorkItem:
    book = Book(None, [])  # type: ignore[arg-type] - no visits
    told = {"region": REGIONS.index(region), "open": (day, 0), "terms": [], "accept": [], "withdraw": None}
    book.add_danger(told | {"extension": None})
    book.write(lambda day: True, random.Random(0))
    return book.found[0][0].item


def kept(rows: Rows = dangers.found) -> Kept:
    row = keeping.count(rows, Cut(DISTRICT), PERIOD, known_at=on(KEPT_AT), at=on(COUNTED_AT))
    assert row is not None
    return row


def told(day: int = 60, rows: Rows = dangers.found) -> int:
    return keeping.sheet(keeping.name_of(rows), rows, Cut(DISTRICT), PERIOD, on(day)).total[""]


def test_a_kept_sheet_is_read_and_what_came_late_is_added(people: Any) -> None:
    a_danger(22)
    row = kept()
    row.sheet["total"][""] = 41  # as if there had been more: what is kept is what is read
    row.save()
    assert told() == 41
    late = a_danger(50)
    Step.objects.filter(item=late).update(happened_at=on(25), late_entry=True)
    assert (told(49), told(60)) == (41, 42)


def test_another_definition_another_database_and_a_moved_item_make_it_void(people: Any) -> None:
    item = a_danger(22)
    row = kept()
    Kept.objects.update(sheet={"total": {"": 41, "passed": 0}, "regions": {}, "months": {}})
    for field, other in (("digest", "x" * 64), ("cluster", 7)):
        before = getattr(row, field)
        Kept.objects.update(**{field: other})
        assert told() == 1
        Kept.objects.update(**{field: before})
    assert told() == 41
    WorkItem.objects.filter(pk=item.pk).update(region=QUAY)  # to where it is: nothing was changed
    assert not Change.objects.exists()
    # The change is seen by a count of its own transaction: here all is one, so the snapshot is put before it.
    WorkItem.objects.filter(pk=item.pk).update(region=TERRACE)
    assert [each.name for each in Change.objects.all()] == ["loop_workitem"]
    assert told() == 1


def test_a_proposal_that_grows_over_further_streets_makes_nothing_void(people: Any) -> None:
    item = a_danger(22)
    WorkItem.objects.filter(pk=item.pk).update(loop="warnings.proposal")
    WorkItem.objects.filter(pk=item.pk).update(region=TERRACE)
    assert not Change.objects.exists()
    assert set(Moving.objects.values_list("loop", flat=True)) == {"warnings.proposal"}


def test_a_new_source_of_an_old_point_is_told_by_the_table_itself(people: Any) -> None:
    kept(risks.sources)
    Kept.objects.update(sheet={"total": {"": 41}, "regions": {}, "months": {}})
    assert told(rows=risks.sources) == 41
    point = risks.RiskPoint.objects.create(
        enterprise_id=people[1][0].pk, number="1", name="x", kind="spot", region_id=QUAY, created_at=on(1)
    )
    point.sources.create(name="x")
    assert told(rows=risks.sources) == 1


def test_the_round_keeps_what_reports_read_carries_it_on_and_counts_one_anew(
    people: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(nightly, "rowsets", lambda: [dangers.found, patrols.visits])
    monkeypatch.setattr(nightly, "YEARS", 1)
    monkeypatch.setattr(nightly, "MONTHS", 2)
    periods = {span.period(nightly.LOCAL) for span in nightly.spans_read(on(40).date())}
    a_danger(22)
    night = on(41)
    first = nightly.keep_spans(region=DISTRICT, at=night)
    assert first == 2 * len(periods)
    assert [nightly.keep_spans(region=DISTRICT, at=night) for _ in range(2)] == [1, 0]
    assert Kept.objects.exclude(checked_at=None).count() == 1
    june = Kept.objects.filter(sheet__total__contains={"": 1}).count()
    assert june >= 2  # its month, quarter, half and the year to date
    counted = Kept.objects.values_list("counted_at", flat=True).distinct()
    assert nightly.keep_spans(region=DISTRICT, at=night + DAY) == first
    assert list(counted) == [night]  # carried on, not counted anew
    assert nightly.drifted(night) == 0
    Kept.objects.update(sheet={"total": {"": 9}, "regions": {}, "months": {}}, checked_at=None)
    row = Kept.objects.filter(rows__contains="found").first()
    assert nightly.check(row, dangers.found, night) is False
    assert nightly.drifted(night) == 1
    assert "put right" in caplog.text
    assert nightly.check(row, dangers.found, night) is True


def test_a_median_is_the_middle_of_the_spread() -> None:
    def told(**spread: int) -> float | None:
        return Sheet({}, {}, {}, {name.lstrip("_"): many for name, many in spread.items()}).median()

    assert (told(), told(_7=1), told(_1=1, _4=1), told(_10=2, _9=3, _100=1)) == (None, 7.0, 2.5, 9.5)
    before = Sheet({"": 2}, {}, {}, {"1": 1, "4.5": 1})
    after = before.with_change(Sheet({"": 1}, {}, {}, {"1": 1}), Sheet({"": 2}, {}, {}, {"4.5": 1, "9": 1}))
    assert of_json(after.as_json()) == after == Sheet({"": 3}, {}, {}, {"4.5": 2, "9": 1})


def test_the_round_is_declared() -> None:
    assert [each.run for each in DOMAIN.rounds] == [nightly.keep_spans]

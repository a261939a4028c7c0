"""Terminals and boards in and out as a spreadsheet, and the register of contractor work (外来作业台账) out."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.utils.timezone import get_default_timezone, localtime

from anlan.domains.contractors import queries, rules
from anlan.domains.contractors.actions.fixtures import FixtureGiven, add_fixtures
from anlan.domains.contractors.loop import JOB
from anlan.domains.contractors.models import Fixture
from anlan.kernel.core import clock
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.words import N_
from anlan.kernel.loop.rights import person_id
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import has_duty
from anlan.kernel.places.models import Region
from anlan.kernel.sheets.spec import Sheet, SheetColumn, Taken


def take_fixtures(rows: Sequence[Mapping[str, Any]], *, by: str, at: datetime, act: UUID, dry: bool) -> Taken:
    """Terminals and boards out of a chunk; one that is there only gains the steps it lacks."""
    del act  # each lot writes its own entry beside the room's
    good: list[FixtureGiven] = []
    refused: dict[int, tuple[str, str]] = {}
    known = _known([str(row["code"]) for row in rows])
    same = 0
    for place, row in enumerate(rows):
        try:
            given = _given(row, by=by, at=at)
        except Refused as refusal:
            refused[place] = (refusal.field, str(refusal))
            continue
        if set(given.steps) <= known.get((given.kind, given.code), {"—"}):
            same += 1
        else:
            good.append(given)
    if good and not dry:
        add_fixtures(good, by=by, at=at)
    made = (
        Fixture.objects.filter(code__in=[each.code for each in good]) if not dry else Fixture.objects.none()
    )
    return Taken(ids=list(made.values_list("pk", flat=True)), same=same, refused=refused)


def _known(codes: Sequence[str]) -> dict[tuple[str, str], set[str]]:
    rows = Fixture.objects.filter(code__in=codes).prefetch_related("steps")
    return {(row.kind, row.code): {step.what for step in row.steps.all()} | {"—"} for row in rows}


def _given(row: Mapping[str, Any], *, by: str, at: datetime) -> FixtureGiven:
    region = _region(str(row["region"]))
    person = person_id(by)
    if person is not None and not has_duty(person_id=person, kinds=rules.KEEPERS, region=region, at=at):
        raise Refused(rules.NOT_YOUR_GROUND, field="region")
    steps = {what: _midday(row[what], what, at) for what in rules.STEPS if row.get(what) is not None}
    if not steps:
        raise Refused(rules.NO_STEP, field="installed")
    return FixtureGiven(
        kind=str(row["kind"]), code=str(row["code"]), park=str(row["park"]), region=region, steps=steps,
        lon=row.get("lon"), lat=row.get("lat"),
    )  # fmt: skip


def _region(given: str) -> str:
    """A region by its digits or by its only name."""
    cut = {"code": given.ljust(12, "0")} if given.isascii() and given.isdigit() else {"name": given}
    found = list(Region.objects.filter(**cut).values_list("code", flat=True)[:2])
    if len(found) != 1:
        raise Refused(rules.NO_REGION, field="region", given=given)
    return str(found[0])


def _midday(day: date, what: str, at: datetime) -> datetime:
    """A day of a list as a moment; what lies ahead has not happened."""
    if day > localtime(at).date():
        raise Refused(rules.AHEAD, field=what, day=day.isoformat())
    return min(datetime.combine(day, time(12), get_default_timezone()), at)


def give_fixtures(*, person: UUID | None, filters: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """The register as its page shows it to a person."""
    reader = _reader(person)
    if reader is None:
        return
    for each in queries.fixtures_of(reader, at=clock.real_now(), kind=str(filters.get("kind", ""))):
        row, days = each.fixture, {what: localtime(when).date() for what, when in each.steps.items()}
        yield (
            row.kind, row.code, row.park, row.region_id, *(days.get(what) for what in rules.STEPS), row.lon, row.lat,
        )  # fmt: skip


def give_jobs(*, person: UUID | None, filters: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """外来作业台账: host, crew, work, people, times, taught, permits, briefings, checks, what was wrong, state."""
    del filters
    reader = _reader(person)
    if reader is None:
        return
    for each in queries.register_of(reader, at=clock.real_now()):
        job = each.job
        yield (
            str(job.host), job.item.region.name, job.contractor, job.description, job.spot,
            "、".join(rules.WORDS.get(work, work) for work in job.works), job.leader, job.workers,
            localtime(job.start_at), localtime(job.end_at), each.taught, each.permits, each.briefings, each.checks,
            each.wrong, job.item.state,
        )  # fmt: skip


def _reader(person: UUID | None) -> Person | None:
    people = Person.objects.select_related("organisation")
    return people.filter(pk=person).first() if person is not None else None


SHEETS = (
    Sheet(
        code="contractors.fixtures",
        label=N_("Terminals and boards of parks"),
        columns=(
            SheetColumn("kind", N_("Kind of fixture"), "choice", required=True, choices=tuple(rules.FIXTURES.items()),
                        aliases=("类别", "类型", "设备类型")),
            SheetColumn("code", N_("Number of the fixture"), required=True, most=60,
                        aliases=("编号", "设备编号", "终端编号")),
            SheetColumn("park", N_("Park"), required=True, most=160, aliases=("园区", "园区名称", "企业名称")),
            SheetColumn("region", N_("Region"), "region", required=True, aliases=("社区", "所属社区", "区划")),
            SheetColumn("bought", N_("Bought on"), "date", aliases=("采购日期",)),
            SheetColumn("installed", N_("Installed on"), "date", aliases=("安装日期", "设置日期")),
            SheetColumn("connected", N_("Connected on"), "date", aliases=("接入日期", "联网日期")),
            SheetColumn("removed", N_("Removed on"), "date", aliases=("拆除日期",)),
            SheetColumn("lon", N_("Longitude"), "number", aliases=("经度",)),
            SheetColumn("lat", N_("Latitude"), "number", aliases=("纬度",)),
        ),
        key=("kind", "code"),
        take=take_fixtures,
        give=give_fixtures,
        may=rules.KEEPERS,
    ),
    Sheet(
        code="contractors.jobs",
        label=N_("Register of contractor work"),
        columns=(
            SheetColumn("host", N_("On whose ground")), SheetColumn("region", N_("Region")),
            SheetColumn("contractor", N_("Contractor")), SheetColumn("description", N_("What is done")),
            SheetColumn("spot", N_("Where on the ground")), SheetColumn("works", N_("Permit works")),
            SheetColumn("leader", N_("Leader of the crew")), SheetColumn("workers", N_("Crew"), "integer"),
            SheetColumn("start_at", N_("Begins"), "datetime"), SheetColumn("end_at", N_("Ends"), "datetime"),
            SheetColumn("taught", N_("Taught"), "integer"), SheetColumn("permits", N_("Permits"), "integer"),
            SheetColumn("briefings", N_("Briefings"), "integer"), SheetColumn("checks", N_("Checks"), "integer"),
            SheetColumn("wrong", N_("Dangers found"), "integer"),
            SheetColumn("state", N_("State"), "choice", choices=tuple(JOB.states.items())),
        ),
        key=(),
        give=give_jobs,
    ),
)  # fmt: skip

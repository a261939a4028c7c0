"""Other visits to the same firm: those due, what was decided about them, how often firms were visited in a month."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from anlan.domains.dangers.public import campaigns_running
from anlan.domains.enforcement.models import Check, Task, Together
from anlan.domains.enforcement.queries import plans
from anlan.domains.enforcement.rules import days
from anlan.domains.enterprises.public import Classed, classed, in_operation, tagged
from anlan.kernel.core import rulesets
from anlan.kernel.core.among import among
from anlan.kernel.core.worlds import in_world
from anlan.kernel.domain.registry import all_domains
from anlan.kernel.domain.visiting import Expected, Made, Visits, expected_visits, visits_made
from anlan.kernel.indicators import keeping
from anlan.kernel.indicators.rowsets import Condition, Ids, Rowset, growing
from anlan.kernel.indicators.spec import Cut, Period
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.places.regions import prefix_of

DAY = timedelta(days=1)


def known() -> list[Visits]:
    """Everybody who knows of visits to firms."""
    return [each for domain in all_domains() for each in domain.visits]


def others_of(
    firms: Sequence[UUID],
    *,
    region: str,
    at: datetime,
    exercise_id: UUID | None = None,
    but: UUID | None = None,
) -> dict[UUID, list[tuple[Visits, Expected]]]:
    """Firm → the visits due there within the days of the rule, that of the matter `but` left out."""
    until = at + int(rulesets.value_of("enforcement.together_days", region=region, at=at)) * DAY
    found: dict[UUID, list[tuple[Visits, Expected]]] = defaultdict(list)
    for each, visit in expected_visits(
        known(), organisations=firms, until=until, at=at, exercise_id=exercise_id
    ):
        if visit.item is None or visit.item != but:
            found[visit.organisation].append((each, visit))
    return found


def several(*, region: str, at: datetime, exercise_id: UUID | None = None) -> tuple[str, tuple[Any, ...]]:
    """A statement of the firms at which more than one visit is due within the days of the rule."""
    until = at + int(rulesets.value_of("enforcement.together_days", region=region, at=at)) * DAY
    parts: list[str] = []
    params: list[Any] = []
    for each in known():
        for rows in each.due(region=region, until=until, at=at, exercise_id=exercise_id):
            with suppress(EmptyResultSet):
                sql, values = rows.order_by().query.sql_with_params()
                parts.append(f"SELECT * FROM ({sql}) v{len(parts)} (firm)")  # noqa: S608 - Django's own statement
                params += values
    union = " UNION ALL ".join(parts) or "SELECT NULL::uuid AS firm WHERE false"
    return f"SELECT firm FROM ({union}) v GROUP BY firm HAVING count(*) > 1", tuple(params)  # noqa: S608


def others_of_task(task: Task, *, at: datetime) -> list[tuple[Visits, Expected]]:
    """What else is due at the firm of a task. The line of the plan that the task fulfils is not another visit."""
    found = others_of(
        [task.organisation_id],
        region=task.item.region_id,
        at=at,
        exercise_id=task.item.exercise_id,
        but=task.pk,
    )
    return found.get(task.organisation_id, [])


def undecided(task: Task, *, at: datetime) -> list[tuple[Visits, Expected]]:
    """What else is due there, while nobody has decided to go together or alone."""
    if task.decisions.exists() or task.partners:
        return []
    return others_of_task(task, at=at)


# ---- what this domain itself expects and made ----------------
def expected(
    *, organisations: Sequence[UUID], until: datetime, at: datetime, exercise_id: UUID | None
) -> Iterator[Expected]:
    """Firms given to two officers, firms whose month of the plan comes, campaigns that end and have not been there."""
    tasks = Task.objects.filter(
        in_world(exercise_id, path="item__exercise_id"), among("organisation", organisations), item__closed_at=None,
        due_by__lte=until,
    )  # fmt: skip
    sent = set()
    for row in tasks.select_related("first_officer__organisation"):
        sent.add(row.organisation_id)
        yield Expected(
            row.organisation_id, row.due_by, row.kind_name(), row.first_officer.organisation.name, row.pk
        )
    yield from _planned([pk for pk in organisations if pk not in sent], until, at, exercise_id)
    yield from _campaigns(organisations, until, at, exercise_id)


def _planned(
    firms: Sequence[UUID], until: datetime, at: datetime, exercise_id: UUID | None
) -> Iterator[Expected]:
    year = at.astimezone(days.LOCAL).year
    lines = plans.lines_in_force(year=year, exercise_id=exercise_id).filter(among("organisation", firms))
    lines = lines.exclude(month=None)
    start = datetime(year, 1, 1, tzinfo=days.LOCAL)
    rows = plans.standing_checks(start=start, end=at, as_of=at, exercise_id=exercise_id)
    done = set(rows.filter(among("organisation", firms)).values_list("organisation_id", flat=True))
    for line in lines:
        due = _end_of_month(line.month or 12, year)
        if line.organisation_id not in done and due <= until:
            said = gettext("Check plan of the year, month {month}").format(month=line.month)
            yield Expected(line.organisation_id, due, said)


def _end_of_month(month: int, year: int) -> datetime:
    first = datetime(year, month, 1, tzinfo=days.LOCAL)
    return first.replace(year=year + month // 12, month=month % 12 + 1) - timedelta(minutes=1)


def _campaigns(
    firms: Sequence[UUID], until: datetime, at: datetime, exercise_id: UUID | None
) -> Iterator[Expected]:
    """Campaigns that end by then, mean the firm by its kinds or sector, and have not been there."""
    ending = _ending(until, at, exercise_id)
    known = classed(organisations=firms) if ending else []
    meant = [(firm.organisation_id, each) for firm in known for each in ending if _means(each, firm)]
    rows = Check.objects.filter(campaign__in={each.pk for _firm, each in meant})
    been = set(rows.values_list("organisation_id", "campaign_id"))
    for pk, each in meant:
        if (pk, each.pk) not in been:
            yield Expected(pk, each.ends_at, each.name, "", each.pk)


def _ending(until: datetime, at: datetime, exercise_id: UUID | None) -> list[Any]:
    return [each for each in campaigns_running(at=at, exercise_id=exercise_id) if each.ends_at <= until]


def _means(campaign: Any, firm: Classed) -> bool:
    if not firm.region.startswith(prefix_of(campaign.item.region_id)):
        return False
    return bool(set(campaign.tags) & set(firm.tags)) or any(
        firm.sector.startswith(sector) for sector in campaign.sectors
    )


def due(
    *, region: str, until: datetime, at: datetime, exercise_id: UUID | None
) -> Iterator[QuerySet[Any, Any]]:
    """What `expected` says of single firms, as queries of firms."""
    del region  # whoever asks looks at the firms of a region anyway
    tasks = Task.objects.filter(
        in_world(exercise_id, path="item__exercise_id"), item__closed_at=None, due_by__lte=until
    )
    yield tasks.values_list("organisation_id")
    year = at.astimezone(days.LOCAL).year
    start = datetime(year, 1, 1, tzinfo=days.LOCAL)
    done = plans.standing_checks(start=start, end=at, as_of=at, exercise_id=exercise_id)
    lines = plans.lines_in_force(year=year, exercise_id=exercise_id)
    months = [month for month in range(1, 13) if _end_of_month(month, year) <= until]
    lines = lines.filter(month__in=months).exclude(organisation__in=tasks.values("organisation"))
    yield lines.exclude(organisation__in=_firms_of(done)).values_list("organisation_id")
    for each in _ending(until, at, exercise_id):
        kinds = Q(pk__in=tagged(each.tags))
        for sector in each.sectors:
            kinds |= Q(sector__startswith=sector)
        meant = in_operation(each.item.region_id).filter(kinds)
        yield meant.exclude(pk__in=_firms_of(Check.objects.filter(campaign=each.pk))).values_list("pk")


def _firms_of(checks: QuerySet[Check]) -> QuerySet[Check, Any]:
    return checks.exclude(organisation=None).values("organisation")


def made(
    *, region: str, start: datetime, end: datetime, as_of: datetime, exercise_id: UUID | None
) -> QuerySet[Check, Any]:
    """Enforcement visits to firms of the archive."""
    rows = plans.standing_checks(start=start, end=end, as_of=as_of, exercise_id=exercise_id)
    rows = rows.exclude(organisation=None)
    if region:
        rows = rows.filter(item__region__code__startswith=prefix_of(region))
    return rows.values_list("organisation_id", "item_id", "item__region_id", "checked_at")


def late(*, since: datetime, until: datetime, start: datetime, end: datetime) -> QuerySet[Check, Any]:
    """Firms of visits of a span that were recorded or withdrawn between two times."""
    gone = Step.objects.filter(move="withdraw", at__gt=since, at__lte=until).values("item")
    told = Q(recorded_at__gt=since, recorded_at__lte=until) | Q(item__in=gone)
    rows = Check.objects.filter(told, checked_at__gte=start, checked_at__lt=end).exclude(organisation=None)
    return rows.values_list("organisation_id")


# ---- counted ----------------
def decisions(
    *, region: str, start: datetime, end: datetime, as_of: datetime, exercise_id: UUID | None
) -> QuerySet[Together]:
    """What was decided in some days while other visits were due."""
    here = Q(task__item__region__code__startswith=prefix_of(region)) if region else Q()
    return Together.objects.filter(
        here, in_world(exercise_id, path="task__item__exercise_id"), decided_at__gte=start, decided_at__lt=end,
        decided_at__lte=as_of,
    ).order_by("decided_at", "pk")  # fmt: skip


def visits_this_month(
    firm: UUID, *, region: str, at: datetime, exercise_id: UUID | None = None
) -> list[Made]:
    """The visits that a firm has had this calendar month, whoever made them. `region`: where the firm lies."""
    start = at.astimezone(days.LOCAL).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    rows = visits_made(
        known(), region=region, start=start, end=at + timedelta(minutes=1), as_of=at, exercise_id=exercise_id
    )
    return [visit for visit in rows if visit.organisation == firm]


@keeping.read_at_night
def visits(cut: Cut, period: Period, as_of: datetime) -> Rowset:
    """Visits to firms, whoever made them; the key is the firm. Hit `often`: one of more in a calendar month than the
    rule says."""
    tables = tuple(table for each in known() for table in each.stands_on)
    return growing(_visits, _late, cut, period, as_of, stands_on=(str(WorkItem._meta.db_table), *tables))


def _visits(cut: Cut, period: Period, as_of: datetime, firms: Ids) -> Rowset:
    most = int(
        rulesets.value_of("enforcement.visits_a_month_most", region=cut.region, at=min(period.end, as_of))
    )
    parts: list[str] = []
    params: list[Any] = []
    for each in known():
        rows = each.made(
            region=cut.region, start=period.start, end=period.end, as_of=as_of, exercise_id=cut.exercise_id
        )
        rows = rows if firms is None else rows.filter(organisation__in=list(firms))
        with suppress(EmptyResultSet):
            sql, values = rows.order_by().query.sql_with_params()
            parts.append(f"SELECT * FROM ({sql}) v{len(parts)} (key, id, region, at)")  # noqa: S608 - Django's
            params += values
    union = " UNION ALL ".join(parts)
    often = (
        "count(*) OVER (PARTITION BY key, date_trunc('month', at AT TIME ZONE 'Asia/Shanghai')) > %s AS often"
    )
    return Rowset(f"SELECT *, {often} FROM ({union}) v", (most, *params), ("often",), keyed=True)  # noqa: S608


def _late(period: Period, since: datetime, until: datetime) -> Condition:
    """The firms, by which these rows are narrowed."""
    parts: list[str] = []
    params: list[Any] = []
    for each in known():
        rows = each.late(since=since, until=until, start=period.start, end=period.end)
        sql, values = rows.order_by().query.sql_with_params()
        parts.append(f"SELECT * FROM ({sql}) v{len(parts)} (id)")  # noqa: S608 - Django's own statement
        params += values
    return " UNION ALL ".join(parts), tuple(params)

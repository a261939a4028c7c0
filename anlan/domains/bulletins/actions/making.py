"""起草: a report is written at once where its numbers are at hand, else by the background while a page waits.

Of a span that is over the sums of the district are kept (`keeping`), and a young house has few rows. A year that
runs on, a campaign or a street of a great house are counted anew: that may take a minute; no request waits so long.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event
from typing import Any
from uuid import UUID

from django.db import Error, transaction

from anlan.domains.bulletins.actions import drafting, reading_again
from anlan.domains.bulletins.models import Drafting, Report
from anlan.domains.bulletins.queries.gathering import ZONE
from anlan.domains.bulletins.queries.reports import span_of, template_of
from anlan.domains.bulletins.rules import deciding
from anlan.domains.bulletins.rules.templates import ReportTemplate
from anlan.kernel.core import clock
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.held import held
from anlan.kernel.indicators import keeping
from anlan.kernel.indicators.nightly import unhurried
from anlan.kernel.indicators.spans import Span
from anlan.kernel.ledger import queries as ledger
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.places.models import Region

logger = logging.getLogger(__name__)
SMALL = 500_000  # entries of the ledger; at this size a year of which nothing is kept is read in under two seconds
FRESH = timedelta(days=3)  # what was kept longer ago has too much written since
TRIES = 3
TOLD_S = 0.5


def write(*, at: datetime, **asked: Any) -> WorkItem | Drafting:
    """Write a report now where that is quick, else ask the background for it. `asked`: as `drafting.draft` has it."""
    wanted = drafting.wanted(at=at, **asked)
    if reads_at_once(
        wanted.span, wanted.region, campaign=asked.get("campaign"), at=at, world=wanted.exercise_id
    ):
        return drafting.draft(at=at, **asked)
    return ask(at=at, **asked)


def reads_at_once(
    span: Span, region: str, *, campaign: object = None, at: datetime, world: UUID | None = None
) -> bool:
    """Whether the numbers of a report can be read while somebody waits for the answer."""
    if span.kind == "day" or ledger.size() <= SMALL:
        return True
    plain = campaign is None and world is None
    return plain and keeping.is_kept(region=region, period=span.period(ZONE), since=at - FRESH)


def ask(*, at: datetime, campaign: tuple[UUID, str] | None = None, **asked: Any) -> Drafting:
    """Ask the background for a report; whoever presses twice gets the one that waits already."""
    wanted = drafting.wanted(at=at, campaign=campaign, **asked)
    pk, name = campaign or (None, "")
    what = {
        "template": wanted.kind.code, "region_id": wanted.region, "day": asked["day"], "first": asked.get("first"),
        "given": dict(asked.get("given") or {}), "campaign": pk, "exercise_id": wanted.exercise_id,
    }  # fmt: skip
    with transaction.atomic():
        Region.objects.select_for_update(no_key=True).get(pk=wanted.region)
        row = Drafting.objects.filter(**what, again=None, state="waiting").first()
        return row or Drafting.objects.create(
            **what, title=wanted.title, campaign_name=name, of=_steps(wanted.kind), by=asked["by"], at=at
        )


def ask_again(*, item: WorkItem, by: str, at: datetime) -> Drafting:
    """Ask the background to read the numbers of a draft again, as known now."""
    report = reading_again.may_read_again(item=item, as_of=at, by=by, at=at)
    with transaction.atomic():
        Report.objects.select_for_update(of=("self",)).get(pk=report.pk)
        row = Drafting.objects.filter(again=report, state="waiting").first()
        return row or Drafting.objects.create(
            template=report.template, title=report.title, region_id=report.item.region_id, day=report.last,
            again=report, exercise_id=report.item.exercise_id, of=_steps(template_of(report)), by=by, at=at,
        )  # fmt: skip


def reads_draft_at_once(report: Report, *, at: datetime) -> bool:
    """The same for a draft that is to be read again."""
    return reads_at_once(
        span_of(report), report.item.region_id, campaign=report.campaign, at=at, world=report.item.exercise_id
    )


def _steps(kind: ReportTemplate) -> int:
    return len(kind.slots) + len(kind.blocks)


# ---- the background ----------------
def work_once(stop: Event) -> bool:
    """Write one report that was asked for; False where there was none. Any number of processes may call this."""
    for pk in Drafting.objects.filter(state="waiting").order_by("at").values_list("pk", flat=True)[:20]:
        if stop.is_set():
            return False
        with held(f"bulletins.drafting:{pk}") as ours:
            row = Drafting.objects.filter(pk=pk, state="waiting").first()
            if ours and row is not None:
                _try(row)
                return True
    return False


def _try(row: Drafting) -> None:
    if row.tries >= TRIES:
        _end(row, "broken", code=deciding.BROKEN, facts={"tries": TRIES})
        return
    # Counted before: what kills the process is not tried for ever either.
    Drafting.objects.filter(pk=row.pk).update(tries=row.tries + 1, steps=0)
    try:
        with unhurried():
            report = _made(row)
    except Refused as refusal:
        _end(
            row, "refused", code=refusal.code, facts={name: str(fact) for name, fact in refusal.facts.items()}
        )
    except Error:
        raise
    except Exception:
        logger.exception("drafting %s", row.pk)
    else:
        _end(row, "done", report_id=report)


def _made(row: Drafting) -> UUID:
    """The report, as known when it was asked for and opened when it was written."""
    now, tell = clock.now(row.exercise_id), _teller(row)
    if row.again is not None:
        reading_again.read_again(item=row.again.item, as_of=row.at, by=row.by, at=now, tell=tell)
        return UUID(str(row.again.pk))
    campaign = (row.campaign, row.campaign_name) if row.campaign else None
    item = drafting.draft(
        template=row.template, region=row.region_id, day=row.day, first=row.first, given=row.given, as_of=row.at,
        exercise_id=row.exercise_id, campaign=campaign, by=row.by, at=now, tell=tell,
    )  # fmt: skip
    return UUID(str(item.pk))


def _teller(row: Drafting) -> Callable[[], None]:
    """Write down how far it has come, for the page that waits: not at each step, they may be quick."""
    done, told = 0, time.monotonic()

    def tell() -> None:
        nonlocal done, told
        done += 1
        if time.monotonic() - told >= TOLD_S:
            told = time.monotonic()
            Drafting.objects.filter(pk=row.pk).update(steps=min(done, row.of))

    return tell


def _end(row: Drafting, state: str, **more: Any) -> None:
    Drafting.objects.filter(pk=row.pk).update(state=state, ended_at=clock.real_now(), **more)

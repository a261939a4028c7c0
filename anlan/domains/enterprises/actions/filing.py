"""备案零跑腿: a plan filed without a visit. The acts around the loop; the loop itself says who may when."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.domains.enterprises.actions.common import check_keeper
from anlan.domains.enterprises.models import Enterprise, PlanFiling
from anlan.domains.enterprises.rules import filing
from anlan.kernel.core import rulesets
from anlan.kernel.core.workdays import local_day
from anlan.kernel.loop import announce
from anlan.kernel.loop.actions import move, open_item
from anlan.kernel.loop.evidence import Given
from anlan.kernel.loop.models import Step, WorkItem


def open_filing(
    *, firm: Enterprise, plan_name: str, issued_on: date, by: str, at: datetime, plan_kind: str = "comprehensive",
    exercise_id: UUID | None = None,
) -> WorkItem:  # fmt: skip
    """A plan was issued: its firm has so many working days to file it (应急预案管理办法 art. 26)."""
    check_keeper(firm, by=by, at=at)
    filing.check_issue(issued_on, today=local_day(at))
    region = firm.organisation.region_id
    days = rulesets.value_of("enterprises.filing_working_days", region=region, at=at)
    record = PlanFiling(
        enterprise=firm, plan_name=plan_name, plan_kind=plan_kind, issued_on=issued_on,
        file_by=filing.file_by(issued_on, working_days=days),
    )  # fmt: skip
    return open_item(
        loop="enterprises.filing", record=record, title=f"{firm.organisation.name}：{plan_name}", region=region,
        charge_org=firm.organisation, by=by, at=at, exercise_id=exercise_id,
    )  # fmt: skip


def submit(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """Hand in the papers; the bureau's clock starts."""
    return _hand_in(item, "submit", by=by, at=at, **rest)


def complete(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """Hand in what lacked; the bureau's clock starts anew, its one notice is spent."""
    return _hand_in(item, "complete", by=by, at=at, **rest)


def tell_what_lacks(
    *, item: WorkItem, lacks: Sequence[str] | str, by: str, at: datetime, **rest: Any
) -> Step:
    """一次性告知: all that lacks, in one notice; the firm is in charge again."""
    said = re.split("[;；、\n]", lacks) if isinstance(lacks, str) else lacks
    named = [part.strip() for part in said if part.strip()]
    filing.check_lacks(named)
    with transaction.atomic():
        record = PlanFiling.objects.select_for_update(of=("self",)).get(pk=item.pk)
        record.lacks, record.notices, record.check_by = named, record.notices + 1, None
        step = move(item=item, name="tell_what_lacks", by=by, at=at, lacks=named, **rest)
        record.save(update_fields=["lacks", "notices", "check_by"])
        _charge_firm(item, record.enterprise, by=by, at=at)
    return step


def take_on_file(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """Filed: the receipt has its number from now on."""
    return move(item=item, name="file", by=by, at=at, **rest)


def _hand_in(
    item: WorkItem, name: str, *, by: str, at: datetime, evidence: Sequence[Given] = (), **rest: Any
) -> Step:
    with transaction.atomic():
        record = PlanFiling.objects.select_for_update(of=("self",)).get(pk=item.pk)
        asked = rulesets.value_of("enterprises.filing_papers", region=item.region_id, at=at)
        papers = dict(record.papers) | _papers(evidence, asked, record.papers)
        filing.check_papers(papers)
        days = rulesets.value_of("enterprises.filing_check_working_days", region=item.region_id, at=at)
        record.papers, record.check_by = papers, filing.check_by(at, working_days=days)
        record.save(update_fields=["papers", "check_by"])
        return move(item=item, name=name, by=by, at=at, evidence=evidence, **rest)


def _papers(evidence: Sequence[Given], asked: Sequence[str], known: dict[str, str]) -> dict[str, str]:
    """Files by the paper they are: by the code in the file's name (plan.pdf), else the next one that is missing."""
    files = [piece.file for piece in evidence if piece.file is not None]
    free = [code for code in asked if not known.get(code)] + [f"more_{n}" for n in range(1, len(files) + 1)]
    found: dict[str, str] = {}
    for file in files:
        named = file.name.partition(".")[0]
        code = named if named in asked else next(c for c in free if c not in found)
        found[code] = str(file.pk)
    return found


def _charge_firm(item: WorkItem, firm: Enterprise, *, by: str, at: datetime) -> None:
    item.charge_org, item.charge_duty, item.charge_person = firm.organisation, "", None
    item.save(update_fields=["charge_org", "charge_duty", "charge_person"])
    announce.charged([item], by=by, at=at)

"""A crew's way: noticed, taught, let in, briefed, checked, stopped, gone."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.domains.contractors import rules
from anlan.domains.contractors.loop import CHECKERS, GATE
from anlan.domains.contractors.models import (
    Briefing,
    Check,
    Job,
    Lesson,
    Permit,
)
from anlan.domains.contractors.queries import permits_of, taught
from anlan.domains.dangers.public import report
from anlan.domains.enterprises.public import site as site_of
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.workdays import local_minute
from anlan.kernel.loop.actions import move, open_item
from anlan.kernel.loop.handing import restart
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.loop.rights import person_id
from anlan.kernel.orgs.models import Organisation, Person
from anlan.kernel.orgs.queries import has_duty

BY_WORK = tuple(f"work_{code}" for code in rules.PERMIT_WORKS)


def notice(
    *,
    host: Organisation,
    contractor: str,
    description: str,
    leader: str,
    workers: int,
    start_at: datetime,
    end_at: datetime,
    by: str,
    at: datetime,
    region: str = "",
    works: Sequence[str] = (),
    leader_phone: str = "",
    spot: str = "",
    site: UUID | None = None,
    entered_for: str = "",
    happened_at: datetime | None = None,
    exercise_id: UUID | None = None,
    **ticked: Any,
) -> WorkItem:
    """A firm or a park gives notice of an outside crew. `works` names permit works; forms tick them as work_<code>."""
    named = [*works, *(code for code in rules.PERMIT_WORKS if ticked.get(f"work_{code}"))]
    told = _for_whom(host, by=by, at=at)
    _check_notice(named, workers, start_at, end_at, region=host.region_id, at=at)
    job = Job(
        host=host, site=_site(site, host), contractor=contractor, leader=leader, leader_phone=leader_phone, works=named,
        description=description, spot=spot, workers=int(workers), start_at=start_at, end_at=end_at,
        entered_for=entered_for or told,
    )  # fmt: skip
    return open_item(
        loop="contractors.job", record=job, title=f"{host}：{contractor} {description[:60]}",
        region=region or host.region_id, severity=1 if named else 0, charge_duty="station_keeper", charge_org=host,
        by=by, at=at, happened_at=happened_at, exercise_id=exercise_id,
    )  # fmt: skip


def _for_whom(host: Organisation, *, by: str, at: datetime) -> str:
    """A notice is the host's; the gate and those who check there may enter it for them (代录). Raises `Refused`."""
    person = person_id(by)
    if person is None or Person.objects.filter(pk=person, organisation=host).exists():
        return ""
    if not has_duty(person_id=person, kinds=(*GATE, *CHECKERS), region=host.region_id, at=at):
        raise Refused(rules.NOT_THE_HOST, field="host", host=host)
    return f"enterprise:{host.pk}"


def _check_notice(
    works: Sequence[str], workers: int, start: datetime, end: datetime, *, region: str, at: datetime
) -> None:
    if int(workers) < 1:
        raise Refused(rules.NO_WORKERS, field="workers")
    unknown = next((work for work in works if work not in rules.PERMIT_WORKS), None)
    if unknown is not None:
        raise Refused(rules.UNKNOWN_WORK, field="works", work=unknown)
    rules.check_span(start, end, most_days=rulesets.value_of("contractors.notice_days", region=region, at=at))


def _site(site: UUID | None, host: Organisation) -> Any:
    """The site of the archive, which must be the host's own."""
    if site is None:
        return None
    found = site_of(site)
    if found is None or found.enterprise_id != host.pk:
        raise Refused(rules.OTHER_SITE, field="site", host=host)
    return found


def educate(
    *,
    item: WorkItem,
    names: str,
    video: str,
    by: str,
    at: datetime,
    happened_at: datetime | None = None,
    **rest: Any,
) -> Step:
    """The lesson before work: a film, and who saw it. Somebody taught twice for one job counts once."""
    with transaction.atomic():
        job = _lock(item)
        known = taught(job.pk)
        fresh = [name for name in rules.names_of(names) if name not in known]
        step = move(
            item=item,
            name="educate",
            by=by,
            at=at,
            happened_at=happened_at,
            video=video,
            names=len(fresh),
            **rest,
        )
        Lesson.objects.create(
            job_id=job.pk, video=video, names="\n".join(rules.names_of(names)), count=len(fresh),
            held_at=happened_at or at, recorded_at=at, by=by,
        )  # fmt: skip
    return step


def show_permit(
    *,
    item: WorkItem,
    work: str,
    number: str,
    holder: str,
    valid_to: datetime,
    by: str,
    at: datetime,
    **rest: Any,
) -> Step:
    """A permit for one of the eight kinds of work, before or while the crew is there."""
    if work not in rules.PERMIT_WORKS:
        raise Refused(rules.UNKNOWN_WORK, field="work", work=work)
    if valid_to <= at:
        raise Refused(rules.PERMIT_OVER, field="valid_to", until=local_minute(valid_to))
    with transaction.atomic():
        job = _lock(item)
        name = {"working": "renew_permit", "stopped": "renew_stopped"}.get(item.state, "show_permit")
        facts: dict[str, Any] = {
            "work": work,
            "number": number,
            "holder": holder,
            "valid_to": valid_to.isoformat(),
        }
        step = move(item=item, name=name, by=by, at=at, **rest, **facts)
        Permit.objects.create(
            job_id=job.pk, work=work, number=number, holder=holder, valid_to=valid_to, recorded_at=at, by=by
        )
    return step


def admit(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """The crew goes in: everybody was taught, every permit work has its permit."""
    with transaction.atomic():
        job = _lock(item)
        lacking = rules.missing_permits(job.works, permits_of(job.pk), at=at)
        rules.check_admission(workers=job.workers, taught=len(taught(job.pk)), lacking=lacking)
        return move(item=item, name="admit", by=by, at=at, **rest)


def resume(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """Stopped work goes on: with a valid permit for each permit work, as when the crew went in."""
    with transaction.atomic():
        job = _lock(item)
        lacking = rules.missing_permits(job.works, permits_of(job.pk), at=at)
        rules.check_admission(workers=job.workers, taught=job.workers, lacking=lacking)
        return move(item=item, name="resume", by=by, at=at, **rest)


def brief(
    *, item: WorkItem, present: int, by: str, at: datetime, topic: str = "", happened_at: datetime | None = None,
    **rest: Any,
) -> Step:  # fmt: skip
    """班前警示会: the briefing before a shift, with a photo and how many stood there."""
    with transaction.atomic():
        job = _lock(item)
        step = move(item=item, name="brief", by=by, at=at, happened_at=happened_at, present=present, **rest)
        Briefing.objects.create(
            job_id=job.pk, present=int(present), topic=topic, held_at=happened_at or at, recorded_at=at, by=by
        )
    return step


def check(
    *, item: WorkItem, result: str, by: str, at: datetime, note: str = "", category: str = "other", line: str = "",
    candidate_major: bool = False, happened_at: datetime | None = None, evidence: Sequence[Any] = (), **rest: Any,
) -> Step:  # fmt: skip
    """A look at the crew. What is wrong becomes a danger of the host: the ground is theirs, and so is the duty.

    `line`: the line of the guide that it is about; it stands for the note where none was written.
    """
    note = note.strip() or (line.strip() if result == "wrong" else "")
    with transaction.atomic():
        job = _lock(item)
        step = move(
            item=item,
            name="check",
            by=by,
            at=at,
            happened_at=happened_at,
            evidence=evidence,
            result=result,
            **rest,
        )
        danger = None
        if result == "wrong":
            if not note.strip():
                raise Refused(rules.NO_FINDING, field="note")
            danger = report(
                description=f"外来作业：{note}", category=category, region=item.region_id, organisation=job.host,
                site=job.site, spot=job.spot, source="patrol", candidate_major=candidate_major, evidence=evidence,
                by=by, at=at, happened_at=happened_at, exercise_id=item.exercise_id,
            )  # fmt: skip
        Check.objects.create(
            job_id=job.pk,
            result=result,
            note=note,
            danger=danger,
            held_at=happened_at or at,
            recorded_at=at,
            by=by,
        )
    return step


def prolong(*, item: WorkItem, until: datetime, by: str, at: datetime, **rest: Any) -> Step:
    """The end moves, with a reason; the clock runs to the new one."""
    with transaction.atomic():
        job = _lock(item)
        if until <= job.end_at:
            raise Refused(rules.NOT_PROLONGED, field="until", end=local_minute(job.end_at))
        most = rulesets.value_of("contractors.notice_days", region=item.region_id, at=at)
        rules.check_span(job.end_at, until, most_days=most)
        job.end_at = until
        job.save(update_fields=["end_at"])
        step = move(item=item, name="prolong", by=by, at=at, until=until.isoformat(), **rest)
        restart(item, due_at=until)
    return step


def _lock(item: WorkItem) -> Job:
    return Job.objects.select_for_update(of=("self",)).select_related("host", "site").get(pk=item.pk)

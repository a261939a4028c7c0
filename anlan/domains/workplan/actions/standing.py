"""责任体系: committees and their member units, who is responsible for what, duty lists and what leaders did."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from anlan.domains.workplan.actions.common import check_keeper
from anlan.domains.workplan.models import Checked, Committee, Done, DutyLine, Matter, Member, Share
from anlan.domains.workplan.rules import standing as rules
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.models import Attachment
from anlan.kernel.ledger.actions import record
from anlan.kernel.loop.rights import person_id
from anlan.kernel.orgs.models import Duty, Organisation, Person
from anlan.kernel.orgs.queries import has_duty


def open_committee(
    *, code: str, name: str, region: str, by: str, at: datetime, name_en: str = "", parent: Committee | None = None,
    office: Organisation | None = None, chair: Person | None = None, meets_days: int | None = None,
) -> Committee:  # fmt: skip
    """Put a committee into the register."""
    check_keeper(region, by=by, at=at)
    if not name.strip():
        raise Refused(rules.NO_NAME, field="name")
    with _Once(name), transaction.atomic():
        row = Committee.objects.create(
            code=code, name=name.strip()[:120], name_en=name_en, region_id=region, parent=parent, office=office,
            chair=chair, meets_days=meets_days, at=at, by=by,
        )  # fmt: skip
        _note(
            "workplan.committee_opened",
            ("workplan.committee", row.pk),
            region,
            {"name": row.name},
            by=by,
            at=at,
        )
    return row


class _Once:
    """A second row of the same key is a refusal that names it."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, fault: Any, trace: Any) -> None:
        if isinstance(fault, IntegrityError):
            raise Refused(rules.THERE, field="name", name=self.name) from fault


def add_member(
    *, committee: Committee, organisation: Organisation, by: str, at: datetime, role: str = "member", why: str = "",
    liaison_a: Person | None = None, liaison_b: Person | None = None,
) -> Member:  # fmt: skip
    """A unit becomes a member (及时调整成员单位)."""
    check_keeper(committee.region_id, by=by, at=at)
    rules.check_role(role, rules.MEMBER_ROLES)
    with _Once(str(organisation)), transaction.atomic():
        row = Member.objects.create(
            committee=committee, organisation=organisation, role=role, liaison_a=liaison_a, liaison_b=liaison_b,
            since=at, by=by, why=why[:200],
        )  # fmt: skip
        facts = {"unit": organisation.name, "committee": committee.name, "why": why}
        _note(
            "workplan.member_added",
            ("workplan.committee", committee.pk),
            committee.region_id,
            facts,
            by=by,
            at=at,
        )
    return row


def end_member(*, member: Member, why: str, by: str, at: datetime) -> Member:
    """A unit is a member no more; by which paper."""
    committee = member.committee
    check_keeper(committee.region_id, by=by, at=at)
    if not why.strip():
        raise Refused(rules.NO_WHY, field="why")
    with transaction.atomic():
        held = Member.objects.select_for_update(of=("self",)).filter(pk=member.pk, until=None).first()
        if held is None:
            raise Refused(rules.ENDED, name=str(member.organisation))
        held.until, held.why = at, why[:200]
        held.save(update_fields=["until", "why"])
        facts = {"unit": member.organisation.name, "committee": committee.name, "why": why}
        _note(
            "workplan.member_ended",
            ("workplan.committee", committee.pk),
            committee.region_id,
            facts,
            by=by,
            at=at,
        )
    return held


def name_liaisons(
    *, member: Member, liaison_a: Person | None, liaison_b: Person | None, by: str, at: datetime
) -> Member:
    """Name the liaisons A and B of a member unit; whoever names them has looked at them."""
    _check_of_unit(member, by=by, at=at)
    for person in (liaison_a, liaison_b):
        if person is not None and person.organisation_id != member.organisation_id:
            raise Refused(rules.NOT_OF_UNIT, field="liaison", name=person.name, unit=str(member.organisation))
    if liaison_a is not None and liaison_a == liaison_b:
        raise Refused(rules.SAME_PERSON, field="liaison_b")
    with transaction.atomic():
        member.liaison_a, member.liaison_b = liaison_a, liaison_b
        member.save(update_fields=["liaison_a", "liaison_b"])
        Checked.objects.create(member=member, at=at, by=by)
        names = {"a": str(liaison_a.pk) if liaison_a else "", "b": str(liaison_b.pk) if liaison_b else ""}
        facts = {"unit": member.organisation.name, **names}
        _note(
            "workplan.liaisons_named", ("workplan.committee", member.committee_id), member.committee.region_id, facts,
            by=by, at=at,
        )  # fmt: skip
    return member


def _check_of_unit(member: Member, *, by: str, at: datetime) -> None:
    """The office, or somebody of the unit itself."""
    author = person_id(by)
    if author is None or Person.objects.filter(pk=author, organisation=member.organisation_id).exists():
        return
    try:
        check_keeper(member.committee.region_id, by=by, at=at)
    except Refused:
        raise Refused(rules.NOT_YOURS) from None


def verify_members(*, members: Sequence[Member], by: str, at: datetime) -> int:
    """核对: the liaisons are still right. One act, a row each."""
    for member in members:
        _check_of_unit(member, by=by, at=at)
    return _verified([Checked(member=member, at=at, by=by) for member in members], by=by, at=at)


def verify_duties(*, duties: Sequence[Duty], by: str, at: datetime) -> int:
    """核对: the holders are still right. By the holder, or by who keeps the plan or runs the street above it."""
    author = person_id(by)
    for duty in duties:
        if author is not None and duty.person_id != author and not _above(author, duty, at):
            raise Refused(rules.NOT_YOURS)
    return _verified([Checked(duty=duty, at=at, by=by) for duty in duties], by=by, at=at)


VERIFIERS = ("work_plan_office", "bureau_chief", "flood_office_head", "street_deputy", "flood_clerk")


def _above(author: UUID, duty: Duty, at: datetime) -> bool:
    return has_duty(person_id=author, kinds=VERIFIERS, region=duty.region_id, at=at)


def _verified(rows: list[Checked], *, by: str, at: datetime) -> int:
    with transaction.atomic():
        Checked.objects.bulk_create(rows)
        if rows:
            record(
                code="workplan.verified", subject=("workplan.checked", rows[0].pk),
                facts={"rows": len(rows), "ids": [str(row.duty_id or row.member_id) for row in rows[:500]]},
                by=by, at=at,
            )  # fmt: skip
    return len(rows)


# ---- who is responsible for what ----------------
def open_matter(
    *, code: str, name: str, group: str, region: str, by: str, at: datetime, kind: str = "sector", measure: str = "",
    name_en: str = "", place: int = 0,
) -> Matter:  # fmt: skip
    """Put a matter into the matrix."""
    check_keeper(region, by=by, at=at)
    rules.check_role(kind, rules.KINDS)
    if not name.strip():
        raise Refused(rules.NO_NAME, field="name")
    with _Once(name), transaction.atomic():
        row = Matter.objects.create(
            code=code, name=name.strip()[:200], name_en=name_en, group=group[:80], kind=kind, measure=measure,
            place=place, region_id=region,
        )  # fmt: skip
        _note("workplan.matter_opened", ("workplan.matter", row.pk), region, {"name": row.name}, by=by, at=at)
    return row


def give_share(
    *, matter: Matter, organisation: Organisation, role: str, by: str, at: datetime, source: str = ""
) -> Share:
    """Say what a unit has to do with a matter, and by which paper."""
    check_keeper(matter.region_id, by=by, at=at)
    rules.check_role(role, rules.ROLES)
    with _Once(str(organisation)), transaction.atomic():
        row = Share.objects.create(
            matter=matter, organisation=organisation, role=role, source=source[:200], since=at, by=by
        )
        facts = {"unit": organisation.name, "role": role, "source": source}
        _note("workplan.share_given", ("workplan.matter", matter.pk), matter.region_id, facts, by=by, at=at)
    return row


def end_share(*, share: Share, why: str, by: str, at: datetime) -> Share:
    """A unit has a matter no more; by which paper."""
    check_keeper(share.matter.region_id, by=by, at=at)
    if not why.strip():
        raise Refused(rules.NO_WHY, field="why")
    with transaction.atomic():
        if not Share.objects.filter(pk=share.pk, until=None).update(until=at):
            raise Refused(rules.ENDED, name=str(share.organisation))
        facts = {"unit": share.organisation.name, "role": share.role, "why": why}
        _note(
            "workplan.share_ended",
            ("workplan.matter", share.matter_id),
            share.matter.region_id,
            facts,
            by=by,
            at=at,
        )
    share.until = at
    return share


# ---- leaders' lists and what they did ----------------
def add_line(
    *, person: Person, text: str, number: int, by: str, at: datetime, year: int | None = None, times: int = 1,
    counts: str = "", source: str = "",
) -> DutyLine:  # fmt: skip
    """A line of a leader's list: 职责清单 without a year, 工作清单 with one."""
    check_keeper(person.organisation.region_id, by=by, at=at)
    if not text.strip():
        raise Refused(rules.NO_NAME, field="text")
    if not 1 <= times <= 366:
        raise Refused(rules.BAD_TIMES, field="times")
    if counts:
        rules.check_role(counts, rules.COUNTED)
    with _Once(f"{number}"), transaction.atomic():
        row = DutyLine.objects.create(
            person=person, year=year, number=number, text=text.strip()[:500], times=times, counts=counts,
            source=source[:200], since=at, by=by,
        )  # fmt: skip
        facts = {"line": row.text, "year": year or 0}
        _note(
            "workplan.line_added",
            ("orgs.person", person.pk),
            person.organisation.region_id,
            facts,
            by=by,
            at=at,
        )
    return row


def end_line(*, line: DutyLine, why: str, by: str, at: datetime) -> None:
    """Take a line off a list; what was done for it stays."""
    region = line.person.organisation.region_id
    check_keeper(region, by=by, at=at)
    if not why.strip():
        raise Refused(rules.NO_WHY, field="why")
    with transaction.atomic():
        if not DutyLine.objects.filter(pk=line.pk, until=None).update(until=at):
            raise Refused(rules.ENDED, name=line.text)
        _note(
            "workplan.line_ended",
            ("orgs.person", line.person_id),
            region,
            {"line": line.text, "why": why},
            by=by,
            at=at,
        )


def write_done(
    *, person: Person, text: str, by: str, at: datetime, happened_at: datetime | None = None,
    line: DutyLine | None = None, file: Attachment | None = None,
) -> Done:  # fmt: skip
    """What a leader did, with its proof: written by the leader, or for the leader by the office."""
    region = person.organisation.region_id
    if by != person.by:
        check_keeper(region, by=by, at=at)
    if not text.strip():
        raise Refused(rules.NO_LINE, field="text")
    if line is not None and line.person_id != person.pk:
        line = None
    with transaction.atomic():
        row = Done.objects.create(
            person=person, line=line, text=text.strip()[:500], file=file, happened_at=min(happened_at or at, at),
            recorded_at=at, by=by,
        )  # fmt: skip
        record(
            code="workplan.done_written", subject=("orgs.person", person.pk),
            facts={"text": row.text, "line": str(line.pk) if line else ""}, by=by, at=at, happened_at=row.happened_at,
            region=region,
        )  # fmt: skip
    return row


def _note(
    code: str, subject: tuple[str, UUID], region: str, facts: dict[str, Any], *, by: str, at: datetime
) -> None:
    record(code=code, subject=subject, facts=facts, by=by, at=at, region=region)


def known_units(names: Iterable[str], region: str) -> dict[str, Organisation]:
    """Name or short name → unit, of those that a printed list names; for imports."""
    wanted = set(names)
    rows = Organisation.objects.filter(active=True, region__code__startswith=region[:6]).exclude(
        kind="enterprise"
    )
    found: dict[str, Organisation] = {}
    for row in rows:
        for name in (row.name, row.short_name):
            if name in wanted:
                found.setdefault(name, row)
    return found

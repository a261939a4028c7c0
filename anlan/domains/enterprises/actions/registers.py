"""Writes of the registers: a line is entered, corrected by a later one, ended with the reason; or read from a sheet."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.domains.enterprises.actions.common import KEEPERS, NOT_YOURS, is_own, note, renew
from anlan.domains.enterprises.actions.hazards import with_tag
from anlan.domains.enterprises.models import Enterprise, HazardUnit, Line
from anlan.domains.enterprises.rules import registers
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.models import Attachment
from anlan.kernel.core.words import N_
from anlan.kernel.core.workdays import local_day
from anlan.kernel.loop.rights import person_id
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import has_duty
from anlan.kernel.sheets.spec import Taken

NO_WHY = reason("enterprises.line_no_why", N_("Say why the line ends."))
OVER = reason(
    "enterprises.line_over", N_("This line holds no longer: a later one took its place, or it was ended.")
)
NO_FIRM = reason(
    "enterprises.line_no_firm", N_("No firm of the archive has this credit code, or it is not yours.")
)
SHARERS = (
    "liaison_a",
    "liaison_b",
    "unit_head",
    "member_unit",
)  # other departments, in registers that are shared


def write_line(
    *, firm: Enterprise, register: str, number: str, facts: Mapping[str, Any], by: str, at: datetime,
    since: date | None = None, until: date | None = None, unit: HazardUnit | None = None,
    file: Attachment | None = None,
) -> tuple[Line, bool]:  # fmt: skip
    """Enter a line, or correct the one of this number. Returns the line that holds, and whether anything changed.

    Raises `Refused`: enterprises.not_yours, register_lacks, register_choice, register_number, register_term.
    """
    known = registers.register_of(register)
    office = _check_author(firm, known, by=by, at=at)
    key = number.strip()[:80]
    if not key:
        raise Refused(registers.NO_KEY, field="number")
    if known.by_unit and (unit is None or unit.enterprise_id != firm.pk):
        raise Refused(registers.NO_UNIT, field="unit")
    kept, first = registers.checked(known, facts), since or local_day(at)
    registers.check_term(first, until)
    with transaction.atomic():
        rows = Line.objects.select_for_update(of=("self",))
        last = rows.filter(enterprise=firm, register=register, number=key, unit=unit, current=True).first()
        if last is not None and (last.facts, last.until, file) == (kept, until, None):
            return last, False
        if last is not None:
            Line.objects.filter(pk=last.pk).update(current=False)
        row = Line.objects.create(
            enterprise=firm, register=register, number=key, unit=unit, facts=kept, since=first, until=until,
            file=file or (last.file if last else None), office_id=office, follows=last, by=by, at=at,
        )  # fmt: skip
        _told(firm, known, row, last, by=by, at=at)
    return row, True


def _told(
    firm: Enterprise, known: registers.Register, row: Line, last: Line | None, *, by: str, at: datetime
) -> None:
    if known.tag and last is None:
        with_tag(firm, known.tag, by=by, at=at)
        renew([firm.pk], by=by, at=at)
    said = {"register": known.code, "number": row.number, "facts": row.facts, "until": str(row.until or "")}
    note(firm, "line_changed" if last else "line_written", said, by=by, at=at)


def end_line(*, line: Line, why: str, by: str, at: datetime) -> Line:
    """A line holds no longer: it stays, with the day and the reason."""
    if not why.strip():
        raise Refused(NO_WHY, field="why")
    firm = line.enterprise
    _check_author(firm, registers.register_of(line.register), by=by, at=at)
    with transaction.atomic():
        row = Line.objects.select_for_update(of=("self",)).get(pk=line.pk)
        if not row.current:
            raise Refused(OVER)
        row.current, row.ended_on, row.ended_why = False, local_day(at), why.strip()[:300]
        row.save(update_fields=["current", "ended_on", "ended_why"])
        said = {"register": row.register, "number": row.number, "why": row.ended_why}
        note(firm, "line_ended", said, by=by, at=at)
    return row


def _check_author(firm: Enterprise, known: registers.Register, *, by: str, at: datetime) -> UUID | None:
    """Who may write: the firm's own people, those who keep archives there, other departments where it is shared."""
    key = person_id(by)
    if key is None:
        return None
    person = Person.objects.only("pk", "organisation_id").get(pk=key)
    kinds = (*KEEPERS, *SHARERS) if known.shared else KEEPERS
    if is_own(firm, key) or has_duty(person_id=key, kinds=kinds, region=firm.organisation.region_id, at=at):
        return person.organisation_id
    raise Refused(NOT_YOURS, firm=firm.organisation.name)


# ---- spreadsheets ----------------
def taker(register: str) -> Callable[..., Taken]:
    """The `take` of a register's sheet: one chunk, each row by the act itself."""

    def take(rows: Sequence[Mapping[str, Any]], *, by: str, at: datetime, act: UUID, dry: bool) -> Taken:
        del act
        return _take(registers.register_of(register), rows, by=by, at=at, dry=dry)

    return take


def _take(
    known: registers.Register, rows: Sequence[Mapping[str, Any]], *, by: str, at: datetime, dry: bool
) -> Taken:
    codes = {str(row["uscc"]) for row in rows}
    firms = {
        firm.organisation.uscc: firm
        for firm in Enterprise.objects.filter(organisation__uscc__in=codes).select_related("organisation")
    }
    ids: list[UUID | str] = []
    same, refused = 0, {}
    for place, row in enumerate(rows):
        try:
            firm = firms.get(str(row["uscc"]))
            if firm is None:
                raise Refused(NO_FIRM, field="uscc")
            written = _row(known, firm, row, by=by, at=at, dry=dry)
            if written is not None:
                ids.append(written)
            else:
                same += 0 if dry else 1
        except Refused as refusal:
            refused[place] = (refusal.field or "", str(refusal))
    return Taken(ids=ids, same=same, refused=refused)


def _row(
    known: registers.Register, firm: Enterprise, row: Mapping[str, Any], *, by: str, at: datetime, dry: bool
) -> UUID | None:
    unit = _unit(firm, str(row.get("unit") or "")) if known.by_unit else None
    if dry:
        _check_author(firm, known, by=by, at=at)
        registers.checked(known, row)
        registers.check_term(row.get("since") or local_day(at), row.get("until"))
        return None
    line, fresh = write_line(
        firm=firm, register=known.code, number=str(row.get("number") or ""), facts=row, since=row.get("since"),
        until=row.get("until"), unit=unit, by=by, at=at,
    )  # fmt: skip
    return line.pk if fresh else None


def _unit(firm: Enterprise, name: str) -> HazardUnit:
    found = HazardUnit.objects.filter(enterprise=firm, name=name.strip(), active=True).first()
    if found is None:
        raise Refused(registers.NO_UNIT, field="unit")
    return found

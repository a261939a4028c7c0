"""Rows of a spreadsheet become posts, holders, signatures and assessments of the ledger of responsibilities."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from anlan.domains.enterprises.actions import duties
from anlan.domains.enterprises.actions.common import check_keeper
from anlan.domains.enterprises.actions.registers import NO_FIRM
from anlan.domains.enterprises.models import DutyHolder, DutyPost, Enterprise
from anlan.domains.enterprises.queries.duties import asked_of
from anlan.domains.enterprises.rules import duties as rules
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.core.workdays import local_day
from anlan.kernel.sheets.spec import Taken

NO_PERSON = reason("enterprises.duty_row_person", N_("A signature or an assessment needs the person's name."))


def take(rows: Sequence[Mapping[str, Any]], *, by: str, at: datetime, act: UUID, dry: bool) -> Taken:
    """One chunk, each row by the acts themselves. A post of the list is known by its name and brings its duties."""
    del act
    codes = {str(row["uscc"]) for row in rows}
    known = {
        firm.organisation.uscc: firm
        for firm in Enterprise.objects.filter(organisation__uscc__in=codes).select_related("organisation")
    }
    ids: list[UUID | str] = []
    same, refused = 0, {}
    for place, row in enumerate(rows):
        try:
            firm = known.get(str(row["uscc"]))
            if firm is None:
                raise Refused(NO_FIRM, field="uscc")
            check_keeper(firm, by=by, at=at)
            _check(row, at)
            written = None if dry else _write(firm, row, by=by, at=at)
            if written is not None:
                ids.append(written)
            elif not dry:
                same += 1
        except Refused as refusal:
            refused[place] = (refusal.field or "", str(refusal))
    return Taken(ids=ids, same=same, refused=refused)


def _check(row: Mapping[str, Any], at: datetime) -> None:
    if not str(row.get("person") or "").strip() and (row.get("signed_on") or row.get("year")):
        raise Refused(NO_PERSON, field="person")
    today = local_day(at)
    for name in ("since", "signed_on"):
        if row.get(name) and row[name] > today:
            raise Refused(rules.BAD_DAY, field=name)
    if row.get("year"):
        rules.check_review(
            year=row["year"],
            result=str(row.get("result") or ""),
            held_on=today,
            hours=row.get("hours"),
            today=today,
        )


def _write(firm: Enterprise, row: Mapping[str, Any], *, by: str, at: datetime) -> UUID | None:
    """The id of the holder or post that the row wrote; None where everything stood there already."""
    before = _known(firm, row)
    post = before[0] or _post(firm, row, by=by, at=at)
    name = str(row.get("person") or "").strip()
    if not name:
        return None if before[0] else post.pk
    signed = row.get("signed_on")
    holder = before[1]
    fresh = holder is None or bool(signed and holder.signed_on != signed)
    if fresh:
        holder = duties.hold(post=post, name=name, since=row.get("since"), signed_on=signed, by=by, at=at)
    assert holder is not None
    if row.get("year") and not _said(holder, row):
        duties.review(
            row=holder, year=row["year"], result=str(row["result"]), hours=row.get("hours") or 0, by=by, at=at
        )
        fresh = True
    return holder.pk if fresh else None


def _known(firm: Enterprise, row: Mapping[str, Any]) -> tuple[DutyPost | None, DutyHolder | None]:
    name, person = str(row["post"]).strip(), str(row.get("person") or "").strip()
    post = DutyPost.objects.select_related("enterprise__organisation").filter(
        enterprise=firm, name=name, ended_on=None
    ).first()  # fmt: skip
    holders = DutyHolder.objects.select_related("post__enterprise__organisation", "person")
    return post, holders.filter(
        post=post, person__name=person, until=None
    ).first() if post and person else None


def _post(firm: Enterprise, row: Mapping[str, Any], *, by: str, at: datetime) -> DutyPost:
    name = str(row["post"]).strip()
    listed = next((each for each in asked_of(firm, at=at) if each.name == name), None)
    text = str(row.get("duties") or "") or ("\n".join(listed.duties) if listed else "")
    return duties.set_post(
        firm=firm, name=name, duties=text, criteria=str(row.get("criteria") or (listed.criteria if listed else "")),
        listed=listed, by=by, at=at,
    )  # fmt: skip


def _said(holder: DutyHolder, row: Mapping[str, Any]) -> bool:
    rows = holder.reviews.filter(year=int(row["year"]), result=row["result"], current=True)
    return rows.filter(hours=row.get("hours") or 0).exists()

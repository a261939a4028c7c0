"""Writes of the ledger of responsibilities: posts of the list or of the firm's own, holders, signatures, reviews."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.domains.enterprises.actions.common import check_keeper, note, say
from anlan.domains.enterprises.actions.staffing import person_in
from anlan.domains.enterprises.models import DutyHolder, DutyLedger, DutyPost, DutyReview, Enterprise
from anlan.domains.enterprises.queries import duties as known
from anlan.domains.enterprises.rules import duties as rules
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.models import Attachment
from anlan.kernel.core.words import N_
from anlan.kernel.core.workdays import local_day

BY = "service:enterprises"
TURN = 200
NO_WHY = reason("enterprises.duty_no_why", N_("Say why the post is taken out."))
OVER = reason("enterprises.duty_over", N_("This was ended already. Load the page anew."))
THERE = reason("enterprises.duty_there", N_("The ledger has a post {name} already."))
OWN = reason("enterprises.duty_own", N_("Nobody assesses themself: let somebody else of the firm enter it."))
NOT_SIGNED = reason(
    "enterprises.duty_sign_first", N_("A signature has a day on or after {since}, and not in the future.")
)


def take_list(*, firm: Enterprise, by: str, at: datetime) -> int:
    """Put the posts that the region's list asks of this kind of firm into its ledger; those that are there stay."""
    check_keeper(firm, by=by, at=at)
    there = DutyPost.objects.filter(enterprise=firm, ended_on=None)
    codes, names = set(there.values_list("code", flat=True)), set(there.values_list("name", flat=True))
    fresh = [
        each for each in known.asked_of(firm, at=at) if each.code not in codes and each.name not in names
    ]
    with transaction.atomic():
        DutyPost.objects.bulk_create(
            DutyPost(
                enterprise=firm, code=each.code, name=each.name, place=each.place, duties=list(each.duties),
                criteria=each.criteria, law=each.source, by=by, at=at,
            )
            for each in fresh
        )  # fmt: skip
        note(firm, "duty_posts_taken", {"posts": [each.code for each in fresh]}, by=by, at=at)
        renew_ledger(firm, by=by, at=at)
    return len(fresh)


def set_post(
    *, firm: Enterprise, name: str, duties: str, by: str, at: datetime, criteria: str = "",
    post: DutyPost | None = None, listed: rules.Asked | None = None,
) -> DutyPost:  # fmt: skip
    """Add a post of the firm's own (or one of the list by name), or write anew what one answers for.

    Whoever holds a post whose duties changed signs anew.
    """
    check_keeper(firm, by=by, at=at)
    plain, lines = name.strip()[:80], rules.lines_of(duties)
    if not plain:
        raise Refused(rules.NO_POST, field="name")
    others = DutyPost.objects.filter(enterprise=firm, name=plain, ended_on=None)
    if (others.exclude(pk=post.pk) if post else others).exists():
        raise Refused(THERE, field="name", name=plain)
    with transaction.atomic():
        row = post or _blank(firm, listed)
        changed = bool(post) and list(row.duties) != lines
        row.name, row.duties, row.criteria, row.by, row.at = plain, lines, criteria.strip(), by, at
        row.save()
        if changed:
            DutyHolder.objects.filter(post=row, until=None).update(signed_on=None, signed_by="", paper=None)
        note(firm, "duty_post_set", {"post": str(row.pk), "name": plain, "duties": lines}, by=by, at=at)
        renew_ledger(firm, by=by, at=at)
    return row


def _blank(firm: Enterprise, listed: rules.Asked | None) -> DutyPost:
    if listed is None:
        return DutyPost(enterprise=firm)
    return DutyPost(enterprise=firm, code=listed.code, place=listed.place, law=listed.source)


def end_post(*, post: DutyPost, why: str, by: str, at: datetime) -> None:
    """The firm has this post no more; who held it holds it no more."""
    firm = post.enterprise
    check_keeper(firm, by=by, at=at)
    if not why.strip():
        raise Refused(NO_WHY, field="why")
    day = local_day(at)
    with transaction.atomic():
        gone = DutyPost.objects.filter(pk=post.pk, ended_on=None)
        if gone.update(ended_on=day, ended_why=why.strip()[:300]) != 1:
            raise Refused(OVER)
        for row in DutyHolder.objects.filter(post=post, until=None):
            _end(row, day)
        note(
            firm,
            "duty_post_ended",
            {"post": str(post.pk), "name": post.name, "why": why.strip()},
            by=by,
            at=at,
        )
        renew_ledger(firm, by=by, at=at)


def hold(
    *, post: DutyPost, name: str, by: str, at: datetime, since: date | None = None, signed_on: date | None = None,
) -> DutyHolder:  # fmt: skip
    """Put somebody on a post; with the day of a paper that they signed."""
    firm = post.enterprise
    check_keeper(firm, by=by, at=at)
    with transaction.atomic():
        person = person_in(firm, name.strip(), "", post.name)
        row, fresh = DutyHolder.objects.get_or_create(
            post=post, person=person, until=None, defaults={"since": since or local_day(at)}
        )
        if fresh:
            note(firm, "duty_held", {"post": str(post.pk), "person": str(person.pk)}, by=by, at=at)
        if signed_on is not None:
            _sign(row, signed_on, by=by, at=at)
        renew_ledger(firm, by=by, at=at)
    return row


def end_holder(*, row: DutyHolder, by: str, at: datetime) -> None:
    """Somebody no longer holds a post."""
    firm = row.post.enterprise
    check_keeper(firm, by=by, at=at)
    with transaction.atomic():
        if row.until is not None:
            raise Refused(OVER)
        _end(row, local_day(at))
        note(firm, "duty_left", {"post": str(row.post_id), "person": str(row.person_id)}, by=by, at=at)
        renew_ledger(firm, by=by, at=at)


def _end(row: DutyHolder, day: date) -> None:
    row.until = max(day, row.since)
    row.save(update_fields=["until"])


def sign(
    *, row: DutyHolder, by: str, at: datetime, on: date | None = None, paper: Attachment | None = None
) -> DutyHolder:
    """The holder signs what the post answers for: with their own hand on their own page, or a paper that is entered."""
    firm = row.post.enterprise
    check_keeper(firm, by=by, at=at)
    with transaction.atomic():
        _sign(row, on or local_day(at), by=by, at=at, paper=paper)
        renew_ledger(firm, by=by, at=at)
    return row


def _sign(row: DutyHolder, on: date, *, by: str, at: datetime, paper: Attachment | None = None) -> None:
    if on > local_day(at):
        raise Refused(NOT_SIGNED, field="signed_on", since=row.since.isoformat())
    row.signed_on, row.signed_by, row.paper = on, by, paper or row.paper
    row.save(update_fields=["signed_on", "signed_by", "paper"])
    facts = {"post": str(row.post_id), "person": str(row.person_id), "on": on.isoformat()}
    note(row.post.enterprise, "duty_signed", facts, by=by, at=at)


def review(
    *, row: DutyHolder, year: Any, result: str, by: str, at: datetime, held_on: date | None = None, hours: Any = 0,
    words: str = "",
) -> DutyReview:  # fmt: skip
    """The assessment of a holder for a year; a later one takes the place of the one before, which stays."""
    firm = row.post.enterprise
    check_keeper(firm, by=by, at=at)
    if by == row.person.by:
        raise Refused(OWN)
    day = held_on or local_day(at)
    number, spent = rules.check_review(
        year=year, result=result, held_on=day, hours=hours, today=local_day(at)
    )
    with transaction.atomic():
        DutyReview.objects.filter(holder=row, year=number, current=True).update(current=False)
        made = DutyReview.objects.create(
            holder=row,
            year=number,
            result=result,
            held_on=day,
            hours=spent,
            note=words.strip()[:300],
            by=by,
            at=at,
        )
        facts = {"holder": str(row.pk), "year": number, "result": result, "hours": str(spent)}
        note(firm, "duty_reviewed", facts, by=by, at=at)
        renew_ledger(firm, by=by, at=at)
    return made


# ---- the ledger in one look ----------------
def renew_ledger(firm: Enterprise, *, by: str, at: datetime) -> DutyLedger:
    """Look at a ledger anew; a share complete that changed becomes a row of history, which the number counts."""
    state = known.state_of(firm, at=at)
    before = DutyLedger.objects.filter(pk=firm.pk).first()
    gaps = [asdict(gap) for gap in state.gaps]
    row, _ = DutyLedger.objects.update_or_create(
        enterprise=firm,
        defaults={
            "rate": state.rate, "posts": state.posts, "gaps": gaps, "year": local_day(at).year, "updated_at": at,
        },
    )  # fmt: skip
    if before is None or before.rate != state.rate:
        say(firm.pk, "duties", str(state.rate), facts={"posts": state.posts, "gaps": len(gaps)}, by=by, at=at)
    return row


def renew_ledgers(*, region: str, at: datetime, by: str = BY, limit: int = TURN) -> int:
    """A turn of the daily round: ledgers that were last looked at in an earlier year, when assessments fell due."""
    del region  # the archive holds one bureau's firms
    rows = DutyLedger.objects.filter(year__lt=local_day(at).year).select_related("enterprise__organisation")
    return _renewed(rows.order_by("pk")[:limit], by=by, at=at)


def _renewed(rows: Iterable[DutyLedger], *, by: str, at: datetime) -> int:
    done = 0
    for row in rows:
        with transaction.atomic():
            renew_ledger(row.enterprise, by=by, at=at)
        done += 1
    return done


def holder_of(firm: Enterprise, key: UUID | str) -> DutyHolder | None:
    """A holder of this firm that holds now; another firm's is not there."""
    rows = DutyHolder.objects.filter(post__enterprise=firm, until=None)
    return rows.select_related("post__enterprise__organisation", "person").filter(pk=key).first()

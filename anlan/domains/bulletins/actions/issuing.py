"""Signed, handed in, approved by somebody else, numbered, archived."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from anlan.domains.bulletins.actions.drafting import BY, check_duty
from anlan.domains.bulletins.actions.paper import document
from anlan.domains.bulletins.models import Report, Share
from anlan.domains.bulletins.queries.reports import findings_of, shares_of, template_of
from anlan.domains.bulletins.rules import deciding, writing
from anlan.kernel.core.errors import Refused
from anlan.kernel.indicators.checking import SCOPE, WRONG, Finding
from anlan.kernel.loop.actions import move
from anlan.kernel.loop.evidence import Given
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.loop.rights import person_id
from anlan.kernel.orgs.queries import duty_names, has_duty
from anlan.kernel.papers import actions as papers
from anlan.kernel.papers.spec import Office

TO_WATCH = "watch_chief"


def _report(item: WorkItem) -> Report:
    return Report.objects.select_related("item", "office").get(pk=item.pk)


def hand_in(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """Hand the text in: nothing contradicts itself, and every office has signed its part."""
    return _hand_in(item, "hand_in", by=by, at=at, **rest)


def hand_to_watch(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """The same for the papers of the watch, which the watch chief approves."""
    return _hand_in(item, "hand_to_watch", by=by, at=at, **rest)


def _hand_in(item: WorkItem, name: str, *, by: str, at: datetime, **rest: Any) -> Step:
    report = _report(item)
    wanted = way_of(report)
    if name != wanted:
        raise Refused(deciding.OTHER_WAY, move=wanted)
    with transaction.atomic():
        _check_findings(findings_of(report))
        _sign_own(report, by=by, at=at)
        open_ = [share.owner for share in shares_of(report) if share.item.state == "asked"]
        if open_:
            raise Refused(deciding.UNSIGNED, who="、".join(duty_names(open_)))
        return move(item=item, name=name, by=by, at=at, **rest)


def way_of(report: Report) -> str:
    """The step by which a report is handed in."""
    return "hand_to_watch" if template_of(report).approvers[0] == TO_WATCH else "hand_in"


def _check_findings(found: list[Finding]) -> None:
    for verdict, code in ((WRONG, deciding.WRONG), (SCOPE, deciding.SCOPE)):
        one = next((each for each in found if each.verdict == verdict), None)
        if one is not None:
            raise Refused(code, words=said(one))


def said(finding: Finding) -> str:
    """A finding in words of the reader's language."""
    return gettext(finding.words).format_map(finding.told)


def _sign_own(report: Report, *, by: str, at: datetime) -> None:
    """Whoever hands in signs the parts of their own office with it."""
    person = person_id(by)
    for share in Share.objects.filter(report=report, item__state="asked").select_related("item"):
        region = report.item.region_id
        if person is not None and has_duty(person_id=person, kinds=[share.owner], region=region, at=at):
            move(item=share.item, name="sign", by=by, at=at)


def approve(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """Approve what somebody else wrote; whoever the template names."""
    kind = template_of(_report(item))
    check_duty(kind, kind.approvers, deciding.NOT_APPROVER, region=item.region_id, by=by, at=at)
    return move(item=item, name="approve", by=by, at=at, **rest)


def issue(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """Take the next number of the series, write the document, keep it."""
    report = _report(item)
    kind = template_of(report)
    if kind.numbering != "ours":
        raise Refused(deciding.IN_OA)
    report.issued_on = timezone.localdate(at)
    office = Office(str(report.office.pk), report.office.name, item.region.name)
    names = writing.names_of(
        report.first, report.last, district=item.region.name, office=report.office.name, **report.given
    )
    names.pop("year")  # the number carries the year in which it is given, not the one that is told about
    with transaction.atomic():
        step = move(item=item, name="issue", by=by, at=at, **rest)
        paper = papers.issue(
            kind=f"bulletins.{kind.code}", office=office, subject=("loop.item", item.pk), values=names, by=by, at=at,
            region=item.region_id, exercise_id=item.exercise_id, title=report.title,
            writer=lambda number, title, day: document(report, title=title, number=number, at=day),
        )  # fmt: skip
        report.number, report.paper = paper.number, paper
        report.save(update_fields=["number", "paper", "issued_on"])
    return step


def enter_number(
    *, item: WorkItem, number: str, by: str, at: datetime, evidence: tuple[Given, ...] | list[Given] = (),
    happened_at: datetime | None = None, **rest: Any,
) -> Step:  # fmt: skip
    """A red-head document: the number and the stamped scan come back from the office system."""
    report = _report(item)
    if template_of(report).numbering != "oa":
        raise Refused(deciding.OURS)
    rest.pop("file", None)
    with transaction.atomic():
        step = move(
            item=item,
            name="enter_number",
            by=by,
            at=at,
            evidence=evidence,
            happened_at=happened_at,
            number=number,
            **rest,
        )
        report.number, report.issued_on = number.strip()[:100], timezone.localdate(happened_at or at)
        report.scan = next((piece.file for piece in evidence if piece.file is not None), None)
        report.save(update_fields=["number", "issued_on", "scan"])
    return step


def give_up(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """Give a report up; nobody needs to sign its parts any more."""
    with transaction.atomic():
        step = move(item=item, name="give_up", by=by, at=at, **rest)
        for share in Share.objects.filter(report_id=item.pk, item__state="asked").select_related("item"):
            move(item=share.item, name="drop", by=BY, at=at)
    return step

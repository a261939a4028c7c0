"""A report is written: every number read from its source, every paragraph with its owner, all in one act."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from anlan.domains.bulletins.actions.text import Part, Text, region_name
from anlan.domains.bulletins.models import Contradiction, Number, Paragraph, Report, Share
from anlan.domains.bulletins.queries.gathering import ZONE, Gathering
from anlan.domains.bulletins.queries.reports import findings_of, previous_of
from anlan.domains.bulletins.rules import deciding, writing
from anlan.domains.bulletins.rules.templates import ReportTemplate, templates
from anlan.domains.bulletins.rules.writing import Value
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.worlds import in_world
from anlan.kernel.indicators.memory import together
from anlan.kernel.indicators.spans import Span
from anlan.kernel.ledger.actions import record
from anlan.kernel.loop.actions import Opening, open_item, open_items
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.loop.rights import person_id
from anlan.kernel.orgs.models import Organisation, Person
from anlan.kernel.orgs.queries import duty_names, has_duty
from anlan.kernel.places.models import Region

BY = "service:bulletins"
DUE = time(18)
BY_HAND = "起草时由人填写"


def kind_of(code: str) -> ReportTemplate:
    """The template, or a refusal that names what was asked for."""
    try:
        return templates()[code]
    except KeyError:
        raise Refused(deciding.UNKNOWN, field="template", kind=code) from None


def check_duty(
    template: ReportTemplate, kinds: tuple[str, ...], code: str, *, region: str, by: str, at: datetime
) -> None:
    """An author holds one of the kinds of duty over the region; a program acts for whoever started it."""
    person = person_id(by)
    if person is not None and not has_duty(person_id=person, kinds=kinds, region=region, at=at):
        raise Refused(code, label=template.label, who="、".join(duty_names(kinds)))


@dataclass(frozen=True, slots=True)
class Wanted:
    """A report that may be written: what it is about, what a person said for it, its title and to whom it goes."""

    kind: ReportTemplate
    region: str
    span: Span
    told: Mapping[str, str]
    office: Organisation
    title: str
    to: str
    exercise_id: UUID | None

    def refuse_second(self) -> None:
        """One that is being written already is gone on with."""
        running = Report.objects.filter(
            in_world(self.exercise_id, path="item__exercise_id"), template=self.kind.code, given=dict(self.told),
            item__region_id=self.region, first=self.span.first, last=self.span.last,
            item__state__in=("drafted", "handed_in", "approved"),
        )  # fmt: skip
        if running.exists():
            raise Refused(deciding.THERE, title=self.title)


def wanted(
    *, template: str, region: str, day: date, by: str, at: datetime, first: date | None = None,
    given: Mapping[str, str] | None = None, exercise_id: UUID | None = None, campaign: tuple[UUID, str] | None = None,
) -> Wanted:  # fmt: skip
    """Whether a report may be written about the time in which `day` lies; nothing is read for it yet."""
    kind = kind_of(template)
    check_duty(kind, kind.writers, deciding.NOT_WRITER, region=region, by=by, at=at)
    span = deciding.span_for(kind.span, day=day, first=first, cut=kind.cut)
    if span.first > timezone.localdate(at):
        raise Refused(deciding.FUTURE, field="day", first=f"{span.first:%F}")
    told = deciding.check_given(kind.asks, dict(given or {})) | deciding.check_campaign(kind.by, campaign)
    office = _office(region, by)
    found = Wanted(kind, region, span, told, office, *_titles(kind, span, region, office, told), exercise_id)
    found.refuse_second()
    return found


def draft(
    *, template: str, region: str, day: date, by: str, at: datetime, first: date | None = None,
    given: Mapping[str, str] | None = None, as_of: datetime | None = None, exercise_id: UUID | None = None,
    campaign: tuple[UUID, str] | None = None, tell: Callable[[], None] = lambda: None,
) -> WorkItem:  # fmt: skip
    """Write a report about the time in which `day` lies, from what was known at `as_of` (now where it is not given).

    `campaign`: key and name of the one that a bulletin is about; its rows alone are counted. `tell` hears of each step.
    """
    asked = wanted(template=template, region=region, day=day, by=by, at=at, first=first, given=given,
                   exercise_id=exercise_id, campaign=campaign)  # fmt: skip
    pk, name = campaign or (None, "")
    known = Gathering(region, asked.span, as_of or at, exercise_id, pk, name, tell=tell)
    with together():
        text = Text(asked.kind, known, asked.told, asked.office).written()
    with transaction.atomic():
        # Whoever pressed twice, or at the same moment as somebody else, waits here and is told.
        Region.objects.select_for_update(no_key=True).get(pk=region)
        asked.refuse_second()
        return _stored(asked, known, text, by=by, at=at)


def _stored(asked: Wanted, known: Gathering, text: Sequence[Part], *, by: str, at: datetime) -> WorkItem:
    kind, span = asked.kind, asked.span
    report = Report(
        template=kind.code, title=asked.title, to=asked.to, span=span.kind, first=span.first, last=span.last,
        as_of=known.as_of, given=asked.told, office=asked.office, due_at=_due(kind, span, at), campaign=known.campaign,
        previous=previous_of(template=kind, span=span, region=asked.region, exercise_id=asked.exercise_id),
    )  # fmt: skip
    item = open_item(
        loop="bulletins.report", record=report, title=asked.title, region=asked.region, by=by, at=at,
        exercise_id=asked.exercise_id,
    )  # fmt: skip
    count = _keep(report, text, by=by, at=at)
    _ask_owners(report, kind, at=at)
    _draft_entry(report, count, by=by, at=at)
    note_findings(report, at=at)
    return item


def _office(region: str, by: str) -> Organisation:
    """Who issues: the bureau of the region, else the writer's own organisation."""
    bureau = Organisation.objects.filter(kind="bureau", region=region, active=True).order_by("name").first()
    if bureau is not None:
        return bureau
    person = person_id(by)
    if person is not None:
        return Person.objects.select_related("organisation").get(pk=person).organisation
    return Organisation.objects.filter(region=region, active=True).order_by("kind", "name")[0]


def _titles(
    kind: ReportTemplate, span: Span, region: str, office: Organisation, told: Mapping[str, str]
) -> tuple[str, str]:
    names = writing.names_of(span.first, span.last, district=region_name(region), office=office.name, **told)
    return writing.filled(kind.title, {}, names).text[:200], writing.filled(kind.to, {}, names).text[:200]


def _due(kind: ReportTemplate, span: Span, at: datetime) -> datetime:
    wanted = datetime.combine(span.last + timedelta(days=kind.days), DUE, ZONE)
    return max(wanted, at + timedelta(hours=4))


def _keep(report: Report, text: Sequence[Part], *, by: str, at: datetime) -> int:
    """Store paragraphs and numbers; returns how many numbers."""
    numbers: list[Number] = []
    for place, part in enumerate(text, start=1):
        paragraph = Paragraph.objects.create(
            report=report, place=place, key=part.block.key, kind=part.block.kind, rank=part.block.rank,
            owner=part.block.owner, text=part.text, data=part.data,
        )  # fmt: skip
        numbers += [
            number_row(paragraph, value, start, end, by=by, at=at) for value, start, end in part.numbers
        ]
    Number.objects.bulk_create(numbers)
    return len(numbers)


def number_row(
    paragraph: Paragraph, value: Value, start: int | None, end: int | None, *, by: str, at: datetime
) -> Number:
    """A number as it is stored: what it is, of where and when, as known when, and the rows behind it."""
    typed = value.kind == "typed"
    printed = paragraph.text[start:end] if typed else value.text
    stored = value.value if value.value is None else value.value.quantize(Decimal("0.000001"))
    return Number(
        paragraph=paragraph, slot=value.slot, start=start, end=end, printed=printed[:60], kind=value.kind,
        label=value.label[:200], unit=value.unit[:40], value=stored, base=value.base, code=value.code,
        version=value.version, definition=value.definition[:500], region=value.region, first=value.first,
        last=value.last, as_of=value.as_of, rows=list(value.rows), many=value.many, opens=value.opens,
        of=list(value.of), campaign=paragraph.report.campaign, reason=BY_HAND if typed else "", by=by, at=at,
    )  # fmt: skip


def _ask_owners(report: Report, kind: ReportTemplate, *, at: datetime) -> None:
    """One sheet an office, not one message a paragraph."""
    openings = [
        Opening(
            record=Share(report=report, owner=owner), title=f"核签：{report.title}", region=report.item.region_id,
            charge_duty=owner, arises_from=report.item,
        )
        for owner in kind.owners
    ]  # fmt: skip
    open_items(loop="bulletins.share", openings=openings, by=BY, at=at, exercise_id=report.item.exercise_id)


def _draft_entry(report: Report, count: int, *, by: str, at: datetime) -> None:
    facts = {"template": report.template, "as_of": report.as_of.isoformat(), "numbers": count}
    record(
        code="bulletins.drafted", subject=("loop.item", report.pk), facts=facts, by=by, at=at,
        region=report.item.region_id, exercise_id=report.item.exercise_id,
    )  # fmt: skip


def note_findings(report: Report, *, at: datetime) -> None:
    """Write down what contradicts itself now; once a finding, mended or not."""
    rows = [
        Contradiction(
            report=report,
            key=one.key[:500],
            verdict=one.verdict,
            words=one.words.format_map(one.told)[:500],
            at=at,
        )
        for one in findings_of(report)
    ]
    Contradiction.objects.bulk_create(rows, ignore_conflicts=True)

"""A report is written: every number read from its source, every paragraph with its owner, all in one act."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from anlan.domains.bulletins.models import Contradiction, Number, Paragraph, Report, Share
from anlan.domains.bulletins.queries.gathering import ZONE, Gathering, items
from anlan.domains.bulletins.queries.reports import findings_of, previous_of
from anlan.domains.bulletins.rules import deciding, writing
from anlan.domains.bulletins.rules.numerals import figures
from anlan.domains.bulletins.rules.templates import Block, ReportTemplate, templates
from anlan.domains.bulletins.rules.writing import Value
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.worlds import in_world
from anlan.kernel.indicators.memory import together
from anlan.kernel.indicators.spans import Span, month
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


def draft(
    *, template: str, region: str, day: date, by: str, at: datetime, first: date | None = None,
    given: Mapping[str, str] | None = None, as_of: datetime | None = None, exercise_id: UUID | None = None,
) -> WorkItem:  # fmt: skip
    """Write a report about the time in which `day` lies, from what was known at `as_of` (now where it is not given)."""
    kind = kind_of(template)
    check_duty(kind, kind.writers, deciding.NOT_WRITER, region=region, by=by, at=at)
    span = deciding.span_for(kind.span, day=day, first=first, cut=kind.cut)
    if span.first > timezone.localdate(at):
        raise Refused(deciding.FUTURE, field="day", first=f"{span.first:%F}")
    told = deciding.check_given(kind.asks, dict(given or {}))
    office = _office(region, by)
    title, to = _titles(kind, span, region, office, told)
    _check_once(kind, span, region, told, title, exercise_id)
    known = Gathering(region, span, as_of or at, exercise_id)
    with together():
        text = _Text(kind, known, told, office).written()
    report = Report(
        template=template, title=title, to=to, span=span.kind, first=span.first, last=span.last, as_of=known.as_of,
        given=told, office=office, due_at=_due(kind, span, at),
        previous=previous_of(template=kind, span=span, region=region, exercise_id=exercise_id),
    )  # fmt: skip
    with transaction.atomic():
        item = open_item(
            loop="bulletins.report",
            record=report,
            title=title,
            region=region,
            by=by,
            at=at,
            exercise_id=exercise_id,
        )
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
    names = writing.names_of(span.first, span.last, district=_name(region), office=office.name, **told)
    return writing.filled(kind.title, {}, names).text[:200], writing.filled(kind.to, {}, names).text[:200]


def _name(region: str) -> str:
    return Region.objects.values_list("name", flat=True).get(pk=region)


def _due(kind: ReportTemplate, span: Span, at: datetime) -> datetime:
    wanted = datetime.combine(span.last + timedelta(days=kind.days), DUE, ZONE)
    return max(wanted, at + timedelta(hours=4))


def _check_once(
    kind: ReportTemplate,
    span: Span,
    region: str,
    told: Mapping[str, str],
    title: str,
    exercise_id: UUID | None,
) -> None:
    running = Report.objects.filter(
        in_world(exercise_id, path="item__exercise_id"), template=kind.code, item__region_id=region, first=span.first,
        last=span.last, given=dict(told), item__state__in=("drafted", "handed_in", "approved"),
    )  # fmt: skip
    if running.exists():
        raise Refused(deciding.THERE, title=title)


@dataclass(slots=True)
class Part:
    """A paragraph before it is stored, with the numbers that stand in it: value and where."""

    block: Block
    text: str
    data: dict[str, Any]
    numbers: list[tuple[Value, int | None, int | None]]


class _Text:
    """The whole text of a report, written once."""

    def __init__(
        self, kind: ReportTemplate, known: Gathering, told: Mapping[str, str], office: Organisation
    ) -> None:
        self.kind, self.known = kind, known
        self.values = known.values(kind.slots)
        self.names = writing.names_of(
            known.span.first, known.span.last, district=_name(known.region), office=office.name, **told
        )

        # A report that is written before its span is over speaks of the days up to now.
        self.names["last"] = writing.said(min(known.span.last, timezone.localdate(known.as_of)))

    def written(self) -> list[Part]:
        return [getattr(self, f"_{block.kind}")(block) for block in self.kind.blocks]

    def _heading(self, block: Block) -> Part:
        return Part(block, writing.filled(block.words, {}, self.names).text, {}, [])

    def _say(self, block: Block) -> Part:
        asked = {ask.name: ask.label for ask in self.kind.asks}
        made = writing.write(block.say, self.values, self.names, tuple(asked))
        numbers: list[tuple[Value, int | None, int | None]] = []
        for start, end, slot in made.marks:
            if slot.startswith(writing.ASKED):
                label = asked[slot.removeprefix(writing.ASKED)]
                numbers += [
                    (
                        Value(
                            "", "typed", label, one.value, region=self.known.region, as_of=self.known.as_of
                        ),
                        start + one.start,
                        start + one.end,
                    )
                    for one in figures(made.text[start:end])
                ]
            else:
                numbers.append((self.values[slot], start, end))
        return Part(block, made.text, {}, numbers)

    def _table(self, block: Block) -> Part:
        """A line a street, the whole below; every cell is a number of its own."""
        slots = [self.kind.slots[name] for name in block.columns]
        numbers: list[tuple[Value, int | None, int | None]] = []
        rows = []
        for street in self.known.streets():
            for slot in slots:
                value = self.known.value(slot, region=street.pk)
                numbers.append((_named(value, f"{slot.name}@{street.pk}"), None, None))
            rows.append({"region": street.pk, "name": street.name})
        numbers += [(_named(self.values[name], name), None, None) for name in block.columns]
        heads = [[name, self.values[name].label, _unit(self.values[name])] for name in block.columns]
        data = {"heads": heads, "rows": rows, "sums": list(block.sums)}
        return Part(block, writing.filled(block.words, {}, self.names).text, data, numbers)

    def _chart(self, block: Block) -> Part:
        slot, title = self.kind.slots[block.slot], writing.filled(block.words, {}, self.names).text
        labels, spans, regions = self._axis(block)
        this = [
            self.known.value(slot, region=where, span=when)
            for where, when in zip(regions, spans, strict=True)
        ]
        series = [{"name": "本期", "values": [_plain(one) for one in this]}]
        if block.against:
            then = [
                self.known.value(slot, region=where, span=when.year_before())
                for where, when in zip(regions, spans, strict=True)
            ]
            series.append({"name": "上年同期", "values": [_plain(one) for one in then]})
        value = self.values[block.slot]
        data = {
            "kind": "line" if block.which == "trend" else "bar", "slot": block.slot, "labels": labels, "series": series,
            "unit": _unit(value), "code": value.code, "version": value.version,
        }  # fmt: skip
        return Part(block, title, data, [(_named(value, f"{block.slot}#{block.key}"), None, None)])

    def _axis(self, block: Block) -> tuple[list[str], list[Span], list[str]]:
        if block.which == "by_street":
            streets = self.known.streets()
            return (
                [one.name for one in streets],
                [self.known.span] * len(streets),
                [one.pk for one in streets],
            )
        months = _months(self.known.span)
        return [f"{one.last.month}月" for one in months], months, [self.known.region] * len(months)

    def _list(self, block: Block) -> Part:
        period = self.known.period(self.known.span)
        rows = items(
            loop_names=block.loops, which=block.which, region=self.known.region, period=period, as_of=self.known.as_of,
            exercise_id=self.known.exercise_id,
        ).select_related("region")  # fmt: skip
        found = [
            {"id": str(one.pk), "title": one.title, "where": one.region.name,
             "due": timezone.localtime(one.due_at).strftime("%m-%d %H:%M") if one.due_at else ""}
            for one in rows[: block.most]
        ]  # fmt: skip
        data = {"rows": found, "more": max(rows.count() - len(found), 0)}
        return Part(block, writing.filled(block.words, {}, self.names).text, data, [])


def _named(value: Value, slot: str) -> Value:
    return Value(**{name: getattr(value, name) for name in Value.__slots__} | {"slot": slot})


def _unit(value: Value) -> str:
    return "%" if value.kind == "change" else value.unit


def _plain(value: Value) -> str | None:
    return None if value.value is None else f"{value.value:f}"


def _months(span: Span) -> list[Span]:
    """The months of a span; for a single month the year up to it."""
    if span.months > 1:
        pairs = [divmod(span.first.year * 12 + span.first.month - 1 + n, 12) for n in range(span.months)]
    else:
        pairs = [(span.last.year, number) for number in range(span.last.month)]
    return [month(year, number + 1) for year, number in pairs]


def _keep(report: Report, text: list[Part], *, by: str, at: datetime) -> int:
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
        last=value.last, as_of=value.as_of, rows=list(value.rows), opens=value.opens, of=list(value.of),
        reason=BY_HAND if typed else "", by=by, at=at,
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
            words=one.words.format_map(one.values)[:500],
            at=at,
        )
        for one in findings_of(report)
    ]
    Contradiction.objects.bulk_create(rows, ignore_conflicts=True)

"""The text of a report before it is stored: every paragraph with the numbers that stand in it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils import timezone

from anlan.domains.bulletins.actions import planning
from anlan.domains.bulletins.queries.gathering import Gathering, items
from anlan.domains.bulletins.rules import writing
from anlan.domains.bulletins.rules.numerals import figures
from anlan.domains.bulletins.rules.templates import Block, ReportTemplate, Slot
from anlan.domains.bulletins.rules.writing import Value
from anlan.kernel.indicators.spans import Span, month
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.places.models import Region

Stands = tuple[
    Value, int | None, int | None
]  # a number and where it stands; nowhere in a table, or unprinted


@dataclass(slots=True)
class Part:
    """A paragraph before it is stored, with the numbers that stand in it: value and where."""

    block: Block
    text: str
    data: dict[str, Any]
    numbers: list[Stands]


class Text:
    """The whole text of a report, written once."""

    def __init__(
        self, kind: ReportTemplate, known: Gathering, told: Mapping[str, str], office: Organisation
    ) -> None:
        self.kind, self.known = kind, known
        self.values = known.values(kind.slots)
        self.names = writing.names_of(
            known.span.first, known.span.last, district=region_name(known.region), office=office.name, **told
        )

        # A report that is written before its span is over speaks of the days up to now.
        self.names["last"] = writing.said(min(known.span.last, timezone.localdate(known.as_of)))

    def written(self) -> list[Part]:
        return [self._written(block) for block in self.kind.blocks]

    def _written(self, block: Block) -> Part:
        part: Part = getattr(self, f"_{block.kind}")(block)
        self.known.tell()
        return part

    def _heading(self, block: Block) -> Part:
        return Part(block, writing.filled(block.words, {}, self.names).text, {}, [])

    def _say(self, block: Block) -> Part:
        asked = {ask.name: ask.label for ask in self.kind.asks}
        made = writing.write(block.say, self.values, self.names, tuple(asked))
        numbers: list[Stands] = []
        for start, end, slot in made.marks:
            if slot.startswith(writing.ASKED):
                label = asked[slot.removeprefix(writing.ASKED)]
                numbers += [(self._said(label, one.value), start + one.start, start + one.end)
                            for one in figures(made.text[start:end])]  # fmt: skip
            else:
                numbers.append((self.values[slot], start, end))
        printed = {slot for _start, _end, slot in made.marks}
        numbers += [
            (self.values[name], None, None) for name in self._unprinted(printed) if name not in printed
        ]
        return Part(block, made.text, {}, numbers)

    def _said(self, label: str, value: Decimal) -> Value:
        """A number in words that a person gave: nobody counted it."""
        return Value("", "typed", label, value, region=self.known.region, as_of=self.known.as_of, many=0)

    def _unprinted(self, printed: set[str]) -> list[str]:
        """What the numbers of a text are made of, and what a count is held against that may have fallen."""
        then = [each.of[1] for each in self.kind.relations if each.kind == "fell" and each.of[0] in printed]
        return list(dict.fromkeys([*self._parts_of(printed), *then]))

    def _parts_of(self, slots: set[str]) -> list[str]:
        """What the numbers of a text are made of, printed or not: last year's figure behind a change."""
        found: dict[str, None] = {}
        left = [of for slot in sorted(slots) if slot in self.values for of in self.values[slot].of]
        while left:
            name = left.pop(0)
            if name not in found:
                found[name] = None
                left += self.values[name].of
        return list(found)

    def _table(self, block: Block) -> Part:
        """A line a street or a unit, the whole below; every cell is a number of its own."""
        if block.which == "by_unit":
            return self._by_unit(block)
        columns = {name: self.known.by_street(self.kind.slots[name]) for name in block.columns}
        streets = self.known.streets()
        numbers: list[Stands] = [
            (replace(columns[name][street.pk], slot=f"{name}@{street.pk}"), None, None)
            for street in streets
            for name in block.columns
        ]
        numbers += [(self.values[name], None, None) for name in block.columns]
        rows = [{"region": street.pk, "name": street.name} for street in streets]
        return self._lines(block, rows, numbers)

    def _lines(self, block: Block, rows: list[dict[str, Any]], numbers: list[Stands]) -> Part:
        heads = [[name, self.values[name].label, _unit(self.values[name])] for name in block.columns]
        data = {"heads": heads, "rows": rows, "sums": list(block.sums)}
        return Part(block, writing.filled(block.words, {}, self.names).text, data, numbers)

    def _by_unit(self, block: Block) -> Part:
        """The tasks of the work plan by the unit that leads; without any there is nothing to add up."""
        rows, cells = planning.by_unit(block, self.known, self.kind.slots, self.values)
        whole = [self.values[name] for name in block.columns] if rows else []
        part = self._lines(block, rows, [(one, None, None) for one in (*cells, *whole)])
        part.data["name"] = planning.UNIT
        return part

    def _chart(self, block: Block) -> Part:
        """The points of a chart, and those of the year before beside them; each is a number of its own."""
        slot, title = self.kind.slots[block.slot], writing.filled(block.words, {}, self.names).text
        labels, this, then = self._points(block, slot)
        series = [{"name": "本期", "values": [_plain(one) for one in this]}]
        if block.against:
            series.append({"name": "上年同期", "values": [_plain(one) for one in then]})
        value = self.values[block.slot]
        data = {
            "kind": "line" if block.which == "trend" else "bar", "slot": block.slot, "labels": labels, "series": series,
            "unit": _unit(value), "code": value.code, "version": value.version,
        }  # fmt: skip
        name = f"{block.slot}#{block.key}"
        numbers: list[Stands] = [(replace(value, slot=name), None, None)]
        for place, points in enumerate((this, then)):
            numbers += [
                (replace(one, slot=f"{name}@{place}.{n}"), None, None) for n, one in enumerate(points)
            ]
        return Part(block, title, data, numbers)

    def _points(self, block: Block, slot: Slot) -> tuple[list[str], list[Value], list[Value]]:
        """The labels of a chart, its points, and the points of the year before where it is held against them."""
        if block.which == "by_street":
            return self._by_street(block, slot)
        months = _months(self.known.span)
        before = [one.year_before() for one in months] if block.against else []
        then = self.known.by_month(slot, before) if before else []
        return [f"{one.last.month}月" for one in months], self.known.by_month(slot, months), then

    def _by_street(self, block: Block, slot: Slot) -> tuple[list[str], list[Value], list[Value]]:
        streets, this = self.known.streets(), self.known.by_street(slot)
        then = self.known.by_street(replace(slot, span="year_before")) if block.against else {}
        points = [this[one.pk] for one in streets]
        return [one.name for one in streets], points, [then[one.pk] for one in streets if then]

    def _list(self, block: Block) -> Part:
        if block.which == "targets":
            data = planning.targets(block, self.known, self.kind.slots[block.slot])
            return Part(block, writing.filled(block.words, {}, self.names).text, data, [])
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


def _unit(value: Value) -> str:
    return "%" if value.kind in writing.MOVES else value.unit


def _plain(value: Value) -> str | None:
    return None if value.value is None else f"{value.value:f}"


def _months(span: Span) -> list[Span]:
    """The months of a span; for a single month the year up to it."""
    if span.months > 1:
        pairs = [divmod(span.first.year * 12 + span.first.month - 1 + n, 12) for n in range(span.months)]
    else:
        pairs = [(span.last.year, number) for number in range(span.last.month)]
    return [month(year, number + 1) for year, number in pairs]


def region_name(region: str) -> str:
    return Region.objects.values_list("name", flat=True).get(pk=region)

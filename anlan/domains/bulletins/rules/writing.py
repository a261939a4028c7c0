"""Sentences with their numbers put in: which variant is said, where each number stands, how a change is told. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from string import Formatter
from typing import Any

from anlan.domains.bulletins.rules.templates import Slot
from anlan.kernel.indicators.figures import PERCENT, POINTS, Fact, Figure, printed

WEEKDAYS = "一二三四五六日"
NO_DATA = "无数据"
SAME = "持平"
ASKED = "?"  # marks words that a person gave, not a number


@dataclass(frozen=True, slots=True)
class Value:
    """A number with everything needed to open it; `value` None where there is nothing to say."""

    slot: str
    kind: str
    label: str
    value: Decimal | None
    unit: str = ""
    code: str = ""
    version: int = 0
    definition: str = ""
    region: str = ""
    first: date | None = None
    last: date | None = None
    as_of: datetime | None = None
    base: int | None = None
    rows: tuple[str, ...] = ()
    opens: str = ""
    of: tuple[str, ...] = ()
    many: int | None = None  # how many rows are behind it; None: they are read when somebody opens it
    why: str = ""  # why there is nothing, where it is not for want of data

    @property
    def text(self) -> str:
        """As a sentence has it. The unit of a count stands in the sentence, per cent belongs to the number."""
        if self.value is None:
            return NO_DATA
        if self.kind in MOVES:
            return told(self.value, self.unit, MOVES[self.kind])
        if self.unit == PERCENT:
            return f"{plain(self.value)}%".replace("-", "−")
        value = self.value.normalize() if self.unit in MONEY else self.value
        return f"{value:f}".replace("-", "−")


MONEY = ("万元", "亿元")  # exact to the yuan, printed without the noughts behind it
MOVES = {"change": ("上升", "下降"), "excess": ("偏多", "偏少")}


def plain(value: Decimal) -> str:
    """40.49, 33.3, but 50 and 100: a whole per cent is printed without decimals."""
    return f"{value.to_integral_value() if value == value.to_integral_value() else value:f}"


def told(change: Decimal, unit: str, words: tuple[str, str] = MOVES["change"]) -> str:
    """下降33.3%, 偏多44%, 提高2.5个百分点, 增加3起, 持平."""
    if not change:
        return SAME
    if unit == PERCENT:
        return f"{words[change < 0]}{plain(abs(change))}%"
    if unit == POINTS:
        return f"{'提高' if change > 0 else '降低'}{plain(abs(change))}个百分点"
    return f"{'增加' if change > 0 else '减少'}{abs(change).normalize():f}{unit}"


def derive(slot: Slot, values: Mapping[str, Value]) -> Value:
    """A share, sum or change of other slots; nothing where one of them has nothing."""
    parts = [values[name] for name in slot.of]
    label = slot.label or f"{parts[0].label}{NAMED[slot.kind]}"
    made: dict[str, Any] = {
        "slot": slot.name, "kind": slot.kind, "label": label, "of": slot.of, "region": parts[0].region,
        "first": parts[0].first, "last": parts[0].last, "as_of": parts[0].as_of,
        "definition": f"{FORMS[slot.kind]}：{'、'.join(dict.fromkeys(part.label for part in parts))}",
    }  # fmt: skip
    if any(part.value is None for part in parts):
        why = next((part.why for part in parts if part.value is None and part.why), "")
        return Value(value=None, why=why, **made)
    facts = {
        part.slot: Fact(part.slot, part.value, _unit(slot, part), part.label)
        for part in parts
        if part.value is not None
    }
    digits = 1 if slot.digits is None else slot.digits
    done = printed(Figure(slot.name, slot.kind, slot.of, digits), facts)
    # Its parts are opened, each to rows of its own.
    return Value(value=done.value, unit=done.unit, many=0, **made)


NAMED = {"change": "增减", "share": "占比", "sum": "合计", "excess": "增减"}
FORMS = {"change": "增减", "share": "占比", "sum": "合计", "excess": "较同期"}


def _unit(slot: Slot, part: Value) -> str:
    """A rate stays one; counts are told in the unit of the sentence, so that their difference can be."""
    return part.unit if part.unit == PERCENT or slot.kind == "share" else slot.unit or part.unit or "项"


@dataclass(frozen=True, slots=True)
class Written:
    """A text and where its numbers stand: (start, end, slot)."""

    text: str
    marks: tuple[tuple[int, int, str], ...] = ()


def write(
    say: Sequence[Sequence[str]],
    values: Mapping[str, Value],
    names: Mapping[str, str],
    asked: Sequence[str] = (),
) -> Written:
    """The sentences of a paragraph, one behind the other."""
    text, marks = "", []
    for variants in say:
        one = _sentence(variants, values, names, asked)
        marks += [(start + len(text), end + len(text), slot) for start, end, slot in one.marks]
        text += one.text
    return Written(text, tuple(marks))


def _sentence(
    variants: Sequence[str], values: Mapping[str, Value], names: Mapping[str, str], asked: Sequence[str]
) -> Written:
    """The first variant whose numbers are all there; else what is missing is said, never a nought.

    A variant without numbers says that there was nothing: not where the numbers cannot be counted so (不分专项).
    """
    missing: list[Value] = []
    for variant in variants:
        slots = _slots(variant, values)
        lacking = [values[n] for n in slots if values[n].value is None]
        if not _above(variant, values):
            continue
        if not lacking and (slots or not any(one.why for one in missing)):
            return filled(variant, values, names, asked)
        missing += [one for one in lacking if not one.of] or lacking
    return Written(
        "".join(
            f"{_labels(missing, why)}：{why or NO_DATA}。" for why in dict.fromkeys(m.why for m in missing)
        )
    )


def _above(text: str, values: Mapping[str, Value]) -> bool:
    """Whether what is only said above nought ({x:+}) is; a number that is not there is missing, not nought."""
    told = [values[name].value for _text, name, spec, _how in Formatter().parse(text) if spec == "+" and name]
    return all(value is None or value > 0 for value in told)


def _labels(missing: Sequence[Value], why: str) -> str:
    return "、".join(dict.fromkeys(one.label for one in missing if one.why == why))


def _slots(text: str, values: Mapping[str, Value]) -> list[str]:
    return [name for _literal, name, _spec, _conversion in Formatter().parse(text) if name and name in values]


def filled(
    text: str, values: Mapping[str, Value], names: Mapping[str, str], asked: Sequence[str] = ()
) -> Written:
    """One text with its numbers and names."""
    out, marks = "", []
    for literal, name, _spec, _conversion in Formatter().parse(text):
        out += literal
        if name is None:
            continue
        if name in values:
            put = values[name].text
            marks.append((len(out), len(out) + len(put), name))
        else:
            put = names.get(name, "")
            # Numbers in what a person said are that person's: they are looked for later.
            marks += [(len(out), len(out) + len(put), f"{ASKED}{name}")] if name in asked else []
        out += put
    return Written(out, tuple(marks))


def names_of(first: date, last: date, **more: str) -> dict[str, str]:
    """What a span is called in a text."""
    return {
        "year": str(last.year), "month": str(last.month), "day": str(last.day),
        "half": "上" if last.month <= 6 else "下", "first": said(first), "last": said(last),
        "weekday": WEEKDAYS[last.weekday()], "next": _next(first, last), **more,
    }  # fmt: skip


def _next(first: date, last: date) -> str:
    """What the span of a plan is called: 下半年, 2027年上半年, 2027年."""
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if months == 12:
        return f"{last.year + 1}年"
    if months == 6:
        return "下半年" if last.month == 6 else f"{last.year + 1}年上半年"
    return "下一阶段"


def said(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"

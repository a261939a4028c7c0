"""What a point says of itself: who leads, who helps, by when, how much. A proposal for a person to look at. Pure."""

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

_LEAD = re.compile(r"(?:牵头(?:单位|部门)|责任(?:单位|部门)|主办单位)[:：]\s*([^；;。）)\n]+)")
_HELP = re.compile(r"(?:配合(?:单位|部门)?|协办单位|参与单位)[:：]\s*([^；;。）)\n]+)")
_PROOF = re.compile(r"(?:完成标志|佐证(?:材料)?|成果形式)[:：]\s*([^；;。）)\n]+)")
_FULL = re.compile(r"(20\d\d)\s*年\s*(\d{1,2})\s*月(?:\s*(\d{1,2})\s*日)?")
_MONTH = re.compile(r"(?<![\d年])(\d{1,2})\s*月(?:\s*(\d{1,2})\s*日|底|份)?(?:之?前|底前|完成)")
_PHRASES: tuple[tuple[str, tuple[int, int]], ...] = (
    ("一季度", (3, 31)), ("上半年", (6, 30)), ("二季度", (6, 30)), ("三季度", (9, 30)), ("四季度", (12, 31)),
    ("年底前", (12, 31)), ("年底", (12, 31)), ("年内", (12, 31)), ("全年", (12, 31)), ("长期", (12, 31)),
)  # fmt: skip
_UNITS = "家次|人次|场次|家|场|次|期|宗|项|处|个|栋|人|台|套|公里|份|支|万元|亿元|%|％"
_AMOUNT = re.compile(
    rf"(?:不少于|不低于|达到|达|完成|超过|≥|培训|检查|开展|组织|新建|建成)?[^\d，。；]{{0,8}}?(?<![\d.年第（(])(\d[\d,]*(?:\.\d+)?)(万)?\s*({_UNITS})(?:以上)?"
)
_SPLIT = re.compile(r"[、，,/]|和|及(?!其)")


@dataclass(frozen=True, slots=True)
class Proposed:
    """What was read; each may be missing. Names are as printed."""

    lead: str = ""
    supporters: tuple[str, ...] = ()
    due: date | None = None
    target: Decimal | None = None
    unit: str = ""
    proof: str = ""

    @property
    def is_task(self) -> bool:
        """Whether the point names somebody to do it: then it is a task and no mere heading."""
        return bool(self.lead)


def proposed(text: str, *, year: int) -> Proposed:
    """Read a point's words."""
    lead, rest = _names(_LEAD, text), _names(_HELP, text)
    target, unit = _amount(text)
    return Proposed(
        lead=lead[0] if lead else "",
        supporters=(*lead[1:], *rest),
        due=_due(text, year),
        target=target,
        unit=unit,
        proof=found[1].strip() if (found := _PROOF.search(text)) else "",
    )


def _names(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    found = pattern.search(text)
    return tuple(name for part in _SPLIT.split(found[1]) if (name := part.strip())) if found else ()


def _due(text: str, year: int) -> date | None:
    """A day that was printed, else the last day of the span that was; of several the last."""
    days = [_day(int(y), int(m), int(d) if d else 0) for y, m, d in _FULL.findall(text)]
    if not any(days):
        days = [_day(year, int(m), int(d) if d else 0) for m, d in _MONTH.findall(text)]
    known = [day for day in days if day is not None]
    if known:
        return max(known)
    return next((date(year, *end) for word, end in _PHRASES if word in text), None)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        first = date(year, month, day or 1)
        return first if day else first.replace(day=monthrange(year, month)[1])
    except ValueError:
        return None


def _amount(text: str) -> tuple[Decimal | None, str]:
    found = _AMOUNT.search(text)
    if found is None:
        return None, ""
    digits, ten_thousand, unit = found[1].replace(",", ""), found[2], found[3]
    return Decimal(digits) * (10000 if ten_thousand else 1), unit.replace("％", "%")


def matching(name: str, units: Iterable[tuple[str, str, str]]) -> str:
    """The key of the unit that a printed name means: (key, name, short name) → key; empty where none or two fit.

    区应急局, 应急管理局 and 安澜区应急管理局 are one; a name that is part of two units' names is nobody's.
    """
    wanted = _bare(name)
    if not wanted:
        return ""
    rows = [(key, {_bare(full), _bare(short)} - {""}) for key, full, short in units]
    exact = [key for key, names in rows if wanted in names]
    if len(exact) == 1:
        return exact[0]
    near = [
        key
        for key, names in rows
        if any(wanted in each or (len(each) > 1 and each in wanted) for each in names)
    ]
    return near[0] if len(near) == 1 else ""


_OFFICE_WORDS: Mapping[str, str] = {
    "街道办事处": "街道",
    "应急局": "应急管理局",
    "管理局": "",
    "委员会": "委",
}
_PLACE = re.compile(r"^(?:.{2,3}?区)?(?:区)?")


def _bare(name: str) -> str:
    bare = _PLACE.sub("", name.strip())
    for word, plain in _OFFICE_WORDS.items():
        bare = bare.replace(word, plain)
    return bare.removesuffix("局").removesuffix("（演示）")

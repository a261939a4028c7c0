"""What is a number in a report's text, and which numbers an edited text still has. Pure.

A *figure* says how much: 12起, 40.49%, 约3万, １，０１３, 十二起, 百分之四十. A *reference* says which: 2024年,
6月20日, 第1期, 第三, 〔2026〕3号, 14:05, 5G, 12345热线, whatever stands in 《》. Figures are held against their source;
references are words.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any

_WIDE = {ord("０") + n: str(n) for n in range(10)} | {ord("％"): "%", ord("．"): ".", ord("－"): "-"}
_DIGITS = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_TENS = {"十": 10, "百": 100, "千": 1000}
_MANY = {"万": Decimal(10) ** 4, "亿": Decimal(10) ** 8, "千": Decimal(1000), "百": Decimal(100)}

_ARABIC = re.compile(r"(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s?(万亿|[万亿千百](?!分)|)(%|‰|)")
_HAN = "零〇一二两三四五六七八九十百千"
_UNITS = (
    "个百分点|人次|家次|万元|亿元|起|人|宗|项|家|次|期|份|条|处|名|件|支|座|倍|成|元|公里|公顷|亩|吨|箱|台|套|辆|户|"
    "毫米|米|篇|天|小时|艘|场|个"
)
_SPELLED = re.compile(
    rf"百分之(?P<share>[{_HAN}点]+)|(?P<run>[{_HAN}]+(?:点[{_HAN}]+)?)(?P<many>[万亿]?)[多余]?(?P<unit>{_UNITS})?"
)
# A lone 一 is mostly no count (一起, 一次性, 一家之言): it is one before these only.
_ONE_COUNTS = ("人", "宗", "成", "倍", "人次", "家次", "万元", "亿元", "个百分点")
_NAMES = re.compile(r"(?:维护|清单|必须|意识|确立|自信|方面|阶段|环节|层面|责任人|小组|一)")
_SAME = re.compile("持平")

# Where digits say which and not how much. Offsets of the whole match are no figure.
_REFERENCES = [
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        r"《[^》]*》",
        r"[〔\[]\d{4}[〕\]]\s?(?:第\s?)?\d+\s?号",
        r"(?:19|20)\d{2}(?=\s?(?:年|上半年|下半年|—|–|-|~|至)\s?)",
        r"(?<=[—–\-~至])(?:19|20)\d{2}(?=\s?年)",
        r"\d{1,2}(?=月)(?!月间)",
        r"(?<=月)\s?\d{1,2}(?:\s?[日号])?",
        r"\d{1,2}(?=日(?![均常]))",
        r"\d+·\d+",
        r"\d{1,2}[:：]\d{2}(?:[:：]\d{2})?",
        r"\d{1,2}时(?:\d{1,2}分)?",
        r"第\s?\d+",
        rf"第\s?[{_HAN}万]+",
        r"[A-Za-z][\-_]?\d[\dA-Za-z.\-]*",
        r"\d+(?:\.\d+)?[A-Z][A-Za-z+]*",
        r"\d+(?=\+[\dA-Z])|(?<=[\dA-Z]\+)\d+",
        r"(?:110|119|120|122|12345|12350|12379)(?=\D{0,8}(?:热线|电话|报警|平台))",
        r"^\s*\d{1,2}(?=[.、．](?!\d))",
        r"(?:^|(?<=[。；：\n]))\s*[（(]\d{1,2}[）)]",
    )
]
_WAYS = (
    ("up", "上升|增长|增加|提高|偏多|升高|多"),
    ("down", "下降|减少|降低|回落|偏少|少"),
)
_WAY_BEFORE = re.compile(rf"(?:{'|'.join(words for _, words in _WAYS)}|共|计|达|约|近|至少|了)+$")
_UNIT_FIRST = re.compile(rf"^(?:{_UNITS})")
_HAN_BEFORE = re.compile(r"[\u4e00-\u9fff]{2,4}$")
_WAY = [(code, re.compile(rf"(?:{words})(?:了|约|近|至少)?$")) for code, words in _WAYS]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a text: where, as written, its value, and the way it says things went."""

    start: int
    end: int
    text: str
    value: Decimal
    share: bool = False
    way: str = ""

    @property
    def key(self) -> tuple[Decimal, bool, str]:
        """What makes two figures the same: ３万 and 30,000 are, 下降5% and 上升5% are not."""
        return self.value.normalize(), self.share, self.way


def narrow(text: str) -> str:
    """Full-width digits, points and per cent signs as ASCII; no character more or less."""
    return re.sub(r"(?<=\d)，(?=\d{3}(?!\d))", ",", text.translate(_WIDE))


def figures(text: str) -> list[Figure]:
    """Every figure of a text in its order."""
    plain = narrow(text)
    barred = _barred(plain)
    found = [made for match in _ARABIC.finditer(plain) if (made := _arabic(plain, match, barred, text))]
    taken = [(one.start, one.end) for one in found]
    for match in _SPELLED.finditer(plain):
        made = _spelled(plain, match, text)
        if (
            made is not None
            and not _hit(made.start, made.end, barred)
            and not _hit(made.start, made.end, taken)
        ):
            found.append(made)
    found += [
        Figure(m.start(), m.end(), m.group(), Decimal(0), share=True, way="same")
        for m in _SAME.finditer(plain)
    ]
    return sorted(found, key=lambda one: one.start)


def _barred(plain: str) -> list[tuple[int, int]]:
    return [match.span() for pattern in _REFERENCES for match in pattern.finditer(plain)]


def _hit(start: int, end: int, spans: Iterable[tuple[int, int]]) -> bool:
    return any(start < last and first < end for first, last in spans)


def _arabic(plain: str, match: re.Match[str], barred: Sequence[tuple[int, int]], text: str) -> Figure | None:
    number, many, sign = match.groups()
    end = match.start() + len(match.group().rstrip())
    if _hit(match.start(), match.start(1) + len(number), barred):
        return None
    value = Decimal(number.replace(",", ""))
    for word in many:
        value *= _MANY[word]
    value = value / 10 if sign == "‰" else value
    start = match.start()
    if start and plain[start - 1] == "−":
        start, value = start - 1, -value
    return Figure(start, end, text[start:end], value, share=bool(sign), way=_way(plain, start))


def _spelled(plain: str, match: re.Match[str], text: str) -> Figure | None:
    if share := match.group("share"):
        value = _read(share)
        if value is None:
            return None
        return Figure(
            *match.span(), text[slice(*match.span())], value, share=True, way=_way(plain, match.start())
        )
    run, many, unit = match.group("run"), match.group("many"), match.group("unit") or ""
    value = _read(run)
    if value is None or not _counts(plain, match, run, many, unit):
        return None
    if many:
        value *= _MANY[many]
    end = match.end("many") if many else match.end("run")
    return Figure(match.start(), end, text[match.start() : end], value, way=_way(plain, match.start()))


def _counts(plain: str, match: re.Match[str], run: str, many: str, unit: str) -> bool:
    """Whether Chinese numerals count something: 十二起 and 三万 do; 一起, 千方百计, 三个清单 do not."""
    if not unit:
        return bool(many) and run[0] in _DIGITS
    if run == "一" and not many:
        return unit in _ONE_COUNTS
    if run in ("百", "千"):
        return False
    return not _NAMES.match(plain, match.end())


def _read(run: str) -> Decimal | None:
    """The value of Chinese numerals: 十二 12, 一百零三 103, 三点五 3.5, 二〇二六 2026."""
    whole, _point, rest = run.partition("点")
    if rest and any(sign not in _DIGITS for sign in rest):
        return None
    if not whole:
        return None
    if len(whole) > 1 and all(sign in _DIGITS for sign in whole):
        value = Decimal("".join(str(_DIGITS[sign]) for sign in whole))
    else:
        value = _by_tens(whole)
    tail = "".join(str(_DIGITS[sign]) for sign in rest)
    return value + Decimal(f"0.{tail}") if tail else value


def _by_tens(whole: str) -> Decimal:
    total = last = 0
    for sign in whole:
        if sign in _TENS:
            total += (last or 1) * _TENS[sign]
            last = 0
        else:
            last = _DIGITS[sign]
    return Decimal(total + last)


def _way(plain: str, start: int) -> str:
    before = plain[max(0, start - 6) : start]
    return next((code for code, words in _WAY if words.search(before)), "")


# ---- an edited text against the numbers it had ----------------
@dataclass(frozen=True, slots=True)
class Held:
    """A number as it stands in a text: `of` is whose it is, None where the template itself says it."""

    start: int
    end: int
    of: Any = None


@dataclass(frozen=True, slots=True)
class Typed:
    """A number that nobody's source gave: written by hand, in the place of `before` or new."""

    start: int
    end: int
    text: str
    value: Decimal
    before: Held | None = None


@dataclass(frozen=True, slots=True)
class Reread:
    """What became of the numbers: kept (with their new places), typed by hand, left out."""

    kept: tuple[Held, ...]
    typed: tuple[Typed, ...]
    dropped: tuple[Held, ...]


def reread(before: str, held: Sequence[Held], after: str) -> Reread:
    """Hold an edited text against the text before it.

    Numbers are matched in their order, by value and by the way they went: two that changed places are two changes. So
    is a number before which now stands what named another one (死亡2人、重伤4人 is not 重伤2人、死亡4人).
    """
    old = [(one, _holder(one, held)) for one in figures(before)]
    new = figures(after)
    kept: list[Held] = []
    typed: list[Typed] = []
    dropped: list[Held] = []
    names = _names(nouns(before, [one for one, _ in old]), [one for one, _ in old])
    now = nouns(after, new)
    for tag, i1, i2, j1, j2 in _aligned([one.key for one, _ in old], [one.key for one in new]):
        gone, come = [holder for _, holder in old[i1:i2]], new[j1:j2]
        if tag == "equal":
            for (was, holder), one, noun in zip(old[i1:i2], come, now[j1:j2], strict=True):
                if names.get(noun, was).key == was.key:
                    kept.append(Held(one.start, one.end, holder.of))
                else:
                    typed.append(Typed(one.start, one.end, one.text, one.value, holder))
            continue
        for place, one in enumerate(come):
            typed.append(
                Typed(one.start, one.end, one.text, one.value, gone[place] if place < len(gone) else None)
            )
        dropped += gone[len(come) :]
    return Reread(tuple(kept), tuple(typed), tuple(h for h in dropped if h.of is not None))


def _names(nouns: Sequence[str], found: Sequence[Figure]) -> dict[str, Figure]:
    """Which number each noun of a text stands before; those that stand before several say nothing, as 同比."""
    return {noun: one for noun, one in zip(nouns, found, strict=True) if noun and nouns.count(noun) == 1}


def nouns(text: str, found: Sequence[Figure]) -> list[str]:
    """The words right before each number: behind the unit of the one before it, without those for the way it went."""
    ends = [0, *(one.end for one in found)]
    return [_noun(text[end : one.start], first=not end) for end, one in zip(ends, found, strict=False)]


def _noun(between: str, *, first: bool) -> str:
    words = between if first else _UNIT_FIRST.sub("", between)
    found = _HAN_BEFORE.search(_WAY_BEFORE.sub("", words))
    return found.group() if found else ""


def _aligned(old: Sequence[Any], new: Sequence[Any]) -> list[tuple[str, int, int, int, int]]:
    """How to come from the old numbers to the new ones. Where as many stand there and it explains no less, each is
    held against the one in its own place: of two equal numbers the one that was changed is the one named."""
    ways: list[tuple[str, int, int, int, int]] = list(
        SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    )
    matched = sum(i2 - i1 for tag, i1, i2, _j1, _j2 in ways if tag == "equal")
    if len(old) != len(new) or sum(a == b for a, b in zip(old, new, strict=True)) < matched:
        return ways
    return [
        ("equal" if a == b else "replace", n, n + 1, n, n + 1)
        for n, (a, b) in enumerate(zip(old, new, strict=True))
    ]


def _holder(one: Figure, held: Sequence[Held]) -> Held:
    return next((h for h in held if h.start < one.end and one.start < h.end), Held(one.start, one.end))

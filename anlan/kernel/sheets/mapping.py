"""Which column of the sheet a head means: by its label, its aliases, or what the office meant the last time."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext, override

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.search import folded
from anlan.kernel.core.words import N_
from anlan.kernel.sheets.models import Habit
from anlan.kernel.sheets.reading import Cells, trimmed
from anlan.kernel.sheets.spec import Sheet

NO_HEADS = reason(
    "sheets.no_heads",
    N_(
        "No row of heads was found: none of the first rows names a column such as {some}. Add a row of heads."
    ),
)
LACKING = reason("sheets.column_lacking", N_("Say which column of the file holds: {columns}."))
TWICE = reason(
    "sheets.column_twice", N_("Two columns of the file are given as {column}. Leave one of them out.")
)
_ASIDE = re.compile(r"[（(\[【].*?[)）\]】]|[*＊:：\s]")


def plain(head: str) -> str:
    """A head as it is compared: without notes in brackets, stars, colons and blanks."""
    return folded(_ASIDE.sub("", head)) or folded(head)


def known_heads(sheet: Sheet) -> dict[str, str]:
    """Plain head → column name, in both languages and by alias; the first to claim a head keeps it."""
    found: dict[str, str] = {}
    for column in sheet.columns:
        labels = [column.name, column.label]
        with override("zh-hans"):
            labels.append(gettext(column.label))
        for label in (*labels, *column.aliases):
            found.setdefault(plain(label), column.name)
    return found


def heads_in(sheet: Sheet, top: Sequence[Cells]) -> tuple[int, list[str]]:
    """Which of the first rows holds the heads (1 = the first), and the heads; raises `Refused` where none does."""
    known = known_heads(sheet)
    rows = [(sum(plain(text) in known for text in set(trimmed(row))), -n) for n, row in enumerate(top)]
    most, place = max(rows, default=(0, 0))
    if most == 0:
        some = "、".join(gettext(column.label) for column in sheet.columns[:3])
        raise Refused(NO_HEADS, field="file", some=some)
    return 1 - place, _told_apart(trimmed(top[-place]))


def _told_apart(heads: Iterable[str]) -> list[str]:
    """Empty heads get their column's letter, a second one of a name its number: each can then be pointed at."""
    seen: dict[str, int] = {}
    found = []
    for number, head in enumerate(heads):
        head = head[:200] or f"({letters(number)})"
        seen[head] = seen.get(head, 0) + 1
        found.append(head if seen[head] == 1 else f"{head} ({seen[head]})")
    return found


def letters(number: int) -> str:
    """The letters of a column as a spreadsheet names it: 0 → A, 26 → AA."""
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text


def proposed(sheet: Sheet, heads: Sequence[str], *, office: str) -> dict[str, str]:
    """Head → column: what this office chose before, else what label or alias says; a column is offered once."""
    known = known_heads(sheet)
    names = {column.name for column in sheet.columns}
    before = dict(
        Habit.objects.filter(sheet=sheet.code, office=office, head__in=heads).values_list("head", "column")
    )
    chosen: dict[str, str] = {}
    for head in heads:
        column = before[head] if head in before else known.get(plain(head), "")
        chosen[head] = column if column in names and column not in chosen.values() else ""
    return chosen


def check(sheet: Sheet, mapping: Mapping[str, str]) -> None:
    """Every needed column is there, none is given twice."""
    labels = {column.name: column.label for column in sheet.columns}
    given = [column for column in mapping.values() if column in labels]
    for column in given:
        if given.count(column) > 1:
            raise Refused(TWICE, field="mapping", column=labels[column])
    lacking = [c.label for c in sheet.columns if c.required and c.name not in given]
    if lacking:
        raise Refused(LACKING, field="mapping", columns="、".join(gettext(label) for label in lacking))


def remember(sheet: Sheet, mapping: Mapping[str, str], *, office: str, at: Any) -> None:
    """Keep an office's choice for its next file."""
    rows = [
        Habit(sheet=sheet.code, office=office, head=head, column=column, at=at)
        for head, column in mapping.items()
    ]
    Habit.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["sheet", "office", "head"], update_fields=["column", "at"]
    )

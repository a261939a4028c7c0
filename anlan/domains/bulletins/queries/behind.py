"""What is behind a number of a report: the rows that were kept with it, or the same question asked again."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast

from django.apps import apps

from anlan.domains.bulletins.models import Number
from anlan.domains.bulletins.queries.gathering import DEFINED, ZONE, declared_as, items
from anlan.kernel.indicators.comparing import period_of
from anlan.kernel.indicators.queries import indicator
from anlan.kernel.indicators.spans import Span
from anlan.kernel.indicators.spec import Cut
from anlan.kernel.loop.models import WorkItem

WHICH = {words: which for which, words in DEFINED.items()}
CHUNK = 1000


def rows_of(one: Number) -> Sequence[Any]:
    """The ids of the rows behind a number, read by the page where they are many.

    What was not kept is asked again: the same cut, days and time of knowledge count the same rows.
    """
    if not is_asked_again(one) or one.first is None or one.last is None or one.as_of is None:
        return list(one.rows)
    report = one.paragraph.report
    span = Span("since", one.first, one.last)
    period = span.period(ZONE) if one.first > report.last else period_of(span, one.as_of)
    if one.kind == "items":
        which = WHICH.get(one.definition, "opened")
        found = items(loop_names=(one.code,), which=which, region=one.region, period=period, as_of=one.as_of,
                      exercise_id=report.item.exercise_id)  # fmt: skip
        ids: Any = found.values_list("pk", flat=True)
        return cast(Sequence[Any], ids)
    if one.kind != "indicator" or declared_as(one.code) is None:
        return []
    cut = Cut(one.region, report.item.exercise_id, campaign=one.campaign)
    return indicator(code=one.code, cut=cut, period=period, as_of=one.as_of).rows


def is_asked_again(one: Number) -> bool:
    """Whether its rows were not kept: then it is today's definition that names them."""
    return not one.rows and one.many != 0 and one.kind in ("indicator", "items")


def lines_behind(numbers: Iterable[Number]) -> Iterator[Sequence[Any]]:
    """One line a row behind a number: the annex that is opened in a spreadsheet."""
    # The points of a chart are parts of the number that the chart shows: its rows are there already.
    for place, one in enumerate((each for each in numbers if not {"#", "@"} <= set(each.slot)), start=1):
        head = [place, one.paragraph.text[:20] or one.paragraph.key, one.label, one.printed, one.unit, one.code,
                one.definition, one.first, one.last, one.as_of, one.base]  # fmt: skip
        told = False
        for row in _lines(one):
            told = True
            yield [*head, *row]
        if not told:
            yield [*head, "", one.reason, "", "", None, None]


def _lines(one: Number) -> Iterator[Sequence[Any]]:
    """The rows of one number, a thousand at a time: there may be hundreds of thousands."""
    ids = rows_of(one)
    for start in range(0, len(ids), CHUNK):
        chunk = list(ids[start : start + CHUNK])
        if one.opens:
            for row in apps.get_model(one.opens)._default_manager.filter(pk__in=chunk):
                yield [str(row.pk), str(row), "", "", getattr(row, "recorded_at", None), None]
            continue
        items = WorkItem.objects.filter(pk__in=chunk).select_related("region").order_by("opened_at", "pk")
        for item in items:
            yield [str(item.pk), item.title, item.region.name, item.state, item.opened_at, item.closed_at]

"""Reads of counted facts: what was entered for a region and the days around, as known at a time."""

from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext

from anlan.domains.statistics.rules.choosing import Given
from anlan.domains.statistics.rules.facts import fact_of
from anlan.kernel.core.worlds import in_world
from anlan.kernel.indicators import memory
from anlan.kernel.indicators.checking import Relation
from anlan.kernel.indicators.figures import Fact
from anlan.kernel.indicators.models import Count, ScopeNote
from anlan.kernel.indicators.spec import Cut
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import scope_of
from anlan.kernel.places.regions import prefix_of

PREFIX = "statistics."


def entries(codes: list[str], cut: Cut, as_of: datetime) -> dict[str, list[Given]]:
    """Code → entries of a region's subtree as they were known at a time; a corrected one is not there any more."""
    key = memory.key_of("facts", cut.region, cut.exercise_id, as_of)
    known = memory.once(key, lambda: _entries(cut, as_of), keep=False)
    return {code: known.get(code, []) for code in codes}


def _entries(cut: Cut, as_of: datetime) -> dict[str, list[Given]]:
    """All of them at once: a report reads a hundred, and a district has a few thousand in all its years."""
    rows = Count.objects.filter(in_world(cut.exercise_id), code__startswith=PREFIX, recorded_at__lte=as_of)
    if cut.region:
        rows = rows.filter(region__code__startswith=prefix_of(cut.region))
    gone = Count.objects.filter(supersedes__in=rows, recorded_at__lte=as_of).values("supersedes_id")
    found: dict[str, list[Given]] = {}
    for row in rows.exclude(pk__in=gone):
        given = Given(row.pk, row.region_id, row.first, row.last, row.value, row.scope, row.source)
        found.setdefault(row.code, []).append(given)
    return found


def added_up(
    *, region: str, as_of: datetime, exercise_id: UUID | None = None
) -> dict[tuple[date, date], list[tuple[Relation, dict[str, Fact]]]]:
    """By days: the facts that a region does not tell itself, so that those of its parts are added up, each with these.

    The relation asks whether they count the same thing (口径).
    """
    found: dict[tuple[date, date], list[tuple[Relation, dict[str, Fact]]]] = {}
    for code, given in _entries(Cut(region, exercise_id), as_of).items():
        days: dict[tuple[date, date], list[Given]] = {}
        for each in given:
            days.setdefault((each.first, each.last), []).append(each)
        for span, those in days.items():
            if any(each.region == region for each in those):
                continue
            facts = {f"{code}@{each.region}": each for each in sorted(those, key=lambda each: each.region)}
            relation = Relation(code, "mixed", tuple(facts))
            found.setdefault(span, []).append(
                (relation, {name: _fact(name, each) for name, each in facts.items()})
            )
    return found


def _fact(name: str, given: Given) -> Fact:
    return Fact(
        name, given.value.normalize(), "", _in_words(name.partition("@")[0], given.scope), given.source
    )


def _in_words(code: str, scope: str) -> str:
    """What an entry counts; the declared words are the same in whichever language they were entered."""
    declared = fact_of(code)
    told = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            told.append(gettext(declared.scope) if declared is not None else "")
    return gettext(declared.scope) if declared is not None and scope in told else scope


def notes(cut: Cut, start: datetime, end: datetime) -> list[UUID]:
    """The notes on scope of a region's subtree written in a span."""
    rows = ScopeNote.objects.filter(at__gte=start, at__lt=end)
    if cut.region:
        rows = rows.filter(region__code__startswith=prefix_of(cut.region))
    return list(rows.order_by("-at").values_list("pk", flat=True))


def visible_counts(person: Person, *, at: datetime, exercise_id: UUID | None = None) -> QuerySet[Count]:
    """The counted facts of a person's regions, newest first; those corrected stand in the history of the later one."""
    mine = Q(pk=None)
    for prefix in scope_of(person, at=at):
        mine |= Q(region__code__startswith=prefix)
    rows = Count.objects.filter(mine, exercise_id=exercise_id).select_related("region", "supersedes")
    return rows.order_by("-last", "-recorded_at", "pk")

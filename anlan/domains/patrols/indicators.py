"""The numbers of visits (practice.md §7, groups 07 and 08): visits in 家次, firms in 家, by the firm's trade."""

from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet

from anlan.domains.patrols.models import Visit
from anlan.domains.patrols.queries.visits import finished, found_on
from anlan.kernel.core.words import N_
from anlan.kernel.indicators.spec import Counted, Cut, Formula, Indicator, Period

TRADES = (
    ("dust", N_("Patrol visits to dust firms"), N_("Dangers found on patrols of dust firms")),
    (
        "confined_space",
        N_("Patrol visits to firms with confined spaces"),
        N_("Dangers found on patrols of firms with confined spaces"),
    ),
    ("plating", N_("Patrol visits to plating firms"), N_("Dangers found on patrols of plating firms")),
    (
        "hazchem",
        N_("Patrol visits to firms with hazardous chemicals"),
        N_("Dangers found on patrols of firms with hazardous chemicals"),
    ),
)
VISITS = N_(
    "Visits of the bureau's people that were finished in the period; a self-check of the firm is none."
)
FOUND = N_("Dangers reported on visits that were finished in the period.")


def visits_of(tag: str) -> Formula:
    """Finished visits, to firms of a trade as it was then; "" counts all."""

    def count(cut: Cut, period: Period, as_of: datetime) -> Counted:
        rows = [row.pk for row in _finished(cut, period, as_of, tag)]
        return Counted(Decimal(len(rows)), len(rows), rows)

    return count


def found_of(tag: str) -> Formula:
    """Dangers found on those visits; the base is the visits."""

    def count(cut: Cut, period: Period, as_of: datetime) -> Counted:
        visits = _finished(cut, period, as_of, tag)
        rows = found_on(visits)
        return Counted(Decimal(len(rows)), visits.count(), rows)

    return count


def firms(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Firms that were visited at least once; the base is the visits."""
    rows = list(_finished(cut, period, as_of, "").values_list("pk", "organisation_id"))
    return Counted(Decimal(len({firm for _, firm in rows})), len(rows), [pk for pk, _ in rows])


def _finished(cut: Cut, period: Period, as_of: datetime, tag: str) -> QuerySet[Visit]:
    return finished(
        region=cut.region,
        start=period.start,
        end=period.end,
        as_of=as_of,
        exercise_id=cut.exercise_id,
        tag=tag,
    )


INDICATORS = (
    Indicator(
        code="patrols.visits", label=N_("Patrol visits"), unit=N_("visits"), definition=VISITS, of=visits_of(""),
        digits=0,
    ),
    Indicator(
        code="patrols.firms", label=N_("Firms patrolled"), unit=N_("firms"), digits=0, of=firms,
        definition=N_("Firms with at least one finished visit in the period, each counted once."),
    ),
    Indicator(
        code="patrols.found", label=N_("Dangers found on patrols"), unit=N_("items"), definition=FOUND,
        of=found_of(""), digits=0,
    ),
    *(
        Indicator(code=f"patrols.visits_{tag}", label=visits, unit=N_("visits"), definition=VISITS,
                  of=visits_of(tag), digits=0)
        for tag, visits, _found in TRADES
    ),
    *(
        Indicator(code=f"patrols.found_{tag}", label=found, unit=N_("items"), definition=FOUND, of=found_of(tag),
                  digits=0)
        for tag, _visits, found in TRADES
    ),
)  # fmt: skip

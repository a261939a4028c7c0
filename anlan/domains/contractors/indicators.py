"""The numbers of contractor work (practice.md §7, groups 09 and 18)."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from anlan.domains.contractors import queries
from anlan.domains.dangers.public import passed_at
from anlan.kernel.core.words import N_
from anlan.kernel.indicators.spec import Counted, Cut, Indicator, Period, percent


def jobs(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Jobs that began in the period."""
    found = queries.jobs_noticed(**_span(cut, period, as_of))
    return Counted(Decimal(len(found)), len(found), found)


def educated(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Attendances of lessons before work."""
    total, rows = queries.lessons(**_span(cut, period, as_of))
    return Counted(Decimal(total), len(rows), rows)


def checked(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Checks of crews at work; one crew looked at twice is two."""
    rows = list(queries.checks(**_span(cut, period, as_of)).values_list("job_id", flat=True))
    return Counted(Decimal(len(rows)), len(rows), rows)


def danger_rate(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Dangers found at contractor work in the period that have passed their recheck ÷ found."""
    found = list(
        queries.checks(**_span(cut, period, as_of)).exclude(danger=None).values_list("danger_id", flat=True)
    )
    passed = passed_at(found, as_of=as_of)
    return Counted(percent(len(passed), len(found)), len(found), found)


def connected(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Terminals connected ÷ installed, at the end of the period."""
    found = queries.fixtures(
        kind="terminal", what=("installed", "connected"), region=cut.region, end=period.end, as_of=as_of,
        exercise_id=cut.exercise_id,
    )  # fmt: skip
    return Counted(
        percent(len(found["connected"]), len(found["installed"])), len(found["installed"]), found["installed"]
    )


def installed(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Terminals installed ÷ bought, at the end of the period."""
    found = queries.fixtures(
        kind="terminal", what=("bought", "installed"), region=cut.region, end=period.end, as_of=as_of,
        exercise_id=cut.exercise_id,
    )  # fmt: skip
    return Counted(
        percent(len(found["installed"]), len(found["bought"])), len(found["bought"]), found["bought"]
    )


def _span(cut: Cut, period: Period, as_of: datetime) -> dict[str, Any]:
    return {
        "region": cut.region, "start": period.start, "end": period.end, "as_of": as_of, "exercise_id": cut.exercise_id,
    }  # fmt: skip


INDICATORS = (
    Indicator(
        "contractors.jobs", N_("Contractor jobs"), N_("jobs"),
        N_("Jobs noticed whose work began in the period, less those turned away or called off."), jobs, digits=0,
    ),
    Indicator(
        "contractors.educated", N_("Taught before contractor work"), N_("attendances"),
        N_("Attendances of the lesson before work held in the period; once a person and job."), educated, digits=0,
    ),
    Indicator(
        "contractors.checked", N_("Checks of contractor work"), N_("visits"),
        N_("Checks of crews at work in the period; a crew looked at twice is two."), checked, digits=0,
    ),
    Indicator(
        "contractors.danger_rate", N_("Dangers of contractor work rectified"), "%",
        N_("Dangers found at such checks in the period that have passed their recheck ÷ found."), danger_rate,
    ),
    Indicator(
        "contractors.terminals_connected", N_("Terminals connected"), "%",
        N_("Terminals connected ÷ installed and not removed, at the end of the period."), connected,
        opens="contractors.fixture",
    ),
    Indicator(
        "contractors.terminals_installed", N_("Terminals installed"), "%",
        N_("Terminals installed ÷ bought and not removed, at the end of the period."), installed,
        opens="contractors.fixture",
    ),
)  # fmt: skip

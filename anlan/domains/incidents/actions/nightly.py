"""值班抽查 by itself: for the coming night units are drawn by lot and called at the hours of the rule."""

import secrets
from datetime import datetime, timedelta

from django.utils.timezone import localtime

from anlan.domains.incidents.actions.watch import CHECKED_UNITS, draw_checks
from anlan.domains.incidents.models import DutyCheck
from anlan.kernel.core import rulesets
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.places.regions import prefix_of

BY = "service:incidents"


def draw_night_checks(*, region: str, at: datetime) -> int:
    """A turn of the daily round: the calls of the coming night that nobody has drawn yet; how many checks. Whoever
    draws by hand for one of these hours has drawn for it."""
    many = int(rulesets.value_of("incidents.checks_a_night", region=region, at=at))
    units = Organisation.objects.filter(
        kind__in=CHECKED_UNITS, active=True, region__code__startswith=prefix_of(region)
    ).count()
    drawn = 0
    for call_at in _hours(region, at):
        there = DutyCheck.objects.filter(call_at=call_at, item__region=region, item__exercise=None)
        if min(many, units) and not there.exists():
            made = draw_checks(
                region=region,
                count=min(many, units),
                call_at=call_at,
                seed=secrets.token_hex(8),
                by=BY,
                at=at,
            )
            drawn += len(made)
    return drawn


def _hours(region: str, at: datetime) -> list[datetime]:
    """The hours of the rule in the night that comes: those before noon belong to the next morning."""
    today = localtime(at).replace(minute=0, second=0, microsecond=0)
    hours = rulesets.value_of("incidents.check_hours", region=region, at=at)
    found = [today.replace(hour=int(hour)) + timedelta(days=int(hour) < 12) for hour in hours]
    return [each for each in found if each > at]

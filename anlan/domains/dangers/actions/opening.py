"""What may be reported: a firm's people report what lies at their own firm, everybody a kind that is in force."""

from collections.abc import Sequence
from datetime import datetime

from anlan.domains.dangers.models import Danger
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.orgs.models import Organisation

OTHER_FIRM = reason(
    "dangers.other_firm",
    N_("You report for {firm}. What you see at another firm tell the street, which looks into it."),
)
BAD_CATEGORY = reason("dangers.bad_category", N_("{given} is no kind of danger. Choose one of the list."))


def check_finder(danger: Danger, own: Organisation | None) -> None:
    """A firm's person reports for that firm, at one of its sites."""
    if own is None:
        return
    elsewhere = danger.site is not None and danger.site.enterprise_id != own.pk
    if danger.organisation_id != own.pk or elsewhere:
        raise Refused(OTHER_FIRM, field="site" if elsewhere else "organisation", firm=own.name)


def check_categories(given: Sequence[str], *, field: str, region: str, at: datetime) -> None:
    """Only kinds of dangers that are in force: what no list knows is counted by nobody."""
    known = rulesets.value_of("dangers.categories", region=region, at=at)
    for each in given:
        if each not in known:
            raise Refused(BAD_CATEGORY, field=field, given=each[:40] or "—")

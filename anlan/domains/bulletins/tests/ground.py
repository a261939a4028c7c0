"""What the tests of reports share: offices, dangers, a month's analysis."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.module_loading import import_string

from anlan.domains.bulletins.actions import drafting, issuing
from anlan.domains.bulletins.models import Paragraph, Report
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.orgs.models import Person
from tests.people import DISTRICT, NOON, QUAY, District, add_duty, add_person

# A neighbour's act by name: a report reads its numbers out of the registry and imports no domain.
start_campaign = import_string("anlan.domains.dangers.actions.campaigns.start_campaign")
report_danger = import_string("anlan.domains.dangers.public.report")
DAY = timedelta(days=1)
JUNE = date(2026, 6, 30)


def office(here: District, kind: str = "safety_section", name: str = "Olga") -> Person:
    person = add_person(name, here.bureau)
    add_duty(person, kind, DISTRICT)
    return person


def danger(
    here: District, region: str = QUAY, days: int = 10, *, at: datetime = NOON, campaign: UUID | None = None
) -> WorkItem:
    """A danger found some days ago; entered at once, or late where `at` is later."""
    finder = here.owner if region == QUAY else here.outsider
    opened: WorkItem = report_danger(
        region=region, description="疏散通道堆物", category="exit", organisation=here.firm, by=finder.by,
        at=at if at > NOON else NOON - days * DAY, happened_at=NOON - days * DAY if at > NOON else None, campaign=campaign,
    )  # fmt: skip
    return opened


def campaign(name: str, by: Person) -> UUID:
    """A campaign of the district that runs this year."""
    start, end = date(2026, 1, 1), date(2026, 12, 31)
    item = start_campaign(
        name=name, region=DISTRICT, starts_on=start, ends_on=end, by=by.by, at=NOON - 90 * DAY
    )
    return UUID(str(item.pk))


def monthly(here: District, by: Person, **more: object) -> Report:
    given = {"template": "monthly_analysis", "region": DISTRICT, "day": JUNE, "by": by.by, "at": NOON}
    return Report.objects.get(pk=drafting.draft(**(given | more)).pk)


def said(report: Report, key: str) -> Paragraph:
    return report.paragraphs.get(key=key)


def handed(here: District, writer: Person) -> Report:
    report = monthly(here, writer)
    issuing.hand_in(item=report.item, by=writer.by, at=NOON)
    return report

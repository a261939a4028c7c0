"""The bureau of the tests: four certified officers in the harbour street, a section, a chief, firms with an archive."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.apps import apps

from anlan.domains.enforcement.actions import officers, planning
from anlan.domains.enforcement.actions.planning import LineGiven
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.orgs.models import Organisation, Person
from tests.people import DISTRICT, HARBOUR, NOON, QUAY, District, add_duty, add_person, district

Danger = apps.get_model("dangers", "Danger")  # neighbours' rows by name: only their public.py is imported
Campaign = apps.get_model("dangers", "Campaign")
Enterprise = apps.get_model("enterprises", "Enterprise")
Tag = apps.get_model("enterprises", "Tag")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
TODAY = date(2026, 7, 3)


@dataclass
class Bureau:
    """The people and firms that tests name."""

    here: District
    officers: list[Person]
    section: Person
    chief: Person
    firms: list[Organisation] = field(default_factory=list)

    @property
    def firm(self) -> Organisation:
        return self.here.firm

    @property
    def pair(self) -> dict[str, Person]:
        return {"first_officer": self.officers[0], "second_officer": self.officers[1]}


def bureau(*, many: int = 4) -> Bureau:
    here = district()
    people = [here.colleague]
    for number in range(many - 1):
        people.append(add_person(f"执法{number}", here.street))
        add_duty(people[-1], "enforcement_officer", HARBOUR, rank=number + 1)
    for number, person in enumerate(people):
        certify(person, f"粤A{number:04d}")
    section, chief = (
        add_person("监管科长", here.bureau, account=True),
        add_person("局长", here.bureau, account=True),
    )
    add_duty(section, "safety_section", DISTRICT)
    add_duty(chief, "bureau_chief", DISTRICT)
    return Bureau(here, people, section, chief)


def certify(person: Person, number: str, *, until: date = date(2028, 12, 31)):
    return officers.certify(
        person=person,
        number=number,
        valid_from=date(2023, 1, 1),
        valid_to=until,
        by="service:test",
        at=NOON - 300 * DAY,
    )


def add_firms(
    ours: Bureau, many: int, *, tags: tuple[str, ...] = (), sector: str = "C2110"
) -> list[Organisation]:
    """Firms of the quay with an archive, all of the same kinds."""
    first = len(ours.firms)
    made = [
        Organisation(name=f"第{first + number + 1}厂", kind="enterprise", region_id=QUAY)
        for number in range(many)
    ]
    Organisation.objects.bulk_create(made)
    archives = [
        Enterprise(organisation=firm, sector=sector, section=sector[:1], created_at=NOON, updated_at=NOON)
        for firm in made
    ]
    Enterprise.objects.bulk_create(archives)
    Tag.objects.bulk_create(
        [
            Tag(enterprise=each, kind=kind, since=date(2024, 1, 1), by="service:test")
            for each in archives
            for kind in tags
        ]
    )
    ours.firms += made
    return made


def plan_of(ours: Bureau, firms: list[Organisation], *, kind: str = "general") -> WorkItem:
    """A plan in force with these firms."""
    item = planning.draft_plan(year=2026, region=DISTRICT, by=ours.section.by, at=NOON - 180 * DAY)
    planning.add_lines(
        item=item, given=[LineGiven(firm, kind) for firm in firms], by=ours.section.by, at=NOON - 179 * DAY
    )
    planning.approve(item=item, approval="安府〔2026〕1号", by=ours.chief.by, at=NOON - 178 * DAY)
    return item

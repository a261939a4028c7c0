"""A district for the call-out bench: ten streets, 140 communities, 3,183 flood duty holders with 430 second duties.

Numbers by first duty as in the demo district's flood plan; every name is a number.
"""

import itertools
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from anlan.domains.warnings.actions.deciding import approve_and_release, propose_call_out
from anlan.domains.warnings.actions.releasing import Released
from anlan.kernel.core import rulesets
from anlan.kernel.domain.registry import ruleset_files
from anlan.kernel.orgs.models import Duty, DutyKind, Organisation, Person
from anlan.kernel.places.models import Region

DISTRICT = "440399000000"
COMMUNITIES = (22, 25, 22, 22, 13, 9, 8, 7, 7, 5)
# duty kind → (holders, closes on, rung by hand, level of the region)
HOLDERS = {
    "commander": (2, "received", True, "county"),
    "deputy_commander": (6, "received", True, "county"),
    "unit_head": (42, "received", False, "county"),
    "liaison_a": (42, "received", False, "county"),
    "liaison_b": (42, "received", False, "county"),
    "office_watch": (31, "received", False, "county"),
    "street_principal": (20, "received", True, "street"),
    "street_deputy": (20, "on_post", False, "street"),
    "flood_clerk": (30, "on_post", False, "street"),
    "crew_leader": (20, "on_post", False, "street"),
    "street_member": (80, "on_post", False, "street"),
    "community_leader": (140, "on_post", False, "community"),
    "community_clerk": (280, "on_post", False, "community"),
    "disaster_reporter": (140, "received", False, "community"),
    "evacuation_keeper": (476, "done", False, "community"),
    "waterlogging_keeper": (66, "on_post", False, "community"),
    "underground_keeper": (682, "done", False, "community"),
    "reservoir_administrative": (12, "received", False, "community"),
    "reservoir_technical": (12, "received", False, "community"),
    "reservoir_patrol": (12, "on_post", False, "community"),
    "river_keeper": (48, "on_post", False, "community"),
    "slope_keeper": (192, "on_post", False, "community"),
    "site_keeper": (420, "done", False, "community"),
    "weak_house_keeper": (150, "done", False, "community"),
    "shelter_keeper": (120, "on_post", False, "community"),
    "pump_keeper": (58, "on_post", False, "community"),
    "harbour_keeper": (40, "on_post", False, "community"),
}
PEOPLE = sum(number for number, *_ in HOLDERS.values())
SECOND_DUTIES = 430


def build(at: datetime) -> None:
    """Everything that a release reads, in the database."""
    rulesets.load_files(ruleset_files())
    regions = list(_regions())
    Region.objects.bulk_create(regions)
    by_level: dict[str, list[str]] = {}
    for region in regions:
        by_level.setdefault(region.level, []).append(region.code)
    unit = Organisation.objects.create(name="区三防指挥部", kind="headquarters", region_id=DISTRICT)
    for kind in ("watch_officer", "watch_chief", "grid_worker"):
        DutyKind.objects.create(code=kind, label=kind, label_en=kind)
    DutyKind.objects.bulk_create(
        DutyKind(code=kind, label=kind, label_en=kind, closes_on=closes, rung_by_hand=by_hand, flood=True)
        for kind, (_, closes, by_hand, _) in HOLDERS.items()
    )
    people = Person.objects.bulk_create(
        Person(name=f"责任人{number}", organisation=unit, phone=f"199{number:08}")
        for number in range(PEOPLE + 2)
    )
    Duty.objects.bulk_create(_duties(people, by_level, at - timedelta(days=30)))


def _regions() -> Iterator[Region]:
    yield Region(code=DISTRICT, name="安澜区", level="county", prefix="440399")
    for number, communities in enumerate(COMMUNITIES, 1):
        street = f"440399{number:03}"
        yield Region(
            code=f"{street}000", name=f"{number}街道", level="street", parent_id=DISTRICT, prefix=street
        )
        for below in range(1, communities + 1):
            code = f"{street}{below:03}"
            yield Region(
                code=code, name=f"{below}社区", level="community", parent_id=f"{street}000", prefix=code
            )


def _duties(people: list[Person], by_level: dict[str, list[str]], since: datetime) -> list[Duty]:
    """First duties in turn over the regions of their level, then second duties of keepers, then the watch."""
    rest = iter(people)
    found = [
        Duty(person=person, kind_id=kind, region_id=region, valid_from=since)
        for kind, (number, _, _, level) in HOLDERS.items()
        for person, region in zip(itertools.islice(rest, number), itertools.cycle(by_level[level]))
    ]
    keepers = [duty for duty in found if duty.kind_id in ("underground_keeper", "site_keeper")]
    found += [
        Duty(person=duty.person, kind_id="shelter_keeper", region_id=duty.region_id, rank=1, valid_from=since)
        for duty in random.Random(3).sample(keepers, SECOND_DUTIES)
    ]
    found += [
        Duty(person=person, kind_id=kind, region_id=DISTRICT, valid_from=since)
        for kind, person in zip(("watch_officer", "watch_chief"), rest, strict=True)
    ]
    return found


def release(*, at: datetime, exercise_id: UUID | None = None, **said: Any) -> Released:
    """A red call-out of the whole district: proposed by the officer, approved by the chief."""
    officer, chief = (Person.objects.get(duties__kind=kind).by for kind in ("watch_officer", "watch_chief"))
    item = propose_call_out(
        hazard="rain",
        colour="red",
        regions=[DISTRICT],
        words="bench",
        by=officer,
        at=at,
        exercise_id=exercise_id,
        **said,
    )
    return approve_and_release(item=item, by=chief, at=at)[1]

"""A small district for tests, with the three people who stand in every test: owner, colleague, outsider.

Alma answers for a street's dangers, Bo is her colleague there, Carl works in another street. Names are invented.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db import connection

from anlan.kernel.core import rulesets
from anlan.kernel.domain.registry import ruleset_files
from anlan.kernel.orgs.models import Account, Duty, DutyKind, Organisation, Person
from anlan.kernel.places.actions import new_place
from anlan.kernel.places.models import Place, PlaceKind, Region
from anlan.kernel.places.regions import level_of, prefix_of

NOON = datetime(2026, 7, 3, 4, 0, tzinfo=UTC)  # twelve o'clock in Shanghai
LONG_AGO = NOON - timedelta(days=400)
DISTRICT, HARBOUR, HILL = "440399000000", "440399001000", "440399004000"
QUAY, TERRACE = "440399001001", "440399004001"
NAMES = {DISTRICT: "安澜区", HARBOUR: "临港街道", HILL: "石矶街道", QUAY: "码头社区", TERRACE: "梯田社区"}

KINDS = {  # code → (closes_on, rung_by_hand, watch)
    "watch_officer": ("received", False, True),
    "watch_chief": ("received", False, False),
    "patroller": ("received", False, False),
    "street_safety_officer": ("received", False, False),
    "enforcement_officer": ("received", False, False),
    "safety_section": ("received", False, False),
    "bureau_chief": ("received", True, False),
    "safety_manager": ("done", False, False),
    "street_principal": ("received", True, False),
    "waterlogging_keeper": ("on_post", False, False),
    "community_clerk": ("done", False, False),
    "station_keeper": ("received", False, False),
    "work_plan_office": ("received", False, False),
    "unit_head": ("received", False, False),
    "liaison_a": ("received", False, False),
}


@dataclass
class District:
    """The rows that tests name."""

    bureau: Organisation
    street: Organisation
    firm: Organisation
    owner: Person
    colleague: Person
    outsider: Person
    manager: Person


_rows_of: dict[tuple[Path, ...], str] = {}


def add_rules() -> None:
    """The shipped rules. Their files are read and checked once a process; after that the same rows are put in again."""
    files = tuple(ruleset_files())
    with connection.cursor() as cursor:
        if files in _rows_of:
            cursor.execute(
                "INSERT INTO core_rulevalue SELECT * FROM json_populate_recordset(NULL::core_rulevalue, %s)"
                " ON CONFLICT DO NOTHING",
                [_rows_of[files]],
            )
            rulesets.forget()
            return
        rulesets.load_files(files)
        cursor.execute(
            "SELECT json_agg(each)::text FROM core_rulevalue AS each WHERE origin = ANY(%s)",
            [[file.name for file in files]],
        )
        _rows_of[files] = cursor.fetchone()[0]


def _kind(code: str, closes_on: str, rung_by_hand: bool, watch: bool) -> DutyKind:
    return DutyKind(
        code=code, label=code, label_en=code, closes_on=closes_on, rung_by_hand=rung_by_hand, watch=watch
    )


def add_kind(
    code: str, closes_on: str = "received", *, rung_by_hand: bool = False, watch: bool = False
) -> DutyKind:
    """A kind of duty; one that is there already stays as it is."""
    DutyKind.objects.bulk_create([_kind(code, closes_on, rung_by_hand, watch)], ignore_conflicts=True)
    return DutyKind.objects.get(code=code)


def add_person(name: str, organisation: Organisation, *, account: bool = False, phone: str = "") -> Person:
    login = Account.objects.create_user(login=name) if account else None
    return Person.objects.create(name=name, organisation=organisation, account=login, phone=phone)


def add_duty(person: Person, kind: str, region: str, *, rank: int = 0, place: Place | None = None) -> Duty:
    return Duty.objects.create(
        person=person, kind_id=kind, region_id=region, rank=rank, place=place, valid_from=LONG_AGO
    )


def add_place(
    name: str, region: str, *, lon: float = 113.9, lat: float = 22.65, kind: str = "waterlogging_point"
) -> Place:
    known = PlaceKind.objects.get_or_create(code=kind, defaults={"label": kind, "label_en": kind})[0]
    place = new_place(kind=known, name=name, region=region, lon=lon, lat=lat, at=LONG_AGO)
    place.save()
    return place


def add_regions() -> None:
    above = {DISTRICT: None, HARBOUR: DISTRICT, HILL: DISTRICT, QUAY: HARBOUR, TERRACE: HILL}
    Region.objects.bulk_create(
        Region(code=code, name=name, level=level_of(code), parent_id=above[code], prefix=prefix_of(code))
        for code, name in NAMES.items()
    )


def district() -> District:
    """Create the district; call it once a test, inside the test's database."""
    add_rules()
    add_regions()
    DutyKind.objects.bulk_create(
        (_kind(code, *facts) for code, facts in KINDS.items()), ignore_conflicts=True
    )
    bureau = Organisation.objects.create(name="安澜区应急管理局", kind="bureau", region_id=DISTRICT)
    street = Organisation.objects.create(name="临港街道办事处", kind="street", region_id=HARBOUR)
    hill = Organisation.objects.create(name="石矶街道办事处", kind="street", region_id=HILL)
    firm = Organisation.objects.create(name="海风家具厂", kind="enterprise", region_id=QUAY)
    made = District(
        bureau=bureau,
        street=street,
        firm=firm,
        owner=add_person("Alma", street, account=True),
        colleague=add_person("Bo", street, account=True),
        outsider=add_person("Carl", hill, account=True),
        manager=add_person("Fang", firm, account=True),
    )
    add_duty(made.owner, "patroller", QUAY)
    add_duty(made.owner, "street_safety_officer", HARBOUR)
    add_duty(made.colleague, "street_safety_officer", HARBOUR, rank=1)
    add_duty(made.colleague, "enforcement_officer", HARBOUR)
    add_duty(made.outsider, "street_safety_officer", HILL)
    add_duty(made.manager, "safety_manager", QUAY)
    return made

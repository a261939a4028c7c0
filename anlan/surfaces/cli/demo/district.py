"""Writes the demo district: regions, places, units, people, duties, stations. Twice is once: ids follow from codes."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import models, transaction

from anlan.domains.sensing.actions import declare_stations
from anlan.domains.sensing.actions.stations import StationGiven
from anlan.domains.sensing.models import Station
from anlan.domains.warnings.actions.signals import register_office
from anlan.domains.warnings.models import WeatherOffice
from anlan.kernel.core import clock
from anlan.kernel.ledger.actions import record
from anlan.kernel.orgs.actions import phone_fields
from anlan.kernel.orgs.models import Duty, DutyKind, Organisation, Person
from anlan.kernel.places.actions import add_places, declare_kind, load_regions, new_place, regions_from_csv
from anlan.kernel.places.models import Place, Region
from anlan.surfaces.cli.demo import files, people, units
from anlan.surfaces.cli.demo.english import english
from anlan.surfaces.cli.demo.files import DISTRICT, table

BY = "service:demo"
SINCE = datetime(2020, 1, 1, tzinfo=UTC)  # before any storm that is played here
SPACE = UUID("44039900-0000-5000-8000-000000000000")
OFFICE_SENDER = "office@weather.anlan-demo.invalid"
CHUNK = 2000

KINDS: dict[
    str, tuple[str, str, dict[str, str]]
] = {  # code → label, English label, attributes and their types
    "waterlogging_point": ("积涝点", "Waterlogging point", {"class": "number", "underpass": "flag"}),
    "reservoir": (
        "水库",
        "Reservoir",
        {
            "flood_limit_m": "number",
            "flood_high_m": "number",
            "design_m": "number",
            "storage_10k_m3": "number",
        },
    ),
    "underground_space": ("地下空间", "Underground space", {}),
    "river_reach": ("河段", "River reach", {}),
    "slope": ("边坡和地质灾害点", "Slope", {"class": "number", "height_m": "number", "households": "number"}),
    "construction_site": (
        "工地",
        "Construction site",
        {"workers": "number", "deep_pit": "flag", "cranes": "number"},
    ),
    "weak_house": ("危房和低洼楼栋", "Weak house or low block", {"persons": "number"}),
    "shelter": ("避难场所", "Shelter", {"places": "number"}),
    "pump_gate": ("泵闸", "Pump or gate", {}),
    "exposed_spot": ("工棚、港湾、景区", "Shed, harbour or scenic spot", {}),
    "river": ("河流", "River", {}),
    "road": ("道路", "Road", {"grade": "text"}),
    "coast": ("海岸线", "Coast", {}),
    "hill": ("山地", "Hills", {}),
}


def key(*words: str) -> UUID:
    """The id of something of the demo: the same in every installation."""
    return uuid5(SPACE, "/".join(words))


def is_there() -> bool:
    """Whether the district was written to its end before: its stations come last."""
    return Station.objects.filter(exercise=None, region__code__startswith=DISTRICT[:6]).exists()


def write() -> None:
    """All of it, in transactions of a few seconds at most; whatever a broken start left is gone on with."""
    at = clock.real_now()
    _regions(at)
    _places(at)
    _organisations()
    _people()
    _duties(at)
    _office(at)
    _stations(at)


def _regions(at: datetime) -> None:
    drawn = files.geojson("outlines")
    outlines = {f["properties"]["code"]: f["geometry"] for f in drawn["features"]}
    names = regions_from_csv(files.DATA / "regions.csv")
    if Region.objects.filter(pk__in=names).count() < len(names):
        load_regions(names, outlines=outlines, origin=str(drawn["origin"])[:200], by=BY, at=at)
    _name_in_english(names)


def _places(at: datetime) -> None:
    kinds = {
        code: declare_kind(
            code=code, label=label, label_en=english, attributes={n: {"type": t} for n, t in own.items()}
        )
        for code, (label, english, own) in KINDS.items()
    }
    if Place.objects.filter(kind__in=KINDS, region__code__startswith=DISTRICT[:6]).exists():
        return
    rows = [
        new_place(
            id=key("place", r["code"]),
            code=r["code"],
            kind=kinds[r["kind"]],
            name=r["name"],
            region=r["region"],
            at=at,
            lon=float(r["lon"]),
            lat=float(r["lat"]),
            attributes=json.loads(r["attributes"]) if r["attributes"] else {},
        )
        for r in table("places")
    ]
    add_places([*rows, *_drawn(kinds, at)], by=BY, at=at)


def _drawn(kinds: dict[str, Any], at: datetime) -> Iterator[Place]:
    """Hills, rivers, roads and the coast: places with a shape, out of which the map draws its ground."""
    for number, feature in enumerate(files.geojson("base")["features"]):
        said, shape = feature["properties"], feature["geometry"]
        if said["kind"] not in kinds:
            continue
        lon, lat = _somewhere_on(shape["coordinates"])
        yield new_place(
            id=key("base", str(number)),
            code=f"base-{number}",
            kind=kinds[said["kind"]],
            name=said["name"],
            region=DISTRICT,
            lon=lon,
            lat=lat,
            at=at,
            area=shape,
            attributes={"grade": said["grade"]} if "grade" in said else {},
        )


def _somewhere_on(line: Sequence[Any]) -> tuple[float, float]:
    while isinstance(line[0], Sequence):
        line = line[len(line) // 2]
    return line[0], line[1]


def _name_in_english(names: Mapping[str, str]) -> None:
    rows = list(Region.objects.filter(pk__in=names, name_en=""))
    for row in rows:
        row.name_en = english(row.name)
    Region.objects.bulk_update(rows, ["name_en"], batch_size=500)


def _organisations() -> None:
    rows = [
        Organisation(
            id=key("organisation", u.code),
            code=u.code,
            name=u.name,
            name_en=u.name_en,
            short_name=u.short,
            kind=u.kind,
            region_id=u.region,
            parent_id=key("organisation", u.parent) if u.parent else None,
            sector=u.sector,
            uscc=u.uscc,
        )
        for u in units.all_units()
    ]
    _add(Organisation, rows)


def _people() -> None:
    rows = [
        Person(
            id=key("person", one.key),
            name=one.name,
            title=one.title[:60],
            organisation_id=key("organisation", one.organisation),
            superior_id=key("person", one.superior) if one.superior else None,
            **phone_fields(one.phone),
        )
        for one in people.everybody()
    ]
    rows.sort(key=lambda row: row.superior_id is not None)
    _add(Person, rows)


def _duties(at: datetime) -> None:
    DutyKind.objects.bulk_create([_kind(row) for row in table("duty_kinds")], ignore_conflicts=True)
    rows = [
        Duty(
            id=key("duty", one.key, post.kind, post.region, post.place),
            person_id=key("person", one.key),
            kind_id=post.kind,
            region_id=post.region,
            place_id=key("place", post.place) if post.place else None,
            rank=post.rank,
            valid_from=SINCE,
            verified_at=at,
        )
        for one, post in people.duties_of(people.everybody())
    ]
    _add(Duty, rows)
    record(
        code="orgs.duty_granted",
        subject=("places.region", DISTRICT),
        facts={"rows": len(rows), "people": len(people.everybody())},
        by=BY,
        at=at,
        region=DISTRICT,
    )


def _kind(row: dict[str, str]) -> DutyKind:
    flags = {name: row[name] == "1" for name in ("rung_by_hand", "flood", "watch")}
    return DutyKind(
        code=row["code"],
        label=row["label"],
        label_en=row["label_en"],
        closes_on=row["closes_on"],
        ring_order=int(row["ring_order"]),
        **flags,
    )


def _add(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    for start in range(0, len(rows), CHUNK):
        with transaction.atomic():
            model._default_manager.bulk_create(rows[start : start + CHUNK], ignore_conflicts=True)


def _office(at: datetime) -> None:
    if not WeatherOffice.objects.filter(sender=OFFICE_SENDER).exists():
        register_office(sender=OFFICE_SENDER, name="安澜区气象台（演示）", region=DISTRICT, by=BY, at=at)


def _stations(at: datetime) -> None:
    if is_there():
        return
    places = {p.code: p for p in Place.objects.filter(kind__in=("reservoir", "waterlogging_point"))}
    given = [
        StationGiven(
            code=r["code"],
            name=r["name"],
            name_en=english(r["name"]),
            region=r["region"],
            metrics=(r["metric"],),
            kind=r["kind"],
            lon=float(r["lon"]),
            lat=float(r["lat"]),
            every_s=int(r["every_s"]),
            silent_s=0,
            siting_note="演示站位，虚构",
            place=places.get(r["place"]),
            marks=json.loads(r["marks"]) if r["marks"] else {},
        )
        for r in table("stations")
    ]
    declare_stations(given, exercise_id=None, by=BY, at=at)

"""Rows of spreadsheets become firms and certificates: a chunk by a handful of statements, idempotent by natural key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.domains.enterprises.actions.common import Change, renew, tell
from anlan.domains.enterprises.actions.staffing import set_certificate
from anlan.domains.enterprises.models import Certificate, Enterprise, History, KeyPerson, Site
from anlan.domains.enterprises.rules import sectors
from anlan.kernel.core import rulesets
from anlan.kernel.core.bulk import insert_rows, update_rows
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.core.workdays import local_day
from anlan.kernel.loop.rights import person_id
from anlan.kernel.orgs.actions import phone_fields
from anlan.kernel.orgs.models import Organisation, Person
from anlan.kernel.orgs.queries import scope_of
from anlan.kernel.places.models import Region
from anlan.kernel.sheets.spec import Taken

NO_REGION = reason(
    "enterprises.sheet_region", N_("There is no region of this name or code, or several have it.")
)
NOT_YOURS = reason("enterprises.sheet_not_yours", N_("This lies outside your regions."))
NO_FIRM = reason("enterprises.sheet_no_firm", N_("No firm of the archive has this credit code."))
TWICE = reason("enterprises.sheet_twice", N_("This credit code stands in this file already."))
NO_TRADE = reason("enterprises.sheet_trade", N_("This is no trade of the list."))
FIRM_FIELDS = ("address", "scale", "staff", "field", "business", "regulator")


@dataclass(slots=True)
class Reach:
    """Where an author may write: region prefixes (None: everywhere) and, for a firm's person, the one firm."""

    prefixes: list[str] | None
    own: UUID | None

    def covers(self, region: str) -> bool:
        return self.prefixes is None or any(region.startswith(prefix) for prefix in self.prefixes)


def reach_of(by: str, at: datetime) -> Reach:
    key = person_id(by)
    if key is None:
        return Reach(None, None)
    person = Person.objects.select_related("organisation").get(pk=key)
    own = person.organisation_id if person.organisation.kind == "enterprise" else None
    return Reach(scope_of(person, at=at), own)


class _Regions:
    """Regions by code and by name; a name that two have is none."""

    def __init__(self, rows: Sequence[Mapping[str, Any]]) -> None:
        given = {str(row["region"]) for row in rows}
        self.codes = set(Region.objects.filter(pk__in=given).values_list("pk", flat=True))
        self.names: dict[str, str] = {}
        for code, name in Region.objects.filter(name__in=given).values_list("pk", "name"):
            self.names[name] = "" if name in self.names else code

    def code(self, given: str) -> str:
        return given if given in self.codes else self.names.get(given, "")


def take_firms(rows: Sequence[Mapping[str, Any]], *, by: str, at: datetime, act: UUID, dry: bool) -> Taken:
    """One chunk of firms; a credit code that is known is a correction, an equal row changes nothing."""
    del act
    reach, regions = reach_of(by, at), _Regions(rows)
    codes = [str(row["uscc"]) for row in rows]
    known = {o.uscc: o for o in Organisation.objects.filter(uscc__in=codes)}
    firms = {f.pk: f for f in Enterprise.objects.filter(organisation__in=known.values())}
    batch = _Batch(by=by, at=at)
    refused: dict[int, tuple[str, str]] = {}
    seen: set[str] = set()
    for place, row in enumerate(rows):
        try:
            region = _region(row, regions, reach)
            if row["uscc"] in seen:
                raise Refused(TWICE, field="uscc")
            seen.add(str(row["uscc"]))
            batch.add(row, region, known.get(str(row["uscc"])), firms, reach)
        except Refused as refusal:
            refused[place] = (refusal.field or "", str(refusal))
    if not dry:
        batch.write()
    return Taken(ids=batch.ids, same=batch.same, refused=refused)


def _region(row: Mapping[str, Any], regions: _Regions, reach: Reach) -> str:
    region = regions.code(str(row["region"]))
    if not region:
        raise Refused(NO_REGION, field="region")
    if reach.own is not None or not reach.covers(region):
        raise Refused(NOT_YOURS, field="region")
    return region


class _Batch:
    """The rows of a chunk while they are being compared; `write` puts them down."""

    def __init__(self, *, by: str, at: datetime) -> None:
        self.by, self.at = by, at
        self.organisations: list[Organisation] = []
        self.firms: list[Enterprise] = []
        self.changed: list[Enterprise] = []
        self.moved: list[Organisation] = []
        self.sites: list[Site] = []
        self.people: list[tuple[UUID, str, str]] = []
        self.ids: list[UUID] = []
        self.told: list[Change] = []
        self.same = 0

    def add(
        self, row: Mapping[str, Any], region: str, known: Organisation | None, firms: Mapping[UUID, Enterprise],
        reach: Reach,
    ) -> None:  # fmt: skip
        facts = self._facts(row)
        if known is not None and not reach.covers(known.region_id):
            raise Refused(NOT_YOURS, field="uscc")
        firm = firms.get(known.pk) if known is not None else None
        if known is None or firm is None:
            self._new(row, region, known, facts)
        elif not self._change(row, region, known, firm, facts):
            self.same += 1

    def _facts(self, row: Mapping[str, Any]) -> dict[str, Any]:
        facts = {name: row[name] for name in FIRM_FIELDS if row.get(name) not in (None, "")}
        if row.get("sector"):
            facts["sector"] = sectors.check(str(row["sector"]))
            facts["section"] = facts["sector"][:1]
        return facts

    def _new(
        self, row: Mapping[str, Any], region: str, known: Organisation | None, facts: dict[str, Any]
    ) -> None:
        lon, lat = _position(row)
        if known is None:
            known = Organisation(
                name=row["name"], kind="enterprise", uscc=row["uscc"], region_id=region, lon=lon, lat=lat
            )
            self.organisations.append(known)
        firm = Enterprise(
            organisation=known, origin="import", created_at=self.at, updated_at=self.at, **facts
        )
        self.firms.append(firm)
        self.sites.append(
            Site(
                enterprise=firm,
                name=row["name"],
                address=facts.get("address", ""),
                region_id=region,
                lon=lon,
                lat=lat,
                created_at=self.at,
            )
        )
        self._principal(firm.pk, row)
        self.ids.append(firm.pk)

    def _change(
        self,
        row: Mapping[str, Any],
        region: str,
        known: Organisation,
        firm: Enterprise,
        facts: dict[str, Any],
    ) -> bool:
        differing = {name: value for name, value in facts.items() if getattr(firm, name) != value}
        before = {"name": known.name, "region": known.region_id, "sector": firm.sector}
        for name, value in differing.items():
            setattr(firm, name, value)
        lon, lat = _position(row)
        said = {"name": row["name"], "region_id": region} | (
            {"lon": lon, "lat": lat} if lon is not None else {}
        )
        moved = any(getattr(known, name) != value for name, value in said.items())
        for name, value in said.items():
            setattr(known, name, value)
        after = {"name": known.name, "region": known.region_id, "sector": firm.sector}
        if after != before:
            changed = {name: [before[name], value] for name, value in after.items() if before[name] != value}
            self.told.append(Change(firm.pk, "identity", self.by, self.at, changed=changed))
        if moved:
            self.moved.append(known)
        if differing or moved:
            self.changed.append(firm)
            self.ids.append(firm.pk)
        return bool(differing or moved)

    def _principal(self, firm: UUID, row: Mapping[str, Any]) -> None:
        if row.get("principal"):
            self.people.append((firm, str(row["principal"]), str(row.get("phone") or "")))

    def write(self) -> None:
        with transaction.atomic():
            insert_rows(self.organisations)
            insert_rows(self.firms)
            insert_rows(self.sites)
            update_rows(self.moved, ["name", "region", "lon", "lat"])
            update_rows(self.changed, [*FIRM_FIELDS, "sector", "section"])
            self._write_people()
            status = [
                History(enterprise_id=f.pk, kind="status", value="operating", facts={"origin": "import"}, by=self.by,
                        at=self.at, happened_at=self.at)
                for f in self.firms
            ]  # fmt: skip
            insert_rows(status)
            renew(self.ids, by=self.by, at=self.at)
            for change in self.told:
                tell(change)

    def _write_people(self) -> None:
        people = [
            Person(name=name, organisation_id=firm, **phone_fields(phone))
            for firm, name, phone in self.people
        ]
        insert_rows(people)
        since = local_day(self.at)
        insert_rows(
            [
                KeyPerson(enterprise_id=p.organisation_id, person=p, role="principal", since=since)
                for p in people
            ]
        )


def _position(row: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """Both or neither; what lies outside the globe is nothing."""
    lon, lat = row.get("lon"), row.get("lat")
    if lon is None or lat is None or not (-180 <= lon <= 180 and -90 <= lat <= 90):
        return None, None
    return float(lon), float(lat)


# ---- certificates ----------------
def take_certificates(
    rows: Sequence[Mapping[str, Any]], *, by: str, at: datetime, act: UUID, dry: bool
) -> Taken:
    """One chunk of certificates; the same holder, trade and day of issue is the same certificate."""
    del act
    reach = reach_of(by, at)
    codes = {str(row["uscc"]) for row in rows}
    firms = {
        f.organisation.uscc: f
        for f in Enterprise.objects.filter(organisation__uscc__in=codes).select_related("organisation")
    }
    held = {
        (c.enterprise_id, c.person.name, c.trade, c.issued_on)
        for c in Certificate.objects.filter(enterprise__in=firms.values()).select_related("person")
    }
    taken: list[UUID] = []
    refused: dict[int, tuple[str, str]] = {}
    same = 0
    for place, row in enumerate(rows):
        try:
            firm = _firm(row, firms, reach)
            trade = _trade(str(row["trade"]), firm, at)
            key = (firm.pk, str(row["name"]), trade, row["issued_on"])
            if key in held:
                same += 1
                continue
            held.add(key)
            if not dry:
                taken.append(_certificate(firm, trade, row, by=by, at=at).pk)
        except Refused as refusal:
            refused[place] = (refusal.field or "", str(refusal))
    return Taken(ids=taken, same=same, refused=refused)


def _firm(row: Mapping[str, Any], firms: Mapping[str, Enterprise], reach: Reach) -> Enterprise:
    firm = firms.get(str(row["uscc"]))
    if firm is None:
        raise Refused(NO_FIRM, field="uscc")
    if firm.pk != reach.own and not reach.covers(firm.organisation.region_id):
        raise Refused(NOT_YOURS, field="uscc")
    return firm


def _trade(given: str, firm: Enterprise, at: datetime) -> str:
    """A trade by its code or by its name in either language."""
    for row in rulesets.value_of("enterprises.trades", region=firm.organisation.region_id, at=at):
        if given in (row["code"], row["name"], row["name_en"]):
            return str(row["code"])
    raise Refused(NO_TRADE, field="trade")


def _certificate(
    firm: Enterprise, trade: str, row: Mapping[str, Any], *, by: str, at: datetime
) -> Certificate:
    return set_certificate(
        firm=firm, name=str(row["name"]), trade=trade, number=str(row.get("number") or ""), issued_on=row["issued_on"],
        review_on=row.get("review_on"), expires_on=row.get("expires_on"), by=by, at=at,
    )  # fmt: skip

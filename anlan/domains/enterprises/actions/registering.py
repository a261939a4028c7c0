"""Writes of identity: a firm taken into the archive, its facts, sites, status and tags."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.domains.enterprises.actions.common import (
    Change,
    check_keeper,
    check_signer,
    check_why,
    entered_for,
    note,
    renew,
    say,
    tell,
)
from anlan.domains.enterprises.models import Enterprise, Site, Tag
from anlan.domains.enterprises.models.firms import STATUSES, new_plate
from anlan.domains.enterprises.queries import tags
from anlan.domains.enterprises.rules import sectors, words
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.core.workdays import local_day
from anlan.kernel.loop.rights import person_id
from anlan.kernel.orgs.actions import add_organisation, check_uscc
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.orgs.queries import NOT_YOUR_REGION, has_duty
from anlan.kernel.places.models import Region

NAME_MISSING = reason("enterprises.name_missing", N_("Give the firm's name."))
USCC_TAKEN = reason(
    "enterprises.uscc_taken", N_("{uscc} is the credit code of {name}, which is in the archive already.")
)
BAD_STATUS = reason("enterprises.bad_status", N_("{given} is no status of a firm."))
BAD_TAG = reason("enterprises.bad_tag", N_("{given} is no tag of the archive."))
HAS_TAG = reason("enterprises.has_tag", N_("{firm} has this tag already."))
BAD_POSITION = reason("enterprises.bad_position", N_("Longitude and latitude come together, in degrees."))
NOT_A_COMMUNITY = reason(
    "enterprises.no_region", N_("There is no region {given}. Choose a community or street.")
)

PLAIN = ("field", "scale", "staff", "established_on", "address", "business", "regulator", "policy")


def register(
    *,
    name: str,
    region: str,
    uscc: str = "",
    sector: str = "",
    by: str,
    at: datetime,
    lon: float | None = None,
    lat: float | None = None,
    origin: str = "page",
    **facts: Any,
) -> Enterprise:
    """Take a firm into the archive with its first site. The credit code is checked (GB 32100-2015) and stands once."""
    _check_region(region, by=by, at=at)
    _check_position(lon, lat)
    if not name.strip():
        raise Refused(NAME_MISSING, field="name")
    code = _free_code(uscc) if uscc else ""
    with transaction.atomic():
        organisation = _organisation(name.strip(), region, code, lon=lon, lat=lat, by=by, at=at)
        firm = Enterprise(
            organisation=organisation, origin=origin, created_at=at, updated_at=at, **_plain(facts)
        )
        _set_sector(firm, sector)
        firm.entered_for = entered_for(firm, by)
        firm.save(force_insert=True)
        Site.objects.create(
            enterprise=firm, name=name.strip(), address=firm.address, region_id=region, lon=lon, lat=lat, created_at=at
        )  # fmt: skip
        say(firm.pk, "status", "operating", facts={"origin": origin}, by=by, at=at)
        note(firm, "registered", {"name": name.strip(), "uscc": code, "sector": firm.sector}, by=by, at=at)
        renew([firm.pk], by=by, at=at)
    return Enterprise.objects.select_related("organisation__region").get(pk=firm.pk)


def change(*, firm: Enterprise, by: str, at: datetime, **facts: Any) -> Enterprise:
    """Change facts of identity: name, uscc, sector, region and the plain ones. What was there stands in the ledger."""
    check_keeper(firm, by=by, at=at)
    with transaction.atomic():
        row = _locked(firm)
        before = _facts_of(row)
        organisation = row.organisation
        if name := str(facts.pop("name", "")).strip():
            organisation.name = name
        if "uscc" in facts:
            given = str(facts.pop("uscc")).strip()
            organisation.uscc = _free_code(given, but=row.pk) if given else ""
        if region := facts.pop("region", ""):
            _check_region(str(region), by=by, at=at)
            organisation.region_id = str(region)
        if "sector" in facts:
            _set_sector(row, str(facts.pop("sector")))
        for field, value in _plain(facts).items():
            setattr(row, field, value)
        row.updated_at = at
        organisation.save()
        row.save()
        after = _facts_of(row)
        changed = {k: [before[k], after[k]] for k in after if before[k] != after[k]}
        if changed:
            note(row, "changed", {"changed": changed}, by=by, at=at)
            tell(Change(row.pk, "identity", by, at, changed=changed))
        renew([row.pk], by=by, at=at)
    return row


def set_status(
    *, firm: Enterprise, status: str, why: str, by: str, at: datetime, happened_at: datetime | None = None
) -> None:
    """In operation, suspended, closed down or moved away; kept with its history."""
    check_signer(firm, by=by, at=at)
    if status not in STATUSES:
        raise Refused(BAD_STATUS, field="status", given=status)
    with transaction.atomic():
        row = _locked(firm)
        row.status = status
        row.save(update_fields=["status"])
        say(row.pk, "status", status, facts={"why": why}, by=by, at=at, happened_at=happened_at)
        note(row, "status_set", {"status": status, "why": why}, by=by, at=at)


def add_site(
    *,
    firm: Enterprise,
    name: str,
    region: str,
    by: str,
    at: datetime,
    address: str = "",
    lon: float | None = None,
    lat: float | None = None,
) -> Site:
    """A further place where the firm works, with its own plate."""
    check_keeper(firm, by=by, at=at)
    _check_position(lon, lat)
    with transaction.atomic():
        site = Site.objects.create(
            enterprise=firm,
            name=name,
            region_id=_region(region),
            address=address,
            lon=lon,
            lat=lat,
            created_at=at,
        )
        note(firm, "site_added", {"site": str(site.pk), "name": name}, by=by, at=at)
        renew([firm.pk], by=by, at=at)
    return site


def change_site(*, site: Site, by: str, at: datetime, **facts: Any) -> Site:
    """Correct a site's name, address, region or position; what was there stands in the ledger."""
    check_keeper(site.enterprise, by=by, at=at)
    _check_position(facts.get("lon", site.lon), facts.get("lat", site.lat))
    if "name" in facts and not str(facts["name"]).strip():
        raise Refused(NAME_MISSING, field="name")
    with transaction.atomic():
        before = _facts_of_site(site)
        for name in ("name", "address", "lon", "lat"):
            if name in facts:
                setattr(site, name, facts[name])
        if facts.get("region"):
            site.region_id = _region(str(facts["region"]))
        site.save()
        after = _facts_of_site(site)
        changed = {k: [before[k], after[k]] for k in after if before[k] != after[k]}
        note(site.enterprise, "site_changed", {"site": str(site.pk), "changed": changed}, by=by, at=at)
        renew([site.enterprise_id], by=by, at=at)
    return site


def new_plate_of(*, site: Site, why: str, by: str, at: datetime) -> Site:
    """A new plate: the old one opens nothing from now on."""
    check_keeper(site.enterprise, by=by, at=at)
    why = check_why(why)
    with transaction.atomic():
        site.plate = new_plate()
        site.save(update_fields=["plate"])
        note(site.enterprise, "plate_renewed", {"site": str(site.pk), "why": why}, by=by, at=at)
    return site


def set_tag(
    *, firm: Enterprise, kind: str, by: str, at: datetime, basis: str = "", facts: Mapping[str, Any] | None = None,
    since: date | None = None,
) -> Tag:  # fmt: skip
    """Put a firm on a list, or say that it has a hazard."""
    check_keeper(firm, by=by, at=at)
    campaigns = dict(tags.campaigns(region=firm.organisation.region_id, at=at, running=True))
    if kind not in dict(words.TAGS) and kind not in campaigns:
        raise Refused(BAD_TAG, field="kind", given=kind)
    if kind not in dict(words.HAZARD_TAGS):
        check_signer(firm, by=by, at=at)
    with transaction.atomic():
        _locked(firm)
        if Tag.objects.filter(enterprise=firm, kind=kind, until=None).exists():
            raise Refused(HAS_TAG, field="kind", firm=firm.organisation.name)
        tag = Tag.objects.create(
            enterprise=firm,
            kind=kind,
            basis=basis,
            facts=dict(facts or {}),
            since=since or local_day(at),
            by=by,
        )
        note(firm, "tag_set", {"kind": kind, "basis": basis}, by=by, at=at)
        renew([firm.pk], by=by, at=at)
    return tag


def end_tag(*, tag: Tag, why: str, by: str, at: datetime) -> None:
    """Take a firm off a list; the row stays with its end."""
    check_signer(tag.enterprise, by=by, at=at)
    why = check_why(why)
    with transaction.atomic():
        tag.until = local_day(at)
        tag.save(update_fields=["until"])
        note(tag.enterprise, "tag_ended", {"kind": tag.kind, "why": why}, by=by, at=at)
        renew([tag.enterprise_id], by=by, at=at)


# ---- parts ----------------
def _organisation(
    name: str, region: str, code: str, *, lon: float | None, lat: float | None, by: str, at: datetime
) -> Organisation:
    """The organisation that stands there without an archive, else a new one."""
    rows = Organisation.objects.filter(name=name, kind="enterprise", enterprise=None, uscc=code)
    return rows.first() or add_organisation(
        name=name, kind="enterprise", region=region, uscc=code, lon=lon, lat=lat, by=by, at=at
    )


def _locked(firm: Enterprise) -> Enterprise:
    rows = Enterprise.objects.select_for_update(of=("self",)).select_related("organisation")
    return rows.get(pk=firm.pk)


def _check_region(region: str, *, by: str, at: datetime) -> None:
    """Who registers a firm answers for something in its region."""
    person = person_id(by)
    kinds = ("patroller", "street_safety_officer", "enforcement_officer", "safety_section", "community_clerk")
    _region(region)
    if person is not None and not has_duty(person_id=person, kinds=kinds, region=region, at=at):
        raise Refused(NOT_YOUR_REGION, field="region", region=region)


def _region(region: str) -> str:
    if not Region.objects.filter(pk=region).exists():
        raise Refused(NOT_A_COMMUNITY, field="region", given=region or "—")
    return region


def _check_position(lon: float | None, lat: float | None) -> None:
    if (lon is None) != (lat is None) or (
        lon is not None and not (-180 <= lon <= 180 and -90 <= (lat or 0) <= 90)
    ):
        raise Refused(BAD_POSITION, field="lon")


def _free_code(uscc: str, but: UUID | None = None) -> str:
    code = check_uscc(uscc.strip().upper())
    others = Organisation.objects.filter(uscc=code)
    other = (others if but is None else others.exclude(pk=but)).first()
    if other is not None:
        raise Refused(USCC_TAKEN, field="uscc", uscc=code, name=other.name)
    return code


def _set_sector(firm: Enterprise, given: str) -> None:
    firm.sector = sectors.check(given) if given.strip() else ""
    firm.section = firm.sector[:1]


def _plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: facts[name] for name in PLAIN if name in facts}


def _facts_of(firm: Enterprise) -> dict[str, str]:
    organisation = firm.organisation
    own = {name: getattr(firm, name) for name in ("sector", *PLAIN)}
    own |= {"name": organisation.name, "uscc": organisation.uscc, "region": organisation.region_id}
    return _texts(own)


def _facts_of_site(site: Site) -> dict[str, str]:
    return _texts({name: getattr(site, name) for name in ("name", "address", "region_id", "lon", "lat")})


def _texts(facts: Mapping[str, Any]) -> dict[str, str]:
    return {name: "" if value is None else str(value) for name, value in facts.items()}

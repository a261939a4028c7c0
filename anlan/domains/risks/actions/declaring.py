"""Points, sources and measures by hand: declared by the firm's own people or for them, corrected, ended with a reason.

Levels are signed in `levels.py`; a point that is declared stands at *not assessed* until somebody signs.
"""

from collections.abc import Mapping
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from anlan.domains.enterprises.public import enterprise, site
from anlan.domains.risks import rules
from anlan.domains.risks.actions import levels
from anlan.domains.risks.models import Measure, RiskPoint, RiskSource
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.ledger.actions import record
from anlan.kernel.loop.rights import person_id
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import has_duty
from anlan.kernel.places.models import Region

KEEPERS = ("patroller", "street_safety_officer", "enforcement_officer", "safety_section")
NOT_YOURS = reason(
    "risks.not_yours_to_write",
    N_("Risk points of {firm} are written by its own people or by the safety officers of its place."),
)
NO_FIRM = reason(
    "risks.firm_without_archive", N_("This firm has no archive yet. Take it into the archive first.")
)
NO_NAME = reason("risks.without_name", N_("Give a name that people on the spot use."))
NUMBER_TAKEN = reason(
    "risks.number_taken",
    N_("The firm has a risk point {number} already: “{name}”. Give another number, or leave it empty."),
)
BAD_KIND = reason("risks.bad_kind", N_("Choose what kind it is."))
BAD_REGION = reason("risks.bad_region", N_("There is no such region. Choose a community."))
BAD_SITE = reason("risks.bad_site", N_("This is no site of the firm. Choose one of its sites."))
HALF_PLACE = reason(
    "risks.half_place", N_("Longitude and latitude belong together, in degrees (WGS-84). Give both or none.")
)
SOURCE_THERE = reason(
    "risks.source_there", N_("“{name}” stands at this point already. Assess it anew instead of adding it.")
)
NO_TEXT = reason("risks.measure_without_text", N_("Write what is done against the risk."))
SAID_ALREADY = reason(
    "risks.measure_said_already", N_("This measure stands at the point already, word for word.")
)
NO_WHY = reason("risks.end_without_reason", N_("Say why it ends: taken down, moved away, entered twice …"))
NOT_THERE = reason(
    "risks.row_not_there", N_("This was ended already, or never stood here. Load the page anew.")
)
DANGERS_OPEN = reason(
    "risks.dangers_open",
    N_("{n} dangers are open at this point. See them through first; then it can be ended."),
)
FACTS = ("name", "kind", "responsible", "region_id", "lon", "lat", "site_id")


def writes(person: UUID, firm_id: UUID, *, region: str, at: datetime) -> bool:
    """Whether somebody may write the points of a firm: its own people, and those who keep archives in its region."""
    own = Person.objects.filter(
        pk=person, organisation_id=firm_id, organisation__kind="enterprise", active=True
    )
    return own.exists() or has_duty(person_id=person, kinds=KEEPERS, region=region, at=at)


# ---- points ----------------
def declare_point(
    *, firm_id: UUID, name: str, kind: str, by: str, at: datetime, number: str = "", **facts: Any
) -> RiskPoint:
    """A risk point of a firm: where or at which work something can go wrong.

    `facts`: region, site (its id), lon and lat, responsible. What is not given is the site's, else the firm's. The
    number of a point that was ended takes that point up again, with its history. Raises `Refused`.
    """
    firm = enterprise(firm_id)
    if firm is None:
        raise Refused(NO_FIRM, field="firm")
    _check_writer(firm.pk, firm.organisation.region_id, str(firm), by=by, at=at)
    said = _checked({"name": name, "kind": kind, **facts}, firm.pk)
    with transaction.atomic():
        point = _ended(firm.pk, number.strip()) or RiskPoint(
            enterprise=firm, number=number.strip()[:60] or _next_number(firm.pk), section=firm.section, created_at=at,
            region_id=firm.organisation.region_id, lon=firm.organisation.lon, lat=firm.organisation.lat,
        )  # fmt: skip
        again, point.active = not point._state.adding, True
        for field, value in said.items():
            setattr(point, field, value)
        point.index(str(firm))
        _saved(point)
        if again and point.assessed_level:
            levels.history_of(point, cause="declared", by=by, at=at)
        _note("risks.point_declared", point, {"name": point.name, "number": point.number}, by=by, at=at)
    return point


def change_point(*, point_id: UUID, by: str, at: datetime, **facts: Any) -> RiskPoint:
    """Correct a point's particulars; what was there stands in the ledger."""
    with transaction.atomic():
        point = _writable(point_id, by=by, at=at)
        said = _checked(facts, point.enterprise_id)
        changed = {
            field: [str(getattr(point, field) or ""), str(value or "")]
            for field, value in said.items()
            if getattr(point, field) != value
        }
        for field, value in said.items():
            setattr(point, field, value)
        if changed:
            point.index(str(point.enterprise))
            point.save()
            _note("risks.point_declared", point, {"name": point.name, "changed": changed}, by=by, at=at)
    return point


def end_point(*, point_id: UUID, why: str, by: str, at: datetime) -> None:
    """A point that is no longer there. Its rows and its history stay; lists, map and numbers end with it."""
    with transaction.atomic():
        point = _writable(point_id, by=by, at=at)
        _check_why(why)
        if point.open_dangers:
            raise Refused(DANGERS_OPEN, n=point.open_dangers)
        point.active = False
        point.save(update_fields=["active"])
        levels.history_of(point, cause=rules.ENDED, reason=why.strip()[:400], by=by, at=at)
        _note("risks.point_ended", point, {"name": point.name, "why": why.strip()[:400]}, by=by, at=at)


# ---- sources ----------------
def add_source(
    *, point_id: UUID, name: str, worst: int, method: str, by: str, at: datetime, assessed: int = 0,
    inputs: Mapping[str, Any] | None = None, why: str = "", hazard_kind: str = "", accident_kinds: str = "",
) -> RiskSource:  # fmt: skip
    """What can do harm at a point, with its assessment: nothing is declared without being judged."""
    plain = name.strip()[:160]
    if not plain:
        raise Refused(NO_NAME, field="name")
    if hazard_kind and hazard_kind not in rules.HAZARD_KINDS:
        raise Refused(BAD_KIND, field="hazard_kind")
    with transaction.atomic():
        point = _writable(point_id, by=by, at=at)
        known = RiskSource.objects.filter(point=point, name=plain).first()
        source = known or RiskSource(point=point, name=plain)
        if known is not None and known.active:
            raise Refused(SOURCE_THERE, field="name", name=plain)
        source.active, source.ended_at, source.hazard_kind = True, None, hazard_kind
        source.accident_kinds = _listed(accident_kinds)
        source.index(point)
        source.save()
        judged: dict[str, Any] = {"worst": worst, "assessed": assessed, "method": method, "inputs": inputs}
        levels.sign_source(source_id=source.pk, why=why, by=by, at=at, **judged)
        source.refresh_from_db()
    return source


def end_source(*, point_id: UUID, source_id: UUID, why: str, by: str, at: datetime) -> None:
    """A source that is gone: its point then has the levels of the gravest of those that are left."""
    with transaction.atomic():
        point = _writable(point_id, by=by, at=at)
        _check_why(why)
        row = RiskSource.objects.filter(pk=source_id, point=point, active=True).first()
        if row is None:
            raise Refused(NOT_THERE)
        row.active, row.ended_at = False, at
        row.save(update_fields=["active", "ended_at"])
        levels.without_source(point_id=point.pk, source=row, why=why.strip()[:400], by=by, at=at)


# ---- measures ----------------
def add_measure(
    *, point_id: UUID, kind: str, text: str, by: str, at: datetime, source_id: UUID | None = None
) -> Measure:
    """What is done against the risk of a point, or of one of its sources."""
    plain = text.strip()[:400]
    if kind not in rules.MEASURE_KINDS:
        raise Refused(BAD_KIND, field="kind")
    if not plain:
        raise Refused(NO_TEXT, field="text")
    with transaction.atomic():
        point = _writable(point_id, by=by, at=at)
        if source_id is not None and not point.sources.filter(pk=source_id, active=True).exists():
            raise Refused(NOT_THERE, field="source")
        row, new = Measure.objects.get_or_create(
            point=point, source_id=source_id, kind=kind, text=plain, defaults={"by": by, "at": at}
        )
        if not new and row.active:
            raise Refused(SAID_ALREADY, field="text")
        row.active, row.by, row.at = True, by, at
        row.save()
        _note("risks.measure_set", point, {"kind": kind, "text": plain}, by=by, at=at)
    return row


def end_measure(*, point_id: UUID, measure_id: UUID, why: str, by: str, at: datetime) -> None:
    """A measure that is no longer taken."""
    with transaction.atomic():
        point = _writable(point_id, by=by, at=at)
        _check_why(why)
        row = point.measures.filter(pk=measure_id, active=True).first()
        if row is None:
            raise Refused(NOT_THERE)
        row.active = False
        row.save(update_fields=["active"])
        _note("risks.measure_ended", point, {"text": row.text, "why": why.strip()[:400]}, by=by, at=at)


# ---- parts ----------------
def _writable(point_id: UUID, *, by: str, at: datetime) -> RiskPoint:
    rows = RiskPoint.objects.select_for_update(of=("self",)).select_related("enterprise__organisation")
    point = rows.filter(pk=point_id, active=True).first()
    if point is None:
        raise Refused(levels.NO_POINT)
    _check_writer(point.enterprise_id, point.region_id, str(point.enterprise), by=by, at=at)
    return point


def _check_writer(firm: UUID, region: str, name: str, *, by: str, at: datetime) -> None:
    person = person_id(by)
    if person is not None and not writes(person, firm, region=region, at=at):
        raise Refused(NOT_YOURS, firm=name)


def _checked(facts: Mapping[str, Any], firm: UUID) -> dict[str, Any]:
    """The particulars that were given, as columns. Raises `Refused` naming the field."""
    found: dict[str, Any] = {}
    if "name" in facts:
        found["name"] = str(facts["name"]).strip()[:160]
        if not found["name"]:
            raise Refused(NO_NAME, field="name")
    if "kind" in facts:
        found["kind"] = facts["kind"]
        if found["kind"] not in rules.POINT_KINDS:
            raise Refused(BAD_KIND, field="kind")
    if "responsible" in facts:
        found["responsible"] = str(facts["responsible"]).strip()[:80]
    return found | _placed(facts, firm)


def _placed(facts: Mapping[str, Any], firm: UUID) -> dict[str, Any]:
    """Where it lies: the site's region and position, then what was said of the point itself."""
    found: dict[str, Any] = {}
    if facts.get("site"):
        where = site(facts["site"])
        if where is None or where.enterprise_id != firm:
            raise Refused(BAD_SITE, field="site")
        found |= {"site_id": where.pk, "region_id": where.region_id}
        if where.lon is not None:
            found |= {"lon": where.lon, "lat": where.lat}
    if region := str(facts.get("region") or ""):
        if not Region.objects.filter(pk=region).exists():
            raise Refused(BAD_REGION, field="region")
        found["region_id"] = region
    lon, lat = facts.get("lon"), facts.get("lat")
    if lon is None and lat is None:
        return found
    if lon is None or lat is None or not (70 < lon < 140 and 0 < lat < 56):
        raise Refused(HALF_PLACE, field="lon")
    return found | {"lon": float(lon), "lat": float(lat)}


def _ended(firm: UUID, number: str) -> RiskPoint | None:
    """The ended point of a number, to be taken up again; one in use refuses."""
    if not number:
        return None
    row = RiskPoint.objects.select_for_update().filter(enterprise=firm, number=number).first()
    if row is not None and row.active:
        raise Refused(NUMBER_TAKEN, field="number", number=number, name=row.name)
    return row


def _next_number(firm: UUID) -> str:
    taken = set(RiskPoint.objects.filter(enterprise=firm).values_list("number", flat=True))
    return next(number for n in count(len(taken) + 1) if (number := f"FX-{n:03d}") not in taken)


def _saved(point: RiskPoint) -> None:
    """Two hands may give the same number at once: the second is told so."""
    try:
        with transaction.atomic():
            point.save()
    except IntegrityError as clash:
        raise Refused(NUMBER_TAKEN, field="number", number=point.number, name=point.name) from clash


def _listed(text: str) -> str:
    """Kinds of accidents as they are kept: a comma between, each once."""
    parts = text.replace("、", ",").replace("，", ",").replace(";", ",").split(",")
    return ",".join(dict.fromkeys(part.strip() for part in parts if part.strip()))[:120]


def _check_why(why: str) -> None:
    if not why.strip():
        raise Refused(NO_WHY, field="why")


def _note(code: str, point: RiskPoint, facts: Mapping[str, Any], *, by: str, at: datetime) -> None:
    record(code=code, subject=("risks.point", point.pk), facts=facts, region=point.region_id, by=by, at=at)

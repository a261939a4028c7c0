"""The forms of an archive, one a section: which facts are asked for, and the one call that writes them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_date
from django.utils.translation import get_language

from anlan.domains.dangers.models import Danger
from anlan.domains.enterprises.actions import classing, filing, hazards, registering, selfwork, staffing
from anlan.domains.enterprises.models import Enterprise, HazardUnit, Site
from anlan.domains.enterprises.queries.tags import choices
from anlan.domains.enterprises.rules import sectors, words
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.domain.spec import Field
from anlan.kernel.orgs.models import Organisation

BAD_DATE = reason("web.bad_date", N_("“{label}” is not a date."))
NOT_THERE = reason("web.row_not_there", N_("Choose one of the rows of this firm."))
NOT_IN_ARCHIVE = reason("web.not_in_archive", N_("{name} has no archive yet. Register it first."))

Facts = dict[str, Any]
Act = Callable[[Enterprise, Facts, str, datetime], Any]


@dataclass(frozen=True, slots=True)
class Form:
    """`fields(firm, at)` asks, `act(firm, facts, by, at)` writes; `signed`: only who signs sees it offered."""

    label: str
    fields: Callable[[Enterprise, datetime], Sequence[Field]]
    act: Act
    signed: bool = False


def _plain(*fields: Field) -> Callable[[Enterprise, datetime], Sequence[Field]]:
    return lambda firm, at: fields


def opt(name: str, label: str, kind: str = "text", **more: Any) -> Field:
    return Field(name, label, kind, required=False, **more)


def sector_choices() -> tuple[tuple[str, str], ...]:
    return tuple((code, f"{code} {name}") for code, name in sectors.divisions().items())


IDENTITY: tuple[Field, ...] = (
    Field("name", N_("Name of the firm")),
    opt("uscc", N_("Credit code"), help=N_("18 characters; leave empty where the firm has none yet.")),
    Field("region", N_("Region"), "region"),
    opt("sector", N_("Sector"), help=N_("GB/T 4754-2017: letter and two to four digits, e.g. C2110.")),
    opt("address", N_("Registered address")),
    opt("scale", N_("Scale"), "choice", choices=words.SCALES),
    opt("staff", N_("Staff"), "number"),
    opt("field", N_("Key field"), "choice", choices=words.FIELDS),
    opt("established_on", N_("Founded on"), "date"),
    opt("business", N_("What it does"), "long"),
    opt("regulator", N_("Regulated by")),
)
PERSON: tuple[Field, ...] = (
    Field("name", N_("Name")),
    Field("role", N_("Role"), "choice", choices=words.ROLES),
    opt("phone", N_("Phone"), help=N_("With it the person comes in by a code, without a password.")),
    opt("post", N_("Post")),
    opt("full_time", N_("Full time"), "flag"),
    opt("since", N_("Begins on"), "date"),
)
CHANGED = opt(
    "change", N_("It changed at the firm: its risk points are to be assessed anew"), "flag",
    help=N_("Untick for a late entry of what was there before."),
)  # fmt: skip
POSITION = (opt("lon", N_("Longitude"), "number"), opt("lat", N_("Latitude"), "number"))


def _trades(firm: Enterprise, at: datetime) -> tuple[tuple[str, str], ...]:
    rows = rulesets.value_of("enterprises.trades", region=firm.organisation.region_id, at=at)
    return tuple((row["code"], named(row)) for row in rows)


def named(row: Mapping[str, Any]) -> str:
    """The name of a line of a ruleset in the reader's language, where it has two."""
    english = (get_language() or "").startswith("en")
    return str(row.get("name_en") or row["name"]) if english else str(row["name"])


def _certificate_fields(firm: Enterprise, at: datetime) -> Sequence[Field]:
    return (
        Field("name", N_("Holder")),
        Field("trade", N_("Trade"), "choice", choices=_trades(firm, at)),
        opt("number", N_("Number of the certificate"), help=N_("Kept encrypted; nobody sees it in full.")),
        Field("issued_on", N_("Issued on"), "date"),
        opt("review_on", N_("Next review on"), "date", help=N_("Left empty it follows from the trade.")),
        opt("expires_on", N_("Ends on"), "date", help=N_("Left empty it follows from the trade.")),
    )


def _substance_fields(firm: Enterprise, at: datetime) -> Sequence[Field]:
    units = tuple((str(u.pk), u.name) for u in HazardUnit.objects.filter(enterprise=firm, active=True))
    tables = hazards.tables_of(firm, at)
    known = tuple((str(row["name"]), str(row["name"])) for row in tables.substances)
    return (
        Field("unit", N_("Unit"), "choice", choices=units),
        Field("name", N_("Substance"), "suggest", choices=known),
        opt("cas", N_("CAS number")),
        opt("hazard_class", N_("Class of table 2"), "choice", choices=tuple((c, c) for c in tables.classes),
            help=N_("Needed where the substance is not listed by name.")),
        opt("quantity_t", N_("Largest quantity by design, t"), "number"),
        CHANGED,
    )  # fmt: skip


def of_kind(asked: Sequence[Field], kind: str) -> list[Field]:
    """What a facility of a kind is asked for; without a kind the kind alone."""
    wanted = {f"fact_{code}" for code, _label, _unit in words.FACILITY_FACTS.get(kind, ())}
    if kind not in dict(words.FACILITIES):
        return [each for each in asked if each.name == "kind"]
    return [each for each in asked if not each.name.startswith("fact_") or each.name in wanted]


def _facility_fields(firm: Enterprise, at: datetime) -> Sequence[Field]:
    del firm, at
    facts = {code: (label, unit) for rows in words.FACILITY_FACTS.values() for code, label, unit in rows}
    return (
        Field("kind", N_("Kind"), "choice", choices=words.FACILITIES),
        Field("name", N_("Name of the facility")),
        *(opt(f"fact_{code}", label, help=unit) for code, (label, unit) in facts.items()),
        CHANGED,
    )


def _lease_fields(firm: Enterprise, at: datetime) -> Sequence[Field]:
    del at
    return (
        Field("building", N_("Building"), "choice", choices=site_choices(firm)),
        Field("tenant", N_("Leaseholder"), "organisation"),
        opt("rooms", N_("Floor and rooms")),
        opt("area_m2", N_("Area, m²"), "number"),
        opt("since", N_("Begins on"), "date"),
        opt("safety_agreement", N_("Safety agreement signed"), "flag"),
        opt("fire_pledge_on", N_("Fire pledge signed on"), "date"),
    )


def site_choices(firm: Enterprise) -> tuple[tuple[str, str], ...]:
    return tuple(
        (str(s.pk), s.name) for s in Site.objects.filter(enterprise=firm, active=True).order_by("created_at")
    )


def _tag_fields(firm: Enterprise, at: datetime) -> Sequence[Field]:
    known = choices(region=firm.organisation.region_id, at=at, running=True)
    return (Field("kind", N_("Tag"), "choice", choices=known), opt("basis", N_("Basis")))


def _points_fields(firm: Enterprise, at: datetime) -> Sequence[Field]:
    rows = rulesets.value_of("enterprises.park_points", region=firm.organisation.region_id, at=at)
    lines = tuple((row["code"], f"{row['name']} {row['points']:+d}") for row in rows)
    return (Field("item", N_("For what"), "choice", choices=lines), opt("words", N_("Note")))


def _colour_fields(firm: Enterprise, at: datetime) -> Sequence[Field]:
    rows = rulesets.value_of("enterprises.colour_checklist", region=firm.organisation.region_id, at=at)
    lines = (opt(f"line_{row['code']}", f"{row['name']} · {row['points']}", "flag") for row in rows)
    return (
        *lines,
        opt("colour", N_("Another colour than the list gives"), "choice", choices=words.COLOURS),
        opt("why", N_("Reason"), "long"),
    )


def _commitment_fields(firm: Enterprise, at: datetime) -> Sequence[Field]:
    del firm, at
    return (
        Field("text", N_("Commitment"), "long"),
        opt("running", N_("Units running"), "number"),
        opt("stopped", N_("Units stopped"), "number"),
        opt("special_work", N_("Permit work today"), "number"),
        opt("level", N_("Risk as the firm sees it"), "choice", choices=LEVELS),
        opt("start", N_("First day"), "date", help=N_("Today where left empty.")),
        opt("end", N_("Last day"), "date", help=N_("The same day where left empty.")),
    )


LEVELS = (
    ("low", N_("Low risk")),
    ("moderate", N_("Moderate risk")),
    ("considerable", N_("Considerable risk")),
    ("major", N_("Major risk")),
)


def besides_of(firm: Enterprise) -> dict[str, int]:
    """What other subjects know of a firm that its class counts: major dangers that are open, of the real world."""
    major = Danger.objects.filter(
        organisation=firm.pk, grade="major", item__closed_at=None, item__exercise=None
    )
    return {"major_danger_open": major.count()}


# ---- what each form calls ----------------
def _certificate(firm: Enterprise, facts: Facts, by: str, at: datetime) -> None:
    staffing.set_certificate(firm=firm, by=by, at=at, **facts)


def _unit(firm: Enterprise, facts: Facts, by: str, at: datetime) -> None:
    site = own(Site, firm, facts.pop("site", ""))
    hazards.add_unit(firm=firm, site=site, by=by, at=at, **whole(facts, "people_500m"))


def _substance(firm: Enterprise, facts: Facts, by: str, at: datetime) -> None:
    hazards.set_substance(unit=own(HazardUnit, firm, facts.pop("unit")), by=by, at=at, **facts)


def _facility(firm: Enterprise, facts: Facts, by: str, at: datetime) -> None:
    asked = {code for code, _label, _unit in words.FACILITY_FACTS.get(facts["kind"], ())}
    given = {k.removeprefix("fact_"): v for k, v in facts.items() if k.startswith("fact_")}
    kept = {code: value for code, value in given.items() if code in asked}
    hazards.add_facility(
        firm=firm,
        kind=facts["kind"],
        name=facts["name"],
        facts=kept,
        change=facts.get("change", False),
        by=by,
        at=at,
    )


def _lease(firm: Enterprise, facts: Facts, by: str, at: datetime) -> None:
    tenant: Organisation = facts.pop("tenant")
    known = Enterprise.objects.filter(pk=tenant.pk).first()
    if known is None:
        raise Refused(NOT_IN_ARCHIVE, field="tenant", name=tenant.name)
    building = own(Site, firm, facts.pop("building"))
    classing.lease(building=building, tenant=known, by=by, at=at, **whole(facts, "area_m2"))


def _class(firm: Enterprise, facts: Facts, by: str, at: datetime) -> None:
    classing.sign_class(
        firm=firm, grade=facts["grade"], why=facts.get("why", ""), besides=besides_of(firm), by=by, at=at
    )


def _colour(firm: Enterprise, facts: Facts, by: str, at: datetime) -> None:
    fulfilled = [k.removeprefix("line_") for k, v in facts.items() if k.startswith("line_") and v]
    colour, why = facts.get("colour", ""), facts.get("why", "")
    classing.sign_colour(firm=firm, fulfilled=fulfilled, colour=colour, why=why, by=by, at=at)


def _commitment(firm: Enterprise, facts: Facts, by: str, at: datetime) -> None:
    said = {k: facts.pop(k) for k in ("running", "stopped", "special_work") if k in facts}
    selfwork.post_commitment(firm=firm, facts=said, by=by, at=at, **facts)


def _post(firm: Enterprise, facts: Facts, by: str, at: datetime) -> None:
    selfwork.set_post(
        firm=firm,
        level=facts["level"],
        name=facts["name"],
        rhythm_given=facts.get("rhythm", ""),
        by=by,
        at=at,
    )
    selfwork.open_due(at=at, firms=[firm.pk])


def doors_of(firm: Enterprise) -> dict[str, tuple[str, UUID]]:
    """What lacks → the row whose form fills it, where one is there: a site without position, a unit without count."""
    found: dict[str, tuple[str, UUID]] = {}
    site = Site.objects.filter(enterprise=firm, active=True, lon=None).order_by("created_at").first()
    if site is not None:
        found["site"] = ("site", site.pk)
    unit = HazardUnit.objects.filter(enterprise=firm, active=True, people_500m=None).order_by("name").first()
    if unit is not None:
        found["people_500m"] = ("unit", unit.pk)
    return found


def own(model: Any, firm: Enterprise, key: str) -> Any:
    """A row of this firm by its id; another firm's is not there. Empty stays None."""
    if not key:
        return None
    row = next((row for row in model.objects.filter(enterprise=firm) if str(row.pk) == key), None)
    if row is None:
        raise Refused(NOT_THERE)
    return row


def whole(facts: Facts, *names: str) -> Facts:
    """Whole numbers of a form as such: 12.5 persons are 12."""
    return {k: int(v) if k in names and v is not None else v for k, v in facts.items()}


def dates(fields: Sequence[Field], facts: Facts) -> Facts:
    """The dates of a form as dates; raises `Refused` naming the field."""
    found = dict(facts)
    for each in fields:
        if each.kind == "date" and each.name in found:
            found[each.name] = _date(each, str(found[each.name]))
    return found


def _date(field: Field, raw: str) -> date:
    try:
        parsed = parse_date(raw)
    except ValueError:
        parsed = None
    if parsed is None:
        raise Refused(BAD_DATE, field=field.name, label=field.label)
    return parsed


FORMS: dict[str, Form] = {
    "identity": Form(N_("Identity"), _plain(*IDENTITY),
                     lambda f, v, by, at: registering.change(firm=f, by=by, at=at, **cleared(v))),
    "policy": Form(N_("One policy for this firm"), _plain(opt("policy", N_("One policy for this firm"), "long")),
                   lambda f, v, by, at: registering.change(firm=f, by=by, at=at, policy=v.get("policy", ""))),
    "site": Form(N_("Site"), _plain(Field("name", N_("Name of the site")), Field("region", N_("Region"), "region"),
                 opt("address", N_("Address")), *POSITION),
                 lambda f, v, by, at: registering.add_site(firm=f, by=by, at=at, **v)),
    "person": Form(N_("Person"), _plain(*PERSON),
                   lambda f, v, by, at: staffing.set_person(firm=f, by=by, at=at, **v)),
    "certificate": Form(N_("Certificate"), _certificate_fields, _certificate),
    "unit": Form(N_("Unit with substances"), lambda f, at: (
        Field("name", N_("Name of the unit")), Field("kind", N_("Kind"), "choice", choices=words.UNIT_KINDS),
        opt("site", N_("Site"), "choice", choices=site_choices(f)),
        opt("people_500m", N_("Persons within 500 m"), "number", help=N_("Beyond the boundary; 0 where nobody is.")),
        opt("filed_number", N_("Filing number")), opt("filed_on", N_("Filed on"), "date")), _unit),
    "substance": Form(N_("Substance"), _substance_fields, _substance),
    "facility": Form(N_("Facility"), _facility_fields, _facility),
    "tag": Form(N_("Tag"), _tag_fields,
                lambda f, v, by, at: registering.set_tag(firm=f, by=by, at=at, **v)),
    "standard": Form(N_("Standardisation"), _plain(
        Field("grade", N_("Standard grade"), "choice", choices=words.STANDARD_GRADES), opt("number", N_("Number")),
        Field("valid_from", N_("Valid from"), "date"), Field("valid_to", N_("Valid until"), "date")),
        lambda f, v, by, at: hazards.standardise(firm=f, by=by, at=at, **v), signed=True),
    "class": Form(N_("Class A to D"), _plain(Field("grade", N_("Class"), "choice", choices=words.GRADES),
                  opt("why", N_("Reason"), "long")), _class, signed=True),
    "colour": Form(N_("Three-colour tag"), _colour_fields, _colour, signed=True),
    "status": Form(N_("Status"), _plain(Field("status", N_("Status"), "choice", choices=words.STATUSES),
                   Field("why", N_("Reason"), "long")),
                   lambda f, v, by, at: registering.set_status(firm=f, by=by, at=at, **v), signed=True),
    "lease": Form(N_("Lease"), _lease_fields, _lease),
    "points": Form(N_("Points of the park"), _points_fields,
                   lambda f, v, by, at: classing.give_points(firm=f, by=by, at=at, **v), signed=True),
    "plan": Form(N_("Plan to be filed"), _plain(
        Field("plan_name", N_("Emergency plan")), Field("plan_kind", N_("Kind"), "choice", choices=words.PLAN_KINDS),
        Field("issued_on", N_("Issued on"), "date")),
        lambda f, v, by, at: filing.open_filing(firm=f, by=by, at=at, **v)),
    "commitment": Form(N_("Safety commitment"), _commitment_fields, _commitment),
    "post": Form(N_("Self-check post"), _plain(
        Field("level", N_("Level of the post"), "choice", choices=words.LEVELS), Field("name", N_("Self-check post")),
        opt("rhythm", N_("Rhythm"), "choice", choices=words.RHYTHMS,
            help=N_("Left empty it follows from the level."))), _post),
}  # fmt: skip


def cleared(facts: Facts) -> Facts:
    """What a form of identity left empty is emptied: an empty field of a full form means *none*."""
    empty = {f.name: None if f.kind in ("number", "date") else "" for f in IDENTITY if not f.required}
    return empty | whole(facts, "staff")

"""A scheme taken in, and opened for some days: a sheet a unit."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from django.db import transaction

from anlan.domains.assessments.actions.rights import check_office
from anlan.domains.assessments.models import Clause, Item, Round, Scheme, Sheet
from anlan.domains.assessments.queries.sheets import units_for
from anlan.domains.assessments.rules import duties
from anlan.domains.assessments.rules.schemes import SchemeRead, read
from anlan.kernel.core import keys
from anlan.kernel.core.errors import Refused
from anlan.kernel.ledger.actions import record
from anlan.kernel.loop.actions import Opening, open_items
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.places.regions import prefix_of

SHIPPED = Path(__file__).resolve().parents[1] / "schemes"


def take_scheme(*, text: str, region: str, by: str, at: datetime) -> Scheme:
    """Take a scheme in. The same text twice is the same scheme; another text under a known version is refused."""
    check_office(region, by=by, at=at)
    found = read(text)
    digest = keys.sm3(text.encode())
    known = Scheme.objects.filter(region_id=region, code=found.code, version=found.version).first()
    if known is not None:
        if known.digest != digest:
            raise Refused(duties.VERSION_HELD, field="text", version=found.version, code=found.code)
        return known
    with transaction.atomic():
        scheme = _write(found, text=text, digest=digest, region=region, by=by, at=at)
        facts = {"code": scheme.code, "version": scheme.version, "digest": digest, "items": len(found.items)}
        record(code="assessments.scheme_taken", subject=("assessments.scheme", scheme.pk), facts=facts, by=by, at=at,
               region=region)  # fmt: skip
    return scheme


def _write(found: SchemeRead, *, text: str, digest: str, region: str, by: str, at: datetime) -> Scheme:
    scheme = Scheme.objects.create(
        code=found.code, version=found.version, title=found.title, kinds=list(found.kinds),
        most_deducted=found.terms.most_deducted, most_bonus=found.terms.most_bonus,
        grades=[[str(least), name] for least, name in found.terms.grades], veto_grade=found.terms.veto_grade,
        vetoes=[list(each) for each in found.vetoes], source=found.source, tag=found.tag, text=text, digest=digest,
        region_id=region, by=by, at=at,
    )  # fmt: skip
    Item.objects.bulk_create(
        Item(
            scheme=scheme, place=place, code=each.code, section=each.section, label=each.label, weight=each.weight,
            kind=each.rule.kind, indicator=each.indicator, target=each.rule.target, zero=each.rule.zero,
            better=each.rule.better, bands=[[str(bound), str(share)] for bound, share in each.rule.bands],
            missing=each.missing, evidence=each.evidence,
        )
        for place, each in enumerate(found.items, start=1)
    )  # fmt: skip
    Clause.objects.bulk_create(
        Clause(
            scheme=scheme, place=place, code=each.code, kind=each.kind, label=each.label, points=each.points
        )
        for place, each in enumerate(found.clauses, start=1)
    )
    return scheme


def shipped() -> list[str]:
    """The texts of the schemes that come with the platform: examples to start from."""
    return [path.read_text(encoding="utf-8") for path in sorted(SHIPPED.glob("*.toml"))]


def open_round(
    *,
    scheme: Scheme,
    first: date,
    last: date,
    by: str,
    at: datetime,
    title: str = "",
    units: Sequence[Organisation] | None = None,
    exercise_id: UUID | None = None,
) -> Round:
    """Open a scheme for some days: every unit of its kinds in the region gets a sheet and scores itself first."""
    check_office(scheme.region_id, by=by, at=at)
    chosen = units_for(scheme.kinds, prefix_of(scheme.region_id)) if units is None else list(units)
    _check_opening(scheme, chosen, first, last, exercise_id)
    with transaction.atomic():
        opened = Round.objects.create(
            scheme=scheme, title=title or f"{first.year}·{scheme.title}"[:160], region_id=scheme.region_id, first=first,
            last=last, by=by, at=at, exercise_id=exercise_id,
        )  # fmt: skip
        openings = [
            Opening(
                record=Sheet(round=opened, unit=unit), title=f"{unit} · {opened.title}", region=unit.region_id,
                charge_org=unit,
            )
            for unit in chosen
        ]  # fmt: skip
        open_items(loop="assessments.sheet", openings=openings, by=by, at=at, exercise_id=exercise_id)
        facts = {
            "scheme": scheme.code,
            "version": scheme.version,
            "units": len(chosen),
            "first": first,
            "last": last,
        }
        record(code="assessments.opened", subject=("assessments.round", opened.pk), facts=facts, by=by, at=at,
               region=scheme.region_id, exercise_id=exercise_id)  # fmt: skip
    return opened


def _check_opening(
    scheme: Scheme, units: Sequence[Organisation], first: date, last: date, exercise_id: UUID | None
) -> None:
    if last < first:
        raise Refused(duties.BAD_SPAN, field="last")
    if not units:
        raise Refused(duties.NO_UNITS, field="scheme", kinds=", ".join(scheme.kinds))
    known = Round.objects.filter(
        scheme=scheme, region=scheme.region_id, first=first, last=last, exercise=exercise_id
    )
    if known.exists():
        raise Refused(duties.OPENED, field="first")

"""A visit: begun, finished, changed. What was changed upon an older version is a conflict, never overwritten."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.domains.dangers import public as dangers
from anlan.domains.enterprises import public as enterprises
from anlan.domains.patrols import rules
from anlan.domains.patrols.actions.acts import Conflict
from anlan.domains.patrols.loop import VISITORS
from anlan.domains.patrols.models import Checklist, ChecklistItem, Visit
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.models import Attachment
from anlan.kernel.core.words import N_
from anlan.kernel.loop.actions import move, open_item
from anlan.kernel.loop.evidence import Given
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import has_duty
from anlan.kernel.places.queries import metres_between

LATE_RIGHT = timedelta(days=7)
NO_SITE = reason("patrols.no_site", N_("There is no such site, or it lies in no region of yours."))
NO_VISIT = reason("patrols.no_visit", N_("There is no such visit, or it is not yours to see."))
NO_LIST = reason("patrols.no_list", N_("There is no checklist {code} of version {version}."))


@dataclass(frozen=True, slots=True)
class Begun:
    """The beginning of a visit as the phone knows it: `lists` are code and version, position in WGS-84 degrees."""

    key: UUID
    kind: str
    site: UUID
    started_at: datetime
    lists: tuple[tuple[str, int], ...] = ()
    lon: float | None = None
    lat: float | None = None
    accuracy_m: float | None = None
    campaign: UUID | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """What a hand wrote into a visit."""

    answers: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    sign_how: str = ""
    signer: str = ""
    witness: str = ""
    sign: Attachment | None = None
    companions: tuple[str, ...] = ()


def begin(given: Begun, *, person: Person, at: datetime, exercise_id: UUID | None = None) -> Visit:
    """Open the visit. The firm's tags and class are kept as they are now: later numbers by trade count these."""
    rules.check_kind(given.kind)
    site = enterprises.site(given.site)
    # A phone that comes back into the signal tells of the morning: whoever had the ground then was right to go.
    began = max(given.started_at, at - LATE_RIGHT)
    if site is None or not any(_may_visit(person, site, given.kind, at=when) for when in (at, began)):
        raise Refused(NO_SITE, field="site")
    firm = site.enterprise
    lists = [_list(code, version) for code, version in given.lists]
    tags = enterprises.tags_of([firm.pk]).get(firm.pk, [])
    visit = Visit(
        key=given.key, kind=given.kind, organisation=firm.organisation, site=site,
        campaign=given.campaign or _campaign(site.region_id, tags, at=at, exercise_id=exercise_id), tags=tags,
        grade=firm.grade, patroller=person, started_at=given.started_at, lon=given.lon, lat=given.lat,
        accuracy_m=given.accuracy_m, metres_off=_metres_off(given, site), recorded_at=at,
    )  # fmt: skip
    with transaction.atomic():
        open_item(
            loop="patrols.visit", record=visit, title=firm.organisation.name, region=site.region_id,
            charge_person=person, by=person.by, at=at, happened_at=given.started_at, exercise_id=exercise_id,
            evidence=_position(given),
        )  # fmt: skip
        visit.lists.set(lists)
    return visit


def _campaign(region: str, tags: list[str], *, at: datetime, exercise_id: UUID | None) -> UUID | None:
    """The running campaign about firms of these tags, where there is exactly one."""
    running = dangers.campaigns_at(region, at=at, exercise_id=exercise_id)
    fitting = [row.pk for row in running if set(row.tags) & set(tags)]
    return fitting[0] if len(fitting) == 1 else None


def _may_visit(person: Person, site: Any, kind: str, *, at: datetime) -> bool:
    if kind == "self_check":
        return bool(person.organisation_id == site.enterprise.pk)
    return has_duty(person_id=person.pk, kinds=VISITORS, region=site.region_id, at=at)


def _list(code: str, version: int) -> Checklist:
    found = Checklist.objects.filter(code=code, version=version).first()
    if found is None:
        raise Refused(NO_LIST, field="lists", code=code, version=version)
    return found


def _metres_off(given: Begun, site: Any) -> float | None:
    if given.lon is None or given.lat is None or site.lon is None or site.lat is None:
        return None
    return metres_between(given.lon, given.lat, site.lon, site.lat)


def _position(given: Begun) -> tuple[Given, ...]:
    if given.lon is None:
        return ()
    return (Given("position", lon=given.lon, lat=given.lat, taken_at=given.started_at),)


def finish(
    *,
    visit: Visit,
    written: Written,
    ended_at: datetime,
    base: int,
    by: str,
    at: datetime,
) -> Step:
    """Finish it with what the phone wrote. Raises `Conflict` where another hand wrote something else since `base`."""
    rules.check_sign(how=written.sign_how, witness=written.witness, picture=written.sign is not None)
    with transaction.atomic():
        row = _lock(visit)
        rules.check_span(started_at=row.started_at, ended_at=ended_at)
        _write(row, _merged(row, written, base=base))
        if row.item.state == "finished":
            return _step(row, "correct", by=by, at=at, reason="finish", happened_at=ended_at)
        row.ended_at = ended_at
        proofs = [Given("photo", file=written.sign, taken_at=ended_at)] if written.sign else []
        return _step(row, "finish", by=by, at=at, happened_at=ended_at, evidence=proofs)


def change(*, visit: Visit, written: Written, base: int, by: str, at: datetime, why: str = "") -> Step:
    """Add to a visit that is going on, or correct one that is over (with a reason). Raises `Conflict` like `finish`."""
    with transaction.atomic():
        row = _lock(visit)
        _write(row, _merged(row, written, base=base))
        going = row.item.state == "begun"
        return _step(row, "amend" if going else "correct", by=by, at=at, reason=why)


def write_down(
    *, item: WorkItem, by: str, at: datetime, note: str = "", reason: str = "", **rest: Any
) -> Step:
    """The same from a form at the desk: a note is added to what stands. `rest` is what every form brings."""
    del rest
    visit = Visit.objects.get(pk=item.pk)
    return change(visit=visit, written=Written(note=note), base=visit.version, by=by, at=at, why=reason)


def break_off(*, visit: Visit, by: str, at: datetime, happened_at: datetime) -> Step:
    """Give a visit up: nobody there, wrong firm."""
    return move(item=visit.item, name="break_off", by=by, at=at, happened_at=happened_at)


def _lock(visit: Visit) -> Visit:
    rows = Visit.objects.select_for_update(of=("self",)).select_related("item")
    return rows.get(pk=visit.pk)


def _merged(row: Visit, written: Written, *, base: int) -> dict[str, Any]:
    """The content to be written. Two hands that wrote about different things both stand; about one thing, a person
    decides."""
    known = ChecklistItem.objects.filter(checklist__in=row.lists.all()).values_list("code", flat=True)
    mine = {each.name: getattr(written, each.name) for each in fields(written)}
    mine["answers"] = rules.check_answers(written.answers, known)
    theirs = content_of(row)
    if base != row.version:
        differing = rules.differences(mine, theirs)
        if differing:
            raise Conflict(
                theirs=theirs | _last_hand(row),
                differing=[asdict(each) for each in differing],
                base=row.version,
            )
    answers = theirs["answers"] | mine["answers"]
    rest = {
        name: mine[name] or theirs[name] for name in ("note", "sign_how", "signer", "witness", "companions")
    }
    return rest | {"answers": answers, "sign": mine["sign"] or row.sign}


def content_of(row: Visit) -> dict[str, Any]:
    """What stands in a visit now, in plain values."""
    names = ("answers", "note", "sign_how", "signer", "witness", "companions", "version")
    return {name: getattr(row, name) for name in names}


def _last_hand(row: Visit) -> dict[str, str]:
    step = Step.objects.filter(item=row.item).order_by("-at", "-pk").first()
    return {"by": step.by, "at": step.at.isoformat(), "why": step.reason} if step else {}


def _write(row: Visit, content: Mapping[str, Any]) -> None:
    for name, value in content.items():
        setattr(row, name, list(value) if name == "companions" else value)
    row.version += 1


def _step(row: Visit, name: str, *, by: str, at: datetime, reason: str = "", **rest: Any) -> Step:
    row.save(
        update_fields=[
            "answers",
            "note",
            "sign_how",
            "signer",
            "witness",
            "companions",
            "sign",
            "version",
            "ended_at",
        ]
    )
    # The step keeps what was said at this version: the row shows the last, the steps show all.
    said = {"version": row.version, "answers": row.answers, "note": row.note}
    return move(item=row.item, name=name, by=by, at=at, reason=reason, **rest, **said)

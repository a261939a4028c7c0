"""The door of acts: a batch from a phone, each taken once, and each answered: taken, doubled, conflict or refused."""

import json
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import DataError
from django.http import HttpRequest, JsonResponse
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST

from anlan.domains.patrols import actions
from anlan.domains.patrols.actions import Begun, Conflict, FindingGiven, Sent, Written
from anlan.domains.patrols.actions.visits import NO_VISIT
from anlan.domains.patrols.models import Finding, Visit
from anlan.domains.patrols.queries.visits import visible_visits
from anlan.domains.patrols.rules import clock_off
from anlan.kernel.core import clock
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.domain import registry as domains
from anlan.kernel.loop import actions as loop_actions
from anlan.kernel.loop import registry as loops
from anlan.kernel.loop.evidence import Given
from anlan.kernel.loop.models import Step
from anlan.kernel.loop.queries import item_for
from anlan.kernel.orgs.models import Person
from anlan.surfaces.field.who import carrier_only, name_of, refused

BAD_BATCH = reason("field.bad_batch", N_("This is no batch of acts: {problem}."))
BAD_ACT = reason("field.bad_act", N_("The act lacks {name}, or it has another shape. Update the app."))
UNKNOWN_ACT = reason("field.unknown_act", N_("The server does not know the act {kind}. Update the app."))
OTHER_PERSON = reason(
    "field.other_person",
    N_("These acts are somebody else's. They are kept and sent when that person signs in again."),
)
TOO_MANY = reason(
    "field.too_many",
    N_("At most {most} of “{name}” go with one act; {given} came. Send the others with another act."),
)
NOT_KEPT = reason(
    "field.not_kept",
    N_(
        "Something in this act cannot be kept: a sign that is no letter, or a number too large. Write it anew."
    ),
)
MOST = 50
MOST_PHOTOS = 12
MOST_COMPANIONS = 12
# What content of another shape runs into. Such an act is answered, so that those behind it are not held up for ever.
BROKEN = (
    ArithmeticError, AttributeError, LookupError, TypeError, ValueError, DataError, ObjectDoesNotExist, ValidationError,
)  # fmt: skip
log = logging.getLogger(__name__)
MOVES = ("accept", "send_back", "rectify", "fix_on_spot")


@require_POST
@carrier_only
def take(request: HttpRequest, *, person: Person) -> JsonResponse:
    """POST {sent_at, person?, acts: [{id, kind, body, happened_at, settles?}]} → {answers: [{id, state, …}]} in order.

    409 where the phone sends for somebody else than who is signed in: what they did is not written in another's name.
    """
    at = clock.real_now()
    try:
        batch = _batch(request.body)
        off = clock_off(sent_at=_when(batch, "sent_at"), received_at=at)
    except Refused as refusal:
        return refused(refusal, status=400)
    if batch.get("person") and batch["person"] != str(person.pk):
        return refused(Refused(OTHER_PERSON), status=409)
    return JsonResponse({"answers": [_one(given, person, at=at, off=off) for given in batch["acts"]]})


def _batch(body: bytes) -> dict[str, Any]:
    try:
        batch = json.loads(body)
    except ValueError as problem:
        raise Refused(BAD_BATCH, problem=str(problem)) from problem
    acts = batch.get("acts") if isinstance(batch, dict) else None
    if not isinstance(acts, list) or len(acts) > MOST or not all(isinstance(each, dict) for each in acts):
        raise Refused(BAD_BATCH, problem=f"acts ≤ {MOST}")
    return dict(batch)


def _one(given: Mapping[str, Any], person: Person, *, at: datetime, off: timedelta) -> dict[str, Any]:
    """The answer to one act; a refused one leaves the others alone."""
    said = {"id": str(given.get("id", ""))}
    try:
        sent = _sent(given, off)
        act, came_before = actions.once(
            sent=sent, person=person, at=at, clock_off=off, do=lambda: _do(sent, person, at=at, off=off)
        )
    except Refused as refusal:
        return said | _refusal(refusal)
    except BROKEN as problem:
        log.warning("an act of a phone could not be kept: %s", type(problem).__name__)
        return said | _refusal(Refused(NOT_KEPT))
    if act.state == "conflict" and not act.settled_by.exists():
        return said | {"state": "conflict", **_with_names(act.answer)}
    return said | {"state": "doubled" if came_before else "taken", **act.answer}


def _refusal(refusal: Refused) -> dict[str, Any]:
    return {
        "state": "refused", "code": refusal.code, "field": refusal.field, "remedy": str(refusal),
        "missing": str(refusal.facts.get("sm3", "")),
    }  # fmt: skip


def _with_names(answer: Mapping[str, Any]) -> dict[str, Any]:
    theirs = dict(answer["theirs"])
    return {**answer, "theirs": theirs | {"name": name_of(str(theirs.get("by", "")))}}


def _sent(given: Mapping[str, Any], off: timedelta) -> Sent:
    body = given.get("body")
    if not isinstance(body, dict):
        raise Refused(BAD_ACT, field="body", name="body")
    settles = _id(given, "settles") if given.get("settles") else None
    happened = _when(given, "happened_at") - off
    kind = str(given.get("kind", ""))[:20]
    return Sent(id=_id(given, "id"), kind=kind, body=body, happened_at=happened, settles=settles)


def _do(sent: Sent, person: Person, *, at: datetime, off: timedelta) -> Mapping[str, Any]:
    work = ACTS.get(sent.kind)
    if work is None:
        raise Refused(UNKNOWN_ACT, kind=sent.kind or "—")
    return work(sent, person, at, off)


# ---- each kind ----------------
def _begin(sent: Sent, person: Person, at: datetime, off: timedelta) -> Mapping[str, Any]:
    body = sent.body
    known = Visit.objects.filter(key=_id(body, "visit"), patroller=person).first()
    if known is not None:
        return {"version": known.version, "item": str(known.pk)}
    lists = body.get("lists") or []
    if not all(isinstance(each, list) and len(each) == 2 and isinstance(each[1], int) for each in lists):
        raise Refused(BAD_ACT, field="lists", name="lists")
    begun = Begun(
        key=_id(body, "visit"), kind=str(body.get("kind", "")), site=_id(body, "site"),
        started_at=min(_when(body, "started_at") - off, at), lists=tuple((str(c), v) for c, v in lists),
        **_position(body),
    )  # fmt: skip
    visit = actions.begin(begun, person=person, at=at)
    return {"version": visit.version, "item": str(visit.pk)}


def _finish(sent: Sent, person: Person, at: datetime, off: timedelta) -> Mapping[str, Any]:
    visit = _visit(sent.body, person, at)
    written = _written(sent.body, person)
    ended = min(_when(sent.body, "ended_at") - off, at)
    actions.finish(
        visit=visit, written=written, ended_at=ended, base=_number(sent.body, "base"), by=person.by, at=at
    )
    return {"version": Visit.objects.values_list("version", flat=True).get(pk=visit.pk)}


def _break_off(sent: Sent, person: Person, at: datetime, off: timedelta) -> Mapping[str, Any]:
    visit = _visit(sent.body, person, at)
    actions.break_off(visit=visit, by=person.by, at=at, happened_at=min(sent.happened_at, at))
    return {}


def _find(sent: Sent, person: Person, at: datetime, off: timedelta) -> Mapping[str, Any]:
    body = sent.body
    known = Finding.objects.filter(pk=_id(body, "finding"), visit__patroller=person).first()
    if known is not None:
        return {"danger": str(known.danger_id)}
    words: dict[str, Any] = {
        name: str(body.get(name, ""))[:500] for name in ("description", "category", "item", "spot")
    }
    if not words["description"].strip() or not words["category"]:
        raise Refused(BAD_ACT, field="description", name="description")
    given = FindingGiven(
        id=_id(body, "finding"), candidate_major=bool(body.get("candidate")), fixed=bool(body.get("fixed")),
        risk_point=_id(body, "risk_point") if body.get("risk_point") else None,
        taken=_taken(body, off=off, at=at), **words,
        **{name: value for name, value in _position(body).items() if name != "accuracy_m"},
    )  # fmt: skip
    row = actions.add_finding(
        given, visit=_visit(body, person, at), photos=_photos(body, person), by=person.by, at=at,
        happened_at=min(sent.happened_at, at),
    )  # fmt: skip
    return {"danger": str(row.danger_id)}


def _add_photos(sent: Sent, person: Person, at: datetime, off: timedelta) -> Mapping[str, Any]:
    row = Finding.objects.filter(pk=_id(sent.body, "finding"), visit__patroller=person).first()
    if row is None:
        raise Refused(NO_VISIT, field="finding")
    photos = _photos(sent.body, person)
    actions.add_photos(
        finding=row, photos=photos, by=person.by, at=at, taken_at=min(sent.happened_at, at),
        taken=_taken(sent.body, off=off, at=at),
    )  # fmt: skip
    return {}


def _step(sent: Sent, person: Person, at: datetime, off: timedelta) -> Mapping[str, Any]:
    """A step of a danger, upon the step that the phone saw last; somebody else's step since is a conflict."""
    body = sent.body
    name = str(body.get("move", ""))
    if name not in MOVES:
        raise Refused(UNKNOWN_ACT, kind=name or "—")
    item = item_for(person, _id(body, "item"), at=at)
    last = Step.objects.filter(item=item).order_by("-at", "-pk").first()
    if last is not None and str(last.pk) != body.get("seen"):
        theirs = {
            "move": last.move,
            "state": last.target,
            "by": last.by,
            "at": last.at.isoformat(),
            "why": last.reason,
        }
        said = [{"name": "move", "mine": name, "theirs": last.move}]
        raise Conflict(theirs=theirs, differing=said, base=str(last.pk))
    proofs = _proofs(sent, person, at=at, off=off)
    record = domains.record_for(item.loop)
    act = record.acts.get(name) if record else None
    given = {
        "item": item, "by": person.by, "at": at, "happened_at": min(sent.happened_at, at), "evidence": proofs,
        "reason": str(body.get("reason", ""))[:500], **_facts(record, name, body),
    }  # fmt: skip
    done: Step = act(**given) if act else loop_actions.move(name=name, **given)
    state = loops.loop_of(item).states[done.target]
    return {"state_now": done.target, "state_name": state, "seen": str(done.pk)}


def _proofs(sent: Sent, person: Person, *, at: datetime, off: timedelta) -> list[Given]:
    """The photos of a step, each with when it was taken and where the phone stood; the place alone without any."""
    here, taken = _position(sent.body), _taken(sent.body, off=off, at=at)
    place = {"lon": here["lon"], "lat": here["lat"]}
    photos = [
        Given("photo", file=each, taken_at=taken.get(each.sm3, min(sent.happened_at, at)), **place)
        for each in _photos(sent.body, person)
    ]
    if photos or here["lon"] is None:
        return photos
    return [Given("position", taken_at=min(sent.happened_at, at), **place)]


def _facts(record: Any, name: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """The facts that the move's form declares, in their types."""
    given = _table(body, "facts")
    found: dict[str, Any] = {}
    for field in record.facts.get(name, ()) if record else ():
        if field.name in given:
            found[field.name] = (
                _when(given, field.name) if field.kind == "datetime" else str(given[field.name])[:500]
            )
    return found


def _drop(sent: Sent, person: Person, at: datetime, off: timedelta) -> Mapping[str, Any]:
    """Theirs stands: the conflict that this act settles is closed and nothing else is written."""
    if sent.settles is None:
        raise Refused(BAD_ACT, field="settles", name="settles")
    return {}


Work = Callable[[Sent, Person, datetime, timedelta], Mapping[str, Any]]
ACTS: dict[str, Work] = {
    "begin": _begin,
    "finish": _finish,
    "break_off": _break_off,
    "find": _find,
    "photos": _add_photos,
    "step": _step,
    "drop": _drop,
}


# ---- parts of a body ----------------
def _visit(body: Mapping[str, Any], person: Person, at: datetime) -> Visit:
    found = visible_visits(person, at=at).filter(key=_id(body, "visit")).first()
    if found is None:
        raise Refused(NO_VISIT, field="visit")
    return found


def _written(body: Mapping[str, Any], person: Person) -> Written:
    sign = _table(body, "sign")
    photos = actions.own_photos([str(sign["photo"])], by=person.by) if sign.get("photo") else []
    return Written(
        answers=_table(body, "answers"), note=str(body.get("note", ""))[:2000],
        sign_how=str(sign.get("how", ""))[:10], signer=str(sign.get("signer", ""))[:60],
        witness=str(sign.get("witness", ""))[:60], sign=photos[0] if photos else None,
        companions=tuple(each[:60] for each in _list(body, "companions", most=MOST_COMPANIONS)),
    )  # fmt: skip


def _photos(body: Mapping[str, Any], person: Person) -> list[Any]:
    digests = _list(body, "photos", most=MOST_PHOTOS)
    return actions.own_photos(digests, by=person.by) if digests else []


def _list(body: Mapping[str, Any], name: str, *, most: int) -> list[str]:
    """A list of words; more than `most` are refused, never dropped."""
    given = body.get(name) or []
    if not isinstance(given, list):
        raise Refused(BAD_ACT, field=name, name=name)
    if len(given) > most:
        raise Refused(TOO_MANY, field=name, name=name, most=most, given=len(given))
    return [str(each) for each in given]


def _table(body: Mapping[str, Any], name: str) -> dict[str, Any]:
    given = body.get(name) or {}
    if not isinstance(given, dict):
        raise Refused(BAD_ACT, field=name, name=name)
    return given


def _taken(body: Mapping[str, Any], *, off: timedelta, at: datetime) -> dict[str, datetime]:
    """Photo → when its file says that it was taken, by the server's clock; one from tomorrow was taken now."""
    said = _table(body, "taken")
    return {str(sm3): min(_when(said, sm3) - off, at) for sm3 in list(said)[:MOST_PHOTOS]}


def _position(body: Mapping[str, Any]) -> dict[str, Any]:
    lon, lat = body.get("lon"), body.get("lat")
    here = (
        isinstance(lon, int | float) and isinstance(lat, int | float) and abs(lon) <= 180 and abs(lat) <= 90
    )
    accuracy = body.get("accuracy_m")
    sure = float(accuracy) if here and isinstance(accuracy, int | float) else None
    if not here:
        return {"lon": None, "lat": None, "accuracy_m": None}
    return {"lon": float(str(lon)), "lat": float(str(lat)), "accuracy_m": sure}


def _id(body: Mapping[str, Any], name: str) -> UUID:
    try:
        return UUID(str(body.get(name, "")))
    except ValueError:
        raise Refused(BAD_ACT, field=name, name=name) from None


def _number(body: Mapping[str, Any], name: str) -> int:
    value = body.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Refused(BAD_ACT, field=name, name=name)
    return value


def _when(body: Mapping[str, Any], name: str) -> datetime:
    try:
        found = parse_datetime(str(body.get(name, "")))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Refused(BAD_ACT, field=name, name=name)
    return found

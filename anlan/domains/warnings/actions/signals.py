"""Taking in signals. Only a registered weather office issues them; what it updates or cancels ends here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.domains.warnings.actions import proposing
from anlan.domains.warnings.loop import OFFICERS
from anlan.domains.warnings.models import OfficeRing, Signal, SignalNotice, WeatherOffice
from anlan.domains.warnings.queries import areas, rulebook
from anlan.domains.warnings.rules import calls, cap, scales, signals
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.ids import new_id
from anlan.kernel.core.words import N_
from anlan.kernel.ledger.actions import record
from anlan.kernel.loop.actions import Making, move, move_all, open_item
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.loop.rights import person_id
from anlan.kernel.orgs.queries import has_duty

NOT_AN_OFFICE = reason(
    "signal.not_an_office",
    N_(
        "{sender} is not a registered weather office. Only the weather office issues signals; it was not taken in."
    ),
)
NOT_ON_WATCH = reason("signal.not_on_watch", N_("Only an officer on watch types in a signal."))
NOTHING_ENDED = reason(
    "signal.unknown_type", N_("A message of type {msg_type} is neither a signal nor its end.")
)


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What a message did: its notice, the signals it brought, those it ended; `again` where it was known already."""

    notice: SignalNotice
    signals: tuple[Signal, ...]
    ended: tuple[Signal, ...]
    again: bool = False


def register_office(*, sender: str, name: str, region: str, by: str, at: datetime) -> WeatherOffice:
    """Let an office issue signals: `sender` is what its CAP messages carry."""
    with transaction.atomic():
        office, _ = WeatherOffice.objects.update_or_create(
            sender=sender,
            defaults={
                "name": name,
                "region_id": region,
                "active": True,
                "registered_by": by,
                "registered_at": at,
            },
        )
        facts = {"sender": sender, "name": name}
        record(
            code="warnings.office_registered",
            subject=("warnings.office", office.pk),
            facts=facts,
            by=by,
            at=at,
            region=region,
        )
    return office


def take_in_cap(
    *, data: bytes, by: str, at: datetime, exercise_id: UUID | None = None, convert_11: bool = False
) -> TakenIn:
    """Take in a CAP message. Known ones change nothing; raises `Refused` naming line and element, or why not."""
    alert = cap.read(data, convert_11=convert_11)
    office = _office(alert.sender)
    signals.check_status(alert.status, real_world=exercise_id is None)
    with transaction.atomic():
        notice = SignalNotice(
            exercise_id=exercise_id, office=office, identifier=alert.identifier, msg_type=alert.msg_type,
            sent_at=alert.sent, references=[r.identifier for r in alert.references if r.sender == alert.sender],
            document=data.decode("utf-8", errors="replace"), converted_11=convert_11, taken_in_by=by, taken_in_at=at,
        )  # fmt: skip
        if known := _known(notice):
            return TakenIn(known, tuple(known.signals.all()), (), again=True)
        heard: list[signals.Heard] = []
        if alert.msg_type in ("Alert", "Update"):
            heard = signals.heard(alert, hazards=rulebook.hazards(region=office.region_id, at=at))
        elif alert.msg_type != "Cancel":
            raise Refused(NOTHING_ENDED, msg_type=alert.msg_type)
        return _take_in(notice, heard, by=by, at=at)


def type_signal(
    *,
    office: WeatherOffice,
    hazard: str,
    colour: str,
    regions: Sequence[str],
    issued_at: datetime,
    heard_by: str,
    by: str,
    at: datetime,
    expires_at: datetime | None = None,
    headline: str = "",
    description: str = "",
    supersedes: Sequence[Signal] = (),
    exercise_id: UUID | None = None,
) -> TakenIn:
    """What the weather office said by telephone, fax or on its screen, typed in by an officer on watch."""
    person = person_id(by)
    if person is not None and not has_duty(
        person_id=person, kinds=OFFICERS, region=calls.common_region(regions), at=at
    ):
        raise Refused(NOT_ON_WATCH)
    table = rulebook.hazards(region=office.region_id, at=at)
    signals.check_colour(hazard, colour, hazards=table)
    _office(office.sender)
    given = signals.Heard(
        hazard=hazard, colour=colour, issued_at=issued_at, onset=None, expires_at=expires_at,
        headline=headline or f"{office.name}发布{table[hazard]['zh']}{_zh(colour)}色预警信号",
        description=description, instruction="", regions=tuple(regions), areas=(),
    )  # fmt: skip
    with transaction.atomic():
        notice = SignalNotice(
            exercise_id=exercise_id, office=office, identifier=f"typed-{new_id()}",
            msg_type="Update" if supersedes else "Alert", sent_at=issued_at,
            references=[signal.notice.identifier for signal in supersedes], heard_by=heard_by,
            taken_in_by=by, taken_in_at=at,
        )  # fmt: skip
        return _take_in(notice, [given], by=by, at=at)


def lift_signal(*, item: WorkItem, by: str, at: datetime, reason: str = "", **rest: Any) -> Step:
    """End a signal because the weather office lifted it (by telephone, say); its episode may end with it."""
    with transaction.atomic():
        step = move(item=item, name="lift", by=by, at=at, reason=reason, **rest)
        Signal.objects.filter(pk=item.pk).update(lifted_at=step.happened_at)
        proposing.end_source(source="signal", source_id=str(item.pk), at=at)
    return step


def _zh(colour: str) -> str:
    return next(word for word, code in scales.COLOUR_WORDS.items() if code == colour)


def _office(sender: str) -> WeatherOffice:
    office = WeatherOffice.objects.filter(sender=sender, active=True).first()
    if office is None:
        raise Refused(NOT_AN_OFFICE, sender=sender)
    return office


def _known(notice: SignalNotice) -> SignalNotice | None:
    return SignalNotice.objects.filter(
        exercise_id=notice.exercise_id, office=notice.office, identifier=notice.identifier
    ).first()


def _take_in(notice: SignalNotice, heard: Sequence[signals.Heard], *, by: str, at: datetime) -> TakenIn:
    notice.save(force_insert=True)
    new = [_open(notice, one, by=by, at=at) for one in heard]
    ended = _end_earlier(notice, by=by, at=at)
    if new and (ender := _ender_of(notice)):
        _end(new, ender, at=at)
    else:
        # The new colour is weighed before the old one is gone: an update is the same episode, not a second one.
        for signal in new:
            proposing.from_signal(signal, at=at)
    for signal in ended:
        proposing.end_source(source="signal", source_id=str(signal.pk), at=at)
    facts = {
        "type": notice.msg_type,
        "sender": notice.office.sender,
        "signals": len(new),
        "ended": len(ended),
    }
    record(
        code="warnings.signal_taken_in", subject=("warnings.notice", notice.pk), facts=facts, by=by, at=at,
        happened_at=min(notice.sent_at, at), exercise_id=notice.exercise_id,
    )  # fmt: skip
    return TakenIn(notice, tuple(new), tuple(ended))


def _open(notice: SignalNotice, one: signals.Heard, *, by: str, at: datetime) -> Signal:
    touched, shape = areas.of_shapes(one.areas)
    codes = areas.compressed([*areas.known(one.regions), *touched])
    if not codes:
        raise Refused(signals.NO_AREA, field="regions")
    region = calls.common_region(codes)
    end = signals.end_of(
        issued_at=one.issued_at, expires_at=one.expires_at, at=at,
        default=rulebook.minutes("signal_default_minutes", region=region, at=at),
        longest=rulebook.minutes("signal_longest_minutes", region=region, at=at),
    )  # fmt: skip
    signal = Signal(
        notice=notice, hazard=one.hazard, colour=one.colour, headline=one.headline[:300], description=one.description,
        instruction=one.instruction, area=shape, issued_at=one.issued_at, onset=one.onset, expires_at=end,
        end_was_given=one.expires_at is not None,
    )  # fmt: skip
    open_item(
        loop="warnings.signal", record=signal, title=signal.headline, region=region,
        severity=scales.severity(one.colour), by=by, at=at, exercise_id=notice.exercise_id,
    )  # fmt: skip
    signal.regions.set(areas.rows(codes))
    _answer_rings(signal, codes, at=at)
    return signal


def _end_earlier(notice: SignalNotice, *, by: str, at: datetime) -> list[Signal]:
    """An update or cancel ends the signals of the messages it names."""
    earlier = Signal.objects.in_force().select_related("item").filter(
        notice__office=notice.office, notice__identifier__in=notice.references, item__exercise_id=notice.exercise_id
    )  # fmt: skip
    return _end(list(earlier), notice, at=at)


def _end(ended: Sequence[Signal], notice: SignalNotice, *, at: datetime) -> list[Signal]:
    lifted = notice.msg_type == "Cancel"
    move_all(
        [
            Making(
                item=s.item,
                name="lift" if lifted else "supersede",
                by="service:warnings",
                at=at,
                reason=notice.identifier,
            )
            for s in ended
        ]
    )
    Signal.objects.filter(pk__in=[s.pk for s in ended]).update(lifted_at=at, ended_by=notice)
    return list(ended)


def _ender_of(notice: SignalNotice) -> SignalNotice | None:
    """Messages overtake each other: the cancel or update of this one that came before it, or None."""
    later = SignalNotice.objects.filter(
        exercise_id=notice.exercise_id, office=notice.office, references__contains=[notice.identifier]
    )
    return later.order_by("sent_at").last()


def _answer_rings(signal: Signal, codes: Sequence[str], *, at: datetime) -> None:
    """The signal came: nobody needs to ring the weather office about this hazard there any more."""
    waiting = OfficeRing.objects.select_related("item").filter(
        item__closed_at=None, item__exercise_id=signal.item.exercise_id, hazard=signal.hazard
    )
    met = [
        ring
        for ring in waiting.prefetch_related("regions")
        if not scales.is_higher(ring.mark_colour, signal.colour)
        and all(any(calls.covers(code, r.pk) for code in codes) for r in ring.regions.all())
    ]
    move_all([Making(item=ring.item, name="signal", by="service:warnings", at=at) for ring in met])

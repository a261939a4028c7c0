"""Forms out of declarations: the facts a move asks for become inputs, and what comes back becomes values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.uploads import FILES, PHOTOS
from anlan.kernel.core.words import N_
from anlan.kernel.domain.spec import Field
from anlan.kernel.loop.actions import Telephone
from anlan.kernel.loop.evidence import Given
from anlan.kernel.loop.spec import File, Move, Photo, Position, Text
from anlan.kernel.orgs.models import Organisation, Person
from anlan.kernel.places.models import Place
from anlan.surfaces.web import handed_in

MISSING = reason("web.missing", N_("Fill in “{label}”."))
NOT_A_NUMBER = reason("web.not_a_number", N_("“{label}” must be a number; {given} is none."))
NOT_PICKED = reason("web.not_picked", N_("Pick “{label}” from the list that appears while you type."))
NOT_A_TIME = reason("web.not_a_time", N_("“{label}” is not a date and time."))

# The inputs by which evidence comes, and what each takes.
EVIDENCE = {"photo": PHOTOS, "before": PHOTOS, "after": PHOTOS, "file": FILES}
_ROWS: dict[str, Any] = {"organisation": Organisation, "place": Place, "person": Person}


@dataclass(frozen=True, slots=True)
class Input:
    """One input as the template draws it."""

    name: str
    label: str
    kind: str
    choices: Sequence[tuple[str, str]] = ()
    required: bool = True
    help: str = ""
    value: str = ""
    parts: Sequence[tuple[str, str, str]] = ()  # of a field of counts: label, base, what was typed or stands

    @property
    def picks(self) -> bool:
        """Whether it is chosen from rows by typing a part of the name."""
        return self.kind in _ROWS


def inputs(fields: Sequence[Field], typed: Mapping[str, Any], row: Any = None) -> list[Input]:
    """The inputs of declared fields with what was typed before; `row` is what the move is about."""
    counted = bool(getattr(row, "counts", None))
    return [_input(field, typed, row) for field in fields if field.kind != "counts" or counted]


def _input(asked: Field, typed: Mapping[str, Any], row: Any) -> Input:
    value = str(typed.get(asked.name, ""))
    if asked.name == "version" and not value:
        value = str(getattr(row, "version", ""))  # the version that was read goes back with the form
    return Input(
        asked.name,
        _(asked.label),
        "hidden" if asked.name == "version" else asked.kind,
        [(code, _(label)) for code, label in asked.choices],
        asked.required,
        _(asked.help) if asked.help else "",
        value,
        _parts(asked, typed, row) if asked.kind == "counts" else (),
    )


def _parts(asked: Field, typed: Mapping[str, Any], row: Any) -> list[tuple[str, str, str]]:
    """One number a count of the line (397 of 420), with what stands there now."""
    given = typed.getlist(asked.name) if hasattr(typed, "getlist") else []
    known = [*given, *(str(n) for n in row.done[len(given) :])]
    english = (get_language() or "").startswith("en")
    return [
        (
            str(count.get("label_en" if english else "label", "")),
            str(count.get("base") or ""),
            known[number] if number < len(known) else "",
        )
        for number, count in enumerate(row.counts)
    ]


def values(fields: Sequence[Field], posted: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a form by name; an empty optional field is left out. Raises `Refused` naming the field."""
    found: dict[str, Any] = {}
    for each in fields:
        raw = str(posted.get(each.name, "")).strip()
        if each.kind == "counts":
            numbers = _counts(each, posted)
            if numbers:
                found[each.name] = numbers
        elif each.kind == "flag":
            found[each.name] = raw in {"on", "true", "1"}
        elif raw:
            found[each.name] = _value(each, raw)
        elif each.required:
            raise Refused(MISSING, field=each.name, label=_(each.label))
    return found


def _counts(asked: Field, posted: Mapping[str, Any]) -> list[int | float]:
    """The numbers of a field of counts; none at all where every one was left empty."""
    raw = [text.strip() for text in posted.getlist(asked.name)] if hasattr(posted, "getlist") else []
    return [_number(asked, text or "0") for text in raw] if any(raw) else []


def _value(asked: Field, raw: str) -> Any:
    if asked.kind == "number":
        return _number(asked, raw)
    if asked.kind == "datetime":
        return moment(raw, asked.name, _(asked.label))
    if asked.kind in _ROWS:
        return _row(asked, raw)
    return raw


def _row(asked: Field, raw: str) -> Any:
    """The row that was picked; a person is handed on as the author word `person:<id>`."""
    try:
        row = _ROWS[asked.kind].objects.filter(pk=UUID(raw), active=True).first()
    except ValueError:
        row = None
    if row is None:
        raise Refused(NOT_PICKED, field=asked.name, label=_(asked.label))
    return row.by if isinstance(row, Person) else row


def _number(asked: Field, raw: str) -> int | float:
    try:
        value = float(raw)
    except ValueError:
        raise Refused(NOT_A_NUMBER, field=asked.name, label=_(asked.label), given=raw) from None
    return int(value) if value.is_integer() else value


def moment(raw: str, name: str, label: str) -> datetime:
    """A time typed on the page (local) as an aware one."""
    try:
        parsed = parse_datetime(raw)
    except ValueError:
        parsed = None
    if parsed is None:
        raise Refused(NOT_A_TIME, field=name, label=label)
    return parsed if parsed.tzinfo else timezone.make_aware(parsed)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form of a move shows besides its facts."""

    photos: int = 0
    text: bool = False
    file: bool = False
    position: bool = False
    reason: bool = False
    facts: Sequence[Input] = field(default_factory=list)

    @property
    def nothing(self) -> bool:
        """Whether one tap is enough."""
        asks = [field for field in self.facts if field.kind != "hidden" and field.required]
        return not (self.photos or self.text or self.file or self.position or self.reason or asks)


def asked_by(move: Move, fields: Sequence[Field], typed: Mapping[str, Any], row: Any = None) -> Asked:
    """The inputs that a move's declaration asks for."""
    kinds = {type(kind): kind for kind in move.evidence}
    photo = kinds.get(Photo)
    return Asked(
        photos=photo.least if isinstance(photo, Photo) else 0,
        text=Text in kinds,
        file=File in kinds or "file" in move.needs,
        position=Position in kinds,
        reason=move.reason,
        facts=inputs(fields, typed, row),
    )


def evidence_of(request: HttpRequest, *, by: str) -> list[Given]:
    """Photos, text, files and position of a posted form, the files let in by the gate and kept under their digest.

    Two photos are two pictures: the same one twice is refused.
    """
    pieces: list[Given] = []
    position = _position(request.POST)
    for name, files in handed_in.kept(request, EVIDENCE, by=by, distinct=True).items():
        taken = request.POST.getlist(f"{name}_taken")
        for place, kept in enumerate(files):
            kind = "file" if name == "file" else "photo"
            when = _taken(taken[place : place + 1])
            lon, lat = position if position is not None and kind == "photo" else (None, None)
            pieces.append(Given(kind, file=kept, taken_at=when, lon=lon, lat=lat))
    if text := request.POST.get("text", "").strip():
        pieces.append(Given("text", text=text))
    if position is not None:
        pieces.append(Given("position", lon=position[0], lat=position[1]))
    return pieces


def _taken(said: Sequence[str]) -> datetime | None:
    """When a photograph was taken, as the browser says of its file; None where it says nothing that can be read."""
    try:
        return parse_datetime(said[0]) if said else None
    except ValueError:
        return None


def _position(posted: Mapping[str, Any]) -> tuple[float, float] | None:
    try:
        lon, lat = float(posted.get("lon", "")), float(posted.get("lat", ""))
    except (TypeError, ValueError):
        return None
    return (lon, lat) if abs(lon) <= 180 and abs(lat) <= 90 else None


def telephone_of(posted: Mapping[str, Any]) -> tuple[str, Telephone | None]:
    """The leader (`person:<id>`) and the telephone note of a form, or ("", None) when it carries none."""
    leader = str(posted.get("leader", "")).strip()
    if not leader:
        return "", None
    note = Telephone(
        str(posted.get("telephone_number", "")).strip(), str(posted.get("telephone_words", "")).strip()
    )
    return f"person:{leader}", note


def happened_of(posted: Mapping[str, Any]) -> datetime | None:
    """When it really happened, where the form says so (补录)."""
    raw = str(posted.get("happened_at", "")).strip()
    return moment(raw, "happened_at", _("When it happened")) if raw else None

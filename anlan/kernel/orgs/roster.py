"""A list of people taken on from rows of text: good ones are kept, bad ones come back with column and reason."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from anlan.kernel.core import keys
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.ids import new_id
from anlan.kernel.core.words import N_
from anlan.kernel.ledger.actions import record
from anlan.kernel.orgs.actions import check_uscc, phone_fields
from anlan.kernel.orgs.models import CLOSING_ANSWERS, Duty, DutyKind, Organisation, Person
from anlan.kernel.places.models import Place, Region

CHUNK = 1000  # people of one transaction and of one ledger entry: well under the two seconds a writer has
COLUMNS = {  # column → the other name that offices give it
    "organisation": "单位", "organisation_kind": "单位类型", "uscc": "统一社会信用代码", "name": "姓名",
    "title": "职务",
    "phone": "电话", "email": "邮箱", "duty": "岗责", "region": "区划代码", "place": "场所编码", "rank": "次序",
}  # fmt: skip
NEEDED = ("organisation", "name", "phone", "duty")
KINDS = ("bureau", "street", "community", "member_unit", "enterprise", "headquarters")
PHONE = re.compile(r"\+?\d{5,20}")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")

NO_COLUMN = reason(
    "orgs.import_no_column", N_("The file has no column {column}. It has: {found}. Nothing was taken in.")
)
MISSING = N_("is empty")
LONG = N_("is longer than {most} characters")
BAD_PHONE = N_("is no phone number: digits only, as text (a spreadsheet may have made 1.39E+10 of it)")
BAD_EMAIL = N_("is no address")
BAD_USCC = N_("is not a unified social credit code: its check digit does not fit")
BAD_DUTY = N_("is no kind of duty; load the kinds first")
BAD_REGION = N_("is no region known here (12 digits)")
BAD_PLACE = N_("is no place known here, or several have this code")
NO_WHERE = N_("is empty, and so is the place: a duty lies somewhere")
BAD_RANK = N_("is no rank: 0 holds the duty, 1 is the first deputy")
BAD_KIND = N_("is no kind of organisation: {kinds}")
NEW_ORGANISATION = N_("is not known; to take it on, fill the column organisation_kind")
TWO_ORGANISATIONS = N_("is the name of several organisations here: give the credit code")
BAD_FLAG = N_("is neither 0 nor 1")
BAD_ANSWER = N_("is none of received, on_post, done")


@dataclass(frozen=True, slots=True)
class Bad:
    """A row that was not taken: its number in the file (the head is 1), the column, why; `facts` fill the wording."""

    row: int
    column: str
    why: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class Taken:
    """What came of a file."""

    rows: int = 0
    people: int = 0
    duties: int = 0
    organisations: int = 0
    known: int = 0
    bad: list[Bad] = field(default_factory=list)
    fresh: set[tuple[object, ...]] = field(
        default_factory=set, repr=False
    )  # a dry run forgets a chunk: count once

    def new(self, *key: object) -> int:
        """One where this was not counted before, else nothing."""
        before = len(self.fresh)
        self.fresh.add(key)
        return len(self.fresh) - before


class _WrongError(Exception):
    def __init__(self, column: str, why: str, **facts: object) -> None:
        super().__init__(column)
        self.column, self.why, self.facts = column, why, facts


@dataclass(frozen=True, slots=True)
class _Line:
    """A row that can be taken: text made into rows of the house."""

    number: int
    organisation: str
    organisation_kind: str
    uscc: str
    name: str
    title: str
    phone: str
    email: str
    kind: str
    region: str
    place: UUID | None
    rank: int


def take_on(
    rows: Sequence[Mapping[str, str]], *, digest: str, by: str, at: datetime, dry: bool = False
) -> Taken:
    """Take on people with their organisation and duty, one row a duty. The same file twice adds nothing.

    A person is known by phone and name, a duty by person, kind and where. `digest` is the SM3 of the file. One act;
    one ledger entry a chunk of 1,000 rows. Raises `Refused` orgs.import_no_column; a bad row only returns.
    """
    given = [_renamed(row) for row in rows]
    _check_columns(given)
    taken, act = Taken(rows=len(given)), new_id()
    lines = _read(given, _Known(), taken)
    for start in range(0, len(lines), CHUNK):
        _take_chunk(lines[start : start + CHUNK], taken, dry=dry, digest=digest, by=by, at=at, act=act)
    return taken


def _renamed(row: Mapping[str, str]) -> dict[str, str]:
    english = {chinese: name for name, chinese in COLUMNS.items()}
    return {english.get(str(k).strip(), str(k).strip()): str(v or "").strip() for k, v in row.items()}


def _check_columns(given: Sequence[Mapping[str, str]]) -> None:
    found = list(given[0]) if given else []
    for column in (*NEEDED, "region"):
        if column not in found and not (column == "region" and "place" in found):
            raise Refused(NO_COLUMN, column=column, found=", ".join(found) or "—")


class _Known:
    """What rows may name, read once."""

    def __init__(self) -> None:
        kinds = DutyKind.objects.values_list("code", "label")
        self.kinds = {word: code for code, label in kinds for word in (label, code)}
        self.regions = set(Region.objects.values_list("code", flat=True))
        self.places: dict[str, list[tuple[UUID, str]]] = {}
        for pk, code, region in Place.objects.exclude(code="").values_list("pk", "code", "region_id"):
            self.places.setdefault(code, []).append((pk, region))
        self.firms: dict[str, int] = {}
        for name in Organisation.objects.values_list("name", flat=True):
            self.firms[name] = self.firms.get(name, 0) + 1
        self.codes = set(Organisation.objects.exclude(uscc="").values_list("uscc", flat=True))


def _read(given: Sequence[Mapping[str, str]], known: _Known, taken: Taken) -> list[_Line]:
    lines = []
    for number, row in enumerate(given, start=2):
        try:
            lines.append(_line(number, row, known))
        except _WrongError as wrong:
            taken.bad.append(Bad(number, wrong.column, wrong.why, wrong.facts))
    return lines


def _line(number: int, row: Mapping[str, str], known: _Known) -> _Line:
    for column in NEEDED:
        if not row.get(column):
            raise _WrongError(column, MISSING)
    for column, most in (("name", 60), ("title", 60), ("organisation", 160)):
        if len(row.get(column, "")) > most:
            raise _WrongError(column, LONG, most=most)
    if row["duty"] not in known.kinds:
        raise _WrongError("duty", BAD_DUTY)
    place, region = _where(row, known)
    uscc, kind = _organisation(row, known)
    return _Line(
        number, row["organisation"], kind, uscc, row["name"], row.get("title", ""), _phone(row), _email(row),
        known.kinds[row["duty"]], region, place, _rank(row),
    )  # fmt: skip


def _phone(row: Mapping[str, str]) -> str:
    phone = re.sub(r"[\s()（）-]", "", row["phone"])
    if not PHONE.fullmatch(phone):
        raise _WrongError("phone", BAD_PHONE)
    return phone


def _email(row: Mapping[str, str]) -> str:
    email = row.get("email", "")
    if email and not EMAIL.fullmatch(email):
        raise _WrongError("email", BAD_EMAIL)
    return email


def _rank(row: Mapping[str, str]) -> int:
    rank = row.get("rank") or "0"
    if not (rank.isascii() and rank.isdigit()) or int(rank) > 99:
        raise _WrongError("rank", BAD_RANK)
    return int(rank)


def _where(row: Mapping[str, str], known: _Known) -> tuple[UUID | None, str]:
    if code := row.get("place", ""):
        found = known.places.get(code, [])
        if len(found) != 1:
            raise _WrongError("place", BAD_PLACE)
        return found[0]
    if not row.get("region"):
        raise _WrongError("region", NO_WHERE)
    if row["region"] not in known.regions:
        raise _WrongError("region", BAD_REGION)
    return None, row["region"]


def _organisation(row: Mapping[str, str], known: _Known) -> tuple[str, str]:
    """The credit code and, for one to be taken on, its kind. What kind it is decides what its people may see."""
    kind, code = row.get("organisation_kind", ""), row.get("uscc", "")
    try:
        uscc = check_uscc(code) if code else ""
    except Refused:
        raise _WrongError("uscc", BAD_USCC) from None
    if kind and kind not in KINDS:
        raise _WrongError("organisation_kind", BAD_KIND, kinds=", ".join(KINDS))
    named = known.firms.get(row["organisation"], 0)
    if (uscc and uscc in known.codes) or (not uscc and named == 1):
        return uscc, kind
    if not uscc and named > 1:
        raise _WrongError("organisation", TWO_ORGANISATIONS)
    if not kind and named != 1:
        raise _WrongError("organisation", NEW_ORGANISATION)
    return uscc, kind


def _take_chunk(
    lines: Sequence[_Line], taken: Taken, *, dry: bool, digest: str, by: str, at: datetime, act: UUID
) -> None:
    before = (taken.people, taken.duties, taken.organisations)
    with transaction.atomic():
        firms = _firms(lines, taken)
        people = _people(lines, firms, taken)
        _duties(lines, people, taken, at)
        if dry:
            transaction.set_rollback(True)
        elif (taken.people, taken.duties, taken.organisations) != before:
            facts = {
                "file": digest, "rows": [lines[0].number, lines[-1].number],
                "people": taken.people - before[0], "duties": taken.duties - before[1],
                "organisations": taken.organisations - before[2],
            }  # fmt: skip
            record(code="orgs.people_added", subject=("orgs.import", act), facts=facts, by=by, at=at, act=act)


def _firms(lines: Sequence[_Line], taken: Taken) -> dict[tuple[str, str], Organisation]:
    found: dict[tuple[str, str], Organisation] = {}
    for line in lines:
        key = (line.uscc, line.organisation)
        if key in found:
            continue
        row = Organisation.objects.filter(uscc=line.uscc).first() if line.uscc else None
        row = row or Organisation.objects.filter(name=line.organisation).order_by("pk").first()
        if row is None:
            row = Organisation.objects.create(
                name=line.organisation, kind=line.organisation_kind, uscc=line.uscc, region_id=line.region
            )
            taken.organisations += taken.new("organisation", *key)
        found[key] = row
    return found


def _people(
    lines: Sequence[_Line], firms: Mapping[tuple[str, str], Organisation], taken: Taken
) -> dict[tuple[str, str], Person]:
    indexes = {line.phone: keys.hmac_index(line.phone) for line in lines}
    known = Person.objects.filter(phone_index__in=indexes.values(), active=True)
    by_index = {(p.phone_index, p.name): p for p in known}
    people: dict[tuple[str, str], Person] = {}
    fresh: list[Person] = []
    for line in lines:
        key = (line.phone, line.name)
        if key in people:
            continue
        person = by_index.get((indexes[line.phone], line.name))
        if person is None:
            person = Person(
                name=line.name, title=line.title, email=line.email,
                organisation=firms[line.uscc, line.organisation], **phone_fields(line.phone),
            )  # fmt: skip
            fresh.append(person)
            taken.people += taken.new("person", *key)
        people[key] = person
    Person.objects.bulk_create(fresh)
    return people


def _duties(
    lines: Sequence[_Line], people: Mapping[tuple[str, str], Person], taken: Taken, at: datetime
) -> None:
    held: set[tuple[object, ...]] = set(
        Duty.objects.filter(person__in=people.values(), valid_to=None).values_list(
            "person_id", "kind_id", "region_id", "place_id"
        )
    )
    fresh: list[Duty] = []
    for line in lines:
        person = people[line.phone, line.name]
        key = (person.pk, line.kind, line.region, line.place)
        if key in held:
            taken.known += 1
            continue
        held.add(key)
        taken.duties += taken.new("duty", line.phone, line.name, *key[1:])
        fresh.append(
            Duty(
                person=person, kind_id=line.kind, region_id=line.region, place_id=line.place, rank=line.rank,
                valid_from=at, verified_at=at,
            )
        )  # fmt: skip
    Duty.objects.bulk_create(fresh)


# ---- kinds of duty ----------------
def load_duty_kinds(rows: Sequence[Mapping[str, str]], *, digest: str, by: str, at: datetime) -> Taken:
    """Kinds of duty as data: new ones are added, known ones take the file's wording and answers. One entry."""
    taken = Taken(rows=len(rows))
    kinds = list(_kinds(rows, taken))
    columns = ("label", "label_en", "closes_on", "rung_by_hand", "ring_order", "flood", "watch")
    with transaction.atomic():
        DutyKind.objects.bulk_create(
            kinds, update_conflicts=True, unique_fields=["code"], update_fields=list(columns)
        )
        taken.known = len(kinds)
        if kinds:
            facts = {"file": digest, "kinds": [kind.code for kind in kinds]}
            record(code="orgs.duty_kinds_loaded", subject=("orgs.import", digest), facts=facts, by=by, at=at)
    return taken


def _kinds(rows: Sequence[Mapping[str, str]], taken: Taken) -> Iterator[DutyKind]:
    seen: set[str] = set()
    for number, row in enumerate(rows, start=2):
        try:
            kind = _kind({name: str(value or "").strip() for name, value in row.items()})
        except _WrongError as wrong:
            taken.bad.append(Bad(number, wrong.column, wrong.why, wrong.facts))
            continue
        if kind.code not in seen:
            seen.add(kind.code)
            yield kind


def _kind(row: Mapping[str, str]) -> DutyKind:
    for column in ("code", "label", "label_en"):
        if not row.get(column):
            raise _WrongError(column, MISSING)
        if len(row[column]) > (40 if column == "code" else 60):
            raise _WrongError(column, LONG, most=40 if column == "code" else 60)
    closes = row.get("closes_on") or "received"
    if closes not in CLOSING_ANSWERS:
        raise _WrongError("closes_on", BAD_ANSWER)
    flags = {name: row.get(name) or "0" for name in ("rung_by_hand", "flood", "watch")}
    for name, value in flags.items():
        if value not in {"0", "1"}:
            raise _WrongError(name, BAD_FLAG)
    order = row.get("ring_order") or "100"
    if not (order.isascii() and order.isdigit()):
        raise _WrongError("ring_order", BAD_RANK)
    return DutyKind(
        code=row["code"], label=row["label"], label_en=row["label_en"], closes_on=closes, ring_order=int(order),
        **{name: value == "1" for name, value in flags.items()},
    )  # fmt: skip

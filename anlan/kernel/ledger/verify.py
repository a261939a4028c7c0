"""The proof: walk the whole ledger, recompute every hash and seal, and name what does not fit."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from django.db import connection

from anlan.kernel.core import keys
from anlan.kernel.core.words import N_
from anlan.kernel.ledger import hashing
from anlan.kernel.ledger.facts import encode, secret_digest, secret_references
from anlan.kernel.ledger.models import Entry, Secret

CHUNK = 5_000
SPAN = 50_000
MOST_NAMED = 1_000
CLOCK_TOLERANCE = timedelta(hours=1)

CHANGED = N_("changed: what it states is not what was sealed")
RESTAMPED = N_("changed: its hash, its time of recording or its transaction is not what was sealed")
REHASHED = N_("its hash was changed; what it states is as it was sealed")
REMOVED = N_("removed: its position stands, the entry is gone")
GAP = N_("removed with their positions: {count} before this one")
PUT_IN = N_("put in: the seals before and after it join without it")
UNJOINED = N_(
    "its seal does not follow from the one before it: it was replaced, or others before it were removed"
)
SLIPPED_IN = N_("put in behind the sequencer: it has no position, though later entries have")
CUT_OFF = N_("cut off: the seal handed over has seq {handed_over}, the ledger ends at {last}")
REWRITTEN = N_("rewritten: the seal handed over for this seq was another one")
SECRET_GONE = N_("its personal data is gone, and no entry says that it was shredded")
SECRET_CHANGED = N_("its personal data is not what was sealed")
BACK_IN_TIME = N_("recorded more than an hour before the entry that stands before it")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not fit. `what` is an English msgid, `facts` fill its fields; seq 0 = no position."""

    what: str
    seq: int
    entry_id: UUID | None
    code: str
    facts: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Verdict:
    """What the walk found. `notes` are odd but prove nothing; `more` says that the list of findings was cut."""

    checked: int = 0
    last_seq: int = 0
    last_seal: bytes = hashing.GENESIS
    waiting: int = 0  # entries too young to have a position
    findings: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)
    more: bool = False

    @property
    def ok(self) -> bool:
        return not self.findings

    def find(self, what: str, seq: int, entry_id: UUID | None, code: str, **facts: int) -> None:
        """Add a finding, up to the cut."""
        if len(self.findings) < MOST_NAMED:
            self.findings.append(Finding(what, seq, entry_id, code, facts))
        else:
            self.more = True


def verify(*, expect: tuple[int, bytes] | None = None, open_secrets: bool = False) -> Verdict:
    """Check every entry against its hash, its position and its seal, in chunks of 5,000.

    `expect` is a seq and its seal from a hand-over sheet: only that finds a tail cut off, or a ledger rewritten
    from some point on. `open_secrets` also decrypts personal data (needs this installation's key).
    """
    verdict = Verdict()
    chain, secrets = _Chain(verdict), _Secrets(verdict, open_secrets)
    for chunk in _chunks():
        for position, entry in chunk:
            chain.take(position, entry)
            _check_content(verdict, position, entry)
            if expect and position.seq == expect[0] and bytes(position.seal) != expect[1]:
                verdict.find(REWRITTEN, position.seq, position.entry_id, entry.code if entry else "")
        secrets.take(chunk)
    secrets.close()
    if expect and expect[0] > verdict.last_seq:
        verdict.find(CUT_OFF, 0, None, "", handed_over=expect[0], last=verdict.last_seq)
    _check_unplaced(verdict)
    return verdict


@dataclass(slots=True)
class _Place:
    """A position, read without the cost of a model."""

    seq: int
    entry_id: UUID
    entry_hash: bytes
    seal: bytes


@dataclass(slots=True)
class _Stated:
    """An entry, likewise; `facts` in the one spelling."""

    id: UUID
    act: UUID
    code: str
    subject_type: str
    subject_id: str
    region: str
    by: str
    at: datetime
    happened_at: datetime | None
    exercise_id: UUID | None
    hash: bytes
    recorded_at: datetime
    system_identifier: int
    xid: int
    facts: Any


_READ = f"""
SELECT p.seq, p.entry_id, p.entry_hash, p.seal, {", ".join(f'e."{name}"' for name in hashing.STATED)},
       e.hash, e.recorded_at, e.system_identifier, e.xid::text::bigint, e.facts::text
  FROM ledger_position p LEFT JOIN ledger_entry e ON e.id = p.entry_id
 WHERE p.seq > %s ORDER BY p.seq LIMIT %s
"""  # noqa: S608 - made of constants


def _chunks() -> Iterator[list[tuple[_Place, _Stated | None]]]:
    after = -(2**63)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_READ, [after, CHUNK])
            rows = cursor.fetchall()
        if not rows:
            return
        yield [(_Place(*row[:4]), _stated(row[4:])) for row in rows]
        after = rows[-1][0]


def _stated(row: tuple[Any, ...]) -> _Stated | None:
    return None if row[0] is None else _Stated(*(*row[:-1], json.loads(row[-1])))


class _Chain:
    """Follows seq and seals. After a break it goes on from what stands, so that only the culprit is named."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict
        self.last: tuple[int, UUID | None, str] = (0, None, "")
        self.last_but_one: bytes | None = None
        self.repaired: bytes | None = None  # what the last seal should have been, had nobody touched it
        self.recorded_at: datetime | None = None

    def take(self, position: _Place, entry: _Stated | None) -> None:
        verdict, code = self.verdict, entry.code if entry else ""
        entry_hash, stands = bytes(position.entry_hash), bytes(position.seal)
        expected = hashing.seal(verdict.last_seal, entry_hash)
        joins = stands in (expected, self.repaired and hashing.seal(self.repaired, entry_hash))
        self.repaired = None
        gap = position.seq - verdict.last_seq - 1
        if gap > 0:
            verdict.find(GAP, position.seq, position.entry_id, code, count=gap)
        elif gap < 0 or not joins:
            self._name(position, code, entry_hash, stands)
            self.repaired = expected
        self._times(position, entry)
        self.last_but_one, verdict.last_seal, verdict.last_seq = verdict.last_seal, stands, position.seq
        self.last = (position.seq, position.entry_id, code)
        verdict.checked += 1

    def _name(self, position: _Place, code: str, entry_hash: bytes, stands: bytes) -> None:
        """If this seal follows from the last but one, then the one between was put in."""
        findings = self.verdict.findings
        if self.last_but_one and hashing.seal(self.last_but_one, entry_hash) == stands:
            if findings and (findings[-1].what, findings[-1].seq) == (UNJOINED, self.last[0]):
                findings.pop()
            self.verdict.find(PUT_IN, *self.last)
        else:
            self.verdict.find(UNJOINED, position.seq, position.entry_id, code)

    def _times(self, position: _Place, entry: _Stated | None) -> None:
        if entry is None:
            return
        if self.recorded_at and entry.recorded_at < self.recorded_at - CLOCK_TOLERANCE:
            self.verdict.notes.append(Finding(BACK_IN_TIME, position.seq, entry.id, entry.code))
        self.recorded_at = entry.recorded_at


def _check_content(verdict: Verdict, position: _Place, entry: _Stated | None) -> None:
    if entry is None:
        verdict.find(REMOVED, position.seq, position.entry_id, "")
        return
    stated = hashing.content_hash(hashing.content(entry), encode(entry.facts))
    stamped = hashing.stamped_hash(stated, entry.recorded_at, entry.xid, entry.system_identifier)
    own_hash_fits, sealed_hash_fits = stated == bytes(entry.hash), stamped == bytes(position.entry_hash)
    if own_hash_fits and sealed_hash_fits:
        return
    what = REHASHED if sealed_hash_fits else RESTAMPED if own_hash_fits else CHANGED
    verdict.find(what, position.seq, entry.id, entry.code)


class _Secrets:
    """Every secret is there and as it was sealed, or an entry says that it was shredded."""

    def __init__(self, verdict: Verdict, opened: bool) -> None:
        self.verdict = verdict
        self.opened = opened
        self.missing: dict[UUID, tuple[int, UUID, str]] = {}
        self.shredded: set[UUID] = set()

    def take(self, chunk: list[tuple[_Place, _Stated | None]]) -> None:
        sealed: dict[UUID, tuple[str, tuple[int, UUID, str]]] = {}
        for position, entry in chunk:
            if entry is None:
                continue
            for each in secret_references(entry.facts):
                sealed[UUID(each["secret"])] = each["sm3"], (position.seq, entry.id, entry.code)
            if entry.code == "ledger.shredded":
                self.shredded.update(UUID(each) for each in entry.facts.get("secrets", ()))
        there = Secret.objects.in_bulk(sealed.keys()) if sealed else {}
        for secret, (digest, named) in sealed.items():
            if secret not in there:
                self.missing[secret] = named
            elif self.opened and not _opens_to(there[secret], digest):
                self.verdict.find(SECRET_CHANGED, *named)

    def close(self) -> None:
        for secret, named in self.missing.items():
            if secret not in self.shredded:
                self.verdict.find(SECRET_GONE, *named)


def _opens_to(secret: Secret, digest: str) -> bool:
    try:
        text = keys.open_text(bytes(secret.ciphertext))
    except (InvalidTag, ValueError):
        return False
    return secret_digest(bytes(secret.salt), text) == digest


# Bounded, and by probes of an index: no statement grows with the ledger and runs into the role's time limit.
_UNPLACED = """
SELECT e.id, e.code, coalesce(e.xid < h.xid, false) FROM ledger_entry e
  LEFT JOIN ledger_horizon h USING (system_identifier)
 WHERE e.id > %(after)s AND e.id <= %(until)s
   AND (SELECT p.seq FROM ledger_position p WHERE p.entry_id = e.id) IS NULL
 ORDER BY e.id
"""
_FIRST, _LAST = UUID(int=0), UUID(int=2**128 - 1)


def _check_unplaced(verdict: Verdict) -> None:
    """Entries without a position wait for the next pass, or were put in where no pass will ever look."""
    after = _FIRST
    ids = Entry.objects.order_by("id").values_list("id", flat=True)
    with connection.cursor() as cursor:
        while after != _LAST:
            until = ids.filter(id__gt=after)[SPAN : SPAN + 1].first() or _LAST
            cursor.execute(_UNPLACED, {"after": after, "until": until})
            for entry_id, code, passed in cursor.fetchall():
                if passed:
                    verdict.find(SLIPPED_IN, 0, entry_id, code)
                else:
                    verdict.waiting += 1
            after = until

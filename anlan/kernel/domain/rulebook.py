"""Rules as people keep them: which rows there are, who may set one anew, and the act of doing so.

A new value is a new row with its first day, its source and the reason; no row is ever changed. It holds from today at
the earliest: what was decided under the old value stays right. The system administrator may set any rule; the holders
of a domain's `keepers` duties may set that domain's rules for their own regions, never for everywhere.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from anlan.kernel.core import keys, rulesets
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.models import RuleValue
from anlan.kernel.core.ruleset_shapes import Shape, shape_of, words_in
from anlan.kernel.core.words import N_
from anlan.kernel.domain import registry
from anlan.kernel.ledger.actions import record
from anlan.kernel.orgs.models import Account, DutyKind
from anlan.kernel.orgs.queries import has_duty
from anlan.kernel.places.models import Region

UNKNOWN = reason(
    "rules.unknown", N_("There is no rule {rule}. Rules come with the platform; their values are yours.")
)
NOT_YOURS = reason(
    "rules.not_yours",
    N_(
        "This rule is set by the system administrator, or for their own region by: {duties}. Ask one of them."
    ),
)
NO_REASON = reason("rules.no_reason", N_("Say why the value changes. It stands beside the value for good."))
PAST_DAY = reason(
    "rules.past_day",
    N_(
        "A new value holds from {day} at the earliest: what was decided before was decided under the old one."
    ),
)
NO_REGION = reason(
    "rules.no_region", N_("The tree of regions has none with the digits {given}. Choose from the list.")
)
SAME = reason("rules.same", N_("Nothing differs from the row that holds on that day."))

CODES = {"rules.set": N_("Rule {rule} set anew for {region}, from {valid_from}: {reason}")}
KERNEL = ("loop", "core", "messaging", "orgs")
LONGEST_REASON = 300
_LOCAL = ZoneInfo("Asia/Shanghai")
_WHOLE = 500  # characters of a value that the ledger's entry carries whole; of a longer one its SM3


@dataclass(frozen=True, slots=True)
class Wanted:
    """A row to be: everything but its author."""

    rule: str
    region: str
    value: Any
    valid_from: date
    valid_to: date | None = None
    unit: str = ""
    law: str = ""
    article: str = ""
    tag: str = "M"

    def table(self) -> dict[str, Any]:
        names = ("rule", "region", "value", "valid_from", "valid_to", "unit", "law", "article", "tag")
        return {name: getattr(self, name) for name in names}


def rows_of(rule: str = "") -> list[RuleValue]:
    """Every row of a rule, or of all, newest first within a region."""
    rows = RuleValue.objects.filter(rule=rule) if rule else RuleValue.objects.all()
    return list(rows.order_by("rule", "region", "-valid_from", "-recorded_at"))


def holding(rows: Iterable[RuleValue], day: date) -> dict[tuple[str, str], RuleValue]:
    """The row that holds on a day, by rule and region."""
    found: dict[tuple[str, str], RuleValue] = {}
    for row in sorted(rows, key=lambda r: (r.valid_from, r.recorded_at)):
        if row.valid_from <= day and (row.valid_to is None or day <= row.valid_to):
            found[row.rule, row.region] = row
    return found


def shape_among(rows: Iterable[RuleValue]) -> Shape:
    """What a value looks like, by those of a rule's rows that came with the platform."""
    rows = list(rows)
    shipped = [row.value for row in rows if row.origin != rulesets.FROM_PAGE]
    return shape_of(shipped or [row.value for row in rows])


def known_words(shape: Shape) -> set[str]:
    """Words that are rows of ours and may stand where the shipped values have others of their kind."""
    kinds = set(DutyKind.objects.values_list("code", flat=True))
    return kinds if words_in(shape) & kinds else set()


def keepers_of(rule: str) -> tuple[str, ...]:
    """The kinds of duty whose holders may set a rule for their own regions."""
    name = rule.partition(".")[0]
    return next((domain.keepers for domain in registry.all_domains() if domain.name == name), ())


def may_set(rule: str, region: str, *, by: str, at: datetime) -> bool:
    """Whether an author may set a rule for a region ("" = everywhere)."""
    kind, _, key = by.partition(":")
    if kind == "account":
        return Account.objects.filter(Q(pk=key, is_active=True), admin_role="system").exists()
    if kind != "person" or not region:
        return False
    return has_duty(person_id=UUID(key), kinds=keepers_of(rule), region=region.ljust(12, "0"), at=at)


def set_value(wanted: Wanted, *, why: str, by: str, at: datetime) -> RuleValue:
    """Add a row. Raises `Refused` naming the field: the same checks as a row of a file, and those of the page."""
    rows = rows_of(wanted.rule)
    if not rows:
        raise Refused(UNKNOWN, rule=wanted.rule)
    if not may_set(wanted.rule, wanted.region, by=by, at=at):
        raise Refused(NOT_YOURS, field="region", duties=", ".join(keepers_of(wanted.rule)) or "—")
    _check(wanted, rows, why=why, at=at)
    before = holding(rows, wanted.valid_from).get((wanted.rule, wanted.region))
    if before is not None and _said(before) == _said(wanted):
        raise Refused(SAME, field="value")
    with transaction.atomic():
        row = rulesets.add_row(wanted.table(), why=why.strip(), by=by, at=at)
        facts = {
            "rule": wanted.rule, "region": wanted.region or "*", "valid_from": wanted.valid_from.isoformat(),
            "value": _told(wanted.value), "before": _told(before.value) if before else "", "reason": why.strip(),
        }  # fmt: skip
        region = wanted.region.ljust(12, "0") if wanted.region else ""
        record(code="rules.set", subject=("core.rulevalue", row.pk), facts=facts, by=by, at=at, region=region)
    transaction.on_commit(rulesets.forget)
    return row


def _check(wanted: Wanted, rows: list[RuleValue], *, why: str, at: datetime) -> None:
    rulesets.check_table(wanted.table())
    if wanted.region and not Region.objects.filter(prefix=wanted.region).exists():
        raise Refused(NO_REGION, field="region", given=wanted.region)
    today = at.astimezone(_LOCAL).date()
    if wanted.valid_from < today:
        raise Refused(PAST_DAY, field="valid_from", day=today)
    if not why.strip():
        raise Refused(NO_REASON, field="reason")
    if len(why.strip()) > LONGEST_REASON:
        raise Refused(rulesets.TOO_LONG, field="reason", name=N_("Reason"), most=LONGEST_REASON)
    shipped = [row.value for row in rows if row.origin != rulesets.FROM_PAGE] or [row.value for row in rows]
    rulesets.check_value(wanted.rule, wanted.value, shipped, known=known_words(shape_of(shipped)))


def _said(row: RuleValue | Wanted) -> tuple[Any, ...]:
    return row.value, row.unit, row.law, row.article, row.tag, row.valid_to


def _told(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _WHOLE else f"SM3 {keys.sm3(text.encode())}"

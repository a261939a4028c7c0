"""What is decided against whom: read from a form, measured against its basis and tier, kept as rows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from anlan.domains.enforcement.actions import common
from anlan.domains.enforcement.models import Execution, Penalty
from anlan.domains.enforcement.rules import cases, words
from anlan.domains.enforcement.rules.cases import Given, Power
from anlan.kernel.core import rulesets
from anlan.kernel.loop.models import WorkItem


def read_given(given: Mapping[str, Any]) -> list[Given]:
    """Penalties out of keywords: `penalties` (rows of `Given`), or the fields of a form: kind, amount, power, tier,
    factors, discretion for the firm, and person, person_kind, person_amount, person_power for somebody of it."""
    ready: Sequence[Given] = given.get("penalties") or ()
    if not ready:
        ready = [each for each in (_unit(given), _person(given)) if each is not None]
    cases.check_penalties(ready)
    return list(ready)


def _unit(given: Mapping[str, Any]) -> Given | None:
    kind = given.get("kind") or "fine"
    amount = cases.yuan(given.get("amount") or 0)
    if not given.get("power") or (kind in words.MONEY and not amount and given.get("person")):
        return None
    return Given("unit", kind, given["power"], amount, **_discretion(given))


def _person(given: Mapping[str, Any]) -> Given | None:
    name = str(given.get("person") or "").strip()
    amount = cases.yuan(given.get("person_amount") or 0, field="person_amount")
    if not (name or amount):
        return None
    power = given.get("person_power") or given.get("power") or ""
    return Given("person", given.get("person_kind") or "fine", power, amount, name, **_discretion(given))


def _discretion(given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "tier": given.get("tier") or "ordinary",
        "factors": tuple(common.words_of(given.get("factors"))),
        "reason": str(given.get("discretion") or "").strip(),
    }


def powers(*, region: str, at: datetime) -> list[dict[str, Any]]:
    """The list of powers in force: code, name, law, article, ranges in yuan."""
    found: list[dict[str, Any]] = rulesets.value_of("enforcement.powers", region=region, at=at)
    return found


def basis_of(given: Given, *, region: str, at: datetime) -> Power:
    """The basis of a penalty in force at a time; the amount fits it or `Refused` says why."""
    power = cases.power_of(given.power, powers(region=region, at=at))
    cases.check_range(given, power, shares=rulesets.value_of("enforcement.tiers", region=region, at=at))
    return power


def keep_penalties(
    item: WorkItem, procedure: str, penalties: Sequence[Given], *, by: str, at: datetime, decided_at: datetime
) -> list[Penalty]:
    """Write what was decided; what needs no doing (a warning) is executed with it."""
    rows = [_row(item, procedure, each, by=by, at=at, decided_at=decided_at) for each in penalties]
    Penalty.objects.bulk_create(rows)
    Execution.objects.bulk_create(
        [
            Execution(penalty=row, how="done", whole=True, done_at=decided_at, recorded_at=at, by=by)
            for row in rows if row.kind == "warning"
        ]
    )  # fmt: skip
    return rows


def _row(
    item: WorkItem, procedure: str, given: Given, *, by: str, at: datetime, decided_at: datetime
) -> Penalty:
    power = basis_of(given, region=item.region_id, at=decided_at)
    known = power.range_for(given.respondent) or (None, None)
    return Penalty(
        item=item, procedure=procedure, respondent=given.respondent, name=given.name, kind=given.kind,
        amount=given.amount, power=power.code, law=power.law, article=power.article, tier=given.tier,
        range_least=known[0], range_most=known[1], factors=list(given.factors), reason=given.reason,
        decided_at=decided_at, recorded_at=at, by=by,
    )  # fmt: skip

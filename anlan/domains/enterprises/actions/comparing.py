"""Comparing lists with the archive (底数多源比对), and a person's word on what is doubtful."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.domains.enterprises.actions.common import note
from anlan.domains.enterprises.actions.registering import register, set_status, set_tag
from anlan.domains.enterprises.models import Comparison, Enterprise, Finding, SourceFile, SourceRow
from anlan.domains.enterprises.rules import matching
from anlan.domains.enterprises.rules.words import SETTLED, SETTLED_UNLISTED
from anlan.kernel.core import keys, rulesets
from anlan.kernel.core.bulk import insert_rows
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.ids import new_id
from anlan.kernel.core.words import N_
from anlan.kernel.ledger.actions import record
from anlan.kernel.loop.rights import person_id
from anlan.kernel.orgs.queries import NOT_YOUR_REGION, has_duty
from anlan.kernel.places.regions import prefix_of

KINDS = ("street_safety_officer", "safety_section", "bureau_chief", "enforcement_officer")
BAD_SETTLED = reason("enterprises.bad_settled", N_("Choose what the row is."))
SETTLED_ALREADY = reason(
    "enterprises.settled_already", N_("Somebody has settled this row already. Load the page anew.")
)
NO_ROWS = reason("enterprises.list_empty", N_("{name} holds no row with a name."))


@dataclass(frozen=True, slots=True)
class Given:
    """A list of another office: its rows as dictionaries with name, uscc, address, lon, lat, status."""

    source: str
    name: str
    rows: Sequence[Mapping[str, Any]]
    refused: Sequence[tuple[int, str, str]] = ()


def compare(*, name: str, region: str, lists: Sequence[Given], by: str, at: datetime) -> Comparison:
    """Compare lists with the archive of a region; the rows are kept as they came, the findings beside them."""
    _check_region(region, by=by, at=at)
    with transaction.atomic():
        run = Comparison.objects.create(name=name, region_id=region, by=by, at=at)
        rows = [row for given in lists for row in _read(run, given)]
        firms = _firms(region)
        found = matching.compare(
            [_row(each) for each in rows],
            [firm for firm, _status in firms.values()],
            rule=rulesets.value_of("enterprises.matching", region=region, at=at),
        )
        standing = [firm for firm, status in firms.values() if status in ("operating", "suspended")]
        unlisted = matching.missing_from(found, standing)
        _write(run, found, [firms[key][0] for key in unlisted], {str(each.pk): each for each in rows})
        run.counts = {v: sum(1 for f in found if f.verdict == v) for v in ("matched", "doubtful", "missing")}
        run.counts |= {"unlisted": len(unlisted), "rows": len(rows)}
        run.save(update_fields=["counts"])
        facts = {"lists": [given.source for given in lists], **run.counts}
        record(
            code="enterprises.compared", subject=("enterprises.comparison", run.pk), facts=facts, by=by, at=at,
            region=region,
        )  # fmt: skip
    return run


def settle(
    *,
    finding: Finding,
    as_what: str,
    by: str,
    at: datetime,
    enterprise: Enterprise | None = None,
    words: str = "",
) -> Finding:
    """A person says what a row is: a firm of the archive, a new one, an unregistered or 散乱差 one, or none at all."""
    region = finding.comparison.region_id
    _check_region(region, by=by, at=at)
    if as_what not in dict(SETTLED_UNLISTED if finding.verdict == "unlisted" else SETTLED):
        raise Refused(BAD_SETTLED, field="as_what")
    if as_what == "matched" and enterprise is None:
        raise Refused(matching.BAD_SETTLING, field="enterprise")
    with transaction.atomic():
        row = Finding.objects.select_for_update().get(pk=finding.pk)
        if row.settled_as:
            raise Refused(SETTLED_ALREADY)
        if as_what in ("registered", "unregistered", "scattered_poor"):
            enterprise = _take_in(row, as_what, region=region, by=by, at=at)
        if row.verdict == "unlisted":
            enterprise = row.enterprise
            if as_what in ("closed", "moved") and enterprise is not None:
                why = words or f"{row.comparison.name}"
                set_status(firm=enterprise, status=as_what, why=why, by=by, at=at)
        row.enterprise = enterprise
        row.settled_as, row.settled_by, row.settled_at, row.note = as_what, by, at, words
        row.save()
        facts = {"as": as_what, "firm": str(enterprise.pk) if enterprise else "", "why": words}
        record(
            code="enterprises.settled",
            subject=("enterprises.finding", row.pk),
            facts=facts,
            by=by,
            at=at,
            region=region,
        )
    return row


def _take_in(row: Finding, as_what: str, *, region: str, by: str, at: datetime) -> Enterprise:
    """The firm that a row showed comes into the archive, on its list where it is on one."""
    firm = register(
        name=row.name, region=region, uscc=row.uscc, address=row.address, lon=row.lon, lat=row.lat, by=by, at=at,
        origin="comparison",
    )  # fmt: skip
    if as_what != "registered":
        set_tag(firm=firm, kind=as_what, basis=row.comparison.name, by=by, at=at)
    note(firm, "taken_from_comparison", {"finding": str(row.pk)}, by=by, at=at)
    return firm


def _check_region(region: str, *, by: str, at: datetime) -> None:
    person = person_id(by)
    if person is not None and not has_duty(person_id=person, kinds=KINDS, region=region, at=at):
        raise Refused(NOT_YOUR_REGION, field="region", region=region)


def _read(run: Comparison, given: Given) -> list[SourceRow]:
    """The rows of a list, each content once: a doubled row changes nothing. They are written with their findings."""
    texts = [
        "\t".join(f"{k}={row.get(k, '')}" for k in ("name", "uscc", "address", "lon", "lat", "status"))
        for row in given.rows
    ]
    file = SourceFile.objects.create(
        comparison=run, source=given.source, name=given.name, rows=len(given.rows), refused=list(given.refused),
        sm3=keys.sm3("\n".join(texts).encode()),
    )  # fmt: skip
    found: dict[str, SourceRow] = {}
    for number, (row, text) in enumerate(zip(given.rows, texts, strict=True), 2):
        digest = keys.sm3(text.encode())
        if digest not in found and str(row.get("name", "")).strip():
            found[digest] = SourceRow(id=new_id(), file=file, number=number, digest=digest, **_columns(row))
    if not found:
        raise Refused(NO_ROWS, field=given.source, name=given.name)
    return list(found.values())


def _columns(row: Mapping[str, Any]) -> dict[str, Any]:
    most = {"name": 200, "uscc": 18, "address": 300, "status": 40}
    texts = {name: str(row.get(name) or "").strip()[:size] for name, size in most.items()}
    lon, lat = (row.get(k) for k in ("lon", "lat"))
    both = isinstance(lon, int | float) and isinstance(lat, int | float)
    return {**texts, "lon": lon if both else None, "lat": lat if both else None}


def _row(each: SourceRow) -> matching.Row:
    return matching.Row(
        each.file.source, each.name, each.uscc, each.address, each.lon, each.lat, key=str(each.pk)
    )


def _firms(region: str) -> dict[str, tuple[matching.Firm, str]]:
    """The archive of a region: id → the firm and its status. A closed one is still known by its name."""
    rows = Enterprise.objects.filter(organisation__region__code__startswith=prefix_of(region))
    columns = ("pk", "organisation__name", "organisation__uscc", "address", "organisation__lon", "organisation__lat",
               "status")  # fmt: skip
    return {
        str(pk): (matching.Firm(str(pk), name, uscc, address, lon, lat), status)
        for pk, name, uscc, address, lon, lat, status in rows.order_by("pk").values_list(*columns)
    }


def _write(
    run: Comparison,
    found: Sequence[matching.Found],
    unlisted: Iterable[matching.Firm],
    rows: Mapping[str, SourceRow],
) -> None:
    """The findings, then the rows that they stand for, then the firms that no row stands for: each by one COPY."""
    findings = [_finding(run, each) for each in found]
    insert_rows(findings)
    for each, finding in zip(found, findings, strict=True):
        for key in each.keys:
            rows[key].finding = finding
    insert_rows(list(rows.values()))
    insert_rows(
        [
            Finding(
                id=new_id(), comparison=run, verdict="unlisted", enterprise_id=UUID(firm.key), name=firm.name,
                uscc=firm.uscc, address=firm.address, lon=firm.lon, lat=firm.lat,
            )
            for firm in unlisted
        ]
    )  # fmt: skip


def _finding(run: Comparison, each: matching.Found) -> Finding:
    row = each.row
    return Finding(
        id=new_id(), comparison=run, verdict=each.verdict, score=each.score,
        enterprise_id=UUID(each.firm) if each.firm else None,
        reasons=_plain(each.reasons), sources=list(each.sources), name=row.name, uscc=row.uscc, address=row.address,
        lon=row.lon, lat=row.lat,
        candidates=[{"enterprise": c.firm, "score": c.score, "reasons": _plain(c.reasons)} for c in each.candidates],
    )  # fmt: skip


def _plain(reasons: Iterable[matching.Reason]) -> list[dict[str, Any]]:
    return [asdict(why) for why in reasons]

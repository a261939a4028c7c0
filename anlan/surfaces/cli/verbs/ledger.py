"""`anlan ledger …`: prove the ledger, read it, take its last seal along."""

import json
import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import click
from django.utils.translation import gettext

from anlan.kernel.ledger import queries, sequencer
from anlan.kernel.ledger.models import Entry
from anlan.kernel.ledger.verify import Finding, Verdict, verify

LOCAL = ZoneInfo("Asia/Shanghai")
SEQ_AND_SEAL = re.compile(r"\d{1,18}:[0-9a-fA-F]{64}")


class SeqAndSeal(click.ParamType[tuple[int, bytes]]):
    """`1234:9f86…`: a seq, a colon, a seal of 64 hex digits."""

    name = "SEQ:SEAL"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, bytes]:
        if isinstance(value, tuple):
            return value
        seq, _, seal = str(value).strip().partition(":")
        if SEQ_AND_SEAL.fullmatch(str(value).strip()) is None:
            self.fail(
                "give it as it stands on the hand-over sheet: SEQ:SEAL, the seal with 64 hex digits",
                param,
                ctx,
            )
        return int(seq), bytes.fromhex(seal)


@click.group(name="ledger")
def command() -> None:
    """The ledger (留痕): verify, show, seal."""


@command.command(name="verify")
@click.option(
    "--expect", type=SeqAndSeal(), help="A seal from a hand-over sheet: finds what was cut off or rewritten."
)
@click.option("--secrets", is_flag=True, help="Open personal data too; needs the keys of this installation.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def verify_command(expect: tuple[int, bytes] | None, secrets: bool, as_json: bool) -> None:
    """Recompute every hash and seal; name what was changed, removed or put in. Exit code 1 if anything was."""
    verdict = verify(expect=expect, open_secrets=secrets)
    if as_json:
        click.echo(json.dumps(_verdict_as_dict(verdict), ensure_ascii=False))
    else:
        _tell(verdict)
    if not verdict.ok:
        raise SystemExit(1)


@command.command(name="show")
@click.argument("subject", required=False)
@click.option("--code", "codes", multiple=True, help="Only codes beginning so; can be given several times.")
@click.option("--by", default="", help="Only this author: person:<id> or service:<name>.")
@click.option("--since", type=click.DateTime(), help="Recorded at or after (Shanghai time).")
@click.option("--until", type=click.DateTime(), help="Recorded before (Shanghai time).")
@click.option("--limit", default=20, show_default=True, help="How many, newest first.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def show_command(
    subject: str | None, codes: tuple[str, ...], by: str, since: datetime | None, until: datetime | None,
    limit: int, as_json: bool,
) -> None:  # fmt: skip
    """Show entries, newest first: all, or those about SUBJECT (dangers.danger/<id>)."""
    found = queries.search(
        codes=codes, by=by, subject=_subject(subject), since=_local(since), until=_local(until), limit=limit
    )
    for entry in found.entries:
        click.echo(json.dumps(_entry_as_dict(entry), ensure_ascii=False) if as_json else _line(entry))
    if not as_json:
        count = f"{found.count:,}+" if found.count_cut else f"{found.count:,}"
        click.echo(gettext("{shown} of {count} shown").format(shown=len(found.entries), count=count))


@command.command(name="seal")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def seal_command(as_json: bool) -> None:
    """Print the last seq and its seal, for the hand-over sheet: `verify --expect` holds the ledger to it."""
    sequencer.sequence_all()
    seq, seal = sequencer.head()
    click.echo(json.dumps({"seq": seq, "seal": seal.hex()}) if as_json else f"{seq}:{seal.hex()}")


def _tell(verdict: Verdict) -> None:
    for finding in verdict.findings:
        click.echo(_finding_line(finding), err=True)
    if verdict.more:
        click.echo(gettext("… and more; only the first are named."), err=True)
    for note in verdict.notes:
        click.echo(f"{gettext('Note')}: {_finding_line(note)}")
    last = f"{verdict.last_seq}:{verdict.last_seal.hex()}"
    if verdict.ok:
        click.echo(gettext("In order: {checked} entries, {waiting} waiting. Last seal {last}").format(
            checked=verdict.checked, waiting=verdict.waiting, last=last))  # fmt: skip
    else:
        click.echo(gettext("Not in order: {found} findings in {checked} entries. Last seal {last}").format(
            found=len(verdict.findings), checked=verdict.checked, last=last), err=True)  # fmt: skip


def _finding_line(finding: Finding) -> str:
    what = gettext(finding.what).format(**finding.facts)
    named = " ".join(str(part) for part in (finding.code, finding.entry_id) if part)
    return f"{finding.seq or '—'}  {named}  {what}"


def _verdict_as_dict(verdict: Verdict) -> dict[str, Any]:
    def spelled(finding: Finding) -> dict[str, Any]:
        return {
            "seq": finding.seq or None,
            "id": str(finding.entry_id) if finding.entry_id else None,
            "code": finding.code,
            "what": finding.what.format(**finding.facts),
        }

    return {
        "ok": verdict.ok,
        "checked": verdict.checked,
        "waiting": verdict.waiting,
        "seq": verdict.last_seq,
        "seal": verdict.last_seal.hex(),
        "findings": [spelled(finding) for finding in verdict.findings],
        "more": verdict.more,
        "notes": [spelled(note) for note in verdict.notes],
    }


def _entry_as_dict(entry: Entry) -> dict[str, Any]:
    names = ("id", "act", "code", "subject_type", "subject_id", "region", "facts", "by", "at", "happened_at",
             "recorded_at", "exercise_id")  # fmt: skip
    values = {name: getattr(entry, name) for name in names}
    plain = {
        name: value if name == "facts" or value is None else _spelled(value) for name, value in values.items()
    }
    return {"seq": entry.seq, **plain}


def _spelled(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _line(entry: Entry) -> str:
    moment = entry.at.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M:%S")
    where = f"{entry.subject_type}/{entry.subject_id}"
    return f"{entry.seq or '—'}  {moment}  {entry.by}  {entry.code}  {where}  {queries.describe(entry)}"


def _subject(text: str | None) -> tuple[str, str] | None:
    if text is None:
        return None
    kind, slash, identity = text.rpartition("/")
    if not slash:
        raise click.BadParameter("give the subject as it stands in an entry: dangers.danger/<id>")
    return kind, identity


def _local(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=LOCAL)

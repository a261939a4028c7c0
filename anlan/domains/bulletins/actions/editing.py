"""Words are changed, numbers are not: what an editor types instead of a counted number is flagged and says why."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from anlan.domains.bulletins.actions.drafting import BY, check_duty, note_findings
from anlan.domains.bulletins.models import Explanation, Number, Opening, Paragraph, Report, Share, Wording
from anlan.domains.bulletins.queries.gathering import ZONE
from anlan.domains.bulletins.queries.reports import findings_of, template_of
from anlan.domains.bulletins.rules import deciding
from anlan.domains.bulletins.rules.numerals import Held, Reread, Typed, reread
from anlan.kernel.core.errors import Refused
from anlan.kernel.indicators.checking import SCOPE
from anlan.kernel.ledger.actions import record
from anlan.kernel.loop.actions import move
from anlan.kernel.loop.models import WorkItem


def reword(*, paragraph: Paragraph, text: str, by: str, at: datetime, reason: str = "") -> Reread:
    """Change the words of a paragraph. A number that is not the counted one wants a reason and stays flagged.

    Raises `Refused`: bulletins.not_draft, not_text, empty, typed_number, not_owner.
    """
    with transaction.atomic():
        row, report = _locked(paragraph, by=by, at=at)
        words = "\n".join(line.strip() for line in text.strip().splitlines() if line.strip())
        if not words:
            raise Refused(deciding.EMPTY, field="text")
        stands = list(row.numbers.filter(gone_at=None).exclude(start=None).order_by("start"))
        found = reread(row.text, [Held(n.start or 0, n.end or 0, n) for n in stands], words)
        if found.typed and not reason.strip():
            raise Refused(deciding.TYPED, field="reason", numbers=_told(found.typed))
        if words != row.text:
            Wording.objects.create(paragraph=row, text=row.text, by=by, at=at)
            row.text = words
            _renumber(row, found, reason, by=by, at=at)
            row.save(update_fields=["text"])
            _entry(report, row, found, reason, by=by, at=at)
            _ask_again(report, row.owner, at=at)
            note_findings(report, at=at)
    return found


def _locked(paragraph: Paragraph, *, by: str, at: datetime) -> tuple[Paragraph, Report]:
    row = (
        Paragraph.objects.select_for_update(of=("self",)).select_related("report__item").get(pk=paragraph.pk)
    )
    if row.kind != "say":
        raise Refused(deciding.NOT_TEXT)
    if row.report.item.state != "drafted":
        raise Refused(deciding.NOT_DRAFT)
    if row.report.item.opened_by != by:
        kind = template_of(row.report)
        able = (*kind.writers, *([row.owner] if row.owner else []))
        check_duty(kind, able, deciding.NOT_OWNER, region=row.report.item.region_id, by=by, at=at)
    return row, row.report


def _told(typed: Sequence[Typed]) -> str:
    """7（原为6）、12: as the refusal and the ledger name them."""
    return "、".join(
        f"{one.text}（原为{one.before.of.printed}）" if one.before and one.before.of else one.text
        for one in typed
    )


def _renumber(row: Paragraph, found: Reread, why: str, *, by: str, at: datetime) -> None:
    """Numbers move with their words; one typed by hand stands in the place of the counted one."""
    moved = []
    for held in found.kept:
        if held.of is not None:
            held.of.start, held.of.end = _stands(row.text, held)
            moved.append(held.of)
    Number.objects.bulk_update(moved, ["start", "end"])
    gone = [one.before.of.pk for one in found.typed if one.before and one.before.of]
    gone += [one.of.pk for one in found.dropped]
    Number.objects.filter(pk__in=gone).update(gone_at=at, gone_by=by)
    Number.objects.bulk_create([_typed(row, one, why, by=by, at=at) for one in found.typed])


def _stands(text: str, held: Held) -> tuple[int, int]:
    """Where a number stands: all that was printed of it (下降33.3%) where that is there, else its figure alone.

    A unit of many belongs to the figure (12600万), not to what was printed of it.
    """
    printed, shown = held.of.printed, text[held.start : held.end]
    at = 0 if text.startswith(printed, held.start) else printed.find(shown)
    start = held.start - max(at, 0)
    whole = at >= 0 and start >= 0 and text.startswith(printed, start)
    return (start, start + len(printed)) if whole else (held.start, held.end)


def _typed(row: Paragraph, one: Typed, why: str, *, by: str, at: datetime) -> Number:
    before: Number | None = one.before.of if one.before else None
    return Number(
        paragraph=row, slot=before.slot if before else "", start=one.start, end=one.end, printed=one.text[:60],
        kind="typed", value=one.value, label=before.label if before else "", unit=before.unit if before else "",
        code=before.code if before else "", region=row.report.item.region_id, first=row.report.first,
        last=row.report.last, as_of=at, instead_of=before, reason=why.strip()[:300], by=by, at=at,
    )  # fmt: skip


def _entry(report: Report, row: Paragraph, found: Reread, why: str, *, by: str, at: datetime) -> None:
    dropped = "、".join(f"{one.of.label}{one.of.printed}" for one in found.dropped)
    facts = {"paragraph": row.key, "typed": _told(found.typed), "dropped": dropped, "reason": why.strip()}
    left = "bulletins.number_left_out" if dropped else "bulletins.reworded"
    record(
        code="bulletins.number_typed" if found.typed else left, subject=("loop.item", report.pk),
        facts=facts, by=by, at=at, region=report.item.region_id, exercise_id=report.item.exercise_id,
    )  # fmt: skip


def _ask_again(report: Report, owner: str, *, at: datetime) -> None:
    """A signature speaks of the text that was signed."""
    for share in Share.objects.filter(report=report, owner=owner, item__state="signed").select_related(
        "item"
    ):
        move(item=share.item, name="ask_again", by=BY, at=at)


def explain(*, item: WorkItem, key: str, note: str, by: str, at: datetime) -> Explanation:
    """口径说明: say why two numbers may stand side by side; that finding is silent from then on, for these values."""
    report = Report.objects.select_related("item").get(pk=item.pk)
    kind = template_of(report)
    if report.item.opened_by != by:
        check_duty(kind, kind.writers, deciding.NOT_WRITER, region=item.region_id, by=by, at=at)
    finding = next((one for one in findings_of(report) if one.key == key and one.verdict == SCOPE), None)
    if finding is None:
        raise Refused(deciding.NO_FINDING)
    if not note.strip():
        raise Refused(deciding.NO_NOTE, field="note")
    with transaction.atomic():
        row, fresh = Explanation.objects.get_or_create(
            report=report, key=key, defaults={"note": note.strip()[:500], "by": by, "at": at}
        )
        if fresh:
            record(
                code="bulletins.explained", subject=("loop.item", report.pk),
                facts={"note": row.note, "key": key[:200]},
                by=by, at=at, region=item.region_id, exercise_id=item.exercise_id,
            )  # fmt: skip
    return row


def note_opened(*, number: Number, by: str, at: datetime) -> None:
    """Write down that somebody looked behind a number; once a person, number and day."""
    Opening.objects.get_or_create(number=number, by=by, day=at.astimezone(ZONE).date(), defaults={"at": at})

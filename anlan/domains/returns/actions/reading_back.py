"""The file that the upper system exported is held beside ours: every difference is kept, with who settled it how."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from anlan.domains.returns.actions.entering import span_of
from anlan.domains.returns.actions.opening import BY, check_filler
from anlan.domains.returns.models import Difference, Entered, ReadBack, Return, Settlement
from anlan.domains.returns.queries.reading import TOTAL, Filled, Known, Row, since_when
from anlan.domains.returns.queries.records import entered_of, unsettled
from anlan.domains.returns.rules import comparing, matching
from anlan.domains.returns.rules.comparing import Differs
from anlan.domains.returns.rules.forms import Form, forms
from anlan.domains.returns.rules.matching import Theirs
from anlan.domains.returns.rules.texts import plain
from anlan.kernel.core import attachments
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.models import Attachment
from anlan.kernel.core.words import N_
from anlan.kernel.ledger.actions import record
from anlan.kernel.loop.actions import move
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.sheets.inspecting import let_in
from anlan.kernel.sheets.reading import leaves

MOST_ROWS = 500  # a form has a line a street
MOST_DATED = 10  # differences whose time is looked for; each costs a dozen readings
FOREIGN = reason(
    "returns.foreign",
    N_(
        "This is not an export of “{label}”: its heads ({wanted}) are in no sheet of the file. Found: {found}."
    ),
)
NO_KEY = reason(
    "returns.no_key",
    N_("The column “{head}” is not in the file, so its rows cannot be told apart. Found: {found}."),
)
NO_ROWS = reason(
    "returns.no_rows",
    N_("The heads of “{label}” are there, but none of the rows below is one of ours: {rows}."),
)
TOO_LONG = reason(
    "returns.too_long", N_("The file has more than {most} rows: this is not the export of one form.")
)
OLD_READ = reason(
    "returns.old_read", N_("Another export was read since. Settle the differences of the last one.")
)
SETTLED = reason("returns.settled", N_("This difference was settled already."))
NO_WORD = reason(
    "returns.no_word", N_("A difference that stays is accepted with a reason. Write a few words.")
)
NO_WAY = reason("returns.no_way", N_("“{given}” is neither accepted nor corrected there."))
BAD = {
    "unknown": N_("is no row of this form"),
    "twice": N_("stands there a second time; the first one was compared"),
}


@dataclass(frozen=True, slots=True)
class Export:
    """What was read of a file: the leaf it stood on and its rows by our keys."""

    leaf: str
    theirs: Theirs


def read_back(*, item: WorkItem, file: Attachment, name: str, by: str, at: datetime) -> ReadBack:
    """Hold an export beside ours as known now. Without a difference the return is confirmed; with one it waits until
    all are settled. Rows that cannot be matched are named and the others are compared. Raises `Refused`."""
    row = Return.objects.select_related("item__region", "subject").get(pk=item.pk)
    form = forms()[row.form]
    check_filler(form, region=item.region_id, by=by, at=at)
    known = Known(form, item.region_id, span_of(form, row), at, item.exercise_id, row.subject)
    filled = known.filled()
    export = read_file(form, filled, file)
    with transaction.atomic():
        held = WorkItem.objects.select_for_update().get(pk=item.pk)
        copied = entered_of(item.pk)
        found = _found(known, filled, export.theirs, copied)
        read = _keep(held, filled, export, found, file, name, by=by, at=at)
        _pass_on(held, read, found, at=at)
    item.refresh_from_db()
    return read


# ---- the file ----------------
def read_file(form: Form, filled: Filled, file: Attachment) -> Export:
    """The rows of the leaf that fits the form best. Raises `Refused` for what is no export of it."""
    path = attachments.path_of(file.sm3)
    let_in(path)
    best: Export | None = None
    told: list[str] = []
    for leaf in leaves(path):
        if leaf.height > MOST_ROWS:
            told.append(leaf.name)
            if best is None and leaf.height > 10 * MOST_ROWS:
                raise Refused(TOO_LONG, field="file", most=MOST_ROWS)
        rows = [list(cells) for _n, cells in zip(range(MOST_ROWS), leaf.rows, strict=False)]
        found = _matched(form, filled, rows)
        if found is None:
            told += [text for text in (plain(c) for row in rows[:3] for c in row) if text][:6]
        elif best is None or len(found.places) > len(best.theirs.places):
            best = Export(leaf.name, found)
    if best is None:
        wanted = "、".join(column.head for column in form.columns[:6])
        raise Refused(
            FOREIGN, field="file", label=form.label, wanted=wanted, found="、".join(told[:8]) or "—"
        )
    return best


def _matched(form: Form, filled: Filled, rows: Sequence[Sequence[Any]]) -> Theirs | None:
    """The rows under the heads (or beside the labels); None where this leaf is something else."""
    compared = sum(1 for column in form.columns if column.source != "serial")
    if form.layout == "fields":
        found = matching.labels_in(form, rows, filled.rows[0].key)
        if found is not None and len(next(iter(found.rows.values()))) * 2 >= compared:
            return replace(found, places=dict.fromkeys(next(iter(found.rows.values())), 0))
    heads = matching.heads_in(form, rows)
    if heads is None or len(heads.places) * 2 < compared:
        return None
    key = form.column(form.key)
    if key is not None and key.code not in heads.places:
        raise Refused(NO_KEY, field="file", head=key.head, found="、".join(heads.heads[:8]))
    labels = {row.key: _called(form, row) for row in filled.rows}
    found = matching.rows_in(form, heads, rows, labels, total=TOTAL if filled.total else "")
    if not found.rows:
        said = "、".join(text for _n, text, _why in found.bad[:5]) or "—"
        raise Refused(NO_ROWS, field="file", label=form.label, rows=said)
    return found


def _called(form: Form, row: Row) -> str:
    """What tells a row apart in their file: the text of the key column."""
    key = next((one for one in row.cells if one.column.code == form.key), None)
    return key.text if key is not None else row.label


# ---- what differs ----------------
def _found(
    known: Known, filled: Filled, theirs: Theirs, copied: Entered | None
) -> list[tuple[Differs, datetime | None]]:
    mine = {row.key: row.cells for row in filled.lines}
    found = comparing.differences(known.form, mine, theirs.rows, copied.cells if copied else None)
    left = MOST_DATED
    dated: list[tuple[Differs, datetime | None]] = []
    for one in found:
        since = None
        if copied is not None and one.copied is not None and one.copied != one.ours and left:
            left -= 1
            since = since_when(known, one.row, one.column, start=copied.as_of, then=one.copied)
        dated.append((one, since))
    return dated


def _keep(
    item: WorkItem, filled: Filled, export: Export, found: Sequence[tuple[Differs, datetime | None]],
    file: Attachment, name: str, *, by: str, at: datetime,
) -> ReadBack:  # fmt: skip
    theirs, labels = export.theirs, {row.key: row.label for row in filled.lines}
    fields = sum(1 for values in theirs.rows.values() for code in values if code != filled.form.key)
    read = ReadBack.objects.create(
        item=item, file=file, name=name[:200], leaf=export.leaf[:100], as_of=at, fields=fields, rows=len(theirs.rows),
        bad=[list(each) for each in theirs.bad], lacking=list(theirs.lacking),
        missing=[[key, label] for key, label in labels.items() if key not in theirs.rows], recorded_at=at, by=by,
    )  # fmt: skip
    Difference.objects.bulk_create(
        _row(read, place, one, since, filled.form, labels)
        for place, (one, since) in enumerate(found, start=1)
    )
    facts = {
        "form": filled.form.code, "file": file.sm3, "fields": fields, "differences": len(found), "bad": len(theirs.bad),
    }  # fmt: skip
    record(
        code="returns.read_back", subject=("loop.item", item.pk), facts=facts, by=by, at=at, region=item.region_id,
        exercise_id=item.exercise_id,
    )  # fmt: skip
    return read


def _row(
    read: ReadBack, place: int, one: Differs, since: datetime | None, form: Form, labels: Mapping[str, str]
) -> Difference:
    column = form.column(one.column)
    return Difference(
        read=read, place=place, row=one.row, label=labels[one.row][:200], column=one.column,
        head=column.path[:200] if column else one.column, ours=one.ours[:2000], theirs=one.theirs[:2000],
        copied=None if one.copied is None else one.copied[:2000], cause=one.cause, since=since,
    )  # fmt: skip


def _pass_on(item: WorkItem, read: ReadBack, found: Sequence[Any], *, at: datetime) -> None:
    """The return follows what was read. A return that nobody marked as entered, and whose export says the same, was."""
    clean = not found and not read.missing
    if item.state == "differs":
        move(item=item, name="settle" if clean else "look", by=BY, at=at)
    elif not clean:
        move(item=item, name="find", by=BY, at=at)
    elif item.state in ("entered", "due"):
        move(item=item, name="agree", by=BY, at=at)


# ---- settling ----------------
def settle(*, difference: Difference, how: str, by: str, at: datetime, why: str = "") -> Settlement:
    """A difference is accepted with a reason, or was corrected on the upper system. With the last one of the last
    export the return is confirmed. Raises `Refused`."""
    if how not in comparing.SETTLED:
        raise Refused(NO_WAY, field="how", given=how)
    if how == "accepted" and not why.strip():
        raise Refused(NO_WORD, field="reason")
    with transaction.atomic():
        item = WorkItem.objects.select_for_update().get(pk=difference.read.item_id)
        check_filler(forms()[Return.objects.get(pk=item.pk).form], region=item.region_id, by=by, at=at)
        last = ReadBack.objects.filter(item=item).order_by("-recorded_at", "-pk").first()
        if last is None or last.pk != difference.read_id:
            raise Refused(OLD_READ)
        row, fresh = Settlement.objects.get_or_create(
            difference=difference,
            defaults={"how": how, "reason": why.strip()[:300], "recorded_at": at, "by": by},
        )
        if not fresh:
            raise Refused(SETTLED)
        _settled(item, difference, row, at=at)
    return row


def _settled(item: WorkItem, difference: Difference, row: Settlement, *, at: datetime) -> None:
    facts = {
        "row": difference.row, "column": difference.column, "ours": difference.ours, "theirs": difference.theirs,
        "how": row.how, "reason": row.reason,
    }  # fmt: skip
    record(
        code="returns.settled", subject=("loop.item", item.pk), facts=facts, by=row.by, at=at, region=item.region_id,
        exercise_id=item.exercise_id,
    )  # fmt: skip
    if item.state == "differs" and not unsettled(item.pk) and not difference.read.missing:
        move(item=item, name="settle", by=BY, at=at)

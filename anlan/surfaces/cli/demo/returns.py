"""Forms of upper levels in the demo: one confirmed, one whose export differs, one to be entered. All of it invented."""

import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from anlan.domains.returns.actions import entering, opening, reading_back
from anlan.domains.returns.models import Return
from anlan.domains.returns.queries.reading import Filled, Known
from anlan.domains.returns.rules import periods
from anlan.domains.returns.rules.forms import Form, forms
from anlan.kernel.core import attachments, clock
from anlan.kernel.core.models import Attachment
from anlan.kernel.sheets.writing import write_xlsx
from anlan.surfaces.cli.demo.district import BY, key
from anlan.surfaces.cli.demo.files import DISTRICT

CLERK = f"person:{key('person', 'watch-9')}"  # the safety section, whose form it is


def is_there() -> bool:
    return Return.objects.filter(item__exercise=None, form="danger_month").exists()


def write() -> None:
    """All of it, once. Some seconds: each form is read from the rows of the district."""
    if is_there():
        return
    at = clock.real_now()
    with transaction.atomic():
        opening.open_due(region=DISTRICT, at=at)
        month = forms()["danger_month"]
        last = periods.last_ended(month, timezone.localdate(at))
        _confirmed(month, last.before(), at=at)
        _differing(month, last, at=at)


def _known(form: Form, span: Any, at: datetime) -> Known:
    return Known(form, DISTRICT, span, at)


def _confirmed(form: Form, span: Any, *, at: datetime) -> None:
    kept = entering.mark_entered(
        form=form,
        region=DISTRICT,
        span=span,
        by=CLERK,
        at=at,
        number="演示-01",
        happened_at=at - timedelta(minutes=20),
    )
    file = _exported(_known(form, span, at).filled(), {}, at=at)
    reading_back.read_back(item=kept.item, file=file, name="上月导出（演示）.xlsx", by=CLERK, at=at)


def _differing(form: Form, span: Any, *, at: datetime) -> None:
    """Two fields typed differently there: one is settled by a correction, one waits."""
    kept = entering.mark_entered(form=form, region=DISTRICT, span=span, by=CLERK, at=at, number="演示-02")
    filled = _known(form, span, at).filled()
    changed = {(0, "found"): 999, (2, "visits"): 7}
    file = _exported(filled, changed, at=at)
    read = reading_back.read_back(item=kept.item, file=file, name="本月导出（演示）.xlsx", by=CLERK, at=at)
    first = read.differences.order_by("place").first()
    if first is not None:
        reading_back.settle(difference=first, how="corrected", by=CLERK, at=at)


def _exported(filled: Filled, changed: dict[tuple[int, str], int], *, at: datetime) -> Attachment:
    """What the upper system would export: heads on one line, and the numbers that somebody typed there."""
    heads = ["".join(column.heads) for column in filled.form.columns]
    rows = [
        [changed.get((number, one.column.code), one.text) for one in row.cells]
        for number, row in enumerate(filled.lines)
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.xlsx"
        write_xlsx(path, name=filled.form.label, heads=heads, rows=rows)
        return attachments.keep(
            data=path.read_bytes(), media_type="application/octet-stream", name=f"{at:%Y%m%d}.xlsx", by=BY
        )

"""Those who fill forms of the district, a street whose dangers are counted, and exports as the upper system writes them."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter
from django.apps import apps
from python_calamine import CalamineWorkbook

from anlan.domains.incidents import public as incidents
from anlan.domains.returns.actions import entering, opening, reading_back
from anlan.domains.returns.models import Entered, ReadBack
from anlan.domains.returns.queries import workbook
from anlan.domains.returns.queries.reading import Filled, Known
from anlan.domains.returns.rules import periods
from anlan.domains.returns.rules.forms import Form, forms
from anlan.kernel.core import attachments
from anlan.kernel.core.models import Attachment
from anlan.kernel.loop.actions import open_item
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.orgs.models import Person
from tests.people import DISTRICT, NOON, QUAY, add_duty, add_person, district

ZONE = ZoneInfo("Asia/Shanghai")
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
JUNE = date(2026, 6, 15)
MONTH, QUICK, DISASTER, DUTY = (
    forms()[code] for code in ("danger_month", "accident_quick", "disaster_situation", "duty_day")
)
Danger = apps.get_model("dangers", "Danger")  # a neighbour's rows by name: only its public.py is imported
Incident = apps.get_model("incidents", "Incident")


class Office:
    """Those who fill forms of the district, and a street whose dangers are counted."""

    def __init__(self) -> None:
        self.here = district()
        self.section = self._person("吴科员", "safety_section")
        self.officer = self._person("陈值班员", "watch_officer")
        self.chief = self._person("林值班长", "watch_chief")

    def _person(self, name: str, kind: str) -> Person:
        person = add_person(name, self.here.bureau)
        add_duty(person, kind, DISTRICT)
        return person

    def danger(self, *, at: Any, street: str = QUAY, by: str = "") -> WorkItem:
        """A danger as patrols report it, through the kernel's door."""
        row = Danger(description="通道堆物", category="exit", source="patrol")
        return open_item(
            loop="dangers.danger",
            record=row,
            title="通道堆物",
            region=street,
            by=by or self.here.owner.by,
            at=at,
        )

    def event(self, **more: Any) -> WorkItem:
        """An event with figures, told to the watch."""
        row = Incident(
            event_class=more.pop("event_class", "accident"), kind=more.pop("kind", "work"), kind_label="生产安全事故",
            description=more.pop("description", "工人从脚手架坠落"), spot="码头路", organisation=self.here.firm,
            occurred_at=NOON - 10 * MINUTE, received_at=NOON,
        )  # fmt: skip
        item = open_item(
            loop="incidents.incident",
            record=row,
            title=row.description,
            region=QUAY,
            by=self.officer.by,
            at=NOON,
        )
        if more:
            incidents.add_figures(item=item, by=self.officer.by, at=NOON, **more)
        return item


def known(form: Form, *, at: Any = NOON, matter: WorkItem | None = None, day: date = JUNE) -> Known:
    span = periods.span_of(form, day) if matter is None else opening.span_about(form, matter)
    return Known(form, DISTRICT, span, at, None, matter)


def cells(filled: Filled, row: str) -> dict[str, str]:
    line = next(each for each in filled.lines if each.key == row)
    return {one.column.code: one.text for one in line.cells}


def enter(office: Office, *, at: Any = NOON, **more: Any) -> Entered:
    span = periods.span_of(MONTH, JUNE)
    return entering.mark_entered(form=MONTH, region=DISTRICT, span=span, by=office.section.by, at=at, **more)


def export(
    filled: Filled, change: dict[tuple[str, str], Any] | None = None, *, more: list[list[Any]] | None = None
) -> Attachment:
    """The upper system's export: our own sheet with some cells typed differently and further rows below it."""
    book = CalamineWorkbook.from_filelike(BytesIO(workbook.written(filled)))
    rows = book.get_sheet_by_index(0).to_python()
    begins = 2 + filled.form.depth
    codes = [column.code for column in filled.form.columns]
    for (row, code), value in (change or {}).items():
        at = [line.key for line in filled.lines].index(row)
        rows[begins + at][codes.index(code)] = value
    return keep(rows + (more or []))


def keep(rows: list[list[Any]]) -> Attachment:
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        leaf = book.add_worksheet("导出")
        for number, row in enumerate(rows):
            leaf.write_row(number, 0, row)
    return attachments.keep(data=out.getvalue(), media_type="application/octet-stream", by="service:test")


def read_back(item: WorkItem, file: Attachment, by: str, *, at: Any = NOON + DAY) -> ReadBack:
    return reading_back.read_back(item=item, file=file, name="导出.xlsx", by=by, at=at)

"""The annex as a spreadsheet: one line a row behind each number, written by the background."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from anlan.domains.bulletins.models import Report
from anlan.domains.bulletins.queries.behind import lines_behind
from anlan.domains.bulletins.queries.reports import standing, visible_reports
from anlan.kernel.core import clock
from anlan.kernel.core.words import N_
from anlan.kernel.orgs.models import Person
from anlan.kernel.sheets.spec import Sheet, SheetColumn


def give(*, person: UUID | None, filters: Mapping[str, Any]) -> Iterable[Sequence[Any]]:
    """The rows behind every number of one report, for whoever may see it; of the youngest where none is named."""
    reader = Person.objects.filter(pk=person).first() if person is not None else None
    if reader is None:
        return iter(())
    rows = Report.objects.select_related("item")
    wanted = str(filters.get("report", ""))
    report = rows.filter(item__pk=UUID(wanted)).first() if wanted else None
    seen = visible_reports(
        reader, at=clock.real_now(), exercise_id=report.item.exercise_id if report else None
    )
    found = seen.filter(pk=report.pk).first() if report else (None if wanted else seen.first())
    return lines_behind(standing(found)) if found is not None else iter(())


SHEET = Sheet(
    code="bulletins.rows",
    label=N_("Rows behind a report"),
    columns=(
        SheetColumn("place", N_("Place in the text"), "integer"),
        SheetColumn("paragraph", N_("Paragraph")),
        SheetColumn("label", N_("Named number")),
        SheetColumn("printed", N_("As printed")),
        SheetColumn("unit", N_("Unit")),
        SheetColumn("code", N_("Code")),
        SheetColumn("definition", N_("Definition")),
        SheetColumn("first", N_("First day"), "date"),
        SheetColumn("last", N_("Last day"), "date"),
        SheetColumn("as_of", N_("As of"), "datetime"),
        SheetColumn("base", N_("Base"), "integer"),
        SheetColumn("row", N_("Row")),
        SheetColumn("title", N_("What it is")),
        SheetColumn("region", N_("Region")),
        SheetColumn("state", N_("State")),
        SheetColumn("opened", N_("Registered on"), "datetime"),
        SheetColumn("closed", N_("Closed on"), "datetime"),
    ),
    key=("place", "row"),
    give=give,
)

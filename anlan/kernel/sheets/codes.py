"""The ledger codes of this room."""

from anlan.kernel.core.words import N_

CODES = {
    "sheets.import_started": N_("Import started"),
    "sheets.taken": N_("Rows taken in"),
    "sheets.import_ended": N_("Import ended"),
    "sheets.exported": N_("List exported"),
}

"""The room of spreadsheets."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from anlan.kernel.ledger.registry import register_codes
from anlan.kernel.sheets.codes import CODES


class SheetsConfig(AppConfig):
    name = "anlan.kernel.sheets"
    label = "sheets"
    verbose_name = _("Spreadsheets")

    def ready(self) -> None:
        register_codes(CODES)

"""The ledger room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from anlan.kernel.core.words import N_
from anlan.kernel.ledger.registry import register_codes

CODES = {
    "ledger.shredded": N_("Personal data shredded: {reason}"),
    "ledger.revealed": N_("Personal data revealed: {reason}"),
}


class LedgerConfig(AppConfig):
    name = "anlan.kernel.ledger"
    label = "ledger"
    verbose_name = _("Ledger")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register_codes(CODES)

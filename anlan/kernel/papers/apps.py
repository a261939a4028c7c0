"""The room of numbered papers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from anlan.kernel.core.words import N_
from anlan.kernel.ledger.registry import register_codes

CODES = {"papers.issued": N_("Paper issued: {title} {number}")}


class PapersConfig(AppConfig):
    name = "anlan.kernel.papers"
    label = "papers"
    verbose_name = _("Papers")

    def ready(self) -> None:
        register_codes(CODES)

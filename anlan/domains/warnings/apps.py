"""The domain of signals, advisories and call-outs."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WarningsConfig(AppConfig):
    name = "anlan.domains.warnings"
    verbose_name = _("Warnings")

"""The domain of administrative enforcement."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EnforcementConfig(AppConfig):
    name = "anlan.domains.enforcement"
    verbose_name = _("Enforcement")

"""The domain of the work plan."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkplanConfig(AppConfig):
    name = "anlan.domains.workplan"
    verbose_name = _("Work plan")

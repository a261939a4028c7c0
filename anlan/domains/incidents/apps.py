"""The domain of events received and reported, and of the watch."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IncidentsConfig(AppConfig):
    name = "anlan.domains.incidents"
    verbose_name = _("Duty and reporting of incidents")

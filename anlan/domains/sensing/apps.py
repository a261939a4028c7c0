"""The domain of stations, readings and alarms."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SensingConfig(AppConfig):
    name = "anlan.domains.sensing"
    verbose_name = _("Sensing")

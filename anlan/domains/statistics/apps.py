"""The domain of counted facts."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StatisticsConfig(AppConfig):
    name = "anlan.domains.statistics"
    verbose_name = _("Counted facts")

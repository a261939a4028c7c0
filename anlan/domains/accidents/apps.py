"""The domain of accidents: filed, determined, investigated, replied to, evaluated."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccidentsConfig(AppConfig):
    name = "anlan.domains.accidents"
    verbose_name = _("Accidents")

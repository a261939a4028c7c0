"""The live surface."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LiveConfig(AppConfig):
    name = "anlan.surfaces.live"
    verbose_name = _("Live")

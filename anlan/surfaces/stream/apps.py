"""The stream surface."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StreamConfig(AppConfig):
    name = "anlan.surfaces.stream"
    verbose_name = _("Stream")

"""The cli surface."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CliConfig(AppConfig):
    name = "anlan.surfaces.cli"
    verbose_name = _("Command")

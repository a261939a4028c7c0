"""The domain of the grass roots: standards of communities and streets, service stations in parks."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GrassrootsConfig(AppConfig):
    name = "anlan.domains.grassroots"
    verbose_name = _("Grass roots")

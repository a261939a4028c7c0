"""The domain of hidden dangers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DangersConfig(AppConfig):
    name = "anlan.domains.dangers"
    verbose_name = _("Dangers")

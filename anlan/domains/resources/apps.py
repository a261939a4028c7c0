"""The domain of rescue forces, and later of supplies and dispatch."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResourcesConfig(AppConfig):
    name = "anlan.domains.resources"
    verbose_name = _("Forces, supplies and dispatch")

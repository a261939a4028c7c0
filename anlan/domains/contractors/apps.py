"""The domain of contractor work."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContractorsConfig(AppConfig):
    name = "anlan.domains.contractors"
    verbose_name = _("Contractor work")

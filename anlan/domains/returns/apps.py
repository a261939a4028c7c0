"""The domain of upper-level returns: forms as data, copied out, entered, read back."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReturnsConfig(AppConfig):
    name = "anlan.domains.returns"
    verbose_name = _("Returns to upper levels")

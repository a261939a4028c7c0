"""The domain of plans and responses."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResponsesConfig(AppConfig):
    name = "anlan.domains.responses"
    verbose_name = _("Responses")

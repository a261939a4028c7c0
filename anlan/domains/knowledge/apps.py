"""The domain of what hangs together, and of the laws that rows stand on."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KnowledgeConfig(AppConfig):
    name = "anlan.domains.knowledge"
    verbose_name = _("Knowledge")

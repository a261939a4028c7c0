"""The domain of reports and bulletins."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BulletinsConfig(AppConfig):
    name = "anlan.domains.bulletins"
    verbose_name = _("Reports and bulletins")

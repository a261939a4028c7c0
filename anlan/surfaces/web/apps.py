"""The web surface."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from anlan.kernel.core.words import N_
from anlan.kernel.ledger.registry import register_codes


class WebConfig(AppConfig):
    name = "anlan.surfaces.web"
    verbose_name = _("Web")

    def ready(self) -> None:
        register_codes({"web.phone_shown": N_("Telephone number shown")})

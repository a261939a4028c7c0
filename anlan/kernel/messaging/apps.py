"""The messaging room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from anlan.kernel.ledger.registry import register_codes
from anlan.kernel.messaging.codes import CODES
from anlan.kernel.messaging.ladders import ladders


class MessagingConfig(AppConfig):
    name = "anlan.kernel.messaging"
    verbose_name = _("Messaging")

    def ready(self) -> None:
        register_codes(CODES)
        ladders()  # a ladder that cannot be read must stop the start, not the first call-out

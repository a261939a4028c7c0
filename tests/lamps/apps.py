from django.apps import AppConfig


class LampsConfig(AppConfig):
    """A dummy domain: street lamps. It must appear on every surface without any of them knowing it."""

    name = "tests.lamps"
    label = "lamps"
    is_domain = True

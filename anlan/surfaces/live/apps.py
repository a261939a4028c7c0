"""The live surface."""

from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "anlan.surfaces.live"

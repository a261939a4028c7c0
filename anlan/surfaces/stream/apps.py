"""The stream surface."""

from django.apps import AppConfig


class StreamConfig(AppConfig):
    name = "anlan.surfaces.stream"

"""The cli surface."""

from django.apps import AppConfig


class CliConfig(AppConfig):
    name = "anlan.surfaces.cli"

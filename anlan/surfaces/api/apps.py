"""The api surface."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "anlan.surfaces.api"

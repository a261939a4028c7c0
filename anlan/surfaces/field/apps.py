"""The field surface: the app on the phone, and the door that its acts come through."""

from django.apps import AppConfig


class FieldConfig(AppConfig):
    name = "anlan.surfaces.field"

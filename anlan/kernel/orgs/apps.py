from django.apps import AppConfig


class OrgsConfig(AppConfig):
    name = "anlan.kernel.orgs"
    label = "orgs"

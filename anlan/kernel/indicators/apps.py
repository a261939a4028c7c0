from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "anlan.kernel.indicators"
    label = "indicators"

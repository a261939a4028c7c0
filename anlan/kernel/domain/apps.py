from importlib import import_module

from django.apps import AppConfig


class DomainConfig(AppConfig):
    name = "anlan.kernel.domain"
    label = "domain"

    def ready(self) -> None:
        # By name: the declarations import models, which exist only now.
        import_module("anlan.kernel.domain.startup").start()

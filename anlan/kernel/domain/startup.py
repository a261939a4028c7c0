"""Start-up: the rooms' own declarations, then every domain's, then the registries close."""

from importlib import import_module
from pathlib import Path

from django.apps import apps
from django.utils.module_loading import module_has_submodule
from django.utils.translation import gettext

from anlan.kernel.core.errors import speak_with
from anlan.kernel.domain import registry, rulebook
from anlan.kernel.indicators import actions as indicators
from anlan.kernel.indicators import counting
from anlan.kernel.ledger.registry import register_codes
from anlan.kernel.loop import announce, own
from anlan.kernel.loop import registry as loops
from anlan.kernel.loop.models import Confirmation, Extension
from anlan.kernel.orgs.codes import CODES as ORGS_CODES
from anlan.kernel.places.codes import CODES as PLACES_CODES


def start() -> None:
    """Fill every registry; called once, when the models are there."""
    speak_with(gettext)
    for codes in (ORGS_CODES, PLACES_CODES, own.CODES, indicators.CODES, counting.CODES, rulebook.CODES):
        register_codes(dict(codes))
    announce.register_kinds()
    loops.register(own.CONFIRMATION, Confirmation)
    loops.register(own.EXTENSION, Extension)
    for config in apps.get_app_configs():
        if config.name.startswith("anlan.kernel."):
            registry.add_rulesets(Path(config.path))
        elif config.name.startswith("anlan.domains.") or getattr(config, "is_domain", False):
            # An installed folder under `domains` is a domain; nothing else lists them. One without a `domain.py`
            # is not ready to be one, and says so by not being there.
            if not module_has_submodule(config.module, "domain"):
                continue
            declared = import_module(f"{config.name}.domain").DOMAIN
            registry.register(declared, folder=Path(config.path))
    registry.close()

"""A database to play in: the house's own where it stands, else ours for the length of the verb, brought up to date."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connections

from anlan.kernel.core import rulesets
from anlan.kernel.core.postgres import Server, migrating, running
from anlan.kernel.core.postgres.places import Places
from anlan.kernel.domain.registry import ruleset_files


@contextmanager
def database() -> Iterator[None]:
    """Within the block the default connection answers. A server of the bureau's own is taken as it is."""
    var = Path(settings.ANLAN_VAR)
    if settings.DATABASES["default"]["HOST"] != str(Places(var).socket) or Server(var).answers():
        yield
        return
    with running(var):
        migrating.migrate()
        rulesets.load_files(ruleset_files())
        try:
            yield
        finally:
            connections.close_all()

"""The demo's district with its daily work, written once for this folder: it takes half a minute."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from anlan.kernel.core import rulesets
from anlan.kernel.domain.registry import ruleset_files
from anlan.surfaces.cli.demo import (
    accidents,
    dangers,
    district,
    enforcement,
    enterprises,
    facts,
    grassroots,
    incidents,
    patrols,
    practice,
    risks,
    workplan,
)


@pytest.fixture(scope="package", autouse=True)
def written(django_db_setup: None, django_db_blocker) -> Iterator[dict[str, int | None]]:
    """What each part said it wrote, in the order of `prepare`; all of it is rolled back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        rulesets.load_files(ruleset_files())
        district.write()
        parts = (
            enterprises, risks, dangers, patrols, grassroots, facts, incidents, accidents, workplan, enforcement,
            practice,
        )  # fmt: skip
        yield {each.__name__.rsplit(".", 1)[1]: each.write() for each in parts}
        transaction.set_rollback(True)

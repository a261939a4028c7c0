"""The API against its own description: whatever is sent, it answers in words and never with a failure of its own."""

import json
from datetime import timedelta

import pytest
import schemathesis
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as amount
from schemathesis.core import NotSet

from anlan.domains.dangers.actions import report_danger
from anlan.kernel.core import clock
from anlan.kernel.loop.models import WorkItem
from tests.people import QUAY, district

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
EXAMPLES = 6
REAL = {"domain": "dangers", "record": "danger", "name": "rectify", "code": "dangers.on_time"}


@pytest.fixture
def client_of_alma() -> Client:
    """Alma is signed in, and one danger is hers to see."""
    here = district()
    at = clock.real_now() - timedelta(days=1)
    report_danger(
        region=QUAY, description="堆物", category="exit", organisation=here.firm, by=here.owner.by, at=at
    )
    client = Client()
    client.force_login(here.owner.account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_no_input_makes_it_fail(client_of_alma: Client) -> None:
    described = schemathesis.openapi.from_dict(client_of_alma.get("/api/openapi.json").json())
    failures: set[str] = set()

    def attempt(case: schemathesis.Case) -> None:
        send(case)
        # Made-up words lead no further than "there is none": the same once more at a door that is there.
        known = {key: value for key, value in REAL.items() if key in case.path_parameters}
        if known:
            item = WorkItem.objects.values_list("pk", flat=True).get()
            case.path_parameters = case.path_parameters | known | {"item_id": str(item)}
            send(case)

    def send(case: schemathesis.Case) -> None:
        sent = "" if case.body is None or isinstance(case.body, NotSet) else json.dumps(case.body)
        try:
            with transaction.atomic():
                client_of_alma.generic(
                    case.method, case.formatted_path, sent, content_type="application/json",
                    query_params=case.query or {},
                )  # fmt: skip
                transaction.set_rollback(True)
        except Exception as problem:
            failures.add(f"{case.method} {case.path}: {problem!r:.300} by {case.query} {sent:.200}")

    for found in described.get_all_operations():
        bounded = amount(
            max_examples=EXAMPLES, deadline=None, database=None, derandomize=True,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        bounded(given(case=found.ok().as_strategy())(attempt))()
    assert not failures, "\n".join(sorted(failures)[:40])

"""Facts have one spelling, whatever way they take."""

import json
import math
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anlan.kernel.core.errors import Refused
from anlan.kernel.ledger.facts import encode, hide, plain, secret_ids
from anlan.kernel.ledger.tests.helpers import without_keys

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
NUMBERS = st.integers(-(10**30), 10**30) | st.floats(allow_nan=False, allow_infinity=False)
FACTS = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.django_db
@given(FACTS)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_facts_are_spelled_the_same_before_and_after_the_database(facts):
    spelled = encode(plain(facts, []))
    with connection.cursor() as cursor:
        cursor.execute("SELECT (%s::jsonb)::text", [spelled])
        assert encode(json.loads(cursor.fetchone()[0])) == spelled


def test_ids_times_days_and_decimals_become_text():
    moment = datetime(2026, 6, 1, 12, tzinfo=UTC)
    facts = {"id": UUID(int=1), "at": moment, "day": date(2026, 6, 1), "share": Decimal("0.10"), "of": (1, 2)}
    assert plain(facts, []) == {
        "id": "00000000-0000-0000-0000-000000000001",
        "at": "2026-06-01T12:00:00.000000+00:00",
        "day": "2026-06-01",
        "share": "0.10",
        "of": [1, 2],
    }


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (math.nan, "not_a_number"),
        (math.inf, "not_a_number"),
        ("a\x00b", "zero_character"),
        ("\ud83d", "half_character"),
    ],
)
def test_what_no_database_can_keep_is_refused(value, code):
    for facts in ({"x": value}, {"x": [{"y": value}]}):
        with pytest.raises(Refused) as refusal:
            plain(facts, [])
        assert refusal.value.code == f"ledger.{code}"
        assert str(refusal.value).isprintable()


def test_a_time_without_a_zone_is_an_error():
    with pytest.raises(ValueError, match="aware"):
        plain({"at": datetime(2026, 6, 1)}, [])


def test_an_object_is_an_error_of_the_programmer():
    with pytest.raises(TypeError, match="cannot be a fact"):
        plain({"x": object()}, [])


def test_a_secret_leaves_only_its_digest_in_the_facts(var_dir):
    hidden = []
    facts = plain({"caller": {"phone": hide("13900000001")}, "again": [hide("13900000001")]}, hidden)
    assert "1390" not in without_keys(encode(facts))
    assert secret_ids(facts) == [row.id for row in hidden]
    # The same number twice must not be seen to be the same number.
    assert facts["caller"]["phone"]["sm3"] != facts["again"][0]["sm3"]


def test_a_secret_never_prints_itself():
    assert "1390" not in repr(hide("13900000001"))

"""Rows of many keys by one parameter are those that `__in` finds."""

from uuid import UUID, uuid4

import pytest

from anlan.kernel.core.among import among
from anlan.kernel.orgs.models import Organisation, Person
from tests.people import district

pytestmark = pytest.mark.django_db


def test_a_foreign_key_and_an_id_are_asked_for_like_in() -> None:
    here = district()
    some = [here.street.pk, here.firm.pk, uuid4()]
    for rows, name in ((Person.objects, "organisation"), (Organisation.objects, "pk")):
        found = rows.filter(among(name, some)).order_by("pk")
        assert list(found) == list(rows.filter(**{f"{name}__in": some}).order_by("pk"))
        assert found.exists()


def test_no_key_is_no_row_and_many_keys_are_one_parameter() -> None:
    here = district()
    assert not Organisation.objects.filter(among("pk", [])).exists()
    keys: list[UUID] = [*(uuid4() for _ in range(5_000)), here.firm.pk]
    found = Organisation.objects.filter(among("pk", keys), kind="enterprise")
    assert [row.pk for row in found] == [here.firm.pk]
    statement, values = found.query.sql_with_params()
    assert (statement.count("%s"), len(values)) == (2, 2)

"""The tests' own database behaves as the house's does."""

import psycopg
import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection

pytestmark = pytest.mark.django_db


def test_tests_run_as_the_application_role():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("anlan_app",)


def test_the_application_cannot_make_tables():
    with connection.cursor() as cursor, pytest.raises(Exception, match="permission denied"):
        cursor.execute("CREATE TABLE public.mine (id int)")


@pytest.mark.django_db(transaction=True)
def test_committed_rows_are_there_within_the_test():
    ContentType.objects.create(app_label="left", model="over")
    assert ContentType.objects.filter(app_label="left").exists()


@pytest.mark.django_db(transaction=True)
def test_the_next_test_finds_only_what_migrations_made(cluster):
    assert not ContentType.objects.filter(app_label="left").exists()
    with psycopg.connect(cluster.conninfo()) as raw:
        assert raw.execute("SELECT count(*) FROM django_content_type").fetchone()[0] > 0

"""The quick way to migrate an empty database ends with the same tables as Django's own."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.db import models
from django.db.migrations.state import ModelState, ProjectState

from anlan.kernel.core.postgres import Server, running
from anlan.kernel.core.postgres.migrating import quick_states

SCHEMA = """
SELECT 'column', c.relname, a.attname, format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull
       || coalesce(pg_get_expr(d.adbin, d.adrelid), '') || a.attidentity::text
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm')
UNION ALL SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'grant', table_name, grantee, privilege_type
FROM information_schema.role_table_grants WHERE table_schema = 'public'
UNION ALL SELECT 'function', proname, '', md5(prosrc) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
ORDER BY 1, 2, 3, 4
"""
# Django's own verb beside ours; both start from nothing.
OWN = ("manage", "migrate", "--database", "owner", "--no-input", "--verbosity", "0")
OURS = ("db", "migrate")


def schema(var: Path, *verb: str) -> list[tuple[str, ...]]:
    """Every column, index, constraint, trigger, grant and function after a verb in a var folder of its own."""
    environment = {**os.environ, "ANLAN_VAR": str(var), "DJANGO_SETTINGS_MODULE": "anlan.config.settings"}
    with running(var):
        done = subprocess.run(
            [sys.executable, "-m", "anlan", *verb], env=environment, check=False, capture_output=True
        )
        assert done.returncode == 0, done.stderr.decode()
        with psycopg.connect(Server(var).conninfo()) as connection:
            return connection.execute(SCHEMA).fetchall()


@pytest.mark.prove
@pytest.mark.timeout(600)
def test_both_ways_end_with_the_same_tables(tmp_path: Path) -> None:
    ours, own = schema(tmp_path / "ours", *OURS), schema(tmp_path / "own", *OWN)
    # The table of the cache is made by the verb after migrating.
    assert [row for row in ours if not row[1].startswith("django_cache")] == own
    assert len(own) > 5000


def _table(name: str) -> ModelState:
    return ModelState("there", name, [("id", models.AutoField(primary_key=True))])


def test_a_table_that_was_there_before_may_point_to_one_that_comes_with_this_version() -> None:
    """As Django goes about it: what the database has is drawn, then the migrations work on a clone of that."""
    before = ProjectState()
    before.add_model(_table("Old"))
    drawn_before = before.apps.get_model("there", "old")
    state = before.clone()
    with quick_states():
        state.add_model(_table("New"))
        state.add_field("there", "old", "new", models.ForeignKey("there.New", models.PROTECT), True)
    field = state.apps.get_model("there", "old")._meta.get_field("new")
    assert field.remote_field.model is state.apps.get_model("there", "new")
    assert [each.name for each in drawn_before._meta.get_fields()] == ["id"], (
        "what was there is drawn as it was"
    )

"""The ledger, its two roles and its guards: from the first migration nobody but the owner can change a row."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import anlan.kernel.core.ids
import anlan.kernel.ledger.models

# IMMUTABLE is a small lie with a purpose: as a column default it is then read once a statement, not once a row
# (reading pg_control costs a file access). A session never changes its cluster, so it cannot be caught out.
SYSTEM_IDENTIFIER = """
CREATE FUNCTION public.ledger_system_identifier() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT system_identifier FROM pg_catalog.pg_control_system() $$;
"""

GUARDS = """
CREATE FUNCTION public.ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = TG_RELID) = current_user THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% on % is refused: the ledger is only ever added to', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER ledger_entry_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON public.ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_refuse();
CREATE TRIGGER ledger_position_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON public.ledger_position
    FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_refuse();
CREATE TRIGGER ledger_secret_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON public.ledger_secret
    FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_refuse();

CREATE FUNCTION public.ledger_wake() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('anlan_ledger', '');
    RETURN NULL;
END $$;
-- Once a statement: equal notifications of one transaction are folded into one anyway.
CREATE TRIGGER ledger_entry_wake AFTER INSERT ON public.ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_wake();

-- The only way to a DELETE: an entry of this very transaction must say what is shredded.
CREATE FUNCTION public.ledger_shred(shredding uuid) RETURNS integer LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    listed jsonb;
    gone integer;
BEGIN
    SELECT e.facts -> 'secrets' INTO listed FROM public.ledger_entry e
     WHERE e.id = shredding AND e.code = 'ledger.shredded' AND e.xid = pg_current_xact_id()
       AND e.system_identifier = public.ledger_system_identifier();
    IF listed IS NULL THEN
        RAISE EXCEPTION 'shredding is refused: no entry of this transaction says so'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    DELETE FROM public.ledger_secret WHERE id IN (SELECT jsonb_array_elements_text(listed)::uuid);
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;
REVOKE ALL ON FUNCTION public.ledger_shred(uuid) FROM PUBLIC;
"""

ROLES = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'anlan_app') THEN
        RAISE EXCEPTION 'the role anlan_app is missing'
            USING HINT = 'As a superuser: CREATE ROLE anlan_app LOGIN PASSWORD ''...''; then migrate again.';
    END IF;
END $$;
REVOKE ALL ON public.ledger_entry, public.ledger_position, public.ledger_secret, public.ledger_horizon
    FROM PUBLIC, anlan_app;
GRANT SELECT ON public.ledger_entry, public.ledger_position, public.ledger_secret, public.ledger_horizon TO anlan_app;
-- recorded_at, xid and system_identifier are left out: only the database itself can write them.
GRANT INSERT (id, act, code, subject_type, subject_id, region, facts, by, at, happened_at, exercise_id, hash)
    ON public.ledger_entry TO anlan_app;
GRANT INSERT ON public.ledger_position, public.ledger_secret TO anlan_app;
GRANT INSERT, UPDATE ON public.ledger_horizon TO anlan_app;
GRANT EXECUTE ON FUNCTION public.ledger_shred(uuid) TO anlan_app;
"""

UNGUARD = """
DROP TRIGGER ledger_entry_guard ON public.ledger_entry;
DROP TRIGGER ledger_entry_wake ON public.ledger_entry;
DROP TRIGGER ledger_position_guard ON public.ledger_position;
DROP TRIGGER ledger_secret_guard ON public.ledger_secret;
DROP FUNCTION public.ledger_refuse();
DROP FUNCTION public.ledger_wake();
DROP FUNCTION public.ledger_shred(uuid);
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [("core", "0001_initial")]

    operations = [
        migrations.RunSQL(SYSTEM_IDENTIFIER, "DROP FUNCTION public.ledger_system_identifier();"),
        migrations.CreateModel(
            name="Entry",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=anlan.kernel.core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("act", models.UUIDField()),
                ("code", models.CharField(max_length=80)),
                ("subject_type", models.CharField(max_length=80)),
                ("subject_id", models.CharField(max_length=64)),
                ("region", models.CharField(blank=True, max_length=12)),
                ("facts", models.JSONField()),
                ("by", models.CharField(max_length=100)),
                ("at", models.DateTimeField()),
                ("happened_at", models.DateTimeField(blank=True, null=True)),
                (
                    "exercise",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.exercise",
                    ),
                ),
                ("hash", models.BinaryField()),
                ("recorded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "xid",
                    anlan.kernel.ledger.models.TransactionIdField(
                        db_default=anlan.kernel.ledger.models.CurrentTransaction()
                    ),
                ),
                (
                    "system_identifier",
                    models.BigIntegerField(db_default=anlan.kernel.ledger.models.SystemIdentifier()),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["system_identifier", "xid"], name="entry_xid"),
                    models.Index(fields=["subject_type", "subject_id", "id"], name="entry_subject"),
                    models.Index(fields=["by", "recorded_at"], name="entry_by"),
                    models.Index(fields=["code", "recorded_at"], name="entry_code"),
                    models.Index(fields=["recorded_at"], name="entry_recorded_at"),
                    models.Index(fields=["act"], name="entry_act"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Position",
            fields=[
                ("seq", models.BigIntegerField(primary_key=True, serialize=False)),
                (
                    "entry",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="position",
                        to="ledger.entry",
                    ),
                ),
                ("entry_hash", models.BinaryField()),
                ("seal", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="Horizon",
            fields=[
                ("system_identifier", models.BigIntegerField(primary_key=True, serialize=False)),
                ("xid", anlan.kernel.ledger.models.TransactionIdField()),
            ],
        ),
        migrations.CreateModel(
            name="Secret",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=anlan.kernel.core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="secrets", to="ledger.entry"
                    ),
                ),
                ("salt", models.BinaryField()),
                ("ciphertext", models.BinaryField()),
            ],
        ),
        migrations.RunSQL(GUARDS, UNGUARD),
        migrations.RunSQL(ROLES, migrations.RunSQL.noop),
    ]

"""Sheets of spans that are over are kept; a trigger tells where something that they stand on is changed in place."""

import anlan.kernel.core.ids
import anlan.kernel.ledger.models
import django.db.models.functions.datetime
from django.db import migrations, models

# One row for a table and a transaction, however many rows were changed.
TOLD = """
CREATE FUNCTION public.indicators_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public.indicators_change (name) VALUES (TG_TABLE_NAME) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER indicators_item_moved AFTER UPDATE OF region_id ON public.loop_workitem FOR EACH ROW
    WHEN (OLD.region_id IS DISTINCT FROM NEW.region_id) EXECUTE FUNCTION public.indicators_changed();
CREATE TRIGGER indicators_unit_moved AFTER UPDATE OF region_id ON public.orgs_organisation FOR EACH ROW
    WHEN (OLD.region_id IS DISTINCT FROM NEW.region_id) EXECUTE FUNCTION public.indicators_changed();
"""
UNTOLD = """
DROP TRIGGER indicators_item_moved ON public.loop_workitem;
DROP TRIGGER indicators_unit_moved ON public.orgs_organisation;
DROP FUNCTION public.indicators_changed();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("indicators", "0003_comparing"),
        ("ledger", "0001_initial"),
        ("loop", "0001_initial"),
        ("orgs", "0002_name_en"),
    ]

    operations = [
        migrations.CreateModel(
            name="Kept",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=anlan.kernel.core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("rows", models.CharField(max_length=160)),
                ("digest", models.CharField(max_length=64)),
                ("region", models.CharField(blank=True, max_length=12)),
                ("start", models.DateTimeField()),
                ("end", models.DateTimeField()),
                ("known_at", models.DateTimeField()),
                ("sheet", models.JSONField()),
                ("counted_at", models.DateTimeField()),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                ("drifted_at", models.DateTimeField(blank=True, null=True)),
                ("snapshot", models.TextField()),
                ("cluster", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("rows", "region", "start", "end"), name="kept_once"),
                    models.CheckConstraint(
                        condition=models.Q(("known_at__gte", models.F("end"))), name="kept_after_its_end"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Change",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=60)),
                (
                    "xid",
                    anlan.kernel.ledger.models.TransactionIdField(
                        db_default=anlan.kernel.ledger.models.CurrentTransaction()
                    ),
                ),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("name", "xid"), name="change_once")],
            },
        ),
        migrations.RunSQL(TOLD, UNTOLD),
    ]

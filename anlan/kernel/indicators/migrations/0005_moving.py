"""Loops whose matters may change their place while they live are rows: a domain puts its own there by a migration."""

from django.db import migrations, models

TOLD = """
CREATE FUNCTION public.indicators_item_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Quoted: LOOP is a word of PL/pgSQL.
    IF NOT EXISTS (SELECT FROM public.indicators_moving m WHERE m.loop = NEW."loop") THEN
        INSERT INTO public.indicators_change (name) VALUES (TG_TABLE_NAME) ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER indicators_item_moved ON public.loop_workitem;
CREATE TRIGGER indicators_item_moved AFTER UPDATE OF region_id ON public.loop_workitem FOR EACH ROW
    WHEN (OLD.region_id IS DISTINCT FROM NEW.region_id) EXECUTE FUNCTION public.indicators_item_moved();
"""
UNTOLD = """
DROP TRIGGER indicators_item_moved ON public.loop_workitem;
DROP FUNCTION public.indicators_item_moved();
CREATE TRIGGER indicators_item_moved AFTER UPDATE OF region_id ON public.loop_workitem FOR EACH ROW
    WHEN (OLD.region_id IS DISTINCT FROM NEW.region_id) EXECUTE FUNCTION public.indicators_changed();
"""


class Migration(migrations.Migration):
    dependencies = [("indicators", "0004_kept")]

    operations = [
        migrations.CreateModel(
            name="Moving",
            fields=[("loop", models.CharField(max_length=60, primary_key=True, serialize=False))],
        ),
        migrations.RunSQL(TOLD, UNTOLD),
    ]

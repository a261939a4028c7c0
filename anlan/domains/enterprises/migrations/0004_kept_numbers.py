import django.contrib.postgres.indexes
from django.db import migrations

TOLD = """
CREATE TRIGGER indicators_standard_changed AFTER INSERT OR UPDATE OR DELETE ON public.enterprises_standardisation
    FOR EACH STATEMENT EXECUTE FUNCTION public.indicators_changed();
"""
UNTOLD = "DROP TRIGGER indicators_standard_changed ON public.enterprises_standardisation;"


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0003_duty_ledgers"), ("indicators", "0004_kept")]

    operations = [
        migrations.AddIndex(
            model_name="history",
            index=django.contrib.postgres.indexes.BrinIndex(
                autosummarize=True, fields=["at"], name="history_at", pages_per_range=32
            ),
        ),
        migrations.RunSQL(TOLD, UNTOLD),
    ]

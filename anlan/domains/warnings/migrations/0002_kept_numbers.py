import django.contrib.postgres.indexes
from django.db import migrations

TOLD = """
CREATE TRIGGER indicators_call_changed AFTER UPDATE OF closes_on, called_at ON public.warnings_calloutitem FOR EACH ROW
    WHEN (OLD.closes_on IS DISTINCT FROM NEW.closes_on OR OLD.called_at IS DISTINCT FROM NEW.called_at)
    EXECUTE FUNCTION public.indicators_changed();
"""
UNTOLD = "DROP TRIGGER indicators_call_changed ON public.warnings_calloutitem;"


class Migration(migrations.Migration):
    dependencies = [("indicators", "0004_kept"), ("warnings", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="calloutanswer",
            index=django.contrib.postgres.indexes.BrinIndex(
                autosummarize=True,
                fields=["recorded_at"],
                name="calloutanswer_recorded_at",
                pages_per_range=32,
            ),
        ),
        migrations.RunSQL(TOLD, UNTOLD),
    ]

from django.db import migrations, models

# A source that ended, or was taken up again, changes what is known of the present; its day stands in the row.
TOLD = """
DROP TRIGGER indicators_sources_changed ON public.risks_risksource;
CREATE TRIGGER indicators_sources_changed AFTER INSERT OR DELETE OR UPDATE OF point_id, ended_at
    ON public.risks_risksource FOR EACH STATEMENT EXECUTE FUNCTION public.indicators_changed();
"""
UNTOLD = """
DROP TRIGGER indicators_sources_changed ON public.risks_risksource;
CREATE TRIGGER indicators_sources_changed AFTER INSERT OR DELETE OR UPDATE OF point_id
    ON public.risks_risksource FOR EACH STATEMENT EXECUTE FUNCTION public.indicators_changed();
"""


class Migration(migrations.Migration):
    dependencies = [("indicators", "0004_kept"), ("risks", "0003_kept_numbers")]

    operations = [
        migrations.AddField(
            model_name="risksource", name="ended_at", field=models.DateTimeField(blank=True, null=True)
        ),
        migrations.RunSQL(TOLD, UNTOLD),
    ]

from django.db import migrations

# Sources have no time of their own: a new one at an old point changes what is known of the past.
TOLD = """
CREATE TRIGGER indicators_point_moved AFTER UPDATE OF region_id ON public.risks_riskpoint FOR EACH ROW
    WHEN (OLD.region_id IS DISTINCT FROM NEW.region_id) EXECUTE FUNCTION public.indicators_changed();
CREATE TRIGGER indicators_sources_changed AFTER INSERT OR DELETE OR UPDATE OF point_id ON public.risks_risksource
    FOR EACH STATEMENT EXECUTE FUNCTION public.indicators_changed();
"""
UNTOLD = """
DROP TRIGGER indicators_point_moved ON public.risks_riskpoint;
DROP TRIGGER indicators_sources_changed ON public.risks_risksource;
"""


class Migration(migrations.Migration):
    dependencies = [("indicators", "0004_kept"), ("risks", "0002_surveys")]

    operations = [migrations.RunSQL(TOLD, UNTOLD)]

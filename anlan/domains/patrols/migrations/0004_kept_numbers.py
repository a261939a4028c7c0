from django.db import migrations

TOLD = """
CREATE TRIGGER indicators_visit_changed AFTER UPDATE OF kind, tags, organisation_id ON public.patrols_visit
    FOR EACH ROW WHEN ((OLD.kind, OLD.tags, OLD.organisation_id) IS DISTINCT FROM (NEW.kind, NEW.tags, NEW.organisation_id))
    EXECUTE FUNCTION public.indicators_changed();
CREATE TRIGGER indicators_finding_changed AFTER UPDATE OF visit_id, danger_id OR DELETE ON public.patrols_finding
    FOR EACH STATEMENT EXECUTE FUNCTION public.indicators_changed();
"""
UNTOLD = """
DROP TRIGGER indicators_visit_changed ON public.patrols_visit;
DROP TRIGGER indicators_finding_changed ON public.patrols_finding;
"""


class Migration(migrations.Migration):
    dependencies = [("indicators", "0004_kept"), ("patrols", "0003_rotation_training")]

    operations = [migrations.RunSQL(TOLD, UNTOLD)]

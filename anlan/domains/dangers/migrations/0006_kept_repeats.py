from django.db import migrations

TOLD = """
CREATE TRIGGER indicators_danger_changed AFTER UPDATE OF category, check_item, organisation_id ON public.dangers_danger
    FOR EACH ROW WHEN ((OLD.category, OLD.check_item, OLD.organisation_id)
        IS DISTINCT FROM (NEW.category, NEW.check_item, NEW.organisation_id))
    EXECUTE FUNCTION public.indicators_changed();
"""
UNTOLD = "DROP TRIGGER indicators_danger_changed ON public.dangers_danger;"


class Migration(migrations.Migration):
    dependencies = [("dangers", "0005_kept_numbers"), ("indicators", "0004_kept")]

    operations = [migrations.RunSQL(TOLD, UNTOLD)]

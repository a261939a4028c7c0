"""A proposal grows over further streets before it is decided: where it lies is counted nowhere."""

from django.db import migrations

SAID = "INSERT INTO public.indicators_moving (loop) VALUES ('warnings.proposal') ON CONFLICT DO NOTHING;"
UNSAID = "DELETE FROM public.indicators_moving WHERE loop = 'warnings.proposal';"


class Migration(migrations.Migration):
    dependencies = [("indicators", "0005_moving"), ("warnings", "0002_kept_numbers")]

    operations = [migrations.RunSQL(SAID, UNSAID)]

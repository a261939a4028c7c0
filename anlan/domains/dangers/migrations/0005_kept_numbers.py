import django.contrib.postgres.indexes
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("dangers", "0004_schemes")]

    operations = [
        migrations.AddIndex(
            model_name="term",
            index=django.contrib.postgres.indexes.BrinIndex(
                autosummarize=True, fields=["set_at"], name="term_set_at", pages_per_range=32
            ),
        ),
    ]

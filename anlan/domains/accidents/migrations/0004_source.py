from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accidents", "0003_prevention")]

    operations = [
        migrations.AddField("accident", "source", models.CharField(blank=True, default="", max_length=160), preserve_default=False),
        migrations.AddField("accident", "number", models.CharField(blank=True, default="", max_length=60), preserve_default=False),
        migrations.AddConstraint(
            "accident",
            models.UniqueConstraint(condition=~models.Q(source=""), fields=("source", "number"), name="accidents_accident_source"),
        ),
    ]

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [("loop", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="Lamp",
            fields=[
                (
                    "item",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="%(app_label)s_%(class)s",
                        serialize=False,
                        to="loop.workitem",
                    ),
                ),
                ("pole", models.CharField(max_length=20)),
            ],
            options={"abstract": False},
        )
    ]

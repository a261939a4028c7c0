"""The rows of a number are kept where they are few; a report of a campaign counts its rows alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bulletins", "0001_initial")]

    operations = [
        migrations.AddField("number", "many", models.PositiveIntegerField(blank=True, null=True)),
        migrations.AddField("number", "campaign", models.UUIDField(blank=True, null=True)),
        migrations.AddField("number", "gone_by", models.CharField(blank=True, max_length=100)),
        migrations.AddField("wording", "again", models.BooleanField(default=False)),
        migrations.AddField("report", "campaign", models.UUIDField(blank=True, null=True)),
    ]

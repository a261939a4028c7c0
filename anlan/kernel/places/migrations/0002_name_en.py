from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('places', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='region', name='name_en', field=models.CharField(blank=True, max_length=120)
        ),
    ]

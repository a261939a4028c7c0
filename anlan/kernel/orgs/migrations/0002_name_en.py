from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orgs', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='organisation', name='name_en', field=models.CharField(blank=True, max_length=200)
        ),
    ]

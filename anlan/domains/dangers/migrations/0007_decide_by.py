from django.db import migrations, models

FROM_THE_MARK = """
UPDATE public.dangers_candidate AS c SET decide_by = i.opened_at + interval '24 hours'
    FROM public.loop_workitem AS i WHERE i.id = c.item_id AND i.closed_at IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("dangers", "0006_kept_repeats")]

    operations = [
        migrations.AddField("candidate", "decide_by", models.DateTimeField(blank=True, null=True)),
        migrations.RunSQL(FROM_THE_MARK, migrations.RunSQL.noop),
    ]

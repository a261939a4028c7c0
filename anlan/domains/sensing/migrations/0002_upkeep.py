from django.db import migrations, models

DROP_MONTH = """
-- The application may not drop tables. This one function of the owner's drops the month that it is asked for, and only
-- one that lies three whole months back, whatever anybody has set: a wrong clock or a wrong rule must not empty the year.
CREATE FUNCTION public.sensing_drop_month(day timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    first date := date_trunc('month', day AT TIME ZONE 'UTC')::date;
    part text := 'sensing_reading_' || to_char(first, 'YYYYMM');
BEGIN
    IF first + interval '4 months' > (now() AT TIME ZONE 'UTC') THEN
        RAISE EXCEPTION 'readings of % are too young to be dropped', first USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    IF to_regclass('public.' || part) IS NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('ALTER TABLE public.sensing_reading DETACH PARTITION public.%I', part);
    EXECUTE format('DROP TABLE public.%I', part);
    RETURN true;
END $$;
REVOKE ALL ON FUNCTION public.sensing_drop_month(timestamptz) FROM PUBLIC;
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'anlan_app') THEN
        GRANT EXECUTE ON FUNCTION public.sensing_drop_month(timestamptz) TO anlan_app;
        GRANT SELECT, INSERT, UPDATE ON public.sensing_hour TO anlan_app;
        REVOKE DELETE, TRUNCATE ON public.sensing_hour FROM anlan_app;
    ELSE
        GRANT EXECUTE ON FUNCTION public.sensing_drop_month(timestamptz) TO PUBLIC;
    END IF;
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('sensing', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='station', name='late_s', field=models.PositiveIntegerField(blank=True, null=True)
        ),
        migrations.AddField(
            model_name='station', name='name_en', field=models.CharField(blank=True, max_length=120)
        ),
        migrations.CreateModel(
            name='HourSum',
            fields=[
                ('sensor_id', models.IntegerField()),
                ('at', models.DateTimeField()),
                ('readings', models.PositiveIntegerField()),
                ('good', models.PositiveIntegerField()),
                ('total', models.BigIntegerField()),
                ('least', models.IntegerField(null=True)),
                ('most', models.IntegerField(null=True)),
                ('pk', models.CompositePrimaryKey('sensor_id', 'at', blank=True, editable=False, primary_key=True, serialize=False)),
            ],
            options={'db_table': 'sensing_hour'},
        ),
        migrations.RunSQL(DROP_MONTH, "DROP FUNCTION public.sensing_drop_month(timestamptz);"),
    ]

# Returns: copied out, entered, read back, settled.

import anlan.kernel.core.ids
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('core', '0003_rounds'),
        ('loop', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='ReadBack',
            fields=[
                ('id', models.UUIDField(default=anlan.kernel.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200)),
                ('leaf', models.CharField(blank=True, max_length=100)),
                ('as_of', models.DateTimeField()),
                ('fields', models.PositiveIntegerField()),
                ('rows', models.PositiveIntegerField()),
                ('bad', models.JSONField(default=list)),
                ('missing', models.JSONField(default=list)),
                ('lacking', models.JSONField(default=list)),
                ('recorded_at', models.DateTimeField()),
                ('by', models.CharField(max_length=100)),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.attachment')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='returns_read', to='loop.workitem')),
            ],
        ),
        migrations.CreateModel(
            name='Difference',
            fields=[
                ('id', models.UUIDField(default=anlan.kernel.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('place', models.PositiveIntegerField()),
                ('row', models.CharField(max_length=60)),
                ('label', models.CharField(max_length=200)),
                ('column', models.CharField(max_length=40)),
                ('head', models.CharField(max_length=200)),
                ('ours', models.CharField(blank=True, max_length=2000)),
                ('theirs', models.CharField(blank=True, max_length=2000)),
                ('copied', models.CharField(blank=True, max_length=2000, null=True)),
                ('cause', models.CharField(choices=[('late', 'Ours changed after it was copied'), ('typed', 'Typed differently there'), ('both', 'Typed differently there, and ours changed since'), ('unmarked', 'Never marked as entered: what was copied is not known')], max_length=10)),
                ('since', models.DateTimeField(blank=True, null=True)),
                ('read', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='differences', to='returns.readback')),
            ],
        ),
        migrations.CreateModel(
            name='Return',
            fields=[
                ('item', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='%(app_label)s_%(class)s', serialize=False, to='loop.workitem')),
                ('form', models.CharField(max_length=40)),
                ('first', models.DateField()),
                ('last', models.DateField()),
                ('due_at', models.DateTimeField()),
                ('key', models.CharField(max_length=200, unique=True)),
                ('subject', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='loop.workitem')),
            ],
            options={
                'verbose_name': 'return',
            },
        ),
        migrations.CreateModel(
            name='Settlement',
            fields=[
                ('id', models.UUIDField(default=anlan.kernel.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('how', models.CharField(choices=[('accepted', 'Accepted as it stands'), ('corrected', 'Corrected there')], max_length=10)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('recorded_at', models.DateTimeField()),
                ('by', models.CharField(max_length=100)),
                ('difference', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='settlement', to='returns.difference')),
            ],
        ),
        migrations.CreateModel(
            name='Entered',
            fields=[
                ('id', models.UUIDField(default=anlan.kernel.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('as_of', models.DateTimeField()),
                ('cells', models.JSONField()),
                ('number', models.CharField(blank=True, max_length=80)),
                ('happened_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('late_entry', models.BooleanField(default=False)),
                ('by', models.CharField(max_length=100)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='returns_entered', to='loop.workitem')),
            ],
            options={
                'verbose_name_plural': 'entered',
                'indexes': [models.Index(fields=['item', '-recorded_at'], name='entered_latest')],
            },
        ),
        migrations.AddIndex(
            model_name='readback',
            index=models.Index(fields=['item', '-recorded_at'], name='readback_latest'),
        ),
        migrations.AddConstraint(
            model_name='difference',
            constraint=models.UniqueConstraint(fields=('read', 'row', 'column'), name='difference_once'),
        ),
        migrations.AddIndex(
            model_name='return',
            index=models.Index(fields=['form', 'last'], name='returns_form_last'),
        ),
        migrations.AddConstraint(
            model_name='return',
            constraint=models.CheckConstraint(condition=models.Q(('last__gte', models.F('first'))), name='returns_span'),
        ),
        migrations.AddConstraint(
            model_name='settlement',
            constraint=models.CheckConstraint(condition=models.Q(('how', 'corrected'), models.Q(('reason', ''), _negated=True), _connector='OR'), name='settlement_accepted_has_reason'),
        ),
    ]

"""The number a leader's word came from is sealed like every other telephone number; what stood open is sealed once."""

from typing import Any

from django.db import migrations

from anlan.kernel.core.fields import EncryptedTextField


def seal(apps: Any, schema_editor: Any) -> None:
    """Approvals by telephone are few: one statement each."""
    steps = apps.get_model("loop", "Step").objects.using(schema_editor.connection.alias)
    for step in steps.exclude(telephone_number="").only("telephone_number").iterator():
        steps.filter(pk=step.pk).update(telephone_from=step.telephone_number)


class Migration(migrations.Migration):
    dependencies = [("loop", "0002_step_at")]

    operations = [
        migrations.AddField("step", "telephone_from", EncryptedTextField(blank=True, default="")),
        migrations.RunPython(seal, migrations.RunPython.noop),
        migrations.RemoveField("step", "telephone_number"),
    ]

"""A finding may be a firm of the archive that none of the lists shows."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("enterprises", "0004_kept_numbers")]

    operations: ClassVar = [
        migrations.RemoveConstraint(model_name="finding", name="finding_verdict_known"),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.CheckConstraint(
                condition=models.Q(("verdict__in", ("matched", "doubtful", "missing", "unlisted"))),
                name="finding_verdict_known",
            ),
        ),
    ]

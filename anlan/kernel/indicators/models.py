"""A number as it was known on a date."""

from django.db import models

from anlan.kernel.core.ids import new_id


class Freeze(models.Model):
    """A reading kept for good: value, base, and the ids of the rows it was made from."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=80)
    definition = models.CharField(max_length=400)
    cut = models.JSONField(default=dict)
    start = models.DateTimeField()
    end = models.DateTimeField()
    as_of = models.DateTimeField()
    value = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    base = models.BigIntegerField()
    rows = models.JSONField(default=list)
    by = models.CharField(max_length=100)

    def __str__(self) -> str:
        return f"{self.code} {self.end:%F}"

"""Coming in without a password: a code by SMS to a phone that the archive knows."""

from typing import ClassVar

from django.db import models

from anlan.kernel.core.ids import new_id
from anlan.kernel.orgs.models import Person


class SignInCode(models.Model):
    """One code sent to one phone. Rows of unknown phones are kept too: they count against the address that asked.

    Tries are counted on the row under its lock, so that two server processes do not give twice as many.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    phone_index = models.CharField(max_length=32)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    digest = models.CharField(max_length=64, blank=True)  # SM3 of id and code; empty: nobody has this phone
    message = models.UUIDField(null=True, blank=True)
    address = models.CharField(max_length=45)  # from where it was asked
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["phone_index", "sent_at"], name="signincode_phone"),
            models.Index(fields=["address", "sent_at"], name="signincode_address"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

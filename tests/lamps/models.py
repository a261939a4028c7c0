from django.db import models

from anlan.kernel.loop.models import LoopRecord


class Lamp(LoopRecord):
    """A lamp that went out."""

    pole = models.CharField(max_length=20)

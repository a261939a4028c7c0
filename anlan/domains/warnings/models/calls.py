"""Call-outs (叫应): whom we called and what came back. 叫 is half of it, 应 the other half."""

from datetime import datetime
from typing import ClassVar, Self

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from anlan.domains.warnings.models.proposals import Proposal
from anlan.domains.warnings.rules.scales import COLOURS
from anlan.kernel.core.ids import new_id
from anlan.kernel.loop.models import LoopRecord, WorkItem
from anlan.kernel.messaging.models import Message
from anlan.kernel.orgs.models import Duty, DutyKind, Person
from anlan.kernel.orgs.queries import visible_regions
from anlan.kernel.places.models import Region

ANSWERS = ("received", "on_post", "done", "need_help")
THROUGH = ("self", "deputy", "neighbour", "grid_worker", "loudspeaker", "police", "superior", "telephone")
OUTCOMES = ("answered", "not_answered", "busy", "switched_off", "wrong_number")


class ItemQuerySet(models.QuerySet["CallOutItem"]):
    """People called, as far as somebody may see them."""

    def visible_to(self, person: Person, *, at: datetime) -> Self:
        """Those of the streets a person answers for, and the person's own."""
        return self.filter(visible_regions(person, at=at, field="street_id") | Q(person=person))


class CallOutQuerySet(models.QuerySet["CallOut"]):
    """Call-outs, as far as somebody may see them."""

    def visible_to(self, person: Person, *, at: datetime) -> Self:
        """Those about a region that a person answers for, and those in which the person was called."""
        about = visible_regions(person, at=at, field="item__region_id")
        return self.filter(about | Q(pk__in=CallOutItem.objects.visible_to(person, at=at).values("call_out")))


class CallOut(LoopRecord):
    """The event as a whole: one release for one area, with the plan that was used."""

    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="call_out")
    hazard = models.CharField(max_length=30)
    colour = models.CharField(max_length=10)
    basis = models.CharField(max_length=10)
    regions = models.ManyToManyField(Region, related_name="+")
    area = models.JSONField(null=True, blank=True)
    text = models.TextField()
    plan = models.JSONField()  # duty kind → [urgency, by hand], as it stood at the release
    answer_minutes = models.PositiveIntegerField()  # a person counts as in time within so many minutes
    released_at = models.DateTimeField()

    objects = CallOutQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(colour__in=COLOURS), name="callout_colour")
        ]


class CallOutItem(LoopRecord):
    """One person with all duties listed on it: several duties make one call.

    The times are copies of the answers' for the board; indicators count the answers. The message that went to the
    person has the call-out as its subject: person and call-out name the item.
    """

    call_out = models.ForeignKey(CallOut, models.PROTECT, related_name="items")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    stands_in_for = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    street = models.ForeignKey(Region, models.PROTECT, related_name="+")
    kind = models.ForeignKey(DutyKind, models.PROTECT, related_name="+")  # of the first duty, for the list
    closes_on = models.CharField(max_length=10)  # the strictest of the duties'
    urgency = models.PositiveSmallIntegerField()
    by_hand = models.BooleanField(default=False)  # a person rings; no machine does
    called_at = models.DateTimeField()
    escalate_minutes = models.PositiveIntegerField()  # 0: nobody else is told
    answer = models.CharField(max_length=10, blank=True)  # the furthest: received | on_post | done
    through = models.CharField(max_length=12, blank=True)
    answered_by = models.CharField(max_length=60, blank=True)  # the name of whoever answered instead
    received_at = models.DateTimeField(null=True, blank=True)  # the first answer of any kind
    on_post_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    help_at = models.DateTimeField(null=True, blank=True)
    help_words = models.CharField(max_length=300, blank=True)

    objects = ItemQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["call_out", "street"], name="calloutitem_board")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["call_out", "person"], name="calloutitem_one_a_person"),
            models.CheckConstraint(
                condition=Q(answer__in=("", "received", "on_post", "done")), name="calloutitem_answer"
            ),
        ]


class CallOutDuty(models.Model):
    """A duty for which the person was called, as it stood in the releasing transaction."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    item = models.ForeignKey(CallOutItem, models.PROTECT, related_name="duties")
    duty = models.ForeignKey(Duty, models.PROTECT, related_name="+")
    kind = models.ForeignKey(DutyKind, models.PROTECT, related_name="+")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.kind_id} {self.region_id}"


class CallOutJoin(models.Model):
    """Somebody whom an earlier call-out had reached a short while ago: listed here, not called again."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="joins")
    item = models.ForeignKey(CallOutItem, models.PROTECT, related_name="joins")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["proposal", "item"], name="calloutjoin_once")
        ]

    def __str__(self) -> str:
        return str(self.item_id)


class CallOutAnswer(models.Model):
    """应, written once: what was answered, when it happened, by whom, through whom."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    item = models.ForeignKey(CallOutItem, models.PROTECT, related_name="answers")
    kind = models.CharField(max_length=10)
    through = models.CharField(max_length=12)
    name = models.CharField(max_length=60, blank=True)  # of whoever answered or reached the person
    via = models.CharField(max_length=12)
    note = models.CharField(max_length=300, blank=True)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=100)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["item", "kind"], name="calloutanswer_item"),
            BrinIndex(
                fields=["recorded_at"],
                name="calloutanswer_recorded_at",
                pages_per_range=32,
                autosummarize=True,
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=ANSWERS), name="calloutanswer_kind"),
            models.CheckConstraint(condition=Q(through__in=THROUGH), name="calloutanswer_through"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.happened_at:%T}"


class Passing(models.Model):
    """Handing over to somebody else after silence: whom we told, as what, when, and the message that went."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    item = models.ForeignKey(CallOutItem, models.PROTECT, related_name="passings")
    duty = models.CharField(max_length=40)  # deputy | grid_worker | superior
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+"
    )  # None: nobody is named
    name = models.CharField(max_length=60, blank=True)
    message = models.OneToOneField(Message, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.duty} {self.name}"


class CallMade(models.Model):
    """A call that an officer made by hand: when, with what outcome, who spoke, what was said."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    item = models.ForeignKey(
        WorkItem, models.PROTECT, related_name="calls_made"
    )  # a person's item, or the weather office's
    outcome = models.CharField(max_length=16)
    spoke = models.CharField(max_length=60, blank=True)
    words = models.CharField(max_length=300, blank=True)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=100)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(outcome__in=OUTCOMES), name="callmade_outcome")
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.happened_at:%T}"

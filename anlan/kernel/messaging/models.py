"""Rows of messaging: what was said to whom, by which channel it goes, each try, each answer."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from anlan.kernel.core.fields import EncryptedTextField
from anlan.kernel.core.ids import new_id
from anlan.kernel.core.models import Exercise
from anlan.kernel.messaging.spec import ANSWER_KINDS, CHANNELS, NEED_HELP, STAYS_INSIDE
from anlan.kernel.orgs.models import Person

MESSAGE_STATES = ("open", "received", "closed", "expired", "superseded")
DELIVERY_STATES = ("queued", "leased", "sent", "delivered", "failed", "cancelled", "unreachable")
LIVE_IS_REAL = Q(live=True, exercise=None) | Q(live=False, exercise__isnull=False)
WAITING = Q(state__in=("queued", "leased"))


class Message(models.Model):
    """What is said to one person, and how far that person has answered.

    `live` is true exactly in the real world; deliveries carry it too, under a composite foreign key, so that
    the database itself refuses to queue an exercise's message for a channel that leaves the house.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=60)
    person = models.ForeignKey(Person, models.PROTECT, db_index=False, related_name="messages")
    title = models.CharField(max_length=120, blank=True)
    text = models.TextField()
    urgency = models.PositiveSmallIntegerField()
    answers = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    ladder = models.CharField(max_length=20)
    expires_at = models.DateTimeField()
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=60)
    by = models.CharField(max_length=100)
    created_at = models.DateTimeField()  # the world's time
    exercise = models.ForeignKey(
        Exercise, models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    live = models.BooleanField()
    act = models.UUIDField()  # the act that sent it, the same as in the ledger
    state = models.CharField(max_length=12, default="open")
    seen_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)  # of the first answer
    answer_kind = models.CharField(max_length=12, blank=True)  # the furthest answer
    supersedes = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["subject_type", "subject_id"], name="message_subject"),
            models.Index(fields=["person", "-created_at"], name="message_person_newest"),
            models.Index(
                fields=["exercise", "expires_at"], condition=Q(state="open"), name="message_open_ends"
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=MESSAGE_STATES), name="message_state"),
            models.CheckConstraint(condition=Q(urgency__lte=3), name="message_urgency"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="message_ends_after_start"
            ),
            models.CheckConstraint(condition=LIVE_IS_REAL, name="message_live_is_real_world"),
            models.UniqueConstraint(
                fields=["id", "live"], name="message_id_live"
            ),  # target of the deliveries
        ]

    def __str__(self) -> str:
        return self.title or self.text[:40]

    @property
    def subject(self) -> tuple[str, str]:
        """What it is about, as the ledger names it."""
        return self.subject_type, self.subject_id


class Queued(models.Model):
    """A row that a worker takes under a lease. Times of the world, save the lease, which is the wall's."""

    state = models.CharField(max_length=12, default="queued")
    next_at = models.DateTimeField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    lease_by = models.CharField(max_length=80, blank=True)
    tries = models.PositiveIntegerField(default=0)  # since the last round that went out

    class Meta:
        abstract = True


class Delivery(Queued):
    """One channel's part in reaching one person; `rounds` tries `every_s` apart inside its hours."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # The composite foreign key (message, live) of the migration is the constraint; a plain one would be a second.
    message = models.ForeignKey(
        Message, models.PROTECT, related_name="deliveries", db_constraint=False, db_index=False
    )
    exercise = models.ForeignKey(
        Exercise, models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    live = models.BooleanField()
    urgency = models.PositiveSmallIntegerField()  # the message's: the queue is ordered by it
    rung = models.PositiveSmallIntegerField()
    channel = models.CharField(max_length=12)
    stands_for = models.CharField(max_length=12, blank=True)
    rounds = models.PositiveSmallIntegerField(default=1)
    round = models.PositiveSmallIntegerField(default=0)  # rounds that went out
    every_s = models.PositiveIntegerField(default=0)
    hours_from = models.PositiveSmallIntegerField(null=True, blank=True)  # minutes of the local day
    hours_to = models.PositiveSmallIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=40, blank=True)  # why it did not reach; words in queries.REASONS

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["channel", "exercise", "next_at"], condition=WAITING, name="delivery_waiting"
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=DELIVERY_STATES), name="delivery_state"),
            models.CheckConstraint(condition=Q(channel__in=CHANNELS), name="delivery_channel"),
            models.CheckConstraint(condition=LIVE_IS_REAL, name="delivery_live_is_real_world"),
            models.CheckConstraint(
                condition=Q(live=True) | Q(channel__in=STAYS_INSIDE), name="delivery_exercise_stays_inside"
            ),
            models.UniqueConstraint(fields=["message", "rung"], name="delivery_one_a_rung"),
        ]

    def __str__(self) -> str:
        return f"{self.shown_channel} {self.state}"

    @property
    def shown_channel(self) -> str:
        """The channel as a page names it: in an exercise the one that is being played."""
        return self.stands_for or self.channel

    @property
    def key(self) -> str:
        """What the provider knows this round by: the same after a crash, another one for the next round."""
        return f"{self.pk.hex}-{self.round + 1}"


class Announcement(Queued):
    """A post to a group's robot (WeCom, DingTalk, Feishu). It can never answer and never counts as reaching anybody."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    target = models.CharField(max_length=40)  # a name in channels.toml
    channel = models.CharField(max_length=12)  # webhook, or drill in an exercise
    title = models.CharField(max_length=120, blank=True)
    text = models.TextField()
    expires_at = models.DateTimeField()
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=60)
    by = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    exercise = models.ForeignKey(Exercise, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["exercise", "next_at"], condition=WAITING, name="announcement_waiting"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=DELIVERY_STATES), name="announcement_state"),
            models.CheckConstraint(
                condition=Q(channel="webhook", exercise=None) | Q(channel="drill", exercise__isnull=False),
                name="announcement_exercise_stays_inside",
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.text[:40]

    @property
    def key(self) -> str:
        return self.pk.hex


class Attempt(models.Model):
    """One try, as it went: written once, refused any change by a trigger."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    delivery = models.ForeignKey(
        Delivery, models.PROTECT, null=True, blank=True, db_index=False, related_name="attempts"
    )
    announcement = models.ForeignKey(
        Announcement, models.PROTECT, null=True, blank=True, related_name="attempts"
    )
    at = models.DateTimeField()  # the world's time
    round = models.PositiveSmallIntegerField(default=1)
    # accepted, delivered, failed, refused, absent; by call-back: rang_out, busy, pressed, receipt …
    outcome = models.CharField(max_length=12)
    provider_ref = models.CharField(max_length=120, blank=True)
    recording = models.CharField(
        max_length=200, blank=True
    )  # the provider's reference to the call's recording
    detail = models.CharField(max_length=300, blank=True)
    address = EncryptedTextField(blank=True, default="")  # the number that was rung, the address written to
    by = models.CharField(max_length=100)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["delivery", "at"], name="attempt_delivery"),
            models.Index(fields=["provider_ref"], condition=~Q(provider_ref=""), name="attempt_provider_ref"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(delivery=None, announcement__isnull=False)
                | Q(delivery__isnull=False, announcement=None),
                name="attempt_of_one_thing",
            ),
            # A gateway's call-back told twice is one row.
            models.UniqueConstraint(
                fields=["delivery", "round", "outcome", "provider_ref"],
                condition=~Q(provider_ref=""),
                name="attempt_told_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.outcome}"


class Answer(models.Model):
    """What the person said, once for each kind: received, on post, done, or a call for help."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    message = models.ForeignKey(Message, models.PROTECT, db_index=False, related_name="given")
    kind = models.CharField(max_length=12)
    key = models.CharField(max_length=16, blank=True)  # tells two calls for help apart; else empty
    via = models.CharField(max_length=12)  # a channel, "page", "api" or "telephone"
    at = models.DateTimeField()  # the world's time
    by = models.CharField(max_length=100)
    note = models.CharField(max_length=500, blank=True)
    lon = models.FloatField(null=True, blank=True)  # WGS-84
    lat = models.FloatField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=ANSWER_KINDS), name="answer_kind"),
            models.CheckConstraint(condition=Q(key="") | Q(kind=NEED_HELP), name="answer_key_of_help"),
            models.UniqueConstraint(fields=["message", "kind", "key"], name="answer_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%T}"


class WebPushSubscription(models.Model):
    """A browser that a person allowed to show messages. `gone_at`: the push service no longer knows it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="push_subscriptions")
    endpoint = models.TextField(unique=True)
    p256dh = models.CharField(max_length=120)
    auth = models.CharField(max_length=60)
    created_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.endpoint[:60]


class IncomingText(models.Model):
    """An SMS that came in, kept even when nobody can be made out of it: the officer reads those."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    provider_ref = models.CharField(max_length=120, unique=True)
    phone = EncryptedTextField()
    phone_index = models.CharField(max_length=32)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    text = models.CharField(max_length=500)
    read_as = models.CharField(max_length=12, blank=True)
    answer = models.ForeignKey(Answer, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-at"], condition=Q(answer=None), name="incoming_unread")]

    def __str__(self) -> str:
        return self.text[:40]

"""Accounts, organisations, people and what each of them answers for."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import F, Q

from anlan.kernel.core.fields import EncryptedTextField
from anlan.kernel.core.ids import new_id
from anlan.kernel.places.models import Place, Region

ADMIN_ROLES = ("", "system", "security", "audit")
CLOSING_ANSWERS = ("received", "on_post", "done")


class AccountManager(BaseUserManager["Account"]):
    """Accounts are made by an act of the security administrator or by a sign-in link; none has a default password."""

    def create_user(self, login: str, password: str | None = None, **fields: object) -> "Account":
        account = self.model(login=login, **fields)
        account.set_password(password)  # None makes it unusable: such an account signs in by link or passkey
        account.save(using=self._db)
        return account

    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(login=username)


class Account(AbstractBaseUser, PermissionsMixin):
    """A way to sign in. What its holder may do follows from the person's duties, not from the account.

    The three administrators are separated: one account holds at most one `admin_role`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    login = models.CharField(max_length=60, unique=True)
    email = models.EmailField(blank=True)
    admin_role = models.CharField(max_length=10, blank=True)
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=10, default="zh-hans")
    created_at = models.DateTimeField(null=True, blank=True)

    USERNAME_FIELD = "login"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = []
    objects = AccountManager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(admin_role__in=ADMIN_ROLES), name="account_one_admin_role"),
        ]

    def __str__(self) -> str:
        return self.login

    @property
    def is_staff(self) -> bool:
        return self.admin_role == "system"


class Organisation(models.Model):
    """A unit with a seal: a bureau, a street, a member unit, an enterprise. USCC where it has one (GB 32100-2015)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=160)
    name_en = models.CharField(max_length=200, blank=True)
    short_name = models.CharField(max_length=60, blank=True)
    code = models.CharField(max_length=60, blank=True)
    uscc = models.CharField(max_length=18, blank=True)
    kind = models.CharField(
        max_length=30
    )  # bureau | street | community | member_unit | enterprise | headquarters
    sector = models.CharField(max_length=40, blank=True)
    region = models.ForeignKey(Region, models.PROTECT)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["uscc"], condition=~Q(uscc=""), name="organisation_uscc_unique"),
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="organisation_code_unique"),
        ]

    def __str__(self) -> str:
        return self.short_name or self.name


class Person(models.Model):
    """Somebody who can be reached. The phone is encrypted; `phone_index` finds it again by HMAC."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=60)
    title = models.CharField(max_length=60, blank=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="people")
    account = models.OneToOneField(Account, models.PROTECT, null=True, blank=True, related_name="person")
    phone = EncryptedTextField(blank=True, default="")
    phone_index = models.CharField(max_length=32, blank=True)
    email = models.EmailField(blank=True)
    pin = models.CharField(max_length=128, blank=True)  # hash of the PIN asked at a watch seat
    superior = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    active = models.BooleanField(default=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["phone_index"], name="person_phone_index")]

    def __str__(self) -> str:
        return self.name

    @property
    def by(self) -> str:
        """The person as the author of an act: `person:<id>`."""
        return f"person:{self.pk}"


class DutyKind(models.Model):
    """A kind of duty as data: which answer closes a call to its holder, and whether a person must ring them."""

    code = models.CharField(max_length=40, primary_key=True)
    label = models.CharField(max_length=60)
    label_en = models.CharField(max_length=60)
    closes_on = models.CharField(max_length=10, default="received")
    rung_by_hand = models.BooleanField(default=False)  # leaders: no robot calls them
    ring_order = models.PositiveSmallIntegerField(
        default=100
    )  # of several keepers of one place, lowest first
    flood = models.BooleanField(default=False)
    watch = models.BooleanField(default=False)  # its holders sit in a watch room: a second one can record

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(closes_on__in=CLOSING_ANSWERS), name="dutykind_closes_on"),
        ]

    def __str__(self) -> str:
        return self.label


class Duty(models.Model):
    """岗责: who answers for what, where, and from when to when. Rank 0 is the holder, 1 the first deputy."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="duties")
    kind = models.ForeignKey(DutyKind, models.PROTECT)
    region = models.ForeignKey(Region, models.PROTECT)
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True)
    rank = models.PositiveSmallIntegerField(default=0)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["kind", "region"], name="duty_kind_region"),
            models.Index(fields=["place"], condition=Q(place__isnull=False), name="duty_place"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="duty_ends_after_start"
            ),
            models.UniqueConstraint(
                fields=["person", "kind", "region", "place"],
                condition=Q(valid_to=None),
                nulls_distinct=False,
                name="duty_one_open_per_person_kind_where",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind_id} {self.region_id} {self.person_id}"


class Absence(models.Model):
    """Somebody is away and names who stands in; without a name the next rank of each duty does."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="absences")
    start = models.DateTimeField()
    end = models.DateTimeField()
    deputy = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="absence_ends_after_start"),
            models.CheckConstraint(condition=~Q(person=F("deputy")), name="absence_not_ones_own_deputy"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.start:%F}–{self.end:%F}"


class SignInLink(models.Model):
    """A link that signs one person in once; only its SM3 is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, models.CASCADE)
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    by = models.CharField(max_length=100)

    def __str__(self) -> str:
        return str(self.person_id)


class WatchSeat(models.Model):
    """A shared screen of a duty room: the enrolled device is the first factor, a person's PIN the second."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=60)
    region = models.ForeignKey(Region, models.PROTECT)
    token_hash = models.CharField(max_length=64, unique=True)
    enrolled_by = models.CharField(max_length=100)
    enrolled_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name

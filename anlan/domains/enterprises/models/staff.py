"""People of a firm: who answers for what in it, and the certificates that run out."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from anlan.domains.enterprises.models.firms import Enterprise
from anlan.kernel.core.fields import EncryptedTextField
from anlan.kernel.core.ids import new_id
from anlan.kernel.orgs.models import Person

ROLES = (
    "principal",  # 主要负责人
    "controller",  # 实际控制人
    "safety_manager",  # 安全管理人员
    "key_post",  # 重点岗位
    "guarantor_principal",  # 重大危险源包保: 主要负责人
    "guarantor_technical",  # 技术负责人
    "guarantor_operating",  # 操作负责人
)


class KeyPerson(models.Model):
    """Somebody with a role in a firm; name and encrypted phone stand on the person."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="key_people")
    person = models.ForeignKey(Person, models.PROTECT, related_name="firm_roles")
    role = models.CharField(max_length=20)
    post = models.CharField(max_length=80, blank=True)
    full_time = models.BooleanField(default=False)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(role__in=ROLES), name="keyperson_role"),
            models.UniqueConstraint(
                fields=["enterprise", "person", "role"], condition=Q(until=None), name="keyperson_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.person_id}"


class Certificate(models.Model):
    """特种作业操作证 or an examination of a manager. `number` holds an ID number: encrypted, found by its HMAC.

    `due_on` is the earlier of the next review and the end: what a list of clocks asks for.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="certificates")
    person = models.ForeignKey(Person, models.PROTECT, related_name="certificates")
    trade = models.CharField(max_length=40)  # a line of the ruleset enterprises.trades
    number = EncryptedTextField(blank=True, default="")
    number_index = models.CharField(max_length=32, blank=True)
    issued_on = models.DateField()
    review_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField()
    due_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)  # replaced, or its holder left
    created_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due_on"], condition=Q(ended_on=None), name="certificate_due"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["number_index", "trade", "issued_on"],
                condition=~Q(number_index=""),
                name="certificate_once",
            ),
        ]

    def __str__(self) -> str:
        return self.trade

"""The register of forces as a spreadsheet, in and out. Numbers go out with stars; a starred one comes in unchanged."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.domains.resources import queries, rules
from anlan.domains.resources.actions.forces import Given, add_force, change_force
from anlan.domains.resources.models import Force
from anlan.kernel.core import clock
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.words import N_
from anlan.kernel.orgs.administration import masked
from anlan.kernel.orgs.models import Person
from anlan.kernel.sheets.spec import Sheet, SheetColumn, Taken

NAMES = frozenset(Given.__dataclass_fields__)


def take_forces(rows: Sequence[Mapping[str, Any]], *, by: str, at: datetime, act: UUID, dry: bool) -> Taken:
    """Take in forces; one of the same name in the same region is changed where a column differs."""
    del act
    ids: list[UUID | str] = []
    same, refused = 0, {}
    for place, row in enumerate(rows):
        try:
            pk = _take(row, by=by, at=at, dry=dry)
        except Refused as refusal:
            refused[place] = (refusal.field or "", str(refusal))
            continue
        if pk is None:
            same += 1
        elif not dry:
            ids.append(pk)
    return Taken(ids, same, refused)


def _take(row: Mapping[str, Any], *, by: str, at: datetime, dry: bool) -> UUID | None:
    """The id of the force that a row adds or changes; None where nothing of it is new. A trial is taken back."""
    given = Given(**{name: value for name, value in row.items() if name in NAMES and value is not None})
    with transaction.atomic():
        known = Force.objects.filter(name=given.name.strip(), region=given.region, left_at=None)
        force = known.select_related("region").first()
        if force is None:
            force = add_force(given=given, by=by, at=at)
            changed = True
        else:
            changed = bool(change_force(force=force, given=given, by=by, at=at))
        if dry:
            transaction.set_rollback(True)
    return force.pk if changed else None


def give_forces(*, person: UUID | None, filters: Mapping[str, Any]) -> Iterable[Sequence[Any]]:
    """The register as its page shows it to a person, in the order of the columns."""
    people = Person.objects.select_related("organisation")
    somebody = people.filter(pk=person).first() if person is not None else None
    at = clock.real_now()
    known = {each["code"]: each["label"] for each in queries.skills(at=at)}
    rows = Force.objects.none() if somebody is None else queries.register(somebody, at=at, asked=filters)
    for row in rows:
        second = row.contact_b
        yield (
            row.name, row.kind, row.region_id, row.organisation.name, row.scope, row.people,
            "、".join(known.get(code, code) for code in row.skills),
            rules.equipment_words(row.equipment).replace("\n", "；"),
            row.contact_a.name, masked(row.contact_a.phone), second.name if second else "",
            masked(second.phone) if second else "", row.base, row.place.lon if row.place else None,
            row.place.lat if row.place else None, row.agreement, row.agreement_from, row.agreement_to,
        )  # fmt: skip


FORCES = Sheet(
    code="resources.forces",
    label=N_("Rescue forces"),
    columns=(
        SheetColumn("name", N_("Name of the force"), required=True, most=120, aliases=("队伍名称", "名称", "救援队")),
        SheetColumn("kind", N_("Kind of force"), "choice", required=True, choices=tuple(rules.KINDS.items()),
                    aliases=("队伍类别", "类别", "类型")),
        SheetColumn("region", N_("Region"), "region", required=True, aliases=("区划", "所属街道", "街道")),
        SheetColumn("unit", N_("Whose force it is"), most=160, aliases=("所属单位", "单位", "主管单位")),
        SheetColumn("scope", N_("Scope of the count"), "choice", choices=tuple(rules.SCOPES.items()),
                    aliases=("统计口径", "口径")),
        SheetColumn("people", N_("People it can send"), "integer", required=True, aliases=("人数", "队员人数")),
        SheetColumn("skills", N_("What it can do"), most=200, aliases=("专业领域", "救援类型", "技能")),
        SheetColumn("equipment", N_("Equipment it brings"), most=500, aliases=("主要装备", "装备")),
        SheetColumn("contact_a", N_("Contact A"), required=True, most=60, aliases=("联系人A角", "联系人", "负责人")),
        SheetColumn("phone_a", N_("Telephone of contact A"), most=20, aliases=("A角电话", "联系电话", "电话")),
        SheetColumn("contact_b", N_("Contact B"), most=60, aliases=("联系人B角",)),
        SheetColumn("phone_b", N_("Telephone of contact B"), most=20, aliases=("B角电话",)),
        SheetColumn("base", N_("Where it stands by"), most=200, aliases=("驻地", "地址", "驻扎地址")),
        SheetColumn("lon", N_("Longitude"), "number", aliases=("经度",)),
        SheetColumn("lat", N_("Latitude"), "number", aliases=("纬度",)),
        SheetColumn("agreement", N_("Agreement"), most=160, aliases=("联动协议", "协议名称")),
        SheetColumn("agreement_from", N_("Agreement from"), "date", aliases=("协议起始", "签订日期")),
        SheetColumn("agreement_to", N_("Agreement until"), "date", aliases=("协议到期", "有效期至")),
    ),
    key=("name", "region"),
    take=take_forces,
    give=give_forces,
    may=rules.KEEPERS,
)  # fmt: skip

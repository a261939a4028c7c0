"""Spreadsheets of the responsibility system: who is responsible for what, member units, duty lists of leaders."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch

from anlan.domains.workplan.actions.standing import known_units
from anlan.domains.workplan.models import Committee, DutyLine, Matter, Member, Share
from anlan.domains.workplan.rules import standing as rules
from anlan.kernel.core.words import N_
from anlan.kernel.loop.rights import person_id
from anlan.kernel.orgs.models import Organisation, Person
from anlan.kernel.orgs.queries import region_in_scope
from anlan.kernel.sheets.spec import Sheet, SheetColumn, Taken

MAY = ("work_plan_office", "bureau_chief")
NO_UNIT = N_("No unit has this name.")
NO_PERSON = N_("Nobody of this name belongs to the unit, or two do.")
NO_COMMITTEE = N_("No committee has this name.")


def _region(by: str, at: datetime) -> str:
    """The region for which somebody imports: the widest of their own; a program's: none is cut."""
    key = person_id(by)
    person = Person.objects.select_related("organisation").filter(pk=key).first() if key else None
    return region_in_scope(person, "", at=at) if person is not None else ""


def take_shares(rows: Sequence[Mapping[str, Any]], *, by: str, at: datetime, act: UUID, dry: bool) -> Taken:
    """Matters with their units: a matter that is not there yet is opened, a share that is there stays."""
    del act
    region = _region(by, at) or _first_region()
    units = known_units({str(row["unit"]) for row in rows if row.get("unit")}, region)
    ids: list[UUID | str] = []
    same, refused = 0, {}
    for place, row in enumerate(rows):
        unit = units.get(str(row.get("unit") or ""))
        if row.get("unit") and unit is None:
            refused[place] = ("unit", NO_UNIT)
            continue
        if dry:
            continue
        made = _share(row, unit, region, by=by, at=at)
        same, ids = (same + 1, ids) if made is None else (same, [*ids, made])
    return Taken(ids, same, refused)


def _first_region() -> str:
    bureau = Organisation.objects.filter(kind="bureau").order_by("pk").first()
    return bureau.region_id if bureau is not None else ""


def _share(
    row: Mapping[str, Any], unit: Organisation | None, region: str, *, by: str, at: datetime
) -> UUID | None:
    matter, fresh = Matter.objects.get_or_create(
        region_id=region, code=str(row["code"]),
        defaults={
            "name": row["name"], "group": row.get("group") or "", "kind": row.get("kind") or "sector",
            "measure": row.get("measure") or "",
        },
    )  # fmt: skip
    if unit is None:
        return matter.pk if fresh else None
    share, made = Share.objects.get_or_create(
        matter=matter, organisation=unit, role=row["role"] or "industry", until=None,
        defaults={"source": row.get("source") or "", "since": at, "by": by},
    )  # fmt: skip
    return share.pk if made else None


def _reach(person: UUID | None) -> str:
    """The district of who asks for a list; all of them where a service does."""
    if person is None:
        return ""
    return str(Person.objects.values_list("organisation__region_id", flat=True).get(pk=person))[:6]


def give_shares(*, person: UUID | None, filters: Mapping[str, Any]) -> Iterator[Sequence[Any]]:
    """Every matter with its units, as the import takes it."""
    del filters
    rows = Matter.objects.filter(region__code__startswith=_reach(person), until=None)
    held = Share.objects.filter(until=None).select_related("organisation").order_by("role", "since")
    for matter in rows.order_by("group", "place", "code").prefetch_related(Prefetch("shares", held)):
        head = (matter.code, matter.name, matter.group, matter.kind, matter.measure)
        shares = matter.shares.all()
        for share in shares:
            yield (*head, share.organisation.name, share.role, share.source)
        if not shares:
            yield (*head, "", "", "")


def take_members(rows: Sequence[Mapping[str, Any]], *, by: str, at: datetime, act: UUID, dry: bool) -> Taken:
    """Member units of committees with their liaisons; a unit that is a member already keeps its row."""
    del act
    region = _region(by, at) or _first_region()
    units = known_units({str(row["unit"]) for row in rows}, region)
    committees = {row.name: row for row in Committee.objects.filter(region_id=region)}
    ids: list[UUID | str] = []
    same, refused = 0, {}
    for place, row in enumerate(rows):
        unit, committee = units.get(str(row["unit"])), committees.get(str(row["committee"]))
        people = [_person(str(row.get(name) or ""), unit) for name in ("liaison_a", "liaison_b")]
        problem = _member_problem(row, unit, committee, people)
        if problem is not None:
            refused[place] = problem
        elif not dry and unit is not None and committee is not None:
            member, made = Member.objects.get_or_create(
                committee=committee, organisation=unit, until=None,
                defaults={
                    "role": row.get("role") or "member", "liaison_a": people[0], "liaison_b": people[1], "since": at,
                    "by": by,
                },
            )  # fmt: skip
            same, ids = (same, [*ids, member.pk]) if made else (same + 1, ids)
    return Taken(ids, same, refused)


def _member_problem(
    row: Mapping[str, Any],
    unit: Organisation | None,
    committee: Committee | None,
    people: Sequence[Person | None],
) -> tuple[str, str] | None:
    if committee is None:
        return ("committee", NO_COMMITTEE)
    if unit is None:
        return ("unit", NO_UNIT)
    for name, person in zip(("liaison_a", "liaison_b"), people, strict=True):
        if row.get(name) and person is None:
            return (name, NO_PERSON)
    return None


def _person(name: str, unit: Organisation | None) -> Person | None:
    if not name or unit is None:
        return None
    found = list(Person.objects.filter(name=name, organisation=unit, active=True)[:2])
    return found[0] if len(found) == 1 else None


def give_members(*, person: UUID | None, filters: Mapping[str, Any]) -> Iterator[Sequence[Any]]:
    """Every member unit with its liaisons."""
    del filters
    rows = Member.objects.filter(committee__region__code__startswith=_reach(person), until=None)
    for row in rows.select_related("committee", "organisation", "liaison_a", "liaison_b").order_by(
        "committee", "since"
    ):
        yield (
            row.committee.name, row.organisation.name, row.role, row.liaison_a.name if row.liaison_a else "",
            row.liaison_b.name if row.liaison_b else "",
        )  # fmt: skip


def take_lines(rows: Sequence[Mapping[str, Any]], *, by: str, at: datetime, act: UUID, dry: bool) -> Taken:
    """Lines of leaders' lists; a number that is there already stays."""
    del act
    region = _region(by, at) or _first_region()
    units = known_units({str(row["unit"]) for row in rows}, region)
    ids: list[UUID | str] = []
    same, refused = 0, {}
    for place, row in enumerate(rows):
        person = _person(str(row["person"]), units.get(str(row["unit"])))
        if person is None:
            refused[place] = ("person", NO_PERSON)
        elif not dry:
            line, made = DutyLine.objects.get_or_create(
                person=person, year=row.get("year"), number=row["number"], until=None,
                defaults={
                    "text": row["text"], "times": row.get("times") or 1, "source": row.get("source") or "", "since": at,
                    "by": by,
                },
            )  # fmt: skip
            same, ids = (same, [*ids, line.pk]) if made else (same + 1, ids)
    return Taken(ids, same, refused)


def give_lines(*, person: UUID | None, filters: Mapping[str, Any]) -> Iterable[Sequence[Any]]:
    """Every line of every list."""
    del filters
    rows = DutyLine.objects.filter(person__organisation__region__code__startswith=_reach(person))
    for row in (
        rows.filter(until=None).select_related("person__organisation").order_by("person", "year", "number")
    ):
        yield (
            row.person.organisation.name,
            row.person.name,
            row.year,
            row.number,
            row.text,
            row.times,
            row.source,
        )


SHARES = Sheet(
    code="workplan.shares",
    label=N_("Who is responsible for what"),
    columns=(
        SheetColumn("code", N_("Code of the matter"), required=True, most=40, aliases=("编号", "序号", "事项编号")),
        SheetColumn("name", N_("Matter"), required=True, most=200,
                    aliases=("事项", "行业领域", "重点领域", "责任事项", "关键节点")),
        SheetColumn("group", N_("Group of matters"), most=80, aliases=("类别", "领域", "专委会")),
        SheetColumn("kind", N_("Kind"), "choice", choices=tuple(rules.KINDS.items()), aliases=("类型",)),
        SheetColumn("measure", N_("How it is held"), most=500, aliases=("管控措施", "措施")),
        SheetColumn("unit", N_("Unit"), most=160, aliases=("单位", "责任单位", "部门", "责任部门")),
        SheetColumn("role", N_("Role"), "choice", choices=tuple(rules.ROLES.items()), aliases=("角色", "职责")),
        SheetColumn("source", N_("By which paper"), most=200, aliases=("依据", "文件")),
    ),
    key=("code", "unit", "role"),
    take=take_shares,
    give=give_shares,
    may=MAY,
)  # fmt: skip
MEMBERS = Sheet(
    code="workplan.members",
    label=N_("Member units"),
    columns=(
        SheetColumn(
            "committee", N_("Committee"), required=True, most=120, aliases=("委员会", "机构", "议事机构")
        ),
        SheetColumn("unit", N_("Unit"), required=True, most=160, aliases=("成员单位", "单位")),
        SheetColumn(
            "role", N_("Role"), "choice", choices=tuple(rules.MEMBER_ROLES.items()), aliases=("角色",)
        ),
        SheetColumn("liaison_a", N_("Liaison A"), most=60, aliases=("A角", "联络员A角", "联络员")),
        SheetColumn("liaison_b", N_("Liaison B"), most=60, aliases=("B角", "联络员B角")),
    ),
    key=("committee", "unit"),
    take=take_members,
    give=give_members,
    may=MAY,
)
LINES = Sheet(
    code="workplan.lines",
    label=N_("Duty lists of leaders"),
    columns=(
        SheetColumn("unit", N_("Unit"), required=True, most=160, aliases=("单位",)),
        SheetColumn("person", N_("By which leader"), required=True, most=60, aliases=("姓名", "领导", "责任人")),
        SheetColumn("year", N_("Year of the list"), "integer", aliases=("年度", "年份")),
        SheetColumn("number", N_("No."), "integer", required=True, aliases=("序号", "编号")),
        SheetColumn("text", N_("Line of the list"), required=True, most=500,
                    aliases=("职责", "工作内容", "内容", "职责内容")),
        SheetColumn("times", N_("Times in the year"), "integer", aliases=("次数", "频次")),
        SheetColumn("source", N_("By which paper"), most=200, aliases=("依据",)),
    ),
    key=("unit", "person", "year", "number"),
    take=take_lines,
    give=give_lines,
    may=MAY,
)  # fmt: skip
SHEETS = (SHARES, MEMBERS, LINES)

"""Tasks of the work plan and matters of responsibility in the graph: which unit leads, which helps, in which role."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import get_language

from anlan.domains.workplan.loop import TASK
from anlan.domains.workplan.models import Matter, Share, Task
from anlan.domains.workplan.rules import standing as rules
from anlan.kernel.core.words import N_
from anlan.kernel.domain.links import Link, Links, NodeKind, Reader, Said
from anlan.kernel.domain.nodes import every, matter
from anlan.kernel.orgs.queries import scope_of

MATTER = "workplan.matter"


def _matters(reader: Reader) -> QuerySet[Any]:
    """Those of the reader's regions and of the regions above: the matrix of a district binds its streets."""
    mine = Q(pk=None)
    for prefix in scope_of(reader.person, at=reader.at):
        above = [prefix[:length].ljust(12, "0") for length in (2, 4, 6, 9) if length <= len(prefix)]
        mine |= Q(region__code__startswith=prefix) | Q(region__in=above)
    held = Q(until=None) | Q(until__gt=reader.at)
    return Matter.objects.filter(mine, held).select_related("region")


def _shares(reader: Reader) -> QuerySet[Any]:
    return Share.objects.filter(Q(until=None) | Q(until__gt=reader.at), since__lte=reader.at)


def _said(row: Matter) -> Said:
    chinese = (get_language() or "zh").startswith("zh")
    return Said(row.name if chinese else row.name_en or row.name, row.group)


LINKS = Links(
    kinds=(
        matter(Task, TASK),
        NodeKind(MATTER, N_("Matter of responsibility"), _matters, _said, words="name", region="region_id"),
    ),
    links=(
        Link("workplan.led_by", TASK.name, "orgs.unit", N_("is led by"), N_("Tasks it leads"),
             rows=every(Task), at_target="lead_id", since="start_at"),
        Link("workplan.helped_by", TASK.name, "orgs.unit", N_("is helped by"), N_("Tasks it helps with"),
             rows=every(Task.supporters.through), at_source="task_id", at_target="organisation_id",
             since="task__start_at"),
        Link("workplan.shared_by", MATTER, "orgs.unit", N_("is the duty of"), N_("Matters it is responsible for"),
             rows=_shares, at_source="matter_id", at_target="organisation_id",
             since="since", why="role", words=rules.ROLES),
    ),
)  # fmt: skip

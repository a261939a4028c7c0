"""Contractor work in the graph: on whose ground, by whom, under which permits, what a check brought to light.

Who was taught is in none of it: such names are encrypted and stay in the job.
"""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.domains.contractors import rules
from anlan.domains.contractors.loop import JOB
from anlan.domains.contractors.models import Check, Job, Permit
from anlan.kernel.core.words import N_
from anlan.kernel.domain.links import Link, Links, NodeKind, Reader, Said
from anlan.kernel.domain.nodes import every, in_sight, matter
from anlan.kernel.loop.queries import visible_items

CONTRACTOR, PERMIT = "contractors.contractor", "contractors.permit"


def _jobs(reader: Reader) -> QuerySet[Any]:
    items = visible_items(reader.person, at=reader.at).filter(loop=JOB.name)
    return Job.objects.filter(in_sight(reader), item__in=items)


def _contractors(reader: Reader) -> QuerySet[Any]:
    return _jobs(reader).order_by("contractor", "pk").distinct("contractor")


def _permits(reader: Reader) -> QuerySet[Any]:
    return Permit.objects.filter(job__in=_jobs(reader).values("pk")).select_related("job")


def _permit(row: Permit) -> Said:
    work = _(rules.PERMIT_WORKS.get(row.work, row.work))
    note = _("valid until {until}").format(until=f"{timezone.localtime(row.valid_to):%F %R}")
    return Said(f"{work} {row.number}", f"{row.job.title} · {note}", (JOB.name, str(row.job_id)))


LINKS = Links(
    kinds=(
        matter(Job, JOB, note=lambda row: row.contractor),
        NodeKind(CONTRACTOR, N_("Contractor"), _contractors, lambda row: Said(row.contractor), key="contractor",
                 words="contractor", common=True),
        NodeKind(PERMIT, N_("Work permit"), _permits, _permit, words="number", region="job__region_id"),
    ),
    links=(
        Link("contractors.at_firm", JOB.name, "enterprises.firm", N_("is done on the ground of"),
             N_("Contractor work on its ground"), rows=every(Job), at_target="host_id", since="start_at"),
        Link("contractors.on_site", JOB.name, "enterprises.site", N_("is done on the site"),
             N_("Contractor work on the site"), rows=every(Job, site__isnull=False), at_target="site_id",
             since="start_at"),
        Link("contractors.done_by", JOB.name, CONTRACTOR, N_("is done by the contractor"), N_("Work of the contractor"),
             rows=every(Job), at_target="contractor", since="start_at"),
        Link("contractors.permit_for", PERMIT, JOB.name, N_("permits the work"), N_("Permits shown for it"),
             rows=every(Permit), at_target="job_id", since="recorded_at", why="work", words=rules.PERMIT_WORKS),
        Link("contractors.found", JOB.name, "dangers.danger", N_("brought to light"),
             N_("was found at the contractor’s work"), rows=every(Check, danger__isnull=False), at_source="job_id",
             at_target="danger_id", since="held_at"),
    ),
)  # fmt: skip

"""A small town with rows of many subjects, written straight into their tables: the graph only reads."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps

from anlan.domains.knowledge.queries.graph import Graph
from anlan.kernel.domain.links import Reader
from anlan.kernel.domain.registry import all_domains
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.orgs.models import Organisation
from tests import people

AMMONIA = "7664-41-7"
DUST_CLAUSE = "gm-12-3"


def rows(label: str) -> Any:
    """The manager of a neighbour's model."""
    return apps.get_model(label)._default_manager


@dataclass
class Town:
    here: people.District
    mill: Any  # a furniture works at the quay, of the harbour street
    plating: Any  # another firm of that street
    far: Any  # one of the hill street
    point: Any
    danger: Any
    far_danger: Any


def item(loop: str, title: str, region: str, state: str = "reported", **more: Any) -> WorkItem:
    return WorkItem.objects.create(
        loop=loop, state=state, title=title, region_id=region, opened_at=people.LONG_AGO, opened_by="service:test",
        state_since=people.LONG_AGO, **more,
    )  # fmt: skip


def firm(name: str, region: str, organisation: Organisation | None = None) -> Any:
    organisation = organisation or Organisation.objects.create(name=name, kind="enterprise", region_id=region)
    made = rows("enterprises.Enterprise").create(
        organisation=organisation, section="C", created_at=people.LONG_AGO, updated_at=people.LONG_AGO,
        words=name, search=" ".join(f"'{name[i : i + 2]}'" for i in range(len(name) - 1)),
    )  # fmt: skip
    unit = rows("enterprises.HazardUnit").create(enterprise=made, name=f"{name}冷库", kind="storage")
    rows("enterprises.Substance").create(unit=unit, name="氨", cas=AMMONIA)
    return made


def danger(title: str, region: str, of: Any, **more: Any) -> Any:
    return rows("dangers.Danger").create(
        item=item("dangers.danger", title, region), source="patrol", description=title, category="dust",
        organisation=of.organisation, found_by="service:test", **more,
    )  # fmt: skip


def town() -> Town:
    here = people.district()
    mill = firm("海风家具厂", people.QUAY, here.firm)
    plating, far = firm("浪花电镀厂", people.QUAY), firm("山脚制冰厂", people.TERRACE)
    point = rows("risks.RiskPoint").create(
        enterprise=mill, number="FX-1", name="打磨车间", kind="place", region_id=people.QUAY, current_level=3,
        created_at=people.LONG_AGO, words="打磨车间", search="'打磨' 'R:440399001' 'R:440399001001' 'C:3'",
    )  # fmt: skip
    clauses = {"clauses": [DUST_CLAUSE]}
    return Town(
        here, mill, plating, far, point,
        danger("除尘器未采取控爆措施", people.QUAY, mill, risk_point=point, **clauses),
        danger("山脚除尘器未采取控爆措施", people.TERRACE, far, **clauses),
    )  # fmt: skip


def case(title: str, region: str, of: Any, *, article: str = "101") -> Any:
    made = rows("enforcement.Case").create(
        item=item("enforcement.case", title, region, "decided"), organisation=of.organisation,
        firm_name=of.organisation.name, cause=title,
    )  # fmt: skip
    rows("enforcement.Penalty").create(
        item=made.item, procedure="case", respondent="unit", kind="fine", amount=20000, law="安全生产法",
        article=article, tier="ordinary", decided_at=people.LONG_AGO, recorded_at=people.LONG_AGO, by="service:test",
    )  # fmt: skip
    return made


def accident(title: str, region: str, of: Any) -> Any:
    return rows("accidents.Accident").create(
        item=item("accidents.accident", title, region, "filed"), type_code="dust", sector="C", body="x", body_label="x",
        description=title, organisation=of.organisation, occurred_at=people.LONG_AGO, counts_until=people.NOON,
    )  # fmt: skip


def graph_of(person: Any) -> Graph:
    declared = [domain.links for domain in all_domains()]
    return Graph(declared, Reader(person, people.NOON))

"""What of the kernel stands in the graph: people, units, regions, places, rules; and the articles rows stand on."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from anlan.domains.knowledge.queries import library
from anlan.domains.knowledge.rules.questions import QUESTIONS
from anlan.kernel.core.models import RuleValue
from anlan.kernel.core.words import N_
from anlan.kernel.domain.links import Citation, Link, Links, NodeKind, Reader, Said
from anlan.kernel.domain.nodes import called, every
from anlan.kernel.orgs.models import Duty, Organisation, Person
from anlan.kernel.orgs.queries import duty_names, in_force, scope_of, visible_regions
from anlan.kernel.places.models import Place, Region

PERSON, UNIT, REGION, PLACE, RULE = "orgs.person", "orgs.unit", "places.region", "places.place", "core.rule"
LEVELS = {
    "nation": N_("The whole state"), "province": N_("Province"), "city": N_("City"), "county": N_("District or county"),
    "street": N_("Street"), "community": N_("Community of a street"),
}  # fmt: skip


def _people(reader: Reader) -> QuerySet[Any]:
    """Those of the reader's regions and unit who are in office; an account that was locked takes its person along."""
    near = visible_regions(reader.person, at=reader.at, field="organisation__region_id")
    rows = Person.objects.filter(near | Q(organisation=reader.person.organisation_id), active=True)
    return rows.exclude(account__is_active=False).select_related("organisation")


def _person(row: Person) -> Said:
    return Said(f"{row.name} {row.title}".strip(), called(row.organisation))


def _with_those_above(reader: Reader, path: str) -> Q:
    """The reader's regions and those that these lie in: a district is no secret to its streets."""
    wanted = Q(pk=None)
    for prefix in scope_of(reader.person, at=reader.at):
        above = [prefix[:length].ljust(12, "0") for length in (2, 4, 6, 9) if length <= len(prefix)]
        wanted |= Q(**{f"{path}__startswith": prefix}) | Q(**{f"{path}__in": above})
    return wanted


def _units(reader: Reader) -> QuerySet[Any]:
    rows = Organisation.objects.filter(_with_those_above(reader, "region__code"), active=True)
    return rows.exclude(kind="enterprise").select_related("region")


def _regions(reader: Reader) -> QuerySet[Any]:
    return Region.objects.filter(_with_those_above(reader, "code")).defer("outline")


def _places(reader: Reader) -> QuerySet[Any]:
    rows = Place.objects.filter(visible_regions(reader.person, at=reader.at, field="region_id"), active=True)
    return rows.select_related("region", "kind")


def _rules(reader: Reader) -> QuerySet[Any]:
    del reader
    return RuleValue.objects.order_by("rule", "-valid_from", "-recorded_at").distinct("rule")


def _held(reader: Reader) -> QuerySet[Any]:
    """Rule rows that hold or are to come, save the register of laws itself: it does not stand on the laws it lists."""
    day = library.local_day(reader.at)
    rows = RuleValue.objects.filter(Q(valid_to=None) | Q(valid_to__gte=day)).exclude(law="")
    return rows.exclude(rule__startswith=library.PREFIX)


def _duties(*, places: bool) -> Callable[[Reader], QuerySet[Any]]:
    def rows(reader: Reader) -> QuerySet[Any]:
        held = Duty.objects.filter(in_force(reader.at), person__active=True)
        return held.filter(place__isnull=not places)

    return rows


def _kinds(codes: Sequence[str]) -> Mapping[str, str]:
    return dict(zip(codes, duty_names(codes), strict=True))


def _articles(reader: Reader, keys: Sequence[str]) -> Mapping[str, Said]:
    return {key: said for key in keys if (said := library.said(key, at=reader.at)) is not None}


def _find_articles(reader: Reader, words: str, limit: int) -> Sequence[str]:
    return library.find(words, at=reader.at)[:limit]


def _level(row: Region) -> Said:
    return Said(called(row), _(LEVELS.get(row.level, row.level)))


LINKS = Links(
    kinds=(
        NodeKind(PERSON, N_("Person in office"), _people, _person, words="name", region="organisation__region_id"),
        NodeKind(UNIT, N_("Unit"), _units, lambda row: Said(called(row), called(row.region)), words="name",
                 region="region_id"),
        NodeKind(REGION, N_("Region"), _regions, _level, words="name", region="code"),
        NodeKind(PLACE, N_("Kept place"), _places,
                 lambda row: Said(row.name, f"{row.kind} · {called(row.region)}"), words="name", region="region_id"),
        NodeKind(RULE, N_("Rule"), _rules, lambda row: Said(row.rule, row.law), key="rule", words="law"),
        NodeKind(library.ARTICLE, N_("Article of a law"), find=_find_articles, read=_articles, common=True),
    ),
    links=(
        Link("orgs.works_at", PERSON, UNIT, N_("works at"), N_("People who work there"),
             rows=every(Person, active=True), at_target="organisation_id"),
        Link("orgs.answers_for", PERSON, REGION, N_("answers for"), N_("Who answers for it"),
             rows=_duties(places=False), at_source="person_id", at_target="region_id", since="valid_from",
             why="kind_id", named=_kinds),
        Link("orgs.keeps", PERSON, PLACE, N_("keeps"), N_("Who keeps it"), rows=_duties(places=True),
             at_source="person_id", at_target="place_id", since="valid_from", why="kind_id", named=_kinds),
        Link("orgs.unit_in", UNIT, REGION, N_("has its seat in"), N_("Units"), rows=every(Organisation, active=True),
             at_target="region_id"),
        Link("places.part_of", REGION, REGION, N_("is a part of"), N_("Regions within"),
             rows=every(Region, parent__isnull=False), at_target="parent_id"),
        Link("places.place_in", PLACE, REGION, N_("lies in"), N_("Places"), rows=every(Place, active=True),
             at_target="region_id", since="created_at", one_way=True),
    ),
    citations=(
        Citation("core.stands_on", RULE, N_("stands on"), N_("Rules"), rows=_held, at_source="rule", tag="tag",
                 since="valid_from"),
    ),
    questions=QUESTIONS,
)  # fmt: skip

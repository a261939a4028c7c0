"""The graph shows each reader what the pages show, costs the same at any size, and answers over several links."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anlan.domains.knowledge.queries.graph import Bunch, Graph
from anlan.domains.knowledge.queries.ways import Asked
from anlan.domains.knowledge.rules.questions import QUESTIONS
from anlan.domains.knowledge.tests.town import (
    AMMONIA,
    DUST_CLAUSE,
    Town,
    accident,
    case,
    danger,
    graph_of,
    rows,
    town,
)
from anlan.kernel.orgs.models import Account, Person
from tests import people

pytestmark = [pytest.mark.django_db, pytest.mark.feature("M009")]


@pytest.fixture
def there() -> Town:
    return town()


def around(graph: Graph, at: str) -> dict[str, Bunch]:
    node = graph.node(at)
    assert node is not None, at
    return {bunch.code: bunch for bunch in graph.around(node)}


def names(bunch: Bunch) -> set[str]:
    return {edge.node.said.name for edge in bunch.edges}


def answers(graph: Graph, question: str, at: str) -> dict[str, int]:
    node = graph.node(at)
    assert node is not None
    known = next(each for each in graph.questions if each.code == question)
    results, _cut = graph.ask(known, node)
    return {each.node.said.name: each.paths for each in results}


def test_every_declared_link_leads_from_a_kind_to_a_kind_and_every_question_can_be_asked(there: Town) -> None:
    graph = graph_of(there.here.owner)
    assert {question.code for question in graph.questions} == {question.code for question in QUESTIONS}
    assert len(graph.ways.by_code) > 80
    for way in graph.ways.by_code.values():
        assert way.start in graph.kinds, way.code
        assert way.end in graph.kinds, way.code


def test_a_firm_stands_among_its_points_dangers_units_and_cases_each_with_why_and_since(there: Town) -> None:
    case("未采取控爆措施案", people.QUAY, there.mill)
    found = around(graph_of(there.here.owner), f"enterprises.firm:{there.mill.pk}")
    assert names(found["~risks.of_firm"]) == {"打磨车间"}
    assert names(found["~dangers.at_firm"]) == {"除尘器未采取控爆措施"}
    assert names(found["~enforcement.case_of"]) == {"未采取控爆措施案"}
    assert found["~enforcement.case_of"].edges[0].found.since == people.LONG_AGO


def test_every_way_from_every_kind_of_node_can_be_gone(there: Town) -> None:
    """Not one declared column is misspelt: each way is asked, with a page and a count."""
    graph = graph_of(there.here.owner)
    for way in graph.ways.by_code.values():
        key = {"places.region": people.QUAY, "enterprises.substance": AMMONIA, "dangers.clause": DUST_CLAUSE,
               "knowledge.article": "aqscf#101", "accidents.type": "dust", "responses.line": "F01",
               "core.rule": "enforcement.powers"}.get(way.start, str(there.mill.pk))  # fmt: skip
        way.find(graph, Asked([key], 5))
        way.count(graph, Asked([key], 5))


class TestWhoSeesWhat:
    def test_what_is_not_yours_is_no_node_no_neighbour_and_no_hit(self, there: Town) -> None:
        alma = graph_of(there.here.owner)
        for at in (
            f"enterprises.firm:{there.far.pk}",
            f"dangers.danger:{there.far_danger.pk}",
            "dangers.danger:no-such-key",
            "no.kind:1",
        ):
            assert alma.node(at) is None
        found = around(alma, f"dangers.clause:{DUST_CLAUSE}")["~dangers.may_meet"]
        assert (names(found), found.total) == ({"除尘器未采取控爆措施"}, 1)
        hits = {node.said.name for _kind, nodes, _more in alma.search("除尘器") for node in nodes}
        assert "除尘器未采取控爆措施" in hits
        assert "山脚除尘器未采取控爆措施" not in hits

    def test_the_same_graph_shows_carl_the_other_street(self, there: Town) -> None:
        carl = graph_of(there.here.outsider)
        assert names(around(carl, f"dangers.clause:{DUST_CLAUSE}")["~dangers.may_meet"]) == {
            "山脚除尘器未采取控爆措施"
        }
        assert carl.node(f"risks.point:{there.point.pk}") is None

    def test_somebody_whose_account_was_locked_or_who_left_is_never_in_it(self, there: Town) -> None:
        here = there.here
        there.danger.item.charge_person = here.colleague
        there.danger.item.save()
        at = f"dangers.danger:{there.danger.pk}"
        assert "dangers.danger.in_hands" in around(graph_of(here.owner), at)
        Account.objects.filter(person=here.colleague).update(is_active=False)
        assert "dangers.danger.in_hands" not in around(graph_of(here.owner), at)
        assert graph_of(here.owner).search("Bo", "orgs.person") == []
        Account.objects.filter(person=here.colleague).update(is_active=True)
        Person.objects.filter(pk=here.colleague.pk).update(active=False)
        assert graph_of(here.owner).node(f"orgs.person:{here.colleague.pk}") is None

    def test_no_kind_of_node_reads_a_safety_check_opinion_a_victim_or_an_encrypted_name(
        self, there: Town
    ) -> None:
        graph = graph_of(there.here.owner)
        read = {graph.seen(code).model for code, kind in graph.kinds.items() if kind.seen is not None}
        read |= {
            way.link.rows(graph.reader).model for way in graph.ways.by_code.values() if hasattr(way, "link")
        }
        labels = {model._meta.label for model in read}
        assert not {
            label for label in labels if "Vetting" in label or "Victim" in label or "Referral" in label
        }
        assert "orgs.Account" not in labels


class TestCost:
    def statements(self, ask: Callable[[], object]) -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            ask()
        return len(asked)

    def test_a_page_costs_as_many_statements_with_a_hundred_rows_as_with_twenty(self, there: Town) -> None:
        def look() -> None:
            around(graph_of(there.here.owner), f"enterprises.firm:{there.mill.pk}")

        for number in range(20):
            danger(f"隐患{number}", people.QUAY, there.mill)
        few = self.statements(look)
        for number in range(80):
            danger(f"又一项{number}", people.QUAY, there.mill)
        assert self.statements(look) == few
        assert few < 70

    def test_more_than_is_shown_is_counted_apart_and_listed_by_page(self, there: Town) -> None:
        for number in range(70):
            danger(f"隐患{number}", people.QUAY, there.mill)
        graph = graph_of(there.here.owner)
        bunch = around(graph, f"enterprises.firm:{there.mill.pk}")["~dangers.at_firm"]
        assert (len(bunch.edges), bunch.total) == (12, 71)
        assert bunch.left_out == 71 - len(bunch.drawn)
        node = graph.node(f"enterprises.firm:{there.mill.pk}")
        assert node is not None
        pages = [graph.listed(node, "~dangers.at_firm", page=page) for page in (1, 2)]
        keys = [edge.node.key for page in pages if page for edge in page.edges]
        assert (len(keys), len(set(keys))) == (71, 71)

    def test_a_drawing_has_at_most_sixty_neighbours_and_leaves_out_no_way(self, there: Town) -> None:
        for number in range(40):
            danger(f"隐患{number}", people.QUAY, there.mill)
            case(f"案{number}", people.QUAY, there.mill)
            accident(f"事故{number}", people.QUAY, there.mill)
        found = around(graph_of(there.here.owner), f"enterprises.firm:{there.mill.pk}")
        assert sum(len(bunch.drawn) for bunch in found.values()) <= 60
        assert all(bunch.drawn for bunch in found.values())


class TestQuestions:
    def test_who_else_in_this_street_holds_the_same_substance(self, there: Town) -> None:
        graph = graph_of(there.here.owner)
        assert answers(graph, "same_substance", f"enterprises.firm:{there.mill.pk}") == {"浪花电镀厂": 1}

    def test_the_street_is_a_limit_also_for_whoever_sees_the_whole_district(self, there: Town) -> None:
        chief = people.add_person("林局长", there.here.bureau)
        people.add_duty(chief, "bureau_chief", people.DISTRICT)
        graph = graph_of(chief)
        firm = f"enterprises.firm:{there.mill.pk}"
        assert set(answers(graph, "same_substance", firm)) == {"浪花电镀厂"}
        assert {"浪花电镀厂", "山脚制冰厂"} <= set(
            answers(graph, "substance_firms", f"enterprises.substance:{AMMONIA}")
        )

    def test_which_clauses_are_behind_accidents_like_this_one(self, there: Town) -> None:
        one = accident("打磨车间粉尘爆炸", people.QUAY, there.plating)
        accident("木工房粉尘爆炸", people.QUAY, there.mill)
        found = answers(graph_of(there.here.owner), "accident_clauses", f"accidents.accident:{one.pk}")
        assert found == {"干式除尘系统未采取控爆措施": 1}

    def test_who_answers_for_this_point_and_what_else_is_theirs(self, there: Town) -> None:
        place = people.add_place("码头积水点", people.QUAY)
        people.add_duty(there.here.owner, "waterlogging_keeper", people.QUAY, place=place)
        found = answers(graph_of(there.here.owner), "who_answers", f"risks.point:{there.point.pk}")
        assert {"Alma", "码头积水点", "临港街道"} <= set(found)

    def test_which_other_cases_stand_on_the_same_article(self, there: Town) -> None:
        one = case("甲案", people.QUAY, there.mill)
        case("乙案", people.QUAY, there.plating)
        case("丙案", people.QUAY, there.plating, article="第九十七条")
        case("山脚案", people.TERRACE, there.far)
        graph = graph_of(there.here.owner)
        assert answers(graph, "case_same_article", f"enforcement.case:{one.pk}") == {"乙案": 1}
        article = around(graph, "knowledge.article:aqscf#101")
        assert names(article["~enforcement.penalised_under"]) == {"甲案", "乙案"}
        assert {"enforcement.powers"} == names(article["~enforcement.bases"])

    def test_a_danger_leads_over_its_clause_to_the_article_and_back(self, there: Town) -> None:
        graph = graph_of(there.here.owner)
        found = answers(graph, "danger_articles", f"dangers.danger:{there.danger.pk}")
        assert found == {"工贸企业重大事故隐患判定标准 art. 12": 1} or set(found) == {
            "《工贸企业重大事故隐患判定标准》第12条"
        }
        assert answers(graph, "article_dangers", "knowledge.article:ajl10#12") == {"除尘器未采取控爆措施": 1}


def test_a_search_finds_firms_points_substances_laws_and_people(there: Town) -> None:
    graph = graph_of(there.here.owner)
    hits = {(kind.code, node.said.name) for words in ("家具", "打磨", "氨", "安全生产法 101", "Alma")
            for kind, nodes, _more in graph.search(words) for node in nodes}  # fmt: skip
    assert ("enterprises.firm", "海风家具厂") in hits
    assert ("risks.point", "打磨车间") in hits
    assert ("enterprises.substance", "氨") in hits
    assert ("orgs.person", "Alma") in hits
    assert any(code == "knowledge.article" and "101" in name for code, name in hits)


def test_dates_and_counts_are_of_the_rows_that_say_it(there: Town) -> None:
    unit = rows("enterprises.HazardUnit").get(enterprise=there.mill)
    rows("enterprises.Substance").create(unit=unit, name="液氨", cas=AMMONIA)
    found = around(graph_of(there.here.owner), f"enterprises.unit:{unit.pk}")["enterprises.holds"]
    assert [(edge.node.key, edge.found.many) for edge in found.edges] == [(AMMONIA, 2)]

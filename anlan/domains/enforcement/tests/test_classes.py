"""Class and kind of a firm drive how often it is checked, as what, and its weight in a draw; a plan owes by class."""

from collections import Counter
from datetime import timedelta

import pytest
from django.apps import apps

from anlan.domains.enforcement.actions import answering, checking, drawing, planning
from anlan.domains.enforcement.models import Draw, Unvisited
from anlan.domains.enforcement.queries import by_class, classes, plans
from anlan.domains.enforcement.rules import classes as rules
from anlan.domains.enforcement.rules import drawing as drum
from anlan.domains.enforcement.rules.drawing import Lists
from anlan.domains.enforcement.tests.ground import DAY, Bureau, Enterprise, add_firms, bureau, plan_of
from anlan.kernel.core.errors import Refused
from anlan.kernel.domain.registry import domain_of
from anlan.kernel.loop.actions import move
from anlan.kernel.orgs.models import Organisation
from tests.people import DISTRICT, NOON

CLASSES = [
    {"grade": "A", "kind": "general", "every_days": 1000, "weight": 1},
    {"grade": "B", "kind": "general", "every_days": 700, "weight": 2},
    {"grade": "C", "kind": "general", "every_days": 300, "weight": 4},
    {"grade": "D", "kind": "key", "every_days": 180, "weight": 8},
    {"grade": "", "kind": "general", "every_days": 700, "weight": 2},
]
SECTORS = [
    {"tag": "hazchem", "sector": "", "kind": "key", "every_days": 365, "weight": 2},
    {"tag": "", "sector": "C26", "kind": "general", "every_days": 100, "weight": 16},
]


def asked(grade: str, *tags: str, sector: str = "C2110") -> rules.Standing:
    return rules.standing(grade, tags=tags, sector=sector, classes=CLASSES, sectors=SECTORS)


@pytest.mark.feature("M277")
class TestTheRule:
    def test_makes_a_firm_more_often_and_heavier_by_what_it_does_and_never_less(self) -> None:
        plain, risky, both = asked("B"), asked("B", "hazchem"), asked("D", "hazchem", sector="C2614")
        assert (plain.kind, plain.every_days, plain.weight) == ("general", 700, 2)
        assert (risky.kind, risky.every_days, risky.weight, risky.why) == ("key", 365, 4, ("B", "hazchem"))
        assert (both.kind, both.every_days, both.weight) == ("key", 100, 64)  # 8 × 2 × 16, no more than 64
        assert asked("D").every_days < asked("D", sector="C2614").every_days + 100

    def test_refuses_a_table_in_which_a_worse_class_is_checked_less_often(self) -> None:
        rules.check_classes(CLASSES)
        for wrong, code in (
            (CLASSES[:4], rules.BAD_GRADES),
            ([*CLASSES[:3], CLASSES[3] | {"every_days": 301}, CLASSES[4]], rules.SELDOMER),
            ([*CLASSES[:3], CLASSES[3] | {"kind": "x"}, CLASSES[4]], rules.BAD_ROW),
            ([*CLASSES[:3], CLASSES[3] | {"weight": 65}, CLASSES[4]], rules.BAD_ROW),
        ):
            with pytest.raises(Refused) as refused:
                rules.check_classes(wrong)
            assert refused.value.code == code
            assert "{" not in str(refused.value)

    def test_four_tickets_are_drawn_four_times_as_often_as_one(self) -> None:
        lists = Lists(("heavy", "light"), (), frozenset(), 9, (("heavy", 4),))
        seen = Counter(drum.firms_by(lists, seed=str(seed), count=1)[0] for seed in range(2000))
        assert (
            1510 <= seen["heavy"] <= 1690
        )  # 1600 expected, standard deviation 17.9: five of them on either side
        plain = Lists(("heavy", "light"), (), frozenset(), 9)
        assert lists.digest() != plain.digest()
        assert drum.number("s", "x") == drum.sm3("s|firm|x")  # the plain draw stays what it was


def grade(firms: list[Organisation], letter: str, *, days_ago: int = 400) -> None:
    """Signed so many days ago, and known since then."""
    Enterprise.objects.filter(pk__in=[firm.pk for firm in firms]).update(
        grade=letter, created_at=NOON - days_ago * DAY
    )


@pytest.fixture
def ours() -> Bureau:
    return bureau(many=5)


@pytest.mark.django_db
@pytest.mark.feature("M277")
class TestThePlan:
    def test_shows_by_class_what_is_owed_planned_and_checked_and_takes_in_what_lacks(
        self, ours: Bureau
    ) -> None:
        a, c, d = (add_firms(ours, many) for many in (2, 3, 2))
        for firms, letter in ((a, "A"), (c, "C"), (d, "D")):
            grade(firms, letter)
        item = planning.draft_plan(year=2026, region=DISTRICT, by=ours.section.by, at=NOON)
        planning.add_lines(item=item, given=[planning.LineGiven(c[0])], by=ours.section.by, at=NOON)
        checking.record_check(organisation=c[0], **ours.pair, by=ours.officers[0].by, at=NOON - DAY)
        plan = item.enforcement_checkplan

        def told() -> dict[str, tuple[int, ...]]:
            return {
                line.grade: (line.firms, line.owed, line.planned, line.lacking, line.checked, line.past)
                for line in by_class.lines(by_class.Asked(DISTRICT, NOON, plan=plan))
            }

        assert told() == {
            "D": (2, 2, 0, 2, 0, 2),
            "C": (3, 3, 1, 2, 1, 2),
            "B": (0,) * 6,
            "A": (2, 0, 0, 0, 0, 0),
            "": (0,) * 6,
        }
        assert planning.add_owed(item=item, by=ours.section.by, at=NOON) == 4
        assert [told()[letter][3] for letter in ("D", "C")] == [0, 0]
        kinds = dict(plan.lines.values_list("organisation_id", "kind"))
        assert {kinds[firm.pk] for firm in d} == {"key"}
        assert kinds[c[1].pk] == "general"
        with pytest.raises(Refused) as refused:
            planning.add_owed(item=item, by=ours.section.by, at=NOON)
        assert refused.value.code == planning.NOTHING_OWED

    def test_a_draw_weighs_by_class_and_proves_it(self, ours: Bureau) -> None:
        firms = add_firms(ours, 6)
        grade(firms[:2], "C")
        grade(firms[2:], "A")
        plan_of(ours, firms)
        item = drawing.draw_checks(region=DISTRICT, count=3, seed="7", by=ours.section.by, at=NOON)
        draw = Draw.objects.get(pk=item.pk)
        assert draw.weights == {str(firm.pk): 4 for firm in firms[:2]}
        assert plans.prove(draw).holds
        draw.weights = {}
        assert not plans.prove(draw).lists_same

    def test_a_line_leaves_once(self, ours: Bureau) -> None:
        plan = plan_of(ours, add_firms(ours, 1)).enforcement_checkplan
        line = planning.drop_line(line=plan.lines.get(), why="停业", by=ours.section.by, at=NOON)
        with pytest.raises(Refused) as refused:
            planning.drop_line(line=line, why="停业", by=ours.section.by, at=NOON)
        assert refused.value.code == planning.GONE


@pytest.mark.django_db
@pytest.mark.feature("M277")
def test_a_firm_of_class_d_past_its_frequency_is_somebodys_until_it_is_visited_or_excused(
    ours: Bureau,
) -> None:
    firms = add_firms(ours, 4)
    grade(firms[:3], "D")
    grade(firms[3:], "A", days_ago=4000)
    checking.record_check(organisation=firms[0], **ours.pair, by=ours.officers[0].by, at=NOON - 20 * DAY)
    assert answering.open_unvisited(region=DISTRICT, at=NOON) == 2
    assert answering.open_unvisited(region=DISTRICT, at=NOON) == 0
    rows = {row.organisation_id: row for row in Unvisited.objects.select_related("item")}
    assert set(rows) == {firms[1].pk, firms[2].pk}
    row = rows[firms[1].pk]
    assert (row.item.charge_duty, row.every_days, row.grade, row.last_at) == (
        "enforcement_officer",
        180,
        "D",
        None,
    )
    assert row.item.due_at == NOON + 10 * DAY
    checking.record_check(organisation=firms[1], **ours.pair, by=ours.officers[0].by, at=NOON + DAY)
    move(
        item=rows[firms[2].pk].item, name="excuse", by=ours.section.by, at=NOON + DAY, reason="停产检修至年底"
    )
    rows = {row.organisation_id: row.item.state for row in Unvisited.objects.select_related("item")}
    assert rows == {firms[1].pk: "visited", firms[2].pk: "excused"}
    assert answering.open_unvisited(region=DISTRICT, at=NOON + 2 * DAY) == 0  # excused for the time being
    assert answering.open_unvisited(region=DISTRICT, at=NOON + 95 * DAY) == 1
    assert "unvisited" in {each.name for each in domain_of("enforcement").rounds}


@pytest.mark.django_db
def test_there_is_one_class_of_a_firm_and_it_is_the_archives(ours: Bureau) -> None:
    known = [
        model for model in apps.get_app_config("enforcement").get_models() if hasattr(model, "organisation")
    ]
    kept = {
        f"{model.__name__}.{field.name}"
        for model in known
        for field in model._meta.fields
        if field.name in ("grade", "klass")
    }
    assert kept == {"Unvisited.grade"}  # what it was when the matter was opened, and never read as the class
    firm = add_firms(ours, 1)[0]
    grade([firm], "B")
    (row,) = classes.firms(region=DISTRICT, at=NOON, organisations=[firm.pk])
    assert (row.grade, row.standing.every_days) == ("B", 730)
    assert row.due_at == NOON - 400 * DAY + timedelta(days=730)

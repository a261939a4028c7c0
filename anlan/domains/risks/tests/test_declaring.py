"""Points, sources and measures by hand; what demands a new assessment by itself; plates; numbers that end with a point."""

from datetime import timedelta
from typing import Any

import pytest

from anlan.domains.risks.actions import anew, declaring, following
from anlan.domains.risks.indicators import INDICATORS
from anlan.domains.risks.models import Level, Measure, Reassessment, RiskPoint, RiskSource
from anlan.domains.risks.public import OpenDanger, after_accident, weigh
from anlan.domains.risks.queries import layers, lists
from anlan.domains.risks.queries.numbers import points as points_of
from anlan.domains.risks.queries.numbers import sources as sources_of
from anlan.domains.risks.queries.plates import plate_of, point_at_plate
from anlan.domains.risks.tests.ground import a_firm, a_point, a_source
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused
from anlan.kernel.indicators import keeping
from anlan.kernel.indicators.spec import Cut, Period
from anlan.kernel.indicators.sums import added_up
from anlan.kernel.ledger.models import Entry
from tests.people import DISTRICT, NOON, QUAY, TERRACE, District, add_person, district

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LEC = {"method": "lec", "inputs": {"L": 3, "E": 6, "C": 15}}


def declared(here: District, by: str | None = None, **more: Any) -> RiskPoint:
    facts = {
        "firm_id": a_firm(here).pk,
        "name": "2号喷漆房",
        "kind": "place",
        "by": by or here.manager.by,
        "at": NOON,
    }
    return declaring.declare_point(**facts | more)


@pytest.mark.feature("M098", "M114", "M364")
class TestAPointByHand:
    def test_is_declared_by_the_firm_itself_judged_by_its_source_and_answered_for(self) -> None:
        here = district()
        point = declared(here, responsible="喷漆班长")
        assert (point.number, point.region_id, point.current_level) == ("FX-001", QUAY, 0)
        source = declaring.add_source(
            point_id=point.pk, name="漆雾", worst=4, hazard_kind="material", accident_kinds="火灾、其他爆炸，火灾",
            by=here.manager.by, at=NOON, **LEC,
        )  # fmt: skip
        point.refresh_from_db()
        assert (point.worst_case_level, point.assessed_level, point.responsible_level) == (4, 3, "workshop")
        assert (source.accident_kinds, source.score) == ("火灾,其他爆炸", 270)
        declaring.add_measure(
            point_id=point.pk,
            kind="engineering",
            text="排风联锁",
            source_id=source.pk,
            by=here.manager.by,
            at=NOON,
        )
        assert [row.text for row in point.measures.all()] == ["排风联锁"]
        assert lists.points(lists.Asked(words="喷漆", level=3), here.owner, at=NOON).total == 1
        said = Entry.objects.filter(code__startswith="risks.").order_by("pk").values_list("code", flat=True)
        assert list(said) == ["risks.point_declared", "risks.assessed", "risks.measure_set"]

    def test_is_written_by_nobody_of_another_street_or_firm(self) -> None:
        here = district()
        point = declared(here)
        stranger = add_person("Gu", here.street)
        for by in (here.outsider.by, stranger.by):
            with pytest.raises(Refused, match="海风家具厂"):
                declared(here, by, number="X")
            with pytest.raises(Refused, match="海风家具厂"):
                declaring.end_point(point_id=point.pk, why="拆除", by=by, at=NOON)
        assert declared(here, here.owner.by).number == "FX-002"

    def test_refuses_naming_the_field_and_what_to_do(self) -> None:
        here = district()
        point = declared(here, number="FX-9")
        source = {"point_id": point.pk, "by": here.manager.by, "at": NOON, "worst": 4, **LEC}
        declaring.add_source(name="漆雾", **source)
        measure = {"point_id": point.pk, "kind": "training", "by": here.manager.by, "at": NOON}
        declaring.add_measure(text="班前讲", **measure)
        wrong = (
            ("name", lambda: declared(here, name=" ")),
            ("kind", lambda: declared(here, kind="thing")),
            ("number", lambda: declared(here, number="FX-9")),
            ("region", lambda: declared(here, region="440399999999")),
            ("lon", lambda: declared(here, lon=113.9)),
            ("site", lambda: declared(here, site=here.firm.pk)),
            ("name", lambda: declaring.add_source(name="漆雾", **source)),
            ("worst_case_level", lambda: declaring.add_source(name="静电", **source | {"worst": 1})),
            ("text", lambda: declaring.add_measure(text="班前讲", **measure)),
            ("kind", lambda: declaring.add_measure(text="x", **measure | {"kind": "y"})),
            ("why", lambda: declaring.end_point(point_id=point.pk, why=" ", by=here.manager.by, at=NOON)),
        )
        for field, act in wrong:
            with pytest.raises(Refused) as refusal:
                act()
            assert refusal.value.field == field
        assert RiskSource.objects.count() == 1

    def test_is_corrected_with_what_was_there_in_the_ledger(self) -> None:
        here = district()
        point = declared(here)
        declaring.change_point(
            point_id=point.pk, name="3号喷漆房", region=TERRACE, by=here.manager.by, at=NOON + DAY
        )
        entry = Entry.objects.filter(code="risks.point_declared").order_by("-pk").first()
        assert entry.facts["changed"]["name"] == ["2号喷漆房", "3号喷漆房"]
        assert lists.points(lists.Asked(words="3号"), here.outsider, at=NOON).total == 1

    def test_ends_with_its_reason_and_leaves_lists_map_and_numbers_but_not_the_past(self) -> None:
        here = district()
        point = declared(here)
        source = {"point_id": point.pk, "worst": 4, "by": here.manager.by, "at": NOON}
        declaring.add_source(name="漆雾", **source, **LEC)
        weigh(point_id=point.pk, dangers=[OpenDanger(point.pk, "major", NOON)], by=here.owner.by, at=NOON)
        ending = {"point_id": point.pk, "why": "设备拆除", "by": here.manager.by, "at": NOON + DAY}
        with pytest.raises(Refused, match="1"):
            declaring.end_point(**ending)
        weigh(point_id=point.pk, dangers=[], by=here.owner.by, at=NOON)
        declaring.end_point(**ending)
        assert lists.points(lists.Asked(), here.owner, at=NOON).total == 0
        assert not layers.points([point.pk]).alive.any()
        assert (counted("risks.points", NOON + 2 * DAY), counted("risks.points", NOON + DAY / 2)) == (0, 1)
        assert (counted("risks.sources", NOON + 2 * DAY), counted("risks.sources", NOON + DAY / 2)) == (0, 1)
        again = declared(here, number=point.number, at=NOON + 3 * DAY)
        assert (again.pk, again.assessed_level, counted("risks.points", NOON + 4 * DAY)) == (point.pk, 3, 1)

    def test_has_the_levels_of_the_sources_that_are_left(self) -> None:
        here = district()
        point = declared(here)
        said = {"point_id": point.pk, "by": here.manager.by, "at": NOON}
        grave = declaring.add_source(name="漆雾", worst=4, **said, **LEC)
        declaring.add_source(name="噪声", worst=1, method="direct", assessed=1, why="实测85分贝以下", **said)
        declaring.end_source(source_id=grave.pk, why="改用水性漆", **said | {"at": NOON + DAY})
        point.refresh_from_db()
        assert (point.worst_case_level, point.assessed_level, point.current_level) == (1, 1, 1)
        last = Level.objects.order_by("-at", "-pk").first()
        assert (last.cause, last.reason, last.source_id) == ("source_off", "改用水性漆", grave.pk)
        assert counted("risks.sources", NOON + 2 * DAY) == 1
        declaring.add_source(name="漆雾", worst=3, **said | {"at": NOON + 3 * DAY}, **LEC)
        assert RiskSource.objects.get(name="漆雾").pk == grave.pk
        point.refresh_from_db()
        assert point.assessed_level == 3

    def test_loses_a_measure_with_the_reason(self) -> None:
        here = district()
        point = declared(here)
        said = {"point_id": point.pk, "by": here.manager.by, "at": NOON}
        row = declaring.add_measure(kind="training", text="班前讲", **said)
        declaring.end_measure(measure_id=row.pk, why="改为周会", **said)
        assert not Measure.objects.get().active
        declaring.add_measure(kind="training", text="班前讲", **said)
        assert Measure.objects.get().active


def counted(code: str, at: Any) -> int:
    indicator = next(each for each in INDICATORS if each.code == code)
    found = indicator.of(Cut(DISTRICT), Period(NOON - 400 * DAY, at), at)
    return int(found.value)


class TestAnew:
    @pytest.mark.feature("M098")
    def test_a_changed_process_asks_for_the_gravest_points_at_most_as_many_as_the_rule_says(self) -> None:
        here = district()
        firm = a_firm(here)
        for n in range(7):
            a_point(firm, f"FX-{n}", worst_case_level=1 + n % 4, assessed_level=1)
        changed(firm, here)
        asked = Reassessment.objects.select_related("point", "item")
        assert [row.cause for row in asked] == ["process"] * 5
        assert min(row.point.worst_case_level for row in asked) == 2
        assert all(row.item.charge_org_id == here.firm.pk for row in asked)
        changed(firm, here)
        assert Reassessment.objects.count() == 7

    def test_an_accident_asks_for_the_points_that_name_its_kind(self) -> None:
        here = district()
        firm = a_firm(here)
        other, point = a_point(firm, "FX-1", worst_case_level=4), a_point(firm, "FX-2", worst_case_level=2)
        a_source(point, accident_kinds="机械伤害,触电")
        said = {"firm_id": firm.pk, "note": "一人夹伤", "by": here.owner.by, "at": NOON}
        after_accident(kind="触电", **said)
        assert [row.point_id for row in Reassessment.objects.all()] == [point.pk]
        after_accident(kind="淹溺", **said)
        assert {row.point_id for row in Reassessment.objects.all()} == {point.pk, other.pk}

    def test_a_major_danger_asks_once(self) -> None:
        here = district()
        point = a_point(a_firm(here))
        danger = OpenDanger(point.pk, "major", NOON)
        for _again in range(2):
            weigh(point_id=point.pk, dangers=[danger], by=here.owner.by, at=NOON)
        row = Reassessment.objects.get()
        assert (row.cause, row.item.severity) == ("major_danger", 2)

    def test_a_firms_new_name_sector_and_region_reach_its_points_and_their_search(self) -> None:
        here = district()
        firm = a_firm(here)
        point = a_point(firm)
        source = a_source(point)
        elsewhere = a_point(firm, "FX-2")
        RiskPoint.objects.filter(pk=elsewhere.pk).update(region_id=DISTRICT)
        firm.section, firm.organisation.name, firm.organisation.region_id = "G", "远山冷库", TERRACE
        firm.organisation.save()
        firm.save()
        after = {"name": ["海风家具厂", "远山冷库"], "sector": ["C2110", "G5930"], "region": [QUAY, TERRACE]}
        following.firm_changed(firm_id=firm.pk, changed=after, by=here.owner.by, at=NOON)
        for row in (point, source, elsewhere):
            row.refresh_from_db()
        assert (point.section, point.region_id, elsewhere.region_id) == ("G", TERRACE, DISTRICT)
        asked = lists.Asked(words="远山", section="G")
        assert lists.points(asked, here.outsider, at=NOON).total == 1
        assert lists.sources(lists.Asked(section="G"), here.outsider, at=NOON).total == 1
        entry = Entry.objects.filter(code="risks.point_declared").get()
        assert set(entry.facts["ids"]) == {str(point.pk), str(elsewhere.pk)}
        assert bytes(layers.sources([point.pk]).ids[0]) == source.pk.bytes


def changed(firm: Any, here: District) -> None:
    anew.after_change(firm_id=firm.pk, cause="process", note="喷粉线", by=here.manager.by, at=NOON)


class TestThePlate:
    def test_opens_its_point_and_none_can_be_made_up(self) -> None:
        here = district()
        point = a_point(a_firm(here))
        token = plate_of(point.pk)
        assert point_at_plate(token) == point
        for wrong in (token[:-1] + ("A" if token[-1] != "A" else "B"), token[:-1], "é" * 32, "!" * 32, ""):
            assert point_at_plate(wrong) is None
        RiskPoint.objects.update(active=False)
        assert point_at_plate(token) is None


@pytest.mark.parametrize("rows", [points_of, sources_of])
def test_kept_sums_are_what_counting_anew_gives_after_signing_ending_and_moving(rows: Any) -> None:
    here = district()
    firm = a_firm(here)
    a_source(a_point(firm, "FX-0"))
    points = [declared(here, number=f"FX-{n}", at=NOON - 60 * DAY) for n in range(1, 5)]
    said = {"by": here.manager.by, "at": NOON - 50 * DAY, "worst": 4}
    for point in points:
        declaring.add_source(point_id=point.pk, name="漆雾", **said, **LEC)
    period, cut = Period(NOON - 90 * DAY, NOON - 30 * DAY), Cut(DISTRICT)
    assert keeping.count(rows, cut, period, known_at=NOON - 20 * DAY, at=NOON - 19 * DAY) is not None
    declaring.end_point(point_id=points[0].pk, why="拆除", by=here.manager.by, at=NOON - 10 * DAY)
    late = RiskSource.objects.get(point=points[1])
    declaring.end_source(point_id=points[1].pk, source_id=late.pk, why="换料", by=here.manager.by, at=NOON)
    weigh(point_id=points[2].pk, dangers=[OpenDanger(firm.pk, "major", NOON)], by=here.owner.by, at=NOON)
    declared(here, number="FX-9", at=NOON)
    for known_at in (NOON - 20 * DAY, NOON - 5 * DAY, NOON + DAY):
        anew = added_up(rows(cut, period, known_at), cut)
        assert keeping.sheet(keeping.name_of(rows), rows, cut, period, known_at) == anew
        assert anew.total[""] == 4 if rows is points_of else 5
    RiskPoint.objects.filter(pk=points[3].pk).update(region_id=TERRACE)
    anew = added_up(rows(cut, period, NOON), cut)
    assert keeping.sheet(keeping.name_of(rows), rows, cut, period, NOON) == anew


def test_the_rule_of_how_many_is_a_row_with_its_source() -> None:
    district()
    row = rulesets.row_of("risks.reassess_most", region=QUAY, at=NOON)
    assert (row.value, row.tag) == (5, "M")

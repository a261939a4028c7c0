"""The registers: lines with their numbers and days, what runs out, the chain of chemicals, files, ponds, grades."""

from datetime import date, timedelta

import pytest
from django.apps import apps
from hypothesis import given
from hypothesis import strategies as st

from anlan.domains.enterprises.actions import creating, hazards, registers, selfwork
from anlan.domains.enterprises.actions.sheets import SHEETS
from anlan.domains.enterprises.models import Creation, Line, SelfCheck, Standardisation, Tag
from anlan.domains.enterprises.queries import led
from anlan.domains.enterprises.queries import registers as reads
from anlan.domains.enterprises.rules import registers as rules
from anlan.domains.enterprises.tests.firms import Archive, archive, code, elsewhere
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.ids import new_id
from anlan.kernel.ledger.models import Entry
from anlan.kernel.loop.actions import move
from anlan.kernel.orgs.models import Organisation
from tests.people import DISTRICT, HARBOUR, NOON, add_duty, add_person

RuleValue = apps.get_model("core", "RuleValue")
DAY = timedelta(days=1)
PLEDGE = {"signer": "欧阳明", "with_whom": "临港街道办事处", "as_what": "firm"}
LICENCE = {"link": "trade", "authority": "emergency", "goods": "油漆、稀释剂"}
REACTION = {
    "product": "水性树脂", "reaction": "聚合反应", "grade": "3", "key_process": True, "assessor": "省化工院",
    "advice": "going",
}  # fmt: skip


def write(
    it: Archive, register: str, number: str, facts: dict[str, object], **more: object
) -> tuple[Line, bool]:
    given = {"firm": it.firm, "by": it.here.owner.by, "at": NOON} | more
    return registers.write_line(register=register, number=number, facts=facts, **given)


def lines(it: Archive, register: str, **asked: object) -> list[str]:
    found = reads.lines_for(it.here.owner, rules.register_of(register), at=NOON, **asked)
    return [line.number for line in found]


@pytest.mark.django_db
class TestALine:
    @pytest.mark.feature("M355")
    def test_of_a_fire_pledge_is_written_once_and_changed_by_a_later_one(self) -> None:
        it = archive()
        first, fresh = write(it, "fire_pledge", "消责-001", PLEDGE, until=date(2027, 6, 30))
        again, twice = write(it, "fire_pledge", "消责-001", PLEDGE, until=date(2027, 6, 30))
        assert (fresh, twice, again.pk) == (True, False, first.pk)
        changed, _new = write(
            it, "fire_pledge", "消责-001", PLEDGE | {"signer": "李厂长"}, until=date(2027, 6, 30)
        )
        first.refresh_from_db()
        assert (first.current, first.facts["signer"], changed.follows_id) == (False, "欧阳明", first.pk)
        assert lines(it, "fire_pledge") == ["消责-001"]
        assert [line.pk for line in reads.history_of(changed)] == [changed.pk, first.pk]
        codes = list(Entry.objects.filter(code__startswith="enterprises.line").values_list("code", flat=True))
        assert sorted(codes) == ["enterprises.line_changed", "enterprises.line_written"]

    def test_that_lacks_something_names_the_field(self) -> None:
        it = archive()
        for facts, number, field in (
            (PLEDGE | {"signer": ""}, "1", "signer"),
            (PLEDGE | {"as_what": "cousin"}, "1", "as_what"),
            (PLEDGE, " ", "number"),
        ):
            with pytest.raises(Refused) as refused:
                write(it, "fire_pledge", number, facts)
            assert refused.value.field == field
        with pytest.raises(Refused) as refused:
            write(it, "fire_pledge", "1", PLEDGE, since=date(2026, 7, 1), until=date(2026, 6, 1))
        assert refused.value.field == "until"
        assert not Line.objects.exists()

    def test_is_not_written_by_somebody_of_another_street(self) -> None:
        it = archive()
        with pytest.raises(Refused) as refused:
            write(it, "fire_pledge", "1", PLEDGE, by=it.here.outsider.by)
        assert refused.value.code == "enterprises.not_yours"
        write(it, "fire_pledge", "1", PLEDGE)
        assert list(reads.lines_for(it.here.outsider, rules.register_of("fire_pledge"), at=NOON)) == []

    def test_ends_with_a_reason_and_stays_to_be_read(self) -> None:
        it = archive()
        line, _fresh = write(it, "fire_pledge", "1", PLEDGE)
        with pytest.raises(Refused):
            registers.end_line(line=line, why=" ", by=it.here.owner.by, at=NOON)
        registers.end_line(line=line, why="企业迁出", by=it.here.owner.by, at=NOON)
        assert lines(it, "fire_pledge") == []
        assert lines(it, "fire_pledge", view="ended") == ["1"]
        with pytest.raises(Refused):
            registers.end_line(line=line, why="再次", by=it.here.owner.by, at=NOON)

    def test_that_runs_out_stands_in_the_list_of_what_is_due(self) -> None:
        it = archive()
        today = NOON.date()
        for number, until in (("a", today - DAY), ("b", today + 60 * DAY), ("c", today + 61 * DAY)):
            write(it, "fire_pledge", number, PLEDGE, since=today - 300 * DAY, until=until)
        assert (lines(it, "fire_pledge", view="late"), lines(it, "fire_pledge", view="soon")) == (
            ["a"],
            ["b"],
        )
        assert reads.counts_for(it.here.owner, at=NOON)["fire_pledge"] == {"n": 3, "late": 1, "soon": 1}


@pytest.mark.django_db
@pytest.mark.feature("M264")
def test_fine_chemicals_have_their_reactions_assessed_and_the_advice_followed() -> None:
    it = archive()
    write(it, "reaction", "FX-2026-01", REACTION)
    assert Tag.objects.filter(enterprise=it.firm, kind="fine_chemical", until=None).exists()
    assert lines(it, "reaction", view="bad") == ["FX-2026-01"]
    write(it, "reaction", "FX-2026-01", REACTION | {"advice": "done"})
    assert lines(it, "reaction", view="bad") == []
    with pytest.raises(Refused) as refused:
        write(it, "reaction", "FX-2026-02", REACTION | {"grade": "6"})
    assert refused.value.field == "grade"


@pytest.mark.django_db
class TestTheChain:
    @pytest.mark.feature("M102")
    def test_of_hazardous_chemicals_shows_each_link_with_who_licensed_it(self) -> None:
        it = archive()
        write(it, "licence", "危经-01", LICENCE, until=date(2028, 1, 1))
        write(it, "licence", "危使-02", LICENCE | {"link": "use"})
        write(it, "vehicle", "粤B00001D", {"kind": "厢式", "goods": "油漆", "load_t": "4.5", "tracked": ""})
        (found,) = reads.chain_of(it.here.owner, at=NOON)
        assert (sorted(found.links), found.vehicles) == (["trade", "use"], 1)
        assert [row.number for row in found.links["trade"]] == ["危经-01"]
        assert reads.chain_of(it.here.owner, at=NOON, link="carry") == []
        assert lines(it, "vehicle", view="bad") == ["粤B00001D"]

    @pytest.mark.feature("M120")
    def test_is_shared_what_the_transport_office_enters_the_street_reads(self) -> None:
        it = archive()
        office = Organisation.objects.create(name="区交通运输局", kind="member_unit", region_id=DISTRICT)
        person = add_person("Tang", office)
        with pytest.raises(Refused):
            write(
                it,
                "vehicle",
                "粤B1",
                {"kind": "罐车", "goods": "汽油", "load_t": 20, "tracked": True},
                by=person.by,
            )
        add_duty(person, "liaison_a", DISTRICT)
        write(
            it,
            "vehicle",
            "粤B1",
            {"kind": "罐车", "goods": "汽油", "load_t": 20, "tracked": True},
            by=person.by,
        )
        row = reads.lines_for(it.here.owner, rules.register_of("vehicle"), at=NOON).get()
        assert (row.office, row.facts["load_t"]) == (office, "20")
        with pytest.raises(Refused):  # a pledge is the street's own register
            write(it, "fire_pledge", "1", PLEDGE, by=person.by)


@pytest.mark.django_db
class TestAnInstallation:
    def unit(self, it: Archive):
        unit = hazards.add_unit(
            firm=it.firm, name="液氨储罐区", kind="storage", people_500m=0, by=it.here.owner.by, at=NOON
        )
        hazards.set_substance(
            unit=unit, name="氨", cas="7664-41-7", quantity_t=40, by=it.here.owner.by, at=NOON
        )
        unit.refresh_from_db()
        return unit

    @pytest.mark.feature("M178")
    def test_has_a_file_that_says_what_it_lacks(self) -> None:
        it = archive()
        unit = self.unit(it)
        assert list(reads.installations_for(it.here.owner, at=NOON)) == [unit]
        assert list(reads.installations_for(it.here.outsider, at=NOON)) == []
        papers = [name for name, _label in rules.PAPERS if name not in ("signs", "other")]
        for number, paper in enumerate(papers):
            write(it, "installation_paper", f"D{number}", {"paper": paper, "title": paper}, unit=unit)
        held = reads.papers_of([unit.pk])[unit.pk]
        assert rules.papers_lacking(held) == ["signs"]

    @pytest.mark.feature("M216")
    def test_shows_its_control_systems_and_which_are_bypassed(self) -> None:
        it = archive()
        unit = self.unit(it)
        for number, system, condition in (("XV-1", "cut_off", "in_use"), ("SIS-1", "sis", "bypassed")):
            write(it, "safeguard", number, {"system": system, "condition": condition, "note": ""}, unit=unit)
        assert lines(it, "safeguard", view="bad") == ["SIS-1"]
        write(
            it,
            "safeguard",
            "SIS-1",
            {"system": "sis", "condition": "in_use", "note": "检修后投用"},
            unit=unit,
        )
        assert lines(it, "safeguard", view="bad") == []
        assert [row.number for row in reads.safeguards_of(unit.pk)] == ["SIS-1", "XV-1"]
        other = elsewhere(it.here)
        with pytest.raises(Refused) as refused:
            write(it, "safeguard", "X", {"system": "sis", "condition": "in_use"}, unit=unit, firm=other,
                  by=it.here.outsider.by)  # fmt: skip
        assert refused.value.field == "unit"


@pytest.mark.django_db
class TestTailingsPonds:
    def cap(self, value: int) -> None:
        RuleValue.objects.filter(rule="enterprises.tailings_cap").update(value=value)
        rulesets.forget()

    @pytest.mark.feature("M125")
    def test_do_not_become_more_than_were_declared(self) -> None:
        it = archive()
        self.cap(1)
        hazards.add_facility(firm=it.firm, kind="tailings", name="一号库", by=it.here.owner.by, at=NOON)
        with pytest.raises(Refused) as refused:
            hazards.add_facility(firm=it.firm, kind="tailings", name="二号库", by=it.here.owner.by, at=NOON)
        assert (refused.value.code, refused.value.facts["most"]) == ("enterprises.pond_cap", 1)
        there = reads.ponds(region=DISTRICT, at=NOON)
        assert (there.now, there.most, there.declared) == (1, 1, 1)

    @pytest.mark.feature("M266")
    def test_only_become_fewer_one_that_ended_leaves_no_place(self) -> None:
        it = archive()
        self.cap(2)
        by = it.here.owner.by
        old = hazards.add_facility(firm=it.firm, kind="tailings", name="老库", by=by, at=NOON)
        hazards.end_facility(row=old, why="闭库销号", by=by, at=NOON + DAY)
        hazards.add_facility(firm=it.firm, kind="tailings", name="一号库", by=by, at=NOON + DAY)
        with pytest.raises(Refused):
            hazards.add_facility(firm=it.firm, kind="tailings", name="新库", by=by, at=NOON + 2 * DAY)
        there = reads.ponds(region=DISTRICT, at=NOON + 2 * DAY)
        assert (there.now, there.most, there.declared) == (1, 1, 2)


@pytest.mark.django_db
@pytest.mark.feature("M126")
def test_a_mine_shows_its_points_of_monitoring_and_which_are_silent() -> None:
    it = archive()
    for number, what, state in (("S-1", "video", "online"), ("W-1", "displacement", "offline"),
                                ("P-1", "pond_level", "alarm")):  # fmt: skip
        write(it, "mine_point", number, {"what": what, "state": state, "note": ""})
    assert lines(it, "mine_point", view="bad") == ["P-1", "W-1"]
    write(it, "mine_point", "W-1", {"what": "displacement", "state": "online", "note": ""})
    assert lines(it, "mine_point", view="bad") == ["P-1"]


@pytest.mark.django_db
@pytest.mark.feature("M438")
def test_central_firms_and_the_street_they_work_with_stand_in_a_register() -> None:
    it = archive()
    facts = {
        "parent": "某能源集团",
        "with_street": "临港街道",
        "liaison": "罗经理",
        "helps_with": "潜水泵、应急队",
    }
    write(it, "state_owned", "协议-2026-3", facts, until=date(2028, 12, 31))
    assert reads.lines_for(it.here.owner, rules.register_of("state_owned"), at=NOON).get().facts == facts


@pytest.mark.django_db
@pytest.mark.feature("M461")
def test_a_pilot_site_of_5g_and_ai_is_listed_with_its_cameras_and_whether_it_is_online() -> None:
    it = archive()
    facts = {"cameras": "12", "algorithms": "未戴安全帽、烟火", "line": "5G专网", "state": "online"}
    write(it, "smart_site", "AI-01", facts)
    write(it, "smart_site", "AI-02", facts | {"state": "offline"})
    assert (lines(it, "smart_site"), lines(it, "smart_site", view="bad")) == (["AI-01", "AI-02"], ["AI-02"])
    with pytest.raises(Refused) as refused:
        write(it, "smart_site", "AI-03", facts | {"cameras": "-1"})
    assert refused.value.field == "cameras"


@pytest.mark.django_db
def test_each_register_goes_out_as_a_sheet_and_comes_in_again_unchanged() -> None:
    it = archive()
    it.firm.organisation.uscc = code(1)
    it.firm.organisation.save()
    write(it, "licence", "危经-01", LICENCE, until=date(2028, 1, 1))
    sheet = next(each for each in SHEETS if each.code == "enterprises.licence")
    (row,) = sheet.give(person=it.here.owner.pk, filters={})
    given = dict(zip([column.name for column in sheet.columns], row, strict=True))
    assert (given["uscc"], given["number"], given["office"]) == (code(1), "危经-01", it.here.street.name)
    typed = given | LICENCE  # the room turns labels into codes
    taken = sheet.take([typed], by=it.here.owner.by, at=NOON, act=new_id(), dry=False)
    assert (list(taken.ids), taken.same) == ([], 1)
    rows = [typed | {"number": "危经-02"}, typed | {"uscc": code(9)}, typed | {"link": "?"}]
    dry = sheet.take(rows, by=it.here.owner.by, at=NOON, act=new_id(), dry=True)
    assert {place: column for place, (column, _why) in dry.refused.items()} == {1: "uscc", 2: "link"}
    taken = sheet.take(rows, by=it.here.owner.by, at=NOON, act=new_id(), dry=False)
    assert len(taken.ids) == 1 and Line.objects.filter(current=True).count() == 2


@given(st.text(max_size=30))
def test_whatever_is_typed_as_a_number_is_kept_as_one_or_refused(text: str) -> None:
    fact = rules.Fact("load_t", "Load", "number")
    register = rules.Register("x", "x", "x", (fact,))
    try:
        kept = rules.checked(register, {"load_t": text})["load_t"]
    except Refused as refused:
        assert refused.field == "load_t"
        return
    assert float(kept) >= 0


# ---- 标准化达标创建 ----------------
def made(item, name: str, by: str, at=NOON, **more: object) -> None:
    acts = {"self_assess": creating.self_assess, "review": creating.review, "attain": creating.attain}
    acts[name](item=item, by=by, at=at, **more)
    item.refresh_from_db()


@pytest.mark.django_db
@pytest.mark.feature("M208")
class TestStandardisation:
    def test_goes_from_the_firms_own_score_to_the_certificate_by_three_hands(self) -> None:
        it = archive()
        section = add_person("Sun", it.here.bureau)
        add_duty(section, "safety_section", DISTRICT)
        item = creating.begin(
            firm=it.firm.organisation, grade="3", due_at=NOON + 90 * DAY, by=it.here.manager.by, at=NOON
        )
        with pytest.raises(Refused) as refused:
            made(item, "self_assess", it.here.manager.by, score=59)
        assert (refused.value.code, refused.value.facts["least"]) == ("enterprises.creation_too_low", 60)
        made(item, "self_assess", it.here.manager.by, score=72.5)
        made(item, "review", it.here.colleague.by, score=70, reviewer="评审单位")
        with pytest.raises(Refused):
            made(item, "attain", it.here.colleague.by, certificate="AQ3-1", valid_from=NOON)
        made(item, "attain", section.by, certificate="AQ3-1", valid_from=NOON)
        held = Standardisation.objects.get()
        assert (item.state, held.grade, held.number) == ("attained", "3", "AQ3-1")
        assert held.valid_to == date(2029, 7, 3)
        assert Creation.objects.get().review_score == 70

    def test_runs_once_at_a_time_and_to_a_day_that_lies_ahead(self) -> None:
        it = archive()
        given = {"firm": it.firm, "grade": "3", "due_at": NOON + DAY, "by": it.here.manager.by, "at": NOON}
        creating.begin(**given)
        with pytest.raises(Refused) as refused:
            creating.begin(**given)
        assert refused.value.code == "enterprises.creation_going"
        with pytest.raises(Refused) as refused:
            creating.begin(**(given | {"due_at": NOON}))
        assert refused.value.field == "due_at"

    def test_sent_back_is_scored_again(self) -> None:
        it = archive()
        item = creating.begin(firm=it.firm, grade="2", due_at=NOON + DAY, by=it.here.manager.by, at=NOON)
        made(item, "self_assess", it.here.manager.by, score=80)
        move(item=item, name="send_back", reason="现场与自评不符", by=it.here.colleague.by, at=NOON)
        item.refresh_from_db()
        assert item.state == "begun"


# ---- 主要负责人带队检查 ----------------
@pytest.mark.django_db
@pytest.mark.feature("M349")
class TestAPrincipalLeads:
    def check(self, it: Archive, by: str, **more: object) -> SelfCheck:
        selfwork.set_post(
            firm=it.firm, level="principal", name="主要负责人", by=it.here.manager.by, at=NOON,
            person=it.here.manager,
        )  # fmt: skip
        selfwork.open_due(at=NOON, firms=[it.firm.pk])
        row = SelfCheck.objects.get(item__state="due")
        selfwork.do_check(item=row.item, found=2, by=by, at=NOON + timedelta(hours=1), **more)
        row.refresh_from_db()
        return row

    def test_where_the_principals_own_hand_writes_it(self) -> None:
        it = archive()
        assert self.check(it, it.here.manager.by).led_by == "Fang"
        (line,) = led.by_street(it.here.owner, start=NOON - DAY, end=NOON + DAY, at=NOON + DAY)
        assert (line.street, line.done, line.led, line.found) == (HARBOUR, 1, 1, 2)

    def test_not_where_somebody_else_enters_it_and_names_nobody(self) -> None:
        it = archive()
        assert self.check(it, it.here.owner.by).led_by == ""
        (line,) = led.by_street(it.here.owner, start=NOON - DAY, end=NOON + DAY, at=NOON + DAY)
        assert (line.done, line.led) == (1, 0)

    def test_firms_that_owe_it_stand_in_a_list(self) -> None:
        it = archive()
        self.check(it, it.here.manager.by)
        (owes,) = led.owing(it.here.owner, year=2026, at=NOON)
        assert (owes.firm, owes.led, owes.due) == (it.firm, 1, 2)
        assert led.owing(it.here.outsider, year=2026, at=NOON) == []
        (owes,) = led.owing(it.here.owner, year=2026, at=NOON + timedelta(days=300))
        assert (owes.led, owes.asked) == (1, 4)

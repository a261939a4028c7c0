"""The archive of one firm: identity, sites, people, certificates, hazards, class, colour, who may see and sign."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from anlan.domains.enterprises import public
from anlan.domains.enterprises.actions import classing, correcting, hazards, registering, staffing
from anlan.domains.enterprises.actions.selfwork import set_post
from anlan.domains.enterprises.models import Certificate, Enterprise, History, KeyPerson, Tag
from anlan.domains.enterprises.queries import archive as reads
from anlan.domains.enterprises.queries import lists
from anlan.domains.enterprises.queries.known import last_lacks
from anlan.domains.enterprises.queries.restricted import hits_of
from anlan.domains.enterprises.rules import words
from anlan.domains.enterprises.tests.firms import archive, code, elsewhere
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.fields import mask_phone
from anlan.kernel.ledger.models import Entry
from anlan.kernel.orgs.models import Organisation, Person
from tests.people import HARBOUR, HILL, NOON, QUAY

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TODAY = date(2026, 7, 3)


@pytest.mark.feature("M177")
class TestIdentity:
    def test_registering_takes_up_the_organisation_that_is_there(self) -> None:
        it = archive()
        assert it.firm.pk == it.here.firm.pk
        assert (it.firm.sector, it.firm.section, it.site.lon) == ("C2110", "C", 113.9)
        assert History.objects.get(kind="status").value == "operating"
        assert Entry.objects.get(code="enterprises.registered").region == QUAY

    def test_a_wrong_credit_code_is_refused_and_a_known_one_names_its_firm(self) -> None:
        it = archive()
        with pytest.raises(Refused):
            registering.register(
                name="甲", region=QUAY, uscc="914403990000000012", by=it.here.owner.by, at=NOON
            )
        registering.change(firm=it.firm, uscc=code(1), by=it.here.owner.by, at=NOON)
        with pytest.raises(Refused, match="海风家具厂"):
            registering.register(name="乙", region=QUAY, uscc=code(1).lower(), by=it.here.owner.by, at=NOON)

    def test_what_was_changed_stands_in_the_ledger_with_what_was_there(self) -> None:
        it = archive()
        registering.change(firm=it.firm, name="海风家居厂", staff=80, by=it.here.manager.by, at=NOON + DAY)
        facts = Entry.objects.get(code="enterprises.changed").facts["changed"]
        assert facts == {"name": ["海风家具厂", "海风家居厂"], "staff": ["60", "80"]}

    def test_a_stranger_may_neither_change_nor_register(self) -> None:
        it = archive()
        with pytest.raises(Refused):
            registering.change(firm=it.firm, name="x", by=it.here.outsider.by, at=NOON)
        with pytest.raises(Refused):
            registering.register(name="x", region=QUAY, by=it.here.outsider.by, at=NOON)

    def test_half_a_position_and_an_unknown_region_are_refused(self) -> None:
        it = archive()
        for wrong in ({"lon": 113.9}, {"lon": 200.0, "lat": 1.0}, {"region": "440399009999"}):
            with pytest.raises(Refused):
                registering.add_site(
                    firm=it.firm, name="二厂", **({"region": QUAY} | wrong), by=it.here.owner.by, at=NOON
                )

    def test_status_is_signed_and_kept(self) -> None:
        it = archive()
        with pytest.raises(Refused):
            registering.set_status(firm=it.firm, status="closed", why="", by=it.here.manager.by, at=NOON)
        registering.set_status(
            firm=it.firm, status="suspended", why="停产检修", by=it.here.owner.by, at=NOON + DAY
        )
        assert [h.value for h in History.objects.filter(kind="status").order_by("at")] == [
            "operating",
            "suspended",
        ]


class TestWhoSees:
    def test_a_street_sees_its_own_and_a_firm_itself_alone(self) -> None:
        it = archive()
        other = elsewhere(it.here)
        seen = {
            p: set(reads.visible_to(getattr(it.here, p), at=NOON)) for p in ("owner", "outsider", "manager")
        }
        assert seen == {"owner": {it.firm}, "outsider": {other}, "manager": {it.firm}}
        with pytest.raises(Refused):
            reads.enterprise_for(it.here.manager, other.pk, at=NOON)

    def test_the_public_doors_give_card_tags_and_site(self) -> None:
        it = archive()
        staffing.set_person(
            firm=it.firm, name="欧阳厂长", role="principal", phone="15400009999", by=it.here.owner.by, at=NOON
        )
        registering.set_tag(firm=it.firm, kind="dust", by=it.here.owner.by, at=NOON)
        card = public.card(plate=it.site.plate, day=TODAY)
        assert (card["name"], card["tags"]) == ("海风家具厂", ["dust"])
        assert card["people"] == [
            {"role": "principal", "name": "欧阳厂长", "post": "", "phone": "154****9999"}
        ]
        assert public.site_at(it.site.plate) == it.site and public.site_at("nothing") is None
        assert public.tags_of([it.firm.pk]) == {it.firm.pk: ["dust"]}
        assert public.enterprise(it.firm.pk) == it.firm
        with pytest.raises(Refused):
            public.card(plate="nothing")

    def test_a_new_plate_ends_the_old_one(self) -> None:
        it = archive()
        old = it.site.plate
        registering.new_plate_of(site=it.site, why="旧牌丢失", by=it.here.owner.by, at=NOON)
        assert public.site_at(old) is None


class TestSearch:
    def test_two_characters_find_a_firm_by_name_address_sector_or_principal(self) -> None:
        it = archive()
        staffing.set_person(firm=it.firm, name="欧阳明", role="principal", by=it.here.owner.by, at=NOON)
        elsewhere(it.here)
        for asked in ("家具", "码头路8", "欧阳", "制造", "海风 码头"):
            assert list(lists.found(it.here.owner, lists.Asked(words=asked), at=NOON)) == [it.firm], asked
        assert not lists.found(it.here.owner, lists.Asked(words="风海"), at=NOON)

    def test_filters_cut_by_region_sector_class_tag_and_status(self) -> None:
        it = archive()
        registering.set_tag(firm=it.firm, kind="dust", by=it.here.owner.by, at=NOON)
        yes = ({"region": QUAY}, {"sector": "C"}, {"sector": "C21"}, {"grade": "none"}, {"tag": "dust"}, {"status": "operating"}, {"colour": "none"}, {"view": "incomplete"})  # fmt: skip
        no = ({"region": HILL}, {"sector": "G"}, {"grade": "A"}, {"tag": "ammonia"}, {"status": "closed"}, {"colour": "red"}, {"field": "fire"}, {"view": "long_zero"})  # fmt: skip
        assert all(lists.found(it.here.owner, lists.Asked(**cut), at=NOON).exists() for cut in yes)
        assert not any(lists.found(it.here.owner, lists.Asked(**cut), at=NOON).exists() for cut in no)


@pytest.mark.feature("M085")
class TestPeople:
    def test_a_new_principal_ends_the_old_one_and_the_phone_is_kept_closed(self) -> None:
        it = archive()
        for name in ("欧阳明", "司马光明"):
            staffing.set_person(
                firm=it.firm, name=name, role="principal", phone="15400000001", by=it.here.owner.by, at=NOON
            )
        (row,) = lists.principals(it.here.owner, at=NOON)
        assert row.person.name == "司马光明"
        assert mask_phone(row.person.phone) == "154****0001"
        # The bytes themselves: spelt as text ("\\000" and a "1") a cipher holds the digits every two thousandth time.
        (kept,) = Person.objects.raw(
            "SELECT id, phone AS raw FROM orgs_person WHERE id = %s", [row.person_id]
        )
        assert bytes(kept.raw) and b"0001" not in bytes(kept.raw)
        assert "15400000001" not in str(list(Entry.objects.values_list("facts", flat=True)))

    def test_who_has_no_role_left_is_no_longer_reached(self) -> None:
        it = archive()
        row = staffing.set_person(
            firm=it.firm, name="李安全", role="safety_manager", by=it.here.manager.by, at=NOON
        )
        staffing.end_person(row=row, why="离职", by=it.here.manager.by, at=NOON)
        assert not Person.objects.get(pk=row.person_id).active
        with pytest.raises(Refused):
            staffing.end_person(row=row, why="离职", by=it.here.manager.by, at=NOON)

    @pytest.mark.parametrize("phone", ["abc", "12", "１２３４５６７８９"])
    def test_what_is_no_phone_is_refused(self, phone: str) -> None:
        it = archive()
        with pytest.raises(Refused):
            staffing.set_person(
                firm=it.firm, name="李", role="principal", phone=phone, by=it.here.owner.by, at=NOON
            )

    def test_certificates_are_listed_by_what_runs_out(self) -> None:
        it = archive()
        for name, issued in (
            ("焊工甲", date(2023, 6, 1)),
            ("焊工乙", date(2023, 8, 1)),
            ("焊工丙", date(2025, 8, 1)),
        ):
            staffing.set_certificate(firm=it.firm, name=name, trade="welding", issued_on=issued, number=f"T{name}", by=it.here.owner.by, at=NOON)  # fmt: skip
        names = {
            view: [c.person.name for c in lists.certificates(it.here.owner, at=NOON, warn_days=60, view=view)]
            for view in ("overdue", "soon", "all")
        }
        assert names == {"overdue": ["焊工甲"], "soon": ["焊工乙"], "all": ["焊工甲", "焊工乙", "焊工丙"]}
        assert not lists.certificates(it.here.outsider, at=NOON, warn_days=60, view="all")

    def test_a_renewed_certificate_takes_the_old_ones_place(self) -> None:
        it = archive()
        for issued in (date(2020, 6, 1), date(2026, 6, 1)):
            staffing.set_certificate(
                firm=it.firm, name="焊工甲", trade="welding", issued_on=issued, by=it.here.owner.by, at=NOON
            )
        assert Certificate.objects.get(ended_on=None).due_on == date(2029, 6, 1)
        assert KeyPerson.objects.count() == 0

    def test_the_same_certificate_twice_and_an_unknown_trade_are_refused(self) -> None:
        it = archive()
        given = {"firm": it.firm, "name": "甲", "issued_on": TODAY, "by": it.here.owner.by, "at": NOON}
        staffing.set_certificate(trade="welding", number="T1", **given)
        for wrong in ({"trade": "welding", "number": " t1 "}, {"trade": "magic"}):
            with pytest.raises(Refused):
                staffing.set_certificate(**given, **wrong)


@pytest.mark.feature("M068", "M202")
class TestHazards:
    def test_substances_grade_their_unit_with_the_working_kept(self) -> None:
        it = archive()
        unit = hazards.add_unit(
            firm=it.firm, name="液氯库", kind="storage", people_500m=60, by=it.here.owner.by, at=NOON
        )
        hazards.set_substance(
            unit=unit, name="氯", cas="7782-50-5", quantity_t=Decimal(10), by=it.here.owner.by, at=NOON
        )
        hazards.set_substance(
            unit=unit, name="氨", cas="7664-41-7", quantity_t=20.0, by=it.here.owner.by, at=NOON
        )
        unit.refresh_from_db()
        last = History.objects.filter(kind="hazard_grade").order_by("-pk")[0]
        assert (unit.grade, last.value, last.facts["s"], last.facts["r"]) == ("3", "3", "4.0000", "18.0000")
        assert list(Tag.objects.values_list("kind", flat=True)) == ["hazchem"]

    def test_what_is_unknown_is_unknown_with_its_reason(self) -> None:
        it = archive()
        unit = hazards.add_unit(firm=it.firm, name="储罐", kind="storage", by=it.here.owner.by, at=NOON)
        hazards.set_substance(unit=unit, name="氯", quantity_t=Decimal(10), by=it.here.owner.by, at=NOON)
        unit.refresh_from_db()
        assert unit.grade == "unknown"
        assert History.objects.get(kind="hazard_grade").facts["why"] == "enterprises.no_people_500m"
        correcting.change_unit(unit=unit, people_500m=0, by=it.here.owner.by, at=NOON + DAY)
        assert unit.grade == "4"

    @pytest.mark.parametrize("cas", ["7782-50-6", "氯", "1-2-3-4-5-6-7-8"])
    def test_a_cas_number_that_fails_its_check_is_refused(self, cas: str) -> None:
        it = archive()
        unit = hazards.add_unit(firm=it.firm, name="储罐", kind="storage", by=it.here.owner.by, at=NOON)
        with pytest.raises(Refused):
            hazards.set_substance(unit=unit, name="氯", cas=cas, by=it.here.owner.by, at=NOON)

    def test_a_facility_brings_the_tag_of_its_hazard(self) -> None:
        it = archive()
        row = hazards.add_facility(
            firm=it.firm, kind="dust", name="打磨间", facts={"workers": 32}, by=it.here.owner.by, at=NOON
        )
        assert Tag.objects.get().kind == "dust"
        hazards.end_facility(row=row, why="拆除", by=it.here.owner.by, at=NOON)
        assert "facilities" in last_lacks(it.firm)

    @pytest.mark.feature("M122", "M123", "M201")
    def test_substances_and_processes_stand_against_the_places_own_lists(self) -> None:
        it = archive()
        unit = hazards.add_unit(firm=it.firm, name="库", kind="storage", by=it.here.owner.by, at=NOON)
        for name, cas in (("液氯", "7782-50-5"), ("光气", ""), ("乙醇", "64-17-5")):
            hazards.set_substance(unit=unit, name=name, cas=cas, by=it.here.owner.by, at=NOON)
        hazards.add_facility(firm=it.firm, kind="smelting", name="老冲天炉", by=it.here.owner.by, at=NOON)
        held, old = hits_of(it.firm, at=NOON)
        assert [(hit.name, hit.how) for hit in held] == [("光气", "forbid"), ("液氯", "restrict")]
        assert [(hit.listed, hit.how) for hit in old] == [("冲天炉", "电炉")]
        assert hits_of(it.firm, at=NOON.replace(year=2019)) == ([], []), "before the list there was none"

    @pytest.mark.feature("M016", "M206", "M207", "M336")
    @pytest.mark.parametrize(
        "kind", ["key_enterprise", "phase_out", "classified_rectify", "small_project", "dual_pilot"]
    )
    def test_each_list_of_the_bureau_has_its_members_with_basis_and_end(self, kind: str) -> None:
        it = archive()
        tag = registering.set_tag(
            firm=it.firm, kind=kind, basis="区安委办〔2026〕5号", by=it.here.owner.by, at=NOON
        )
        on_it = lists.Asked(tag=kind)
        assert list(lists.found(it.here.owner, on_it, at=NOON)) == [it.firm]
        assert not lists.found(it.here.outsider, on_it, at=NOON)
        registering.end_tag(tag=tag, why="已完成整治", by=it.here.owner.by, at=NOON + DAY)
        assert not lists.found(it.here.owner, on_it, at=NOON)
        assert (tag.basis, tag.until) == ("区安委办〔2026〕5号", TODAY + DAY)

    @pytest.mark.feature("M107")
    def test_the_seven_key_fields_cut_the_list(self) -> None:
        it = archive()
        registering.change(firm=it.firm, field="special_equipment", by=it.here.owner.by, at=NOON)
        found = {
            code: lists.found(it.here.owner, lists.Asked(field=code), at=NOON).count()
            for code, _ in words.FIELDS
        }
        assert len(found) == 7 and found.pop("special_equipment") == 1 and not any(found.values())

    @pytest.mark.feature("M205")
    def test_one_policy_for_one_firm_stands_on_its_archive(self) -> None:
        it = archive()
        registering.change(firm=it.firm, policy="除尘系统改造前停用二车间", by=it.here.owner.by, at=NOON)
        changed = Entry.objects.get(code="enterprises.changed").facts["changed"]
        assert changed == {"policy": ["", "除尘系统改造前停用二车间"]}

    def test_a_firm_does_not_put_itself_on_a_list_of_the_bureau(self) -> None:
        it = archive()
        registering.set_tag(firm=it.firm, kind="spraying", by=it.here.manager.by, at=NOON)
        with pytest.raises(Refused):
            registering.set_tag(firm=it.firm, kind="key_enterprise", by=it.here.manager.by, at=NOON)
        with pytest.raises(Refused):
            registering.set_tag(firm=it.firm, kind="spraying", by=it.here.owner.by, at=NOON)


class TestSigning:
    def test_a_class_is_proposed_with_reasons_and_signed_by_a_person(self) -> None:
        it = archive()
        hazards.add_facility(
            firm=it.firm, kind="dust", name="打磨间", facts={"workers": "35"}, by=it.here.owner.by, at=NOON
        )
        proposed = classing.propose_class(firm=it.firm, besides={}, by=it.here.owner.by, at=NOON)
        assert proposed.grade == "C"
        assert {why.fact for why in proposed.reasons} == {"dust", "dust_30_workers", "profile_lacks"}
        assert Enterprise.objects.get().grade == ""
        with pytest.raises(Refused):
            classing.sign_class(firm=it.firm, grade="A", why="", besides={}, by=it.here.owner.by, at=NOON)
        with pytest.raises(Refused):
            classing.sign_class(firm=it.firm, grade="C", why="", besides={}, by=it.here.manager.by, at=NOON)
        classing.sign_class(
            firm=it.firm, grade="D", why="去年两次重大隐患", besides={}, by=it.here.owner.by, at=NOON
        )
        row = History.objects.get(kind="grade")
        assert (row.value, row.facts["proposed"], row.facts["why"]) == ("D", "C", "去年两次重大隐患")

    @pytest.mark.feature("M356")
    def test_the_checklist_proposes_a_colour_and_a_person_signs_it(self) -> None:
        it = archive()
        good = ["exits", "separation", "sprinklers", "alarm", "wiring", "agreement"]
        assert classing.sign_colour(firm=it.firm, fulfilled=good, by=it.here.owner.by, at=NOON) == "green"
        assert (
            classing.sign_colour(firm=it.firm, fulfilled=good[:4], by=it.here.owner.by, at=NOON) == "yellow"
        )
        assert classing.sign_colour(firm=it.firm, fulfilled=[], by=it.here.owner.by, at=NOON) == "red"
        with pytest.raises(Refused):
            classing.sign_colour(firm=it.firm, fulfilled=[], colour="green", by=it.here.owner.by, at=NOON)
        assert History.objects.filter(kind="colour").count() == 3

    @pytest.mark.feature("M354", "M357")
    def test_leaseholders_stand_under_their_landlord_and_parks_have_points(self) -> None:
        it = archive()
        tenant = registering.register(name="租户五金店", region=QUAY, by=it.here.owner.by, at=NOON)
        registering.set_tag(firm=it.firm, kind="multi_tenant", by=it.here.owner.by, at=NOON)
        assert "leases" in last_lacks(it.firm)
        row = classing.lease(
            building=it.site,
            tenant=tenant,
            rooms="3楼",
            safety_agreement=True,
            by=it.here.manager.by,
            at=NOON,
        )
        assert "leases" not in last_lacks(it.firm)
        with pytest.raises(Refused):
            classing.lease(building=it.site, tenant=tenant, by=it.here.manager.by, at=NOON)
        with pytest.raises(Refused):
            classing.lease(building=it.site, tenant=it.firm, by=it.here.manager.by, at=NOON)
        classing.end_lease(row=row, why="搬走", by=it.here.manager.by, at=NOON)
        for item in ("training", "agreement_missing", "patrol_done"):
            classing.give_points(firm=it.firm, item=item, by=it.here.owner.by, at=NOON)
        assert lists.points_of(it.firm) == 2
        with pytest.raises(Refused):
            classing.give_points(firm=it.firm, item="training", by=it.here.manager.by, at=NOON)

    def test_standardisation_has_a_validity(self) -> None:
        it = archive()
        with pytest.raises(Refused):
            hazards.standardise(
                firm=it.firm, grade="3", valid_from=TODAY, valid_to=TODAY, by=it.here.owner.by, at=NOON
            )
        hazards.standardise(
            firm=it.firm,
            grade="3",
            valid_from=TODAY,
            valid_to=TODAY + 365 * DAY,
            by=it.here.owner.by,
            at=NOON,
        )
        assert History.objects.get(kind="standard").value == "3"


class TestCompleteness:
    def test_an_archive_is_complete_when_nothing_asked_for_is_missing(self) -> None:
        it = archive()
        by = it.here.owner.by
        assert set(last_lacks(it.firm)) == {"uscc", "principal", "controller", "safety_manager", "posts"}
        registering.change(firm=it.firm, uscc=code(7), by=by, at=NOON)
        for role in ("principal", "controller", "safety_manager"):
            staffing.set_person(firm=it.firm, name=f"某{role}", role=role, by=by, at=NOON)
        set_post(firm=it.firm, level="principal", name="主要负责人", by=by, at=NOON)
        assert Enterprise.objects.get(pk=it.firm.pk).profile == 100
        rates = [int(h.value) for h in History.objects.filter(kind="profile").order_by("pk")]
        assert rates == sorted(rates) and rates[-1] == 100


def test_another_streets_region_stays_empty() -> None:
    it = archive()
    assert not lists.found(it.here.owner, lists.Asked(region=HILL), at=NOON)
    assert lists.found(it.here.owner, lists.Asked(region=HARBOUR), at=NOON).count() == 1
    assert Organisation.objects.filter(kind="enterprise").count() == 1

from dataclasses import replace

import pytest

from anlan.domains.patrols import actions
from anlan.domains.patrols.actions import Conflict, FindingGiven, Sent, Written
from anlan.domains.patrols.models import Act, Checklist, Finding, Visit
from anlan.domains.patrols.queries import lists, visits
from anlan.domains.patrols.tests.ground import (
    DAY,
    HOUR,
    JPEG,
    Danger,
    Site,
    Tag,
    begun,
    photo,
)
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.ids import new_id
from anlan.kernel.ledger.models import Entry
from anlan.kernel.loop.models import Evidence, Step, WorkItem
from anlan.kernel.loop.sweep import sweep
from tests.people import NOON, District

pytestmark = pytest.mark.django_db


@pytest.mark.feature("M029")
class TestChecklists:
    def test_are_put_in_force_once_and_fit_by_trade(self, here: District) -> None:
        assert actions.load_checklists(by="service:test", at=NOON) == 0
        assert [each.code for each in lists.fitting(lists.in_force(), ["dust"])] == ["dust", "general"]

    def rows(self, text: str, law: str = "某标准") -> list[dict]:
        return [
            {
                "list": "spray",
                "name": "喷涂",
                "fits": "spraying，plating",
                "item": "spray-1",
                "text": text,
                "law": law,
                "article": "3",
                "tag": "P",
            }
        ]

    def take(self, rows: list[dict], *, dry: bool = False):
        return actions.take_rows(rows, by="service:test", at=NOON, act=new_id(), dry=dry)

    def test_come_in_as_a_spreadsheet_and_a_change_is_a_new_version(self, here: District) -> None:
        assert self.take(self.rows("看通风"), dry=True).ids == []
        assert len(self.take(self.rows("看通风")).ids) == 1
        assert self.take(self.rows("看通风")).same == 1
        self.take(self.rows("看通风和接地"))
        assert list(Checklist.objects.filter(code="spray").order_by("version").values_list("version", "retired_at")) == [
            (1, NOON), (2, None),
        ]  # fmt: skip
        assert Checklist.objects.get(code="spray", retired_at=None).tags == ["spraying", "plating"]

    def test_an_item_that_claims_a_source_without_a_law_is_returned_with_its_row(
        self, here: District
    ) -> None:
        taken = self.take(self.rows("看通风", law=""))
        assert (taken.ids, taken.refused[0][0]) == ([], "law")

    def test_leave_as_the_same_spreadsheet_that_they_came_in(self, here: District) -> None:
        names = [
            column.name
            for column in __import__("anlan.domains.patrols.domain", fromlist=["x"]).CHECKLISTS.columns
        ]
        rows = [
            dict(zip(names, row, strict=True)) for row in actions.give_rows(person=here.owner, filters={})
        ]
        taken = self.take(rows)
        assert (taken.ids, taken.refused, taken.same) == ([], {}, len(rows))


class TestAVisit:
    def test_keeps_what_the_firm_was_on_its_day(self, here: District, site: Site) -> None:
        visit = actions.begin(begun(site), person=here.owner, at=NOON)
        Tag.objects.update(until=NOON.date())
        visit.refresh_from_db()
        assert (visit.tags, visit.grade, visit.metres_off) == (["dust"], "D", 0.0)
        assert (visit.item.state, visit.item.charge_person) == ("begun", here.owner)

    def test_goes_only_to_sites_of_ones_own_regions(self, here: District, site: Site) -> None:
        with pytest.raises(Refused) as refusal:
            actions.begin(begun(site), person=here.outsider, at=NOON)
        assert refusal.value.code == "patrols.no_site"

    def test_a_firm_checks_itself_and_nobody_else(self, here: District, site: Site) -> None:
        visit = actions.begin(begun(site, kind="self_check"), person=here.manager, at=NOON)
        assert visit.kind == "self_check"
        with pytest.raises(Refused):
            actions.begin(begun(site), person=here.manager, at=NOON)

    def test_is_finished_with_answers_and_the_firms_signature(self, here: District, site: Site) -> None:
        visit = actions.begin(begun(site), person=here.owner, at=NOON)
        written = Written(
            answers={"dust-04": "not_fine"}, sign_how="signed", signer="方经理", sign=photo(here)
        )
        actions.finish(
            visit=visit, written=written, ended_at=NOON + HOUR, base=1, by=here.owner.by, at=NOON + HOUR
        )
        visit.refresh_from_db()
        assert (visit.item.state, visit.version, visit.ended_at) == ("finished", 2, NOON + HOUR)
        assert (
            Step.objects.get(item=visit.item, move="finish").needs["answers"]["dust-04"]["answer"]
            == "not_fine"
        )
        assert Evidence.objects.filter(step__item=visit.item, kind="photo").count() == 1

    def test_of_a_day_without_signal_is_no_late_entry(self, here: District, site: Site) -> None:
        for hours, late in ((9, False), (40, True)):
            visit = actions.begin(begun(site), person=here.owner, at=NOON + hours * HOUR)
            step = Step.objects.get(item=visit.item, move="open")
            assert (step.late_entry, step.happened_at) == (late, NOON)

    def test_that_nobody_finished_is_broken_off_and_may_still_be_finished(
        self, here: District, site: Site
    ) -> None:
        visit = actions.begin(begun(site), person=here.owner, at=NOON)
        for day in range(1, 5):
            sweep(exercise_id=None, at=NOON + day * DAY, limit=100)
        assert WorkItem.objects.get(pk=visit.pk).state == "broken_off"
        actions.finish(
            visit=visit, written=Written(), ended_at=NOON + HOUR, base=1, by=here.owner.by, at=NOON + 5 * DAY
        )
        assert WorkItem.objects.get(pk=visit.pk).state == "finished"


class TestTwoHands:
    def change(self, here: District, visit: Visit, **answers: str) -> None:
        actions.change(
            visit=visit,
            written=Written(answers=answers),
            base=visit.version,
            by=here.colleague.by,
            at=NOON + HOUR,
            why="补",
        )

    def finish(self, here: District, visit: Visit, base: int, **answers: str) -> None:
        named = {item.replace("_", "-"): answer for item, answer in answers.items()}
        actions.finish(
            visit=visit,
            written=Written(answers=named),
            ended_at=NOON + HOUR,
            base=base,
            by=here.owner.by,
            at=NOON + 2 * HOUR,
        )

    def test_about_different_things_both_stand(self, here: District, site: Site) -> None:
        visit = actions.begin(begun(site), person=here.owner, at=NOON)
        self.change(here, visit, **{"dust-01": "fine"})
        self.finish(here, visit, 1, dust_02="not_fine")
        visit.refresh_from_db()
        assert visit.answers.keys() == {"dust-01", "dust-02"}

    def test_about_one_thing_are_a_conflict_that_shows_both(self, here: District, site: Site) -> None:
        visit = actions.begin(begun(site), person=here.owner, at=NOON)
        self.change(here, visit, **{"dust-01": "fine"})
        with pytest.raises(Conflict) as conflict:
            self.finish(here, visit, 1, dust_01="not_fine")
        answer = conflict.value.answer
        assert answer["differing"] == [{"name": "dust-01", "mine": "not_fine", "theirs": "fine"}]
        assert (answer["base"], answer["theirs"]["by"]) == (2, here.colleague.by)
        self.finish(here, visit, 2, dust_01="not_fine")
        assert Visit.objects.get().answers["dust-01"]["answer"] == "not_fine"


def sent(**more: object) -> Sent:
    return replace(Sent(id=new_id(), kind="note", body={"a": 1}, happened_at=NOON), **more)


class TestAnAct:
    def do(self, act: Sent, here: District, *, fail: Exception | None = None, person=None):
        self.done = getattr(self, "done", 0)

        def work() -> dict:
            self.done += 1
            if fail:
                raise fail
            return {"n": self.done}

        return actions.once(sent=act, person=person or here.owner, at=NOON, do=work)

    def test_sent_twice_is_done_once_and_gives_the_same_answer(self, here: District) -> None:
        act = sent()
        (first, doubled), (second, again) = self.do(act, here), self.do(act, here)
        assert (doubled, again, self.done) == (False, True, 1)
        assert first.answer == second.answer == {"n": 1}

    def test_with_other_content_or_of_somebody_else_under_a_known_number_is_refused(
        self, here: District
    ) -> None:
        act = sent()
        self.do(act, here)
        for wrong, person in ((replace(act, body={"a": 2}), here.owner), (act, here.colleague)):
            with pytest.raises(Refused) as refusal:
                self.do(wrong, here, person=person)
            assert refusal.value.code == "patrols.other_content"

    def test_refused_leaves_nothing_and_may_come_again(self, here: District) -> None:
        act = sent()
        with pytest.raises(Refused):
            self.do(act, here, fail=Refused("patrols.no_site"))
        assert not Act.objects.exists()
        assert self.do(act, here)[0].state == "taken"

    def test_a_conflict_keeps_both_hands_until_it_is_settled(self, here: District) -> None:
        act = sent()
        kept, _ = self.do(act, here, fail=Conflict(theirs={"note": "x"}, differing=[], base=3))
        assert (kept.state, kept.answer["base"]) == ("conflict", 3)
        assert Entry.objects.filter(code="patrols.conflict_met").count() == 1
        assert visits.open_conflicts(here.owner).get() == kept
        self.do(sent(settles=act.id), here)
        assert not visits.open_conflicts().exists()

    def test_settles_only_a_conflict_of_its_own(self, here: District) -> None:
        for wrong in (new_id(), self.do(sent(), here)[0].pk):
            with pytest.raises(Refused):
                self.do(sent(settles=wrong), here)


class TestFindings:
    def find(self, here: District, site: Site, **more: object) -> Finding:
        visit = actions.begin(begun(site), person=here.owner, at=NOON)
        given = FindingGiven(id=new_id(), description="干式除尘器无控爆措施", category="dust", item="dust-04")
        photos = more.pop("photos", [])
        return actions.add_finding(
            replace(given, **more),
            visit=visit,
            photos=photos,
            by=here.owner.by,
            at=NOON + HOUR,
            happened_at=NOON,
        )

    def test_becomes_a_danger_of_the_firm_with_photo_and_place(self, here: District, site: Site) -> None:
        finding = self.find(here, site, photos=[photo(here)], lon=113.9, lat=22.6)
        danger = Danger.objects.get(pk=finding.danger_id)
        assert (danger.organisation, danger.item.state) == (here.firm, "rectifying")
        assert finding.item is not None
        assert finding.item.law
        assert set(Evidence.objects.filter(step__item=danger.item).values_list("kind", flat=True)) == {
            "photo",
            "position",
        }

    def test_a_candidate_does_not_wait_for_its_photos(self, here: District, site: Site) -> None:
        finding = self.find(here, site, candidate_major=True)
        assert Danger.objects.get(pk=finding.danger_id).grade == "candidate_major"
        for _ in range(2):
            actions.add_photos(
                finding=finding, photos=[photo(here)], by=here.owner.by, at=NOON + HOUR, taken_at=NOON
            )
        assert Evidence.objects.filter(step__item_id=finding.danger_id, kind="photo").count() == 1

    def test_put_right_on_the_spot_ends_there(self, here: District, site: Site) -> None:
        finding = self.find(here, site, fixed=True, photos=[photo(here), photo(here, JPEG + b"2")])
        assert Danger.objects.get(pk=finding.danger_id).item.state == "closed_off"

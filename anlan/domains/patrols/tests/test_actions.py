from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.apps import apps

from anlan.domains.patrols import actions
from anlan.domains.patrols.actions import Begun, Conflict, FindingGiven, Sent, Written
from anlan.domains.patrols.models import Act, Checklist, Finding, Visit
from anlan.domains.patrols.queries import lists, visits
from anlan.kernel.core import attachments, keys
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.ids import new_id
from anlan.kernel.indicators.queries import indicator
from anlan.kernel.indicators.spec import Cut, Period
from anlan.kernel.ledger.models import Entry
from anlan.kernel.loop.models import Evidence, Step, WorkItem
from anlan.kernel.loop.sweep import sweep
from tests.people import DISTRICT, NOON, QUAY, District, district

pytestmark = pytest.mark.django_db
# Neighbours' rows by name: this domain may import their public doors only.
Enterprise, Site, Tag = (apps.get_model("enterprises", name) for name in ("Enterprise", "Site", "Tag"))
Danger = apps.get_model("dangers", "Danger")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40


def workshop(here: District, *, grade: str = "D") -> Site:
    """The furniture factory: dust work with thirty-one people."""
    firm = Enterprise.objects.create(organisation=here.firm, grade=grade, created_at=NOON, updated_at=NOON)
    Tag.objects.create(
        enterprise=firm, kind="dust", facts={"workers": 31}, since=NOON.date() - 90 * DAY, by="service:test"
    )
    return Site.objects.create(
        enterprise=firm, name="海风家具厂", region_id=QUAY, lon=113.9, lat=22.6, created_at=NOON - 300 * DAY
    )


@pytest.fixture
def here() -> District:
    made = district()
    actions.load_checklists(by="service:test", at=NOON - 9 * DAY)
    return made


@pytest.fixture
def site(here: District) -> Site:
    return workshop(here)


def begun(site: Site, **more: object) -> Begun:
    given = Begun(
        key=new_id(),
        kind="patrol",
        site=site.pk,
        started_at=NOON,
        lists=(("dust", 1), ("general", 1)),
        lon=113.9,
        lat=22.6,
    )
    return replace(given, **more)


def photo(here: District, data: bytes = JPEG):
    return attachments.keep(data=data, media_type="image/jpeg", by=here.owner.by)


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


class TestAPhoto:
    def send(self, here: District, data: bytes, offset: int, end: int, *, sm3: str = "", by: str = ""):
        return actions.receive(
            sm3=sm3 or keys.sm3(data),
            offset=offset,
            total=len(data),
            data=data[offset:end],
            by=by or here.owner.by,
        )

    def test_comes_in_pieces_and_goes_on_where_it_stopped(self, here: District) -> None:
        assert self.send(here, JPEG, 0, 4000).received == 4000
        assert actions.progress_of(sm3=keys.sm3(JPEG), by=here.owner.by) == actions.Progress(4000, done=False)
        with pytest.raises(Refused) as gap:
            self.send(here, JPEG, 8000, 9000)
        assert gap.value.facts["received"] == 4000
        assert self.send(here, JPEG, 2000, 9000).received == 9000  # a piece sent twice is passed over
        assert self.send(here, JPEG, 9000, len(JPEG)).done
        assert self.send(here, JPEG, 0, 10).done
        assert attachments.path_of(keys.sm3(JPEG)).read_bytes() == JPEG

    def test_belongs_to_who_sent_it(self, here: District) -> None:
        self.send(here, JPEG, 0, len(JPEG))
        assert actions.own_photos([keys.sm3(JPEG)], by=here.owner.by)
        with pytest.raises(Refused):
            actions.own_photos([keys.sm3(JPEG)], by=here.colleague.by)

    @pytest.mark.parametrize(("data", "sm3", "code"), [
        (JPEG, "0" * 64, "patrols.other_bytes"),
        (b"<html>" * 90, "", "patrols.not_a_photo"),
        (JPEG, "../../etc", "patrols.bad_digest"),
    ])  # fmt: skip
    def test_that_is_not_what_it_claims_is_thrown_away(
        self, here: District, data: bytes, sm3: str, code: str
    ) -> None:
        with pytest.raises(Refused) as refusal:
            self.send(here, data, 0, len(data), sm3=sm3)
        assert refusal.value.code == code

    def test_over_the_limit_is_refused_before_a_byte_is_kept(self, here: District) -> None:
        with pytest.raises(Refused):
            actions.receive(sm3="0" * 64, offset=0, total=11 * 2**20, data=b"", by=here.owner.by)


@pytest.mark.feature("M388", "M389", "M391", "M393")
def test_visits_and_firms_are_counted_by_the_trade_of_their_day(here: District, site: Site) -> None:
    for hours in (0, 2):
        visit = actions.begin(
            begun(site, started_at=NOON + hours * HOUR), person=here.owner, at=NOON + hours * HOUR
        )
        given = FindingGiven(id=new_id(), description="积尘", category="dust", item="dust-07")
        actions.add_finding(
            given,
            visit=visit,
            photos=[],
            by=here.owner.by,
            at=NOON + hours * HOUR,
            happened_at=NOON + hours * HOUR,
        )
        actions.finish(
            visit=visit,
            written=Written(),
            ended_at=NOON + (hours + 1) * HOUR,
            base=1,
            by=here.owner.by,
            at=NOON + 5 * HOUR,
        )
    own = actions.begin(begun(site, kind="self_check"), person=here.manager, at=NOON)
    actions.finish(visit=own, written=Written(), ended_at=NOON, base=1, by=here.manager.by, at=NOON)
    actions.begin(begun(site), person=here.owner, at=NOON)  # never finished

    def read(code: str) -> Decimal | None:
        return indicator(
            code=code, cut=Cut(DISTRICT), period=Period(NOON - DAY, NOON + DAY), as_of=NOON + DAY
        ).value

    counted = {
        code: read(f"patrols.{code}") for code in ("visits", "firms", "found", "visits_dust", "found_dust")
    }
    assert counted == {"visits": 2, "firms": 1, "found": 2, "visits_dust": 2, "found_dust": 2}
    assert [read(f"patrols.visits_{tag}") for tag in ("confined_space", "plating", "hazchem")] == [0, 0, 0]


def test_todays_list_is_what_runs_out_then_what_is_due_by_class(here: District, site: Site) -> None:
    def facts(number: int, grade: str, lon: float) -> visits.SiteFacts:
        return visits.SiteFacts(UUID(int=number), QUAY, grade, NOON - 400 * DAY, lon, 22.6)

    visit = actions.begin(begun(site), person=here.owner, at=NOON)
    actions.finish(visit=visit, written=Written(), ended_at=NOON, base=1, by=here.owner.by, at=NOON)
    dust = visits.SiteFacts(site.pk, QUAY, "D", NOON - 400 * DAY, 113.9, 22.6)
    due = visits.todays(
        [dust, facts(1, "A", 113.95), facts(2, "A", 113.91)], urgent={UUID(int=1): NOON}, at=NOON + 25 * DAY
    )
    assert [(each.site, each.urgent) for each in due] == [
        (UUID(int=1), True),
        (UUID(int=2), False),
        (site.pk, False),
    ]
    assert due[2].last == NOON


def test_a_visit_is_seen_in_its_street_and_by_its_firm(here: District, site: Site) -> None:
    actions.begin(begun(site), person=here.owner, at=NOON)
    seen = [
        visits.visible_visits(p, at=NOON).count()
        for p in (here.owner, here.colleague, here.manager, here.outsider)
    ]
    assert seen == [1, 1, 1, 0]
    assert len(visits.recent([site.pk], each=3)[site.pk]) == 1

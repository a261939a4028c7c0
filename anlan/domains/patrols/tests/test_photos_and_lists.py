"""Photos in pieces, the day's list, what is counted and who sees it."""

from decimal import Decimal
from uuid import UUID

import pytest

from anlan.domains.patrols import actions
from anlan.domains.patrols.actions import FindingGiven, Written
from anlan.domains.patrols.queries import visits
from anlan.domains.patrols.queries.giving import register
from anlan.domains.patrols.tests.ground import DAY, HOUR, JPEG, Site, begun
from anlan.kernel.core import attachments, keys
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.ids import new_id
from anlan.kernel.indicators.queries import indicator
from anlan.kernel.indicators.spec import Cut, Period
from tests.people import DISTRICT, NOON, QUAY, District

pytestmark = pytest.mark.django_db


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


def test_the_register_of_visits_gives_out_what_a_person_may_see(here: District, site: Site) -> None:
    visit = actions.begin(begun(site), person=here.owner, at=NOON)
    written = Written(
        answers={"general-01": "not_fine", "general-02": "fine"}, note="已讲解", companions=("钱工",)
    )
    actions.finish(
        visit=visit, written=written, ended_at=NOON + DAY / 24, base=1, by=here.owner.by, at=NOON + DAY / 24
    )
    (row,) = register(person=here.owner.pk, filters={})
    assert (row[2], row[4], row[7:12]) == (here.firm.name, "patrol", ("Alma", "钱工", 2, 1, 0))
    assert row[-2:] == ("finished", "已讲解")
    assert list(register(person=here.owner.pk, filters={"q": "没有这家"})) == []
    assert (
        list(register(person=here.outsider.pk, filters={})) == list(register(person=None, filters={})) == []
    )

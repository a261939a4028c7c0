"""An advisory is proposed, approved by a second person, published as CAP 1.2, updated, cancelled, and it ends."""

from datetime import timedelta

import pytest
from lxml import etree

from anlan.domains.warnings.actions import advisories
from anlan.domains.warnings.models import Advisory, AdvisoryMessage
from anlan.domains.warnings.queries.inforce import advisories_in_force, cap_feed, cap_message
from anlan.domains.warnings.rules import cap
from anlan.domains.warnings.tests.people import HARBOUR, HILL, NOON, QUAY, Watch, watch
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.models import Exercise
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.loop.sweep import sweep

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
BASE = "https://anlan.invalid/cap"


@pytest.fixture
def w() -> Watch:
    return watch()


def proposed(w: Watch, **said: object) -> WorkItem:
    said = {"hazard": "rain", "colour": "orange", "regions": [QUAY], "by": w.officer.by, "at": NOON} | said
    return advisories.propose_advisory(**said)


def published(w: Watch, **said: object) -> WorkItem:
    item = proposed(w, **said)
    advisories.publish_advisory(item=item, by=w.chief.by, at=NOON)
    return item


def entries(at=NOON, exercise_id=None) -> list[str]:
    feed = etree.fromstring(cap_feed(base_url=BASE, region=HARBOUR, at=at, exercise_id=exercise_id))
    links = feed.findall(".//{http://www.w3.org/2005/Atom}entry/{http://www.w3.org/2005/Atom}link")
    return [link.get("href").removeprefix(f"{BASE}/").removesuffix(".xml") for link in links]


def alerts(at=NOON) -> list[cap.Alert]:
    return [cap.read(cap_message(name)) for name in entries(at)]


@pytest.mark.feature("M160")
def test_it_is_published_as_valid_cap_in_two_languages(w: Watch) -> None:
    published(w)
    (alert,) = alerts()
    assert (alert.msg_type, alert.status, alert.sender) == ("Alert", "Actual", "warnings@anlan.invalid")
    assert [info.language for info in alert.infos] == ["zh-CN", "en"]
    assert alert.infos[0].areas[0].geocodes == (("GB/T 2260", QUAY),)
    assert alert.infos[0].areas[0].description == "码头社区"
    assert "风险提示" in alert.infos[0].headline
    assert "signal" not in alert.infos[1].headline.lower()
    assert alert.infos[0].expires == NOON + 6 * HOUR


def test_nobody_publishes_their_own(w: Watch) -> None:
    item = proposed(w, by=w.chief.by)
    with pytest.raises(Refused) as caught:
        advisories.publish_advisory(item=item, by=w.chief.by, at=NOON)
    assert caught.value.code == "loop.second_person"
    assert entries() == []


def test_an_update_refers_to_what_it_replaces(w: Watch) -> None:
    first = published(w)
    update = advisories.update_advisory(
        item=first, hours=3, wording={"description": "水位上涨"}, by=w.officer.by, at=NOON + HOUR
    )
    assert len(entries(NOON + HOUR)) == 1  # not yet approved: the first one stands
    advisories.publish_advisory(item=update, by=w.chief.by, at=NOON + HOUR)
    (alert,) = alerts(NOON + HOUR)
    assert alert.msg_type == "Update"
    assert alert.references[0].identifier == AdvisoryMessage.objects.get(advisory=first.pk).identifier
    assert alert.infos[0].description == "水位上涨"
    first.refresh_from_db()
    assert first.state == "superseded"
    assert [a.pk for a in advisories_in_force(at=NOON + HOUR)] == [update.pk]


def test_a_cancel_says_all_clear_until_the_old_end(w: Watch) -> None:
    item = published(w)
    with pytest.raises(Refused):
        advisories.cancel_advisory(item=item, by=w.officer.by, at=NOON + HOUR)  # needs a reason
    advisories.cancel_advisory(item=item, by=w.officer.by, at=NOON + HOUR, reason="rain moved off")
    (alert,) = alerts(NOON + HOUR)
    assert (alert.msg_type, alert.infos[0].response_types) == ("Cancel", ("AllClear",))
    assert entries(NOON + 6 * HOUR) == []


def test_an_advisory_ends_by_itself(w: Watch) -> None:
    item = published(w)
    assert entries(NOON + 6 * HOUR) == []
    sweep(exercise_id=None, at=NOON + 6 * HOUR)
    item.refresh_from_db()
    assert item.state == "expired"
    with pytest.raises(Refused) as caught:
        advisories.update_advisory(item=item, by=w.officer.by, at=NOON + 6 * HOUR)
    assert caught.value.code == "advisory.not_in_force"


def test_one_that_would_have_ended_is_not_published(w: Watch) -> None:
    item = proposed(w, hours=0.5)
    with pytest.raises(Refused) as caught:
        advisories.publish_advisory(item=item, by=w.chief.by, at=NOON + HOUR / 2)
    assert caught.value.code == "advisory.over"


def test_a_drawn_area_goes_out_as_a_polygon(w: Watch) -> None:
    ring = [[113.89, 22.6], [113.95, 22.6], [113.95, 22.7], [113.89, 22.6]]
    published(w, regions=[HILL], area={"type": "Polygon", "coordinates": [ring]})
    assert alerts()[0].infos[0].areas[0].polygons == (tuple(map(tuple, ring)),)


def test_an_exercise_has_a_feed_of_its_own_and_says_so(w: Watch) -> None:
    drill = Exercise.objects.create(name="drill", real_start=NOON, sim_start=NOON, frozen_at=NOON)
    published(w, exercise_id=drill.pk)
    assert entries() == []
    (name,) = entries(exercise_id=drill.pk)
    alert = cap.read(cap_message(name, exercise_id=drill.pk))
    assert (alert.status, alert.note) == ("Exercise", "【演练】")


def test_an_unknown_message_is_refused(w: Watch) -> None:
    with pytest.raises(Refused):
        cap_message("nothing")
    assert not Advisory.objects.exists()

"""CAP in and out over HTTP."""

from datetime import timedelta

import pytest
from django.test import Client
from lxml import etree

from anlan.domains.warnings.actions import advisories
from anlan.domains.warnings.models import Signal
from anlan.domains.warnings.rules import cap
from anlan.domains.warnings.tests.people import QUAY, Watch, watch
from anlan.domains.warnings.tests.samples import message
from anlan.kernel.core import clock
from anlan.kernel.core.models import Exercise
from anlan.kernel.orgs.models import Account, Person

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def w() -> Watch:
    return watch()


def publish(w: Watch, exercise: Exercise | None = None) -> None:
    now = clock.now(exercise.pk if exercise else None)
    more = {"exercise_id": exercise.pk} if exercise else {}
    item = advisories.propose_advisory(
        hazard="rain", colour="orange", regions=[QUAY], by=w.officer.by, at=now, **more
    )
    advisories.publish_advisory(item=item, by=w.chief.by, at=now)


def links() -> list[str]:
    feed = etree.fromstring(Client().get("/api/cap/feed").content)
    return [link.get("href") for link in feed.findall(f".//{ATOM}entry/{ATOM}link")]


@pytest.mark.feature("M160")
def test_a_published_advisory_is_there_for_everybody_and_valid(w: Watch) -> None:
    publish(w)
    (link,) = links()
    answer = Client().get(link[link.index("/api/") :])
    assert answer["Content-Type"].startswith("application/cap+xml")
    assert cap.read(answer.content).msg_type == "Alert"


def test_an_exercise_never_goes_out(w: Watch) -> None:
    now = clock.real_now()
    publish(w, Exercise.objects.create(name="drill", real_start=now - timedelta(hours=1), sim_start=now))
    assert links() == []


def test_an_unknown_message_is_not_found(w: Watch) -> None:
    assert Client().get("/api/cap/none.xml").status_code == 404


def signed_in(person: Person) -> Client:
    person.account = Account.objects.create_user(login=f"a-{person.pk.hex[-8:]}")
    person.save(update_fields=["account"])
    client = Client()
    client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_signal_comes_in_from_an_officer_on_watch_and_from_nobody_else(w: Watch) -> None:
    body = message(sent=clock.real_now())
    for client, status in ((Client(), 401), (signed_in(w.keeper), 403), (signed_in(w.officer), 201)):
        answer = client.post("/api/signals/cap", body, content_type="application/xml")
        assert answer.status_code == status, answer.content
    assert Signal.objects.count() == 1


def test_a_faulty_message_is_refused_in_words(w: Watch) -> None:
    answer = signed_in(w.officer).post("/api/signals/cap", b"<alert/>", content_type="application/xml")
    assert answer.status_code == 422
    assert answer.json()["detail"]

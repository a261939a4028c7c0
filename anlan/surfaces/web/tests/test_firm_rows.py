"""The one shape of the forms about a row of a firm: its reasons, what it refuses, and that an end is not ended twice."""

import pytest
from django.urls import reverse

from anlan.domains.enterprises.actions import hazards
from anlan.domains.enterprises.models import HazardUnit, Substance
from anlan.domains.enterprises.tests.firms import Archive, archive
from anlan.kernel.core import clock
from anlan.kernel.ledger.models import Entry
from anlan.surfaces.web.pages.enterprise_rows import CORRECTIONS, ENDS
from anlan.surfaces.web.tests.firm_pages import browser, text

pytestmark = pytest.mark.django_db
MISTAKE = "Entered by mistake"


@pytest.fixture
def it(db: None) -> Archive:
    return archive()


def test_an_end_takes_one_of_its_reasons_or_own_words_and_ends_once(it: Archive) -> None:
    at, by = clock.real_now(), it.here.owner.by
    unit = hazards.add_unit(firm=it.firm, name="液氯库", kind="storage", by=by, at=at)
    hazards.set_substance(unit=unit, name="氯", quantity_t=9.0, by=by, at=at)
    client = browser(it.here.owner.account)
    end = reverse("web:enterprise_end", args=[it.firm.pk, "unit", unit.pk])
    assert MISTAKE in text(client.get(end))
    refused = client.post(end, {"pick": "A reason of nobody’s"})
    assert refused.status_code == 422 and HazardUnit.objects.filter(active=True).exists()
    assert client.post(end, {"pick": MISTAKE, "why": "重复登记"}).status_code == 302
    entry = Entry.objects.get(code="enterprises.unit_ended")
    assert entry.facts["why"] == "重复登记", "own words go before a reason that was picked"
    assert not Substance.objects.filter(active=True).exists()
    assert client.get(end).status_code == 404, "what has ended has no form any more"


def test_a_door_plate_is_not_entered_by_mistake_and_a_row_has_only_its_own_forms(it: Archive) -> None:
    client = browser(it.here.owner.account)
    plate = reverse("web:enterprise_end", args=[it.firm.pk, "plate", it.site.pk])
    shown = text(client.get(plate))
    assert "The plate is lost or unreadable" in shown and MISTAKE not in shown
    before = it.site.plate
    assert client.post(plate, {"pick": MISTAKE}).status_code == 422
    assert client.post(plate, {"pick": "Somebody copied it"}).status_code == 302
    it.site.refresh_from_db()
    assert it.site.plate != before
    for name, forms in (("row", CORRECTIONS), ("end", ENDS)):
        for what in {*CORRECTIONS, *ENDS, "nothing"}:
            own = what in forms and forms[what].model is type(it.site)
            address = reverse(f"web:enterprise_{name}", args=[it.firm.pk, what, it.site.pk])
            assert client.get(address).status_code == (200 if own else 404), address

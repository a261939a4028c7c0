"""A scheme opened for the two streets of the test district, for the table of who sees what."""

from datetime import date
from uuid import UUID

from anlan.domains.assessments.actions.schemes import open_round, take_scheme
from anlan.domains.assessments.models import Sheet
from anlan.kernel.core import clock
from tests import people

TEXT = 'code = "a"\ntitle = "考核"\nkinds = ["street"]\n[[item]]\ncode = "B1"\nlabel = "责任落实"\nweight = 100\n'


def assessed(here: people.District) -> dict[str, UUID]:
    """The district's scheme, its round, and the sheet of the harbour street."""
    now, by = clock.real_now(), "service:test"
    scheme = take_scheme(text=TEXT, region=people.DISTRICT, by=by, at=now)
    opened = open_round(scheme=scheme, first=date(2026, 1, 1), last=date(2026, 6, 30), by=by, at=now)
    return {
        "scheme": scheme.pk,
        "round": opened.pk,
        "sheet": Sheet.objects.get(round=opened, unit=here.street).pk,
    }

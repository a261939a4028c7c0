"""The five published documents become work plans: numbers as printed, every unclear place said and settled by a person."""

import pytest

from anlan.domains.workplan import actions
from anlan.domains.workplan.rules import outline
from anlan.domains.workplan.rules import tasks as rules
from anlan.domains.workplan.tests.ground import Ground, ground
from anlan.domains.workplan.tests.test_outline import UNCLEAR, seed
from anlan.kernel.core.errors import Refused
from tests.people import DISTRICT, NOON

pytestmark = pytest.mark.django_db


@pytest.mark.feature("M001")
def test_the_published_documents_become_plans_with_their_numbers() -> None:
    g = ground()
    for number in sorted(UNCLEAR):
        _lands(g, number, seed(number))


def _lands(g: Ground, number: str, text: str) -> None:
    given = {"title": f"{number}", "year": 2026, "region": DISTRICT, "by": g.olga.by, "at": NOON}
    draft = actions.draft(text=text, **given)
    if UNCLEAR[number]:
        with pytest.raises(Refused) as refused:
            actions.land(draft=draft, by=g.olga.by, at=NOON)
        assert refused.value.code == rules.UNSETTLED
        lines = [line for line, _mark, _what in UNCLEAR[number]]
        draft = actions.settle(draft=draft, lines=lines, by=g.olga.by, at=NOON)
    plan = actions.sign_off(plan=actions.land(draft=draft, by=g.olga.by, at=NOON), by=g.pia.by, at=NOON)
    read = outline.read(text)
    kept = list(plan.points.order_by("place").values_list("mark", "depth", "title"))
    assert kept == [(node.mark[:20], node.depth, node.title[:120]) for node in read.walk()]
    assert plan.doubts == [{"line": line, "mark": mark, "what": what} for line, mark, what in UNCLEAR[number]]

"""Whatever a number of the demo's district counts, its rows are of the kind that it opens to."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.conf import settings

from anlan.kernel.core import clock
from anlan.kernel.indicators.memory import together
from anlan.kernel.indicators.queries import indicator
from anlan.kernel.indicators.registry import all_indicators
from anlan.kernel.indicators.spec import Cut, Period
from anlan.kernel.loop.models import WorkItem

FEW = 50  # rows of a number that are looked at
YEAR = timedelta(days=365)
EMPTY = {"assessments.vetting_given", "assessments.vetting_objections"}  # closed: they open to no row


@pytest.mark.django_db
def test_the_rows_of_every_number_are_of_the_kind_it_opens_to() -> None:
    at = clock.real_now()
    told: dict[str, int] = {}
    with together():
        for known in all_indicators():
            read = indicator(
                code=known.code, cut=Cut(settings.ANLAN_REGION), period=Period(at - YEAR, at), as_of=at
            )
            rows = set(read.rows[:FEW])
            model = WorkItem if known.opens in ("", "loop.workitem") else apps.get_model(known.opens)
            there = set(model._default_manager.filter(pk__in=rows).values_list("pk", flat=True))
            assert there == rows, f"{known.code} opens to {model.__name__}, its rows are of another kind"
            told[known.code] = len(rows)
    assert not any(told[code] for code in EMPTY & set(told))
    assert len([code for code, rows in told.items() if rows]) > 60

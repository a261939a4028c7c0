"""Thousands of items opened in one act are the same as one."""

from datetime import timedelta

import pytest
from django.db import DataError, IntegrityError, transaction

from anlan.domains.dangers.models import Danger
from anlan.kernel.core.bulk import MANY, insert_rows, read_rows, update_rows
from anlan.kernel.ledger.models import Entry
from anlan.kernel.loop.actions import Opening, open_items
from anlan.kernel.loop.models import Step, WorkItem
from tests.people import NOON, QUAY, district

pytestmark = pytest.mark.django_db


def openings(count: int) -> list[Opening]:
    return [
        Opening(
            record=Danger(source="patrol", description=f"第 {n} 处\t\\N", category="exit", found_by="service:test",
                          five_in_place={"plan": "有\n"}),
            title=f"隐患 {n}", region=QUAY, severity=1,
        )
        for n in range(count)
    ]  # fmt: skip


@pytest.mark.parametrize("count", [MANY - 1, MANY + 1])
def test_rows_read_back_as_they_were_given(count: int) -> None:
    district()
    items = open_items(loop="dangers.danger", openings=openings(count), by="service:test", at=NOON)
    assert WorkItem.objects.count() == Step.objects.count() == Danger.objects.count() == count
    assert Entry.objects.filter(code="loop.opened").count() == count
    last = Danger.objects.select_related("item").get(pk=items[-1].pk)
    assert (last.description, last.five_in_place) == (f"第 {count - 1} 处\t\\N", {"plan": "有\n"})
    assert (last.item.due_at, last.item.closed_at, last.item.charge_person) == (
        NOON + timedelta(days=1),
        None,
        None,
    )


def test_a_constraint_is_a_constraint_for_many_too() -> None:
    district()
    wrong = openings(MANY + 1)
    wrong[50].record.grade = "enormous"
    with pytest.raises(IntegrityError), transaction.atomic():
        open_items(loop="dangers.danger", openings=wrong, by="service:test", at=NOON)
    assert WorkItem.objects.count() == 0


def test_many_rows_are_changed_by_one_statement(django_assert_num_queries: object) -> None:
    district()
    items = open_items(loop="dangers.danger", openings=openings(5), by="service:test", at=NOON)
    for number, item in enumerate(items):
        item.severity, item.due_at = number % 3, None
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert update_rows(items, ["severity", "due_at"]) == 5
    assert list(WorkItem.objects.order_by("pk").values_list("severity", "due_at")) == [
        (n % 3, None) for n in range(5)
    ]


@pytest.mark.parametrize("title", ['say "{}"', "a\\b, c", "NULL", "", "积水 50 cm\n"])
def test_words_reach_their_column_as_they_are(title: str) -> None:
    district()
    (item,) = open_items(loop="dangers.danger", openings=openings(1), by="service:test", at=NOON)
    item.title, item.charge_duty = title, title[:40]
    update_rows([item], ["title", "charge_duty"])
    step = Step(item=item, act=item.pk, move="note", target=item.state, by="service:test", at=NOON,
                happened_at=NOON, reason=title, needs={"said": title, "metres": 0.5, "nobody": None})  # fmt: skip
    insert_rows([step])
    item.refresh_from_db()
    step.refresh_from_db()
    assert (item.title, item.charge_duty, step.reason) == (title, title[:40], title)
    assert step.needs == {"said": title, "metres": 0.5, "nobody": None}


def test_a_word_too_long_for_its_column_is_refused_and_not_cut() -> None:
    district()
    (item,) = open_items(loop="dangers.danger", openings=openings(1), by="service:test", at=NOON)
    item.state = "x" * 41
    with pytest.raises(DataError), transaction.atomic():
        update_rows([item], ["state"])


def test_rows_are_read_with_what_was_asked_for_and_the_rest_when_it_is_needed(
    django_assert_num_queries: object,
) -> None:
    district()
    items = open_items(loop="dangers.danger", openings=openings(3), by="service:test", at=NOON)
    ids = [item.pk for item in items]
    with django_assert_num_queries(1):  # type: ignore[operator]
        rows = read_rows(WorkItem, ("state", "closed_at"), "WHERE t.id = ANY(%s) ORDER BY t.id", [ids])
        assert [(row.pk, row.state, row.closed_at) for row in rows] == [
            (pk, items[0].state, None) for pk in ids
        ]
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert rows[0].title == items[0].title


def test_nothing_given_is_nothing_done(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        insert_rows([])
        assert update_rows([], ["severity"]) == 0
        assert open_items(loop="dangers.danger", openings=[], by="service:test", at=NOON) == []

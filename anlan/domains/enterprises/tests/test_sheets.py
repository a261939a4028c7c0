"""Firms and certificates in and out by spreadsheet rows, and the map's layer of sites."""

from datetime import date
from uuid import UUID

import pytest

from anlan.domains.enterprises.actions import classing, registering
from anlan.domains.enterprises.actions.taking import take_certificates, take_firms
from anlan.domains.enterprises.models import Certificate, Enterprise, History, Site
from anlan.domains.enterprises.queries import giving, lists
from anlan.domains.enterprises.queries.layers import sites
from anlan.domains.enterprises.tests.firms import Archive, archive, code
from anlan.kernel.core.ids import new_id
from tests.people import HILL, NOON, QUAY, TERRACE

pytestmark = pytest.mark.django_db


def firm(number: int, **more: object) -> dict[str, object]:
    given = {"uscc": code(number), "name": f"第{number}五金厂", "region": QUAY, "address": "后街1号", "sector": "C33",
             "scale": "small", "staff": 20, "field": "", "business": "", "regulator": "", "lon": 113.9, "lat": 22.6,
             "principal": "欧阳明", "phone": "15400000001"}  # fmt: skip
    return given | more


def take(it: Archive, rows: list[dict[str, object]], *, dry: bool = False, by: str = "") -> object:
    return take_firms(rows, by=by or it.here.owner.by, at=NOON, act=new_id(), dry=dry)


def test_rows_become_firms_once_and_a_second_time_changes_nothing() -> None:
    it = archive()
    rows = [firm(n) for n in range(1, 151)]
    first = take(it, rows)
    assert (len(first.ids), first.same, dict(first.refused)) == (150, 0, {})
    again = take(it, rows)
    assert (len(again.ids), again.same) == (0, 150)
    assert Enterprise.objects.count() == 151 and Site.objects.count() == 151
    assert lists.found(it.here.owner, lists.Asked(words="五金"), at=NOON).count() == 150
    changed = take(it, [firm(1, staff=99, name="改名五金厂"), firm(2)])
    assert (len(changed.ids), changed.same) == (1, 1)
    assert lists.found(it.here.owner, lists.Asked(words="改名"), at=NOON).get().staff == 99


def test_a_dry_run_writes_nothing_and_bad_rows_name_their_column() -> None:
    it = archive()
    rows = [
        firm(1),
        firm(1),
        firm(2, region=TERRACE),
        firm(3, region="无此社区"),
        firm(4, sector="Z99"),
        firm(5, region="码头社区"),
    ]
    found = take(it, rows, dry=True)
    assert {place: column for place, (column, _) in found.refused.items()} == {
        1: "uscc",
        2: "region",
        3: "region",
        4: "sector",
    }
    assert len(found.ids) == 2 and Enterprise.objects.count() == 1


def test_a_firms_person_and_another_street_take_nothing_in() -> None:
    it = archive()
    assert len(take(it, [firm(1)], by=it.here.manager.by).refused) == 1
    assert len(take(it, [firm(1)], by=it.here.outsider.by).refused) == 1
    take(it, [firm(1)])
    assert len(take(it, [firm(1, region=HILL)], by=it.here.outsider.by).refused) == 1, (
        "nor is a firm moved away"
    )


def test_certificates_come_in_by_trade_name_and_go_out_without_their_numbers() -> None:
    it = archive()
    registering.change(firm=it.firm, uscc=code(7), by=it.here.owner.by, at=NOON)
    row = {"uscc": code(7), "name": "焊工甲", "trade": "焊接与热切割作业", "number": "T440399", "issued_on": date(2024, 5, 1), "review_on": None, "expires_on": None}  # fmt: skip
    rows = [row, row, row | {"uscc": code(8)}, row | {"trade": "魔法"}]
    found = take_certificates(rows, by=it.here.owner.by, at=NOON, act=new_id(), dry=False)
    assert (len(found.ids), found.same, {p: c for p, (c, _) in found.refused.items()}) == (
        1,
        1,
        {2: "uscc", 3: "trade"},
    )
    assert Certificate.objects.get().due_on == date(2027, 5, 1)
    (out,) = giving.certificates(person=it.here.owner.pk, filters={})
    assert out[:4] == (code(7), "焊工甲", "welding", "")
    assert not list(giving.certificates(person=it.here.outsider.pk, filters={}))


def test_firms_go_out_with_masked_phones_and_only_to_who_may_see_them() -> None:
    it = archive()
    take(it, [firm(1)])
    rows = list(giving.firms(person=it.here.owner.pk, filters={"q": "五金"}))
    assert [row[1] for row in rows] == ["第1五金厂"] and rows[0][-1] == "154****0001"
    assert not list(giving.firms(person=it.here.outsider.pk, filters={}))


def test_the_layer_shows_sites_by_class_and_drops_closed_firms() -> None:
    it = archive()
    classing.sign_class(firm=it.firm, grade="C", why="试", besides={}, by=it.here.owner.by, at=NOON)
    rows = sites(None)
    assert (len(rows.ids), rows.colour.tolist(), rows.sector.tolist(), rows.region.tolist()) == (
        1,
        [3],
        [3],
        [int(QUAY)],
    )
    assert UUID(bytes=rows.ids[0].tobytes()) == it.site.pk
    registering.set_status(firm=it.firm, status="closed", why="", by=it.here.owner.by, at=NOON)
    assert len(sites(None).ids) == 0
    assert sites([it.firm.pk]).alive.tolist() == [False]
    assert History.objects.filter(kind="grade").count() == 1

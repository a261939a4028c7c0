"""Chunks read here and in a process of their own: the same chunks, the same refusals."""

from pathlib import Path
from threading import Event

import pytest

from anlan.kernel.core.errors import Refused
from anlan.kernel.sheets import preparing
from anlan.kernel.sheets.ahead import Ahead
from anlan.kernel.sheets.preparing import Plan, ReaderLostError
from anlan.kernel.sheets.writing import write_csv, write_xlsx

HEADS = ("uscc", "number", "name", "assessed_level", "lon")
SHEET = "risks.points"


def a_plan(path: Path, many: int, *, position: int = 0, leaf: str = "x") -> Plan:
    rows = [
        ["91440300708461136T", f"P{n}", f"{n}号炉", "低" if n % 5 else "高得很", 113.5] for n in range(many)
    ]
    write = write_csv if path.suffix == ".csv" else write_xlsx
    write(path, name="x", heads=HEADS, rows=rows)
    mapping = {head: head for head in HEADS}
    return Plan(SHEET, path, leaf, 1, HEADS, mapping, position, many, 10)


def told(batches: object) -> list[object]:
    return [
        (
            b.start,
            b.many,
            b.chunk.values,
            b.chunk.places,
            b.cells(),
            {n: (c, str(r)) for n, (c, r) in b.chunk.bad.items()},
        )
        for b in batches  # type: ignore[attr-defined]
    ]


@pytest.mark.parametrize("name", ["a.xlsx", "a.csv"])
def test_a_process_of_its_own_tells_the_same_as_reading_here(tmp_path: Path, name: str) -> None:
    plan = a_plan(tmp_path / name, 34, position=7)
    here = told(preparing.prepared(plan))
    assert [batch[:2] for batch in here] == [(7, 10), (17, 10), (27, 7)]  # type: ignore[index]
    assert told(Ahead(preparing.apart(plan), depth=2, stop=Event())) == here


def test_a_refusal_comes_out_of_the_other_process(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        list(preparing.apart(a_plan(tmp_path / "a.xlsx", 3, leaf="gone")))
    assert (refused.value.code, refused.value.facts) == ("sheets.unknown_leaf", {"leaf": "gone"})


def test_a_reader_that_dies_is_noticed_and_nothing_is_taken_for_the_end(tmp_path: Path) -> None:
    plan = a_plan(tmp_path / "a.xlsx", 3)
    with pytest.raises(ReaderLostError):
        list(preparing.apart(plan._replace(sheet=SHEET, chunk=-1)))


def test_only_long_files_are_worth_a_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[int] = []
    monkeypatch.setattr(preparing, "apart", lambda plan: begun.append(plan.rows) or preparing.prepared(plan))
    plan = a_plan(tmp_path / "a.xlsx", 3)
    assert len(list(preparing.batches(plan))) == 1
    list(preparing.batches(plan._replace(rows=preparing.LONG + 1)))
    assert begun == [preparing.LONG + 1]

"""Chunks read out of a file and checked: here, or in a process of its own while the database takes the last one.

The process is worth its start where a file is long. It knows the file and the columns, never the database; it dies of
its broken pipe when whoever asked for the chunks is gone, killed or not.
"""

import gc
import pickle
import signal
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

import django

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.sheets import reading
from anlan.kernel.sheets.cells import Chunk, checked
from anlan.kernel.sheets.registry import sheet_of

LONG = 20_000  # rows from which a process of its own pays

UNKNOWN_LEAF = reason("sheets.unknown_leaf", N_("The leaf {leaf} is no longer in the file."))


class ReaderLostError(RuntimeError):
    """The process that read the file has ended before the file did."""


class Plan(NamedTuple):
    """What is to be read, and how. `position` counts data rows that are done; `chunk` is the most of one batch."""

    sheet: str
    path: Path
    leaf: str
    head_row: int
    heads: Sequence[str]
    mapping: Mapping[str, str]
    position: int
    rows: int
    chunk: int


class Batch(NamedTuple):
    """A chunk on its way to be written: where it begins (0 = the first data row), how many rows, what they mean.

    `kept` are its cells as they stood there, packed: they are wanted only where a row is refused.
    """

    start: int
    many: int
    chunk: Chunk
    kept: bytes

    def cells(self) -> list[reading.Cells]:
        found: list[reading.Cells] = pickle.loads(self.kept)  # noqa: S301 - packed by `prepared` below
        return found


def batches(plan: Plan) -> Generator[Batch, None, None]:
    """All chunks from the position on. Raises `Refused` where the file cannot be read to its end."""
    return apart(plan) if plan.rows - plan.position > LONG else prepared(plan)


def prepared(plan: Plan) -> Generator[Batch, None, None]:
    """The same, read here."""
    sheet = sheet_of(plan.sheet)
    leaf = next(reading.leaves(plan.path, only=plan.leaf), None)
    if leaf is None:
        raise Refused(UNKNOWN_LEAF, leaf=plan.leaf)
    rows = islice(leaf.rows, plan.head_row + plan.position, None)
    start = plan.position
    while cells := list(islice(rows, plan.chunk)):
        chunk = checked(sheet, plan.heads, plan.mapping, cells, first=plan.head_row + start + 1)
        yield Batch(start, len(cells), chunk, pickle.dumps(cells, pickle.HIGHEST_PROTOCOL))
        start += len(cells)


def apart(plan: Plan) -> Generator[Batch, None, None]:
    """The same, read by a process of its own."""
    context = get_context("spawn")  # a fork would take the connection to the database along
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_read, args=(plan, there), name="reader", daemon=True)
    process.start()
    there.close()
    names = [column.name for column in sheet_of(plan.sheet).columns]
    try:
        while (told := here.recv()) is not None:
            if isinstance(told, Refused):
                raise told
            yield _unpacked(told, names)
    except EOFError as end:
        raise ReaderLostError(plan.path.name) from end
    finally:
        here.close()
        process.terminate()
        process.join()


def _read(plan: Plan, out: Connection) -> None:
    """What the other process does: sends chunks, then None; or the refusal that ended it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asked for the chunks is told, and stops this
    django.setup()
    try:
        with few_collections():
            for batch in prepared(plan):
                out.send(_packed(batch))
        out.send(None)
    except Refused as refusal:
        out.send(refusal)
    except BrokenPipeError:
        pass  # nobody is there any more


# Rows travel without the names of their columns: a third of the time.
def _packed(batch: Batch) -> Batch:
    rows: list[Any] = [tuple(row.values()) for row in batch.chunk.values]
    return batch._replace(chunk=Chunk(rows, batch.chunk.places, batch.chunk.bad))


def _unpacked(batch: Batch, names: Sequence[str]) -> Batch:
    batch.chunk.values = [dict(zip(names, row, strict=True)) for row in batch.chunk.values]
    return batch


@contextmanager
def few_collections() -> Iterator[None]:
    """Rows are made by the million, none is part of a cycle: looking for cycles among them cost a fifth of it all."""
    before = gc.get_threshold()
    gc.set_threshold(200_000, 50, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)

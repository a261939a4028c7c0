"""The inside of an .xls: the stream of its workbook out of the compound file, and what its records hold."""

import struct
from collections.abc import Iterator

FORMULA, FILEPASS = {0x0006, 0x0206, 0x0406}, 0x002F
_FREE = 0xFFFFFFFA  # from here on a number is no sector
_NAMES = ("Workbook", "Book")
_ENTRY = 128


def workbook_of(data: bytes) -> bytes:
    """The bytes of the workbook's stream; empty where the file is no whole compound file."""
    try:
        return _workbook(data)
    except (struct.error, IndexError, UnicodeDecodeError):
        return b""


def _workbook(data: bytes) -> bytes:
    size = 1 << struct.unpack_from("<H", data, 0x1E)[0]
    mini = 1 << struct.unpack_from("<H", data, 0x20)[0]
    start, cutoff = struct.unpack_from("<I", data, 0x30)[0], struct.unpack_from("<I", data, 0x38)[0]
    fat = _table(data, _fat_sectors(data, size), size)
    entries = _chain(data, fat, start, size)
    for at in range(0, len(entries), _ENTRY):
        name, first, length = _entry(entries, at)
        if name not in _NAMES:
            continue
        if length >= cutoff:
            return _chain(data, fat, first, size)[:length]
        inner = _chain(data, fat, _entry(entries, 0)[1], size)
        minis = _table(data, list(_sectors(fat, struct.unpack_from("<I", data, 0x3C)[0])), size)
        return b"".join(inner[n * mini : (n + 1) * mini] for n in _sectors(minis, first))[:length]
    return b""


def _entry(entries: bytes, at: int) -> tuple[str, int, int]:
    """Name, first sector and length of a stream in the directory."""
    letters = max(0, struct.unpack_from("<H", entries, at + 64)[0] - 2)
    first, length = struct.unpack_from("<II", entries, at + 116)
    return entries[at : at + letters].decode("utf-16-le"), first, length


def _fat_sectors(data: bytes, size: int) -> list[int]:
    """The sectors that hold the table: the first 109 stand in the head, the others in a chain of their own."""
    found = [n for n in struct.unpack_from("<109I", data, 0x4C) if n < _FREE]
    following = struct.unpack_from("<I", data, 0x44)[0]
    seen: set[int] = set()
    while following < _FREE and following not in seen:
        seen.add(following)
        row = struct.unpack_from(f"<{size // 4}I", data, (following + 1) * size)
        found += [n for n in row[:-1] if n < _FREE]
        following = row[-1]
    return found


def _table(data: bytes, sectors: list[int], size: int) -> list[int]:
    rows = (struct.unpack_from(f"<{size // 4}I", data, (n + 1) * size) for n in sectors)
    return [number for row in rows for number in row]


def _sectors(table: list[int], first: int) -> Iterator[int]:
    """A chain of sectors; one that runs in a circle ends where it began to."""
    seen = 0
    while first < _FREE and seen <= len(table):
        yield first
        first, seen = table[first], seen + 1


def _chain(data: bytes, table: list[int], first: int, size: int) -> bytes:
    return b"".join(data[(n + 1) * size : (n + 2) * size] for n in _sectors(table, first))


def first_formula(book: bytes) -> str:
    """The first cell that holds a formula (B2), or an empty string."""
    for kind, at, length in _records(book):
        if kind in FORMULA and length >= 4:
            row, column = struct.unpack_from("<HH", book, at)
            return f"{_letters(column)}{row + 1}"
    return ""


def locked(book: bytes) -> bool:
    """Whether the workbook is encrypted with a password."""
    return any(kind == FILEPASS for kind, _at, _length in _records(book[:4096]))


def _records(book: bytes) -> Iterator[tuple[int, int, int]]:
    at = 0
    while at + 4 <= len(book):
        kind, length = struct.unpack_from("<HH", book, at)
        yield kind, at + 4, length
        at += 4 + length


def _letters(column: int) -> str:
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name

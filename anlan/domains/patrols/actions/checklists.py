"""Checklists come in as files or as spreadsheets; a changed list is a new version, the old one stays for its visits."""

import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.domains.patrols import rules
from anlan.domains.patrols.models import Checklist, ChecklistItem
from anlan.kernel.core import keys
from anlan.kernel.core.errors import Refused
from anlan.kernel.ledger.actions import record
from anlan.kernel.orgs.models import Person
from anlan.kernel.sheets.spec import Taken

FOLDER = Path(__file__).resolve().parents[1] / "checklists"


@dataclass(frozen=True, slots=True)
class ItemGiven:
    """One item as it comes in."""

    code: str
    text: str
    text_en: str = ""
    law: str = ""
    article: str = ""
    tag: str = "M"
    category: str = "other"
    major: bool = False


@dataclass(frozen=True, slots=True)
class ListGiven:
    """A whole list as it comes in; `tags` are the kinds of firms it fits, none: all."""

    code: str
    name: str
    items: tuple[ItemGiven, ...]
    name_en: str = ""
    tags: tuple[str, ...] = ()
    place: int = 100
    origin: str = field(default="", compare=False)

    @property
    def digest(self) -> str:
        said = {name: value for name, value in asdict(self).items() if name != "origin"}
        return keys.sm3(json.dumps(said, sort_keys=True, ensure_ascii=False).encode())


def publish(given: ListGiven, *, by: str, at: datetime, act: UUID | None = None) -> tuple[Checklist, bool]:
    """Put a list in force; the same content again changes nothing. The flag tells whether it is new."""
    _check(given)
    with transaction.atomic():
        now = Checklist.objects.select_for_update().filter(code=given.code).order_by("-version").first()
        if now is not None and now.retired_at is None and now.digest == given.digest:
            return now, False
        Checklist.objects.filter(code=given.code, retired_at=None).update(retired_at=at)
        row = Checklist.objects.create(
            code=given.code, version=now.version + 1 if now else 1, name=given.name, name_en=given.name_en,
            tags=list(given.tags), place=given.place, digest=given.digest, origin=given.origin[:120], by=by,
            published_at=at,
        )  # fmt: skip
        items = [
            ChecklistItem(checklist=row, number=number, **asdict(item))
            for number, item in enumerate(given.items, start=1)
        ]
        ChecklistItem.objects.bulk_create(items)
        facts = {"code": row.code, "version": row.version, "items": len(items)}
        record(
            code="patrols.checklist_published", subject=("patrols.checklist", row.pk), facts=facts, by=by, at=at,
            act=act,
        )  # fmt: skip
    return row, True


def _check(given: ListGiven) -> None:
    if not given.items:
        raise Refused(rules.NO_ITEMS, field="items")
    for item in given.items:
        rules.check_source(item=item.code, tag=item.tag, law=item.law)


def load_checklists(*, by: str, at: datetime, folder: Path = FOLDER) -> int:
    """Put the lists of the house in force where none of that code is known; edited lists are never overwritten."""
    known = set(Checklist.objects.values_list("code", flat=True))
    found = [_read(path) for path in sorted(folder.glob("*.toml"))]
    return sum(publish(given, by=by, at=at)[1] for given in found if given.code not in known)


def _read(path: Path) -> ListGiven:
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    items = tuple(ItemGiven(**row) for row in table.pop("item", []))
    tags = tuple(table.pop("tags", []))
    return ListGiven(**table, tags=tags, items=items, origin=path.name)


# ---- as a spreadsheet ----------------
def take_rows(rows: Sequence[Mapping[str, Any]], *, by: str, at: datetime, act: UUID, dry: bool) -> Taken:
    """Lists out of the rows of a spreadsheet, one row an item; rows of one list stand together by its code."""
    ids: list[UUID] = []
    same = 0
    refused: dict[int, tuple[str, str]] = {}
    for positions in _by_list(rows).values():
        try:
            given = _from_rows([rows[position] for position in positions])
            _check(given)
            if not dry:
                row, new = publish(given, by=by, at=at, act=act)
                ids += [row.pk] * new
                same += 0 if new else len(positions)
        except Refused as refusal:
            refused |= dict.fromkeys(positions, (_column(refusal), str(refusal)))
    return Taken(ids=ids, same=same, refused=refused)


def _by_list(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for position, row in enumerate(rows):
        found.setdefault(str(row["list"]), []).append(position)
    return found


def _from_rows(rows: Sequence[Mapping[str, Any]]) -> ListGiven:
    first = rows[0]
    items = tuple(
        ItemGiven(
            code=str(row["item"]), text=str(row["text"]), text_en=_text(row, "text_en"), law=_text(row, "law"),
            article=_text(row, "article"), tag=_text(row, "tag") or "M", category=_text(row, "category") or "other",
            major=bool(row.get("major")),
        )
        for row in rows
    )  # fmt: skip
    tags = tuple(part.strip() for part in _text(first, "fits").replace("，", ",").split(",") if part.strip())
    return ListGiven(
        code=str(first["list"]), name=str(first["name"]), name_en=_text(first, "name_en"), tags=tags, items=items,
        place=int(first.get("place") or 100), origin="spreadsheet",
    )  # fmt: skip


def _text(row: Mapping[str, Any], name: str) -> str:
    return str(row.get(name) or "").strip()


def _column(refusal: Refused) -> str:
    return refusal.field if refusal.field in ("law", "tag") else ""


def give_rows(*, person: Person, filters: Mapping[str, Any]) -> Iterable[Sequence[Any]]:
    """The lists in force, one row an item, in the order of the spreadsheet's columns."""
    del person, filters  # checklists are no secret of a region
    rows = ChecklistItem.objects.filter(checklist__retired_at=None).select_related("checklist")
    for row in rows.order_by("checklist__place", "checklist__code", "number").iterator():
        head = row.checklist
        yield (
            head.code, head.name, head.name_en, ", ".join(head.tags), head.place, row.code, row.text, row.text_en,
            row.law, row.article, row.tag, row.category, row.major,
        )  # fmt: skip

"""The one gate of files that people hand in: what a file is its bytes say, never its name or its sender.

A surface hands over name and bytes of all files of a form at once; either all of them come in, or none.
"""

import io
import zipfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from anlan.kernel.core import attachments, keys
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.models import Attachment
from anlan.kernel.core.words import N_

MOST_FILES = 12  # a form
LIMIT_BYTES = attachments.LIMIT_BYTES
MOST_UNPACKED = 200 * 2**20
MOST_RATIO = 250  # a bomb packs a thousandfold, a dull document forty
MOST_PARTS = 5_000
_SMALL = 10 * 2**20  # below this no ratio is asked

TOO_MANY = reason(
    "uploads.too_many",
    N_("{n} files came with this form; {most} are the limit. Send the others with a later step."),
)
TOO_LARGE = reason(
    "uploads.too_large",
    N_(
        "{name} is {size_mb} MB; the limit is {limit_mb} MB. The text was kept. Compress the file and send it again."
    ),
)
EMPTY = reason("uploads.empty", N_("{name} arrived empty. Choose it again."))
NO_PHOTO = reason(
    "uploads.no_photo", N_("{name} is no photo ({found}). Send JPEG, PNG, WebP, GIF or HEIC here.")
)
NO_FILE = reason(
    "uploads.no_file",
    N_(
        "{name} is not taken in ({found}). Send PDF, OFD, an office document without macros, a picture or plain text."
    ),
)
NO_DOCUMENT = reason(
    "uploads.no_document", N_("{name} is not taken in ({found}). Send a .docx or a plain text here.")
)
NO_TEXT = reason(
    "uploads.no_text", N_("{name} is no text ({found}). Save it as .csv or .txt and send it here.")
)
MACROS = reason(
    "uploads.macros",
    N_("{name} holds macros. Save it as .docx, .xlsx or .pptx without macros and send it again."),
)
LOCKED = reason(
    "uploads.locked", N_("{name} is locked with a password. Take the password off and send it again.")
)
BOMB = reason("uploads.bomb", N_("{name} unpacks to far more than a document holds. It was not opened."))
BROKEN = reason(
    "uploads.broken", N_("{name} is damaged and cannot be read to its end. Save it anew and send it again.")
)
SAME_PHOTO = reason(
    "uploads.same_photo",
    N_("{name} is the same picture as {other}. Send two different photos, one of each moment."),
)

FOUND = {  # what was found instead, in the words of the refusal
    "program": N_("a program"), "page": N_("a web page"), "bag": N_("a packed folder"), "rich": N_("rich text"),
    "old": N_("an old office file of an unknown kind"), "unknown": N_("a kind that is not known"),
}  # fmt: skip

JPEG, PNG, WEBP, GIF, HEIC, HEIF = (f"image/{k}" for k in ("jpeg", "png", "webp", "gif", "heic", "heif"))
PDF, OFD, TEXT = "application/pdf", "application/ofd", "text/plain"
_OOXML = "application/vnd.openxmlformats-officedocument."
DOCX = f"{_OOXML}wordprocessingml.document"
XLSX, PPTX = f"{_OOXML}spreadsheetml.sheet", f"{_OOXML}presentationml.presentation"
DOC, XLS, PPT = "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"
_ODF = "application/vnd.oasis.opendocument."
ODT, ODS, ODP = f"{_ODF}text", f"{_ODF}spreadsheet", f"{_ODF}presentation"

ENDINGS: Mapping[str, tuple[str, ...]] = {  # of a kept name: the first where it bears none of them
    JPEG: (".jpg", ".jpeg"), PNG: (".png",), WEBP: (".webp",), GIF: (".gif",), HEIC: (".heic",), HEIF: (".heif",),
    PDF: (".pdf",), OFD: (".ofd",), TEXT: (".txt", ".csv", ".tsv", ".md", ".log"), DOCX: (".docx",),
    XLSX: (".xlsx",), PPTX: (".pptx",), DOC: (".doc", ".wps"), XLS: (".xls", ".et"), PPT: (".ppt", ".dps"),
    ODT: (".odt",), ODS: (".ods",), ODP: (".odp",),
}  # fmt: skip
PHOTOS = frozenset({JPEG, PNG, WEBP, GIF, HEIC, HEIF})
FILES = frozenset(ENDINGS)
DOCUMENTS = frozenset({DOCX, TEXT})
TEXTS = frozenset({TEXT})
_REFUSAL = {PHOTOS: NO_PHOTO, FILES: NO_FILE, DOCUMENTS: NO_DOCUMENT, TEXTS: NO_TEXT}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came in: `field` is the input it came by, `allowed` what that input takes."""

    field: str
    name: str
    data: bytes
    allowed: frozenset[str] = FILES


def check_count(n: int, *, field: str) -> None:
    """A form takes twelve files at most: asked before any of them is read."""
    if n > MOST_FILES:
        raise Refused(TOO_MANY, field=field, n=n, most=MOST_FILES)


def check_size(size: int, *, field: str, name: str) -> None:
    """A file has ten megabytes at most: asked before it is read, and once more of what was read."""
    if size > LIMIT_BYTES:
        mb = round(size / 2**20, 1)
        raise Refused(TOO_LARGE, field=field, name=name, size_mb=mb, limit_mb=LIMIT_BYTES // 2**20)


def keep(uploads: Sequence[Upload], *, by: str, distinct: bool = False) -> list[Attachment]:
    """Look at all files of a form, then keep them, in their order; one that is not let in keeps all of them out.

    `distinct`: the same picture twice is refused, for two photos tell two things.
    """
    check_count(len(uploads), field=uploads[0].field if uploads else "")
    kinds = [let_in(each) for each in uploads]
    if distinct:
        _check_distinct(each for each in uploads if each.allowed == PHOTOS)
    return [
        attachments.keep(data=each.data, media_type=kind, name=plain_name(each.name, kind), by=by)
        for each, kind in zip(uploads, kinds, strict=True)
    ]


def let_in(upload: Upload) -> str:
    """The media type of a file that is let in; raises `Refused` naming field, file and remedy."""
    where = {"field": upload.field, "name": upload.name or "—"}
    if not upload.data:
        raise Refused(EMPTY, **where)
    check_size(len(upload.data), **where)
    kind = kind_of(upload.data, field=upload.field, name=where["name"])
    if kind not in upload.allowed:
        found = FOUND.get(kind) or ENDINGS[kind][0].lstrip(".").upper()
        raise Refused(_REFUSAL.get(upload.allowed, NO_FILE), **where, found=found)
    return kind


def kind_of(data: bytes, *, field: str = "file", name: str = "—") -> str:
    """The media type that the bytes say, or a word of `FOUND` for what is never taken in.

    Office documents are opened as far as is needed: `Refused` for macros, a password, a bomb or damage.
    """
    if kind := _by_beginning(data):
        return kind
    if data.startswith(b"PK"):
        return _of_bag(data, {"field": field, "name": name})
    if data.startswith(_OLE):
        return _of_old(data, {"field": field, "name": name})
    return TEXT if _is_text(data) else "unknown"


def plain_name(name: str, kind: str) -> str:
    """The name under which a file is kept: one that bears another kind's ending gets its own as well."""
    stem = "".join(each for each in PurePath(name.replace("\\", "/")).name if each.isprintable()).strip()
    endings = ENDINGS[kind]
    if not stem or stem.lower().endswith(endings):
        return stem
    return f"{stem[:190]}{endings[0]}"


def _check_distinct(uploads: Iterable[Upload]) -> None:
    seen: dict[str, Upload] = {}
    for each in uploads:
        digest = keys.sm3(each.data)
        if digest in seen:
            raise Refused(SAME_PHOTO, field=each.field, name=each.name or "—", other=seen[digest].name or "—")
        seen[digest] = each


# ---- by the first bytes ----------------
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", JPEG), (b"\x89PNG\r\n\x1a\n", PNG), (b"GIF87a", GIF), (b"GIF89a", GIF), (b"%PDF-", PDF),
    (b"MZ", "program"), (b"\x7fELF", "program"), (b"#!", "program"), (b"\xca\xfe\xba\xbe", "program"),
    (b"{\\rtf", "rich"), (b"Rar!", "bag"), (b"7z\xbc\xaf", "bag"), (b"\x1f\x8b", "bag"), (b"BZh", "bag"),
)  # fmt: skip
_HEIC = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"hevm", b"hevs"}
_HEIF = {b"mif1", b"msf1"}
_PAGES = (b"<html", b"<!doctype", b"<?xml", b"<svg", b"<script", b"<head", b"<body", b"<table", b"<div", b"<?php",
          b"mime-version")  # fmt: skip


def _by_beginning(data: bytes) -> str:
    for beginning, kind in _BEGINNINGS:
        if data.startswith(beginning):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return WEBP
    if data[4:8] == b"ftyp":
        return _of_boxes(data)
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return "page" if start.startswith(_PAGES) else ""


def _of_boxes(data: bytes) -> str:
    """HEIC by the brands of its first box: the major one, or one that it says it is compatible with."""
    size = min(int.from_bytes(data[:4], "big"), 256)
    brands = {data[8:12], *(data[at : at + 4] for at in range(16, size, 4))}
    if b"avif" in brands:
        return "unknown"
    return HEIC if brands & _HEIC else HEIF if brands & _HEIF else "unknown"


def _is_text(data: bytes) -> bool:
    """Text of UTF-8, UTF-16 with its mark, or GB 18030, without the signs that only programs use."""
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return not any(each < " " and each not in "\t\r\n\f" for each in set(text))
    return False


# ---- office documents ----------------
_PARTS = (
    ("word/document.xml", DOCX),
    ("xl/workbook.xml", XLSX),
    ("ppt/presentation.xml", PPTX),
    ("OFD.xml", OFD),
)
_STREAMS = (("WordDocument", DOC), ("Workbook", XLS), ("Book", XLS), ("PowerPoint Document", PPT))
_ACTIVE = ("vbaproject.bin", "/activex/", "/basic/", "/scripts/")


def _of_bag(data: bytes, where: Mapping[str, str]) -> str:
    """A .docx, .xlsx, .pptx, OFD or open document by its parts; another packed folder is none of them."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as bag:
            parts = bag.infolist()
            _check_parts(parts, len(data), where)
            names = {part.filename for part in parts}
            kind = next((kind for part, kind in _PARTS if part in names), "") or _open_document(bag, names)
            if kind and bag.testzip() is not None:
                raise Refused(BROKEN, **where)
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as failure:
        raise Refused(BROKEN, **where) from failure
    return kind or "bag"


def _check_parts(parts: Sequence[zipfile.ZipInfo], size: int, where: Mapping[str, str]) -> None:
    unpacked = sum(part.file_size for part in parts)
    if (
        len(parts) > MOST_PARTS
        or unpacked > MOST_UNPACKED
        or (unpacked > _SMALL and unpacked > MOST_RATIO * size)
    ):
        raise Refused(BOMB, **where)
    if any(part.flag_bits & 1 for part in parts):
        raise Refused(LOCKED, **where)
    names = (f"/{part.filename.lower()}" for part in parts)
    if any(word in name for name in names for word in _ACTIVE):
        raise Refused(MACROS, **where)


def _open_document(bag: zipfile.ZipFile, names: Collection[str]) -> str:
    said = bag.read("mimetype")[:80].decode("ascii", "replace").strip() if "mimetype" in names else ""
    return said if said in (ODT, ODS, ODP) else ""


def _of_old(data: bytes, where: Mapping[str, str]) -> str:
    """A .doc, .xls or .ppt by the names of its streams, which are UTF-16."""
    if _wide("EncryptedPackage") in data:
        raise Refused(LOCKED, **where)
    if _wide("_VBA_PROJECT") in data or _wide("Macros") in data:
        raise Refused(MACROS, **where)
    return next((kind for stream, kind in _STREAMS if _wide(stream) in data), "old")


def _wide(name: str) -> bytes:
    return name.encode("utf-16-le") + b"\0\0"

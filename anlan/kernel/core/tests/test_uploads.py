"""The gate of files: what a file is its bytes say; all of a form come in or none; two photos are two pictures."""

import io
import zipfile

import pytest

from anlan.kernel.core import uploads
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.models import Attachment
from anlan.kernel.core.uploads import DOCUMENTS, FILES, PHOTOS, TEXTS, Upload

BY = "service:test"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(64)
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(8)


def wide(*names: str) -> bytes:
    return b"".join(name.encode("utf-16-le") + b"\0\0" for name in names)


def bag(**parts: bytes | str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), data)
    return out.getvalue()


DOCX = bag(word__document_xml="<w/>")
TAKEN = [
    (b"\xff\xd8\xff\xe0 jpeg", "image/jpeg"), (b"\x89PNG\r\n\x1a\n..", "image/png"), (b"GIF89a..", "image/gif"),
    (b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"), (HEIC, "image/heic"), (b"%PDF-1.7 ..", "application/pdf"),
    (DOCX, uploads.DOCX), (bag(xl__workbook_xml="<w/>"), uploads.XLSX), (bag(OFD_xml="<o/>"), uploads.OFD),
    (bag(mimetype=uploads.ODT, content_xml="<o/>"), uploads.ODT), (OLE + wide("WordDocument"), uploads.DOC),
    (OLE + wide("Workbook"), uploads.XLS), ("户名,地址\n甲,乙\n".encode("gb18030"), "text/plain"),
    ("会议纪要\r\n一、".encode("utf-8-sig"), "text/plain"), ("纪要".encode("utf-16"), "text/plain"),
]  # fmt: skip
OUT = [
    (b"MZ\x90\0", "uploads.no_file"), (b"\x7fELF", "uploads.no_file"), (b"#!/bin/sh\nrm", "uploads.no_file"),
    (b" \n<!DOCTYPE html><script>", "uploads.no_file"), (b"<?xml version='1.0'?><svg/>", "uploads.no_file"),
    (b"{\\rtf1", "uploads.no_file"), (bag(readme="x"), "uploads.no_file"), (OLE, "uploads.no_file"),
    (b"\0\1\2\3 bytes", "uploads.no_file"), (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1", "uploads.no_file"),
    (bag(word__document_xml="<w/>", word__vbaProject_bin=b"x"), "uploads.macros"),
    (bag(mimetype=uploads.ODT, Basic__Standard__script_xml="x"), "uploads.macros"),
    (OLE + wide("WordDocument", "_VBA_PROJECT"), "uploads.macros"), (OLE + wide("EncryptedPackage"), "uploads.locked"),
    (b"PK\x03\x04 broken", "uploads.broken"), (DOCX[:-30], "uploads.broken"), (b"", "uploads.empty"),
    (bag(word__document_xml=bytes(40 * 2**20)), "uploads.bomb"), (b"\xff\xd8\xff" + bytes(10 * 2**20), "uploads.too_large"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "kind"), TAKEN)
def test_a_kind_is_known_by_its_bytes(data: bytes, kind: str) -> None:
    assert uploads.let_in(Upload("file", "virus.exe", data)) == kind


@pytest.mark.parametrize(("data", "code"), OUT)
def test_what_is_not_taken_in_is_refused_with_field_file_and_remedy(data: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        uploads.let_in(Upload("minutes", "纪要.docx", data))
    assert (refused.value.code, refused.value.field) == (code, "minutes")
    assert "纪要.docx" in str(refused.value) and "{" not in str(refused.value)


def test_an_input_takes_its_own_kinds() -> None:
    assert uploads.let_in(Upload("photo", "a.txt", HEIC, PHOTOS)) == "image/heic"
    for allowed, data, words in (
        (PHOTOS, b"%PDF-1.4", "PDF"),
        (DOCUMENTS, b"GIF89a", "GIF"),
        (TEXTS, DOCX, "DOCX"),
    ):
        with pytest.raises(Refused, match=words):
            uploads.let_in(Upload("photo", "a.jpg", data, allowed))
    assert FILES > PHOTOS | DOCUMENTS


@pytest.mark.django_db
class TestKeeping:
    def test_the_media_type_is_the_contents_and_the_name_loses_a_foreign_ending(self) -> None:
        given = [
            Upload("photo", "C:\\fake\\path\\run.bat", b"\xff\xd8\xff 1", PHOTOS),
            Upload("file", "清单.csv", b"a,b"),
        ]
        rows = uploads.keep(given, by=BY)
        assert [(row.media_type, row.name) for row in rows] == [
            ("image/jpeg", "run.bat.jpg"), ("text/plain", "清单.csv"),
        ]  # fmt: skip
        assert uploads.plain_name("x\r\n.html", "text/plain") == "x.html.txt"

    def test_one_that_is_not_let_in_keeps_all_of_them_out(self) -> None:
        with pytest.raises(Refused):
            uploads.keep(
                [Upload("photo", "a.jpg", b"\xff\xd8\xff 1", PHOTOS), Upload("file", "b.exe", b"MZ")], by=BY
            )
        assert not Attachment.objects.exists()

    def test_the_same_picture_twice_is_refused_where_two_are_asked_for(self) -> None:
        twice = [Upload(field, f"{field}.jpg", b"\xff\xd8\xff 1", PHOTOS) for field in ("before", "after")]
        with pytest.raises(Refused, match=r"after\.jpg.*before\.jpg"):
            uploads.keep(twice, by=BY, distinct=True)
        assert len(uploads.keep(twice, by=BY)) == 2

    def test_a_form_takes_twelve(self) -> None:
        with pytest.raises(Refused, match="13"):
            uploads.keep([Upload("photo", f"{n}.gif", b"GIF89a%d" % n, PHOTOS) for n in range(13)], by=BY)

"""Every form that takes a file: what is no photo is refused beside its input, and nobody reads files past the gate."""

import io
import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory

import anlan
from anlan.domains.dangers.models import Danger
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.models import Attachment
from anlan.kernel.core.uploads import PHOTOS
from anlan.surfaces.web import forms, handed_in
from tests import people

ROOT = Path(anlan.__file__).parent
GATE = ROOT / "surfaces" / "web" / "handed_in.py"
TEMPLATES = ROOT / "surfaces" / "web" / "templates"
JPEG = b"\xff\xd8\xff\xe0 "
READS = re.compile(r"\.FILES\b|UploadedFile\b|MultiPartParser\b|\bFile\(\.\.\.")
# Where all refusals of the page stand at its head or in the row that was sent, whatever their input.
AT_THE_HEAD = {"sheet_new.html", "station_sheet.html", "duty_ledger.html"}


def photo(name: str, data: bytes = b"") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, JPEG + (data or name.encode()), content_type="text/html")


def sent(**files: object) -> object:
    return RequestFactory().post("/", files)


def test_nobody_reads_the_files_of_a_request_past_the_gate() -> None:
    places = (
        path for path in (ROOT / "surfaces").rglob("*.py") if "tests" not in path.parts and path != GATE
    )
    assert [str(path) for path in places if READS.search(path.read_text(encoding="utf-8"))] == []


def test_every_input_of_a_file_shows_its_refusal() -> None:
    silent = []
    for path in TEMPLATES.rglob("*.html"):
        for found in re.finditer(r'<input [^>]*type="file"[^>]*>', path.read_text(encoding="utf-8")):
            after = path.read_text(encoding="utf-8")[found.end() : found.end() + 14]
            if not after.startswith("{% refused ") and path.name not in AT_THE_HEAD:
                silent.append(f"{path.name}: {found.group()}")
    assert silent == []


@pytest.mark.django_db
class TestTheGate:
    def test_files_come_by_input_and_in_order_under_what_they_are(self) -> None:
        request = sent(before=[photo("b.html"), photo("a.jpg")], file=SimpleUploadedFile("x", b"%PDF-1.4"))
        pieces = forms.evidence_of(request, by="service:test")
        assert [(p.kind, p.file.name, p.file.media_type) for p in pieces] == [
            ("photo", "b.html.jpg", "image/jpeg"), ("photo", "a.jpg", "image/jpeg"), ("file", "x.pdf", "application/pdf"),
        ]  # fmt: skip

    @pytest.mark.parametrize("name", ["photo", "before", "after", "file"])
    def test_a_program_named_like_a_photo_stays_out(self, name: str) -> None:
        with pytest.raises(Refused) as refused:
            forms.evidence_of(
                sent(**{name: SimpleUploadedFile("p.jpg", b"MZ\x90", "image/jpeg")}), by="service:test"
            )
        assert refused.value.field == name and not Attachment.objects.exists()

    def test_the_files_of_all_inputs_count(self) -> None:
        many = sent(photo=[photo(f"{n}.jpg") for n in range(7)], other=[photo(f"{n}.jpg") for n in range(6)])
        with pytest.raises(Refused, match="13"):
            handed_in.kept(many, {"photo": PHOTOS}, by="service:test")

    def test_what_is_too_large_is_not_even_read(self) -> None:
        large = SimpleUploadedFile("p.jpg", JPEG)
        large.size = 11 * 2**20
        with pytest.raises(Refused, match="11"):
            handed_in.one_kept(_with(photo=large), "photo", by="service:test")


def _with(**files: SimpleUploadedFile) -> object:
    request = RequestFactory().post("/")
    for name, file in files.items():
        request.FILES.appendlist(name, file)
    return request


@pytest.mark.django_db
def test_the_form_of_two_photos_refuses_one_picture_twice_and_a_page() -> None:
    here = people.district()
    client = Client(headers={"accept-language": "en"})
    client.force_login(here.owner.account, backend="django.contrib.auth.backends.ModelBackend")
    given = {"description": "x", "category": "exit", "region": people.QUAY}
    for after, words in (
        (photo("b.jpg", b"same"), "the same picture"),
        (io.BytesIO(b"<html>"), "a web page"),
    ):
        after.name = "b.jpg"
        answer = client.post("/dangers/quick/", {**given, "before": photo("a.jpg", b"same"), "after": after})
        assert answer.status_code == 422 and words in answer.content.decode(), words
    assert not Danger.objects.exists() and not Attachment.objects.exists()

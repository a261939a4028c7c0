"""An evidence pack: chosen items and days become a folder and one PDF; what was recorded late is marked."""

import zipfile
from datetime import timedelta
from threading import Event

import pytest
from fpdf import FPDF
from pypdf import PdfReader

from anlan.domains.assessments.actions import packs, sheets
from anlan.domains.assessments.models import Pack
from anlan.domains.assessments.tests.helpers import AT, FIRST, LAST, office
from anlan.kernel.core import attachments
from anlan.kernel.core.errors import Refused
from anlan.kernel.ledger.models import Entry
from tests import people

pytestmark = pytest.mark.django_db


def scan() -> bytes:
    pdf = FPDF(format="A4")
    pdf.add_page()
    pdf.set_font("Helvetica", size=20)
    pdf.cell(text="stamped scan")
    return bytes(pdf.output())


@pytest.fixture
def made():
    made = office()
    file = attachments.keep(data=scan(), media_type="application/pdf", name="责任书.pdf", by="service:test")
    for days, title in ((10, "责任书（盖章扫描件）"), (60, "会议纪要")):
        sheets.prove(sheet=made.sheet(), code="B1", file=file, title=title, happened_at=AT - timedelta(days=days),
                     by=made.here.owner.by, at=AT - timedelta(days=9))  # fmt: skip
    return made


def ask(made, by, **given):
    return packs.ask_pack(
        **(
            {"of": made.round, "items": ["A1", "B1"], "first": FIRST, "last": LAST, "by": by, "at": AT}
            | given
        )
    )


@pytest.mark.feature("M345")
def test_a_pack_holds_the_number_its_source_and_the_stamped_scans(made):
    pack = ask(made, made.keeper.by, unit=made.sheet().unit)
    assert packs.work_once(Event())
    assert not packs.work_once(Event())
    pack.refresh_from_db()
    assert (pack.state, pack.files, pack.late) == ("ready", 2, 1)
    pdf = PdfReader(packs.path_of(pack, "pdf"))
    assert len(pdf.pages) == pack.pages == 6
    assert "佐证材料" in pdf.pages[0].extract_text().replace("\x00", "")
    catalogue = pdf.pages[1].extract_text().replace("\x00", "")
    assert "补录" in catalogue and "责任书" in catalogue
    assert "值班台账" in pdf.pages[2].extract_text().replace("\x00", "")
    assert "stamped scan" in pdf.pages[4].extract_text().replace("\x00", "")
    names = zipfile.ZipFile(packs.path_of(pack, "zip")).namelist()
    assert names[2:] == [
        "02 责任清单落实（临港街道办事处）/02-01 会议纪要.pdf",
        "02 责任清单落实（临港街道办事处）/02-02 责任书（盖章扫描件）.pdf",
    ]
    entry = Entry.objects.get(code="assessments.pack_made")
    assert entry.facts["pdf"] == pack.pdf_sm3


def test_evidence_outside_the_days_stays_out(made):
    ask(made, made.keeper.by, items=["B1"], first=LAST - timedelta(days=20))
    packs.work_once(Event())
    assert Pack.objects.get().files == 1


def test_a_unit_asks_for_its_own_pack_only(made):
    assert ask(made, made.here.owner.by, unit=made.sheet().unit).state == "waiting"
    with pytest.raises(Refused) as refused:
        ask(made, made.here.owner.by, unit=made.sheet(people.HILL).unit)
    assert refused.value.code == "assessments.not_office"
    with pytest.raises(Refused) as refused:
        ask(made, made.keeper.by, items=["Z9"])
    assert refused.value.code == "assessments.pack_no_items"


def test_without_a_font_the_pack_says_what_to_install(made, monkeypatch):
    monkeypatch.setenv("ANLAN_FONT", "/nowhere.ttf")
    ask(made, made.keeper.by)
    packs.work_once(Event())
    pack = Pack.objects.get()
    assert (pack.state, pack.code) == ("refused", "papers.no_font")
    with pytest.raises(Refused):
        packs.take(pack=pack, form="pdf", by=made.keeper.by, at=AT)


def test_what_goes_wrong_is_tried_three_times(made, monkeypatch):
    ask(made, made.keeper.by)
    monkeypatch.setattr(packs, "build", lambda **given: 1 / 0)
    for _each in range(3):
        packs.work_once(Event())
    assert (Pack.objects.get().state, Pack.objects.get().tries) == ("broken", 3)

"""A bundle: what the catalogue says is where it says, and nothing that is enclosed gets lost."""

import io
import zipfile
from datetime import UTC, datetime

import pytest
from fpdf import FPDF
from PIL import Image
from pypdf import PdfReader

from anlan.kernel.core.errors import Refused
from anlan.kernel.papers import fonts
from anlan.kernel.papers.enclosures import Cover, Enclosure, Section, Words, build

WORDS = Words(
    "目录", ("编号", "名称", "发生", "记录", "页码"), "第 {page} 页 共 {pages} 页", "{name} 不能打印，见文件夹。", "佐证材料"
)  # fmt: skip
AT = datetime(2026, 7, 3, tzinfo=UTC)


def scan(path, pages=2, rotated=False):
    pdf = FPDF(format=(148, 210))
    for number in range(1, pages + 1):
        pdf.add_page(orientation="L" if rotated else "P")
        pdf.set_font("Helvetica", size=30)
        pdf.cell(text=f"scan page {number}")
    path.write_bytes(bytes(pdf.output()))


@pytest.fixture
def made(tmp_path):
    picture = io.BytesIO()
    Image.new("RGB", (3000, 1200), (200, 60, 40)).save(picture, "JPEG")
    (tmp_path / "a").write_bytes(picture.getvalue())
    scan(tmp_path / "b")
    scan(tmp_path / "c", pages=1, rotated=True)
    (tmp_path / "d").write_bytes(b"PK not a picture, not a pdf")
    (tmp_path / "e").write_bytes(b"%PDF-1.7 broken")
    one = Enclosure("现场照片", "a.jpg", tmp_path / "a", "2026-05-01", "2026-06-20", "补录")
    first = Section(
        "责任落实",
        ("权重 40",),
        enclosures=(one, Enclosure("责任书/扫描", "b.pdf", tmp_path / "b", "2026-05-02", "2026-05-02")),
    )
    rows = tuple((f"隐患{n}", "2026-05-01", "2026-05-02") for n in range(60))
    second = Section("隐患治理", ("数值 90",), ("事项", "发生", "记录"), rows, (
        Enclosure("台账", "c.pdf", tmp_path / "c", "", ""), Enclosure("方案", "方案.docx", tmp_path / "d", "", ""),
        Enclosure("坏件", "e.pdf", tmp_path / "e", "", ""),
    ))  # fmt: skip
    built = build(
        cover=Cover("佐证材料", ("2026年上半年",), ("安澜区应急管理局",)), sections=(first, second), words=WORDS,
        font=fonts.chinese_font(), at=AT, pdf=tmp_path / "out.pdf", folder=tmp_path / "out.zip",
    )  # fmt: skip
    return built, PdfReader(tmp_path / "out.pdf"), zipfile.ZipFile(tmp_path / "out.zip")


def test_every_enclosure_stands_on_the_page_that_the_catalogue_names(made):
    built, pdf, _bag = made
    assert (built.files, built.pages) == (5, len(pdf.pages))
    titles = {}
    for number, title, _happened, _recorded, _mark, page in built.catalogue:
        text = pdf.pages[int(page) - 1].extract_text().replace("\x00", "")
        assert number in text and title.replace("/", "") in text.replace("/", ""), (number, page, text[:80])
        titles[number] = int(page)
    # cover, catalogue, one page of words; the second section's sixty rows take three pages
    assert titles == {"01": 3, "01-01": 4, "01-02": 5, "02": 7, "02-01": 10, "02-02": 11, "02-03": 12}


def test_pages_of_a_scan_are_laid_on_ours_with_heading_and_foot(made):
    _built, pdf, _bag = made
    text = pdf.pages[5].extract_text().replace("\x00", "")
    assert "scan page 2" in text
    assert "01-02" in text
    assert f"第 6 页 共 {len(pdf.pages)} 页" in text
    assert {(round(p.mediabox.width), round(p.mediabox.height)) for p in pdf.pages} == {(595, 842)}


def test_a_late_entry_is_marked_in_the_catalogue_and_on_its_page(made):
    _built, pdf, _bag = made
    assert "补录" in pdf.pages[1].extract_text().replace("\x00", "")
    assert "补录" in pdf.pages[3].extract_text().replace("\x00", "")


def test_what_cannot_be_printed_is_told_and_lies_in_the_folder(made):
    _built, pdf, bag = made
    assert "不能打印" in pdf.pages[10].extract_text().replace("\x00", "")
    assert "不能打印" in pdf.pages[11].extract_text().replace("\x00", "")
    names = bag.namelist()
    assert names == ["佐证材料.pdf", "目录.csv", "01 责任落实/01-01 现场照片.jpg", "01 责任落实/01-02 扫描.pdf",
                     "02 隐患治理/02-01 台账.pdf", "02 隐患治理/02-02 方案.docx", "02 隐患治理/02-03 坏件.pdf"]  # fmt: skip
    assert bag.read(names[5]).startswith(b"PK not")


def test_the_font_is_embedded(made):
    _built, pdf, _bag = made
    fonts_of = pdf.pages[1]["/Resources"]["/Font"]
    (font,) = [each.get_object() for each in fonts_of.values()]
    descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
    assert "/FontFile3" in descriptor or "/FontFile2" in descriptor


def test_without_a_font_one_is_told_how_to_get_one(monkeypatch):
    monkeypatch.setenv("ANLAN_FONT", "/nowhere.ttf")
    with pytest.raises(Refused) as refused:
        fonts.chinese_font()
    assert "fonts-noto-cjk" in str(refused.value)

"""Numbers without a gap, documents laid out as official papers are."""

import io
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from docx import Document

from anlan.kernel.core.errors import Refused
from anlan.kernel.core.ids import new_id
from anlan.kernel.core.models import Exercise
from anlan.kernel.ledger.models import Entry
from anlan.kernel.papers import actions, queries, registry, templates
from anlan.kernel.papers.models import Paper
from anlan.kernel.papers.spec import Office, PaperKind

NOON = datetime(2026, 7, 3, 4, 0, tzinfo=UTC)
STREET = Office("440399001", "临港街道办事处", "临港")
TEXT = """
number = "{office}隐告〔{year}〕{serial}号"
title = "事故隐患告知单"
to = "{firm}："
[[part]]
text = "经检查，发现下列事故隐患："
[[part]]
list = "rows"
item = "{number}. {text}"
[[part]]
table = "rows"
heads = [["text", "隐患"], ["due", "整改期限"]]
[[part]]
blanks = ["被检查单位负责人（签名）："]
"""
VALUES = {"firm": "海风家具厂", "rows": [{"text": "风管积尘", "due": "7月10日"}]}


@pytest.fixture(autouse=True)
def kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "notice.toml"
    path.write_text(TEXT, encoding="utf-8")
    monkeypatch.setattr(registry, "_kinds", {"test.notice": PaperKind("test.notice", "Notice", path)})


def issue(**more: Any) -> Paper:
    given: dict[str, Any] = {
        "office": STREET,
        "subject": ("loop.item", new_id()),
        "values": VALUES,
        "at": NOON,
    }
    return actions.issue(kind="test.notice", by="service:test", **(given | more))


@pytest.mark.django_db
class TestNumbers:
    def test_are_the_next_of_office_kind_and_year(self) -> None:
        other = Office("440399004", "石矶街道办事处", "石矶")
        made = [issue(), issue(), issue(office=other), issue(at=NOON + timedelta(days=365))]
        assert [paper.number for paper in made] == [
            "临港隐告〔2026〕1号", "临港隐告〔2026〕2号", "石矶隐告〔2026〕1号", "临港隐告〔2027〕1号",
        ]  # fmt: skip

    def test_take_the_year_of_the_wall_clock(self) -> None:
        assert issue(at=datetime(2026, 12, 31, 17, 0, tzinfo=UTC)).year == 2027

    def test_of_an_exercise_count_for_themselves_and_say_so(self) -> None:
        drill = Exercise.objects.create(name="演练", real_start=NOON, sim_start=NOON, speed=1)
        issue()
        paper = issue(exercise_id=drill.pk)
        assert (paper.serial, paper.title) == (1, "【演练】事故隐患告知单")

    def test_come_back_when_the_act_fails(self) -> None:
        with pytest.raises(RuntimeError), transaction.atomic():
            issue()
            raise RuntimeError
        assert issue().serial == 1


@pytest.mark.django_db
class TestAPaper:
    def test_is_a_document_with_the_margins_of_official_papers(self) -> None:
        paper = issue()
        document = Document(io.BytesIO(queries.bytes_of(paper)))
        section = document.sections[0]
        assert [round(side.mm) for side in (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)] == [37, 35, 28, 26]  # fmt: skip
        assert round(section.page_width.mm) == 210
        text = [each.text for each in document.paragraphs]
        assert text[0] == "临港隐告〔2026〕1号"
        assert {"事故隐患告知单", "海风家具厂：", "1. 风管积尘", "临港街道办事处", "2026年7月3日"} <= set(
            text
        )
        assert document.tables[0].rows[1].cells[1].text == "7月10日"
        title = document.paragraphs[1].runs[0]
        assert (title.font.name, title.font.size.pt) == ("方正小标宋简体", 22)

    def test_stands_in_the_ledger_with_its_number_and_its_sm3(self) -> None:
        paper = issue()
        entry = Entry.objects.get(code="papers.issued")
        assert entry.facts["number"] == paper.number
        assert entry.facts["file"] == paper.file.sm3
        assert list(queries.papers_about("loop.item", paper.subject_id)) == [paper]

    def test_without_a_value_that_it_asks_for_is_refused_and_takes_no_number(self) -> None:
        with pytest.raises(Refused) as refusal:
            issue(values={"rows": []})
        assert (refusal.value.code, refusal.value.field) == ("papers.lacks", "firm")
        assert issue().serial == 1

    def test_of_an_unknown_kind_is_refused(self) -> None:
        with pytest.raises(Refused) as refusal:
            actions.issue(kind="test.none", office=STREET, subject=("x.y", "1"), values={}, by="service:test", at=NOON)  # fmt: skip
        assert refusal.value.code == "papers.unknown"


@pytest.mark.django_db(transaction=True)
def test_thirty_people_at_once_get_thirty_numbers_without_gap_or_double() -> None:
    failures: list[BaseException] = []

    def one(fail: bool) -> None:
        try:
            with transaction.atomic():
                issue()
                if fail:
                    raise KeyError
        except KeyError:
            pass
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(place % 5 == 0,)) for place in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sorted(Paper.objects.values_list("serial", flat=True)) == list(range(1, 25))


def test_a_faulty_template_is_named(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text('number = "x"\ntitle = "y"\n[[part]]\nwords = "z"\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"bad\.toml"):
        templates.load(path)

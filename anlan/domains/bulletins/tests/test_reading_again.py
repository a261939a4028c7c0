"""The numbers of a draft read again: words stay, numbers and the way they went change, nobody's typing is overwritten."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.domains.bulletins.actions import editing
from anlan.domains.bulletins.actions.reading_again import look, read_again
from anlan.domains.bulletins.models import Report, Share
from anlan.domains.bulletins.queries.behind import rows_of
from anlan.domains.bulletins.queries.reports import chain_of, left_out, standing
from anlan.domains.bulletins.rules.splicing import Put, moved, put_for, spliced
from anlan.domains.bulletins.tests.ground import danger, monthly, office, said
from anlan.kernel.core.errors import Refused
from anlan.kernel.ledger.models import Entry
from anlan.kernel.loop.actions import move
from tests.people import NOON, TERRACE, District

LATER = NOON + timedelta(hours=3)


@pytest.mark.parametrize(
    ("text", "piece", "printed", "now", "wanted"),
    [
        ("发现隐患2项", "2", "2", "13", "发现隐患13项"),
        ("同比下降33.3%。", "下降33.3%", "下降33.3%", "上升5%", "同比上升5%。"),
        ("同比降幅33.3%。", "33.3%", "下降33.3%", "下降20%", "同比降幅20%。"),
        ("同比下降了33.3%。", "33.3%", "下降33.3%", "上升5%", "同比上升5%。"),
        ("整改率提高约2.5个百分点。", "2.5", "提高2.5个百分点", "降低3.1个百分点", "整改率降低3.1个百分点。"),
        ("整改率提高约2.5个百分点。", "2.5", "提高2.5个百分点", "持平", "整改率持平。"),
        ("发现隐患三万项", "三万", "30000", "30001", "发现隐患30001项"),
    ],
)
def test_a_number_goes_into_somebodys_words(
    text: str, piece: str, printed: str, now: str, wanted: str
) -> None:
    start = text.index(piece)
    moves = now[:2] in ("上升", "下降", "提高", "降低", "持平")
    put = put_for(text, start, start + len(piece), printed=printed, now=now, moves=moves)
    assert spliced(text, [Put(*put, of=1)])[0] == wanted


@given(st.lists(st.tuples(st.integers(1, 9), st.text("安全生产", max_size=3)), min_size=1, max_size=6))
def test_every_later_place_moves_with_the_words_before_it(pieces: list[tuple[int, str]]) -> None:
    text, puts = "", []
    for number, (length, instead) in enumerate(pieces):
        text += "字"
        puts.append(Put(len(text), len(text) + length, instead, number))
        text += "数" * length
    text += "末"
    made, places, done = spliced(text, puts)
    assert [made[slice(*places[number])] for number in range(len(pieces))] == [words for _, words in pieces]
    assert made[moved(len(text) - 1, done)] == "末"


@pytest.mark.django_db
class TestADraft:
    def draft(self, here: District) -> tuple[Report, str]:
        writer = office(here)
        danger(here)
        return monthly(here, writer), writer.by

    def test_says_what_has_changed_and_puts_it_in_with_one_act(self, here: District) -> None:
        report, by = self.draft(here)
        share = Share.objects.get(report=report)
        move(item=share.item, name="sign", by=by, at=NOON)
        whole = said(report, "whole")
        text = "据统计，" + whole.text + "各街道要举一反三。"
        editing.reword(paragraph=whole, text=text, by=by, at=NOON)
        danger(here, TERRACE, days=4, at=NOON + timedelta(hours=1))
        told = {
            one.number.slot: (one.number.printed, one.now.text) for one in look(report, as_of=LATER).newer
        }
        assert told["found"] == ("1", "2") and told["found@440399004000"] == ("无数据", "1")
        read_again(item=report.item, as_of=LATER, by=by, at=LATER)
        report.refresh_from_db()
        whole.refresh_from_db()
        assert whole.text == text.replace("发现隐患1项", "发现隐患2项")
        number = standing(report).get(slot="found", paragraph=whole)
        assert (whole.text[number.start : number.end], number.as_of, len(rows_of(number))) == ("2", LATER, 2)
        assert [one.printed for one in chain_of(number)] == ["1"]
        assert left_out(report) == [] and report.as_of == LATER
        share.item.refresh_from_db()
        assert share.item.state == "asked"
        assert "发现隐患1→2" in Entry.objects.get(code="bulletins.read_again").facts["changed"]
        assert look(report, as_of=LATER).newer == []

    def test_keeps_what_was_typed_by_hand_and_tells_what_is_counted(self, here: District) -> None:
        report, by = self.draft(here)
        whole = said(report, "whole")
        text = whole.text.replace("发现隐患1项", "发现隐患9项")
        editing.reword(paragraph=whole, text=text, by=by, at=NOON, reason="含部门自查")
        danger(here, TERRACE, days=4, at=NOON + timedelta(hours=1))
        (line,) = [one for one in look(report, as_of=LATER).newer if one.number.kind == "typed"]
        assert (line.number.printed, line.now.text, line.stays) == ("9", "2", True)
        read_again(item=report.item, as_of=LATER, by=by, at=LATER)
        whole.refresh_from_db()
        assert whole.text == text
        assert standing(report).get(kind="typed").printed == "9"

    def test_is_not_read_back_in_time_nor_once_it_was_handed_in_nor_by_others(self, here: District) -> None:
        report, by = self.draft(here)
        with pytest.raises(Refused) as refusal:
            read_again(item=report.item, as_of=NOON - timedelta(hours=1), by=by, at=LATER)
        assert refusal.value.code == "bulletins.older"
        with pytest.raises(Refused) as refusal:
            read_again(item=report.item, as_of=LATER, by=here.outsider.by, at=LATER)
        assert refusal.value.code == "bulletins.not_writer"

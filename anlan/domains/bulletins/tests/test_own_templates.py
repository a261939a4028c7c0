"""Templates of the bureau's own: read beside the house's, and refused by file and field."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils.translation import override

from anlan.domains.bulletins.rules import templates as known
from anlan.domains.bulletins.rules.template_fields import faults

WHOLE = """
label = "周报"
english = "Weekly"
title = "{district}周报"
number = "第{serial}期"
numbering = "ours"
span = "month"
writers = ["safety_section"]
approvers = ["bureau_chief"]
days = 3
[slots]
found = { indicator = "dangers.found", label = "发现隐患" }
[[block]]
key = "whole"
owner = "safety_section"
say = ["发现隐患{found}项。"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    known.also_from(None)


def test_a_file_of_the_bureau_adds_a_kind_or_takes_the_place_of_the_house_s(folder: Path) -> None:
    (folder / "weekly.toml").write_text(WHOLE, encoding="utf-8")
    own = (
        'like = "monthly_analysis"\ntitle = "{district}形势分析"\n[words]\n"一、总体形势" = "一、总体情况"\n'
    )
    (folder / "monthly_analysis.toml").write_text(own, encoding="utf-8")
    known.also_from(folder)
    found = known.templates()
    assert (found["weekly"].label, found["monthly_analysis"].title) == ("周报", "{district}形势分析")
    assert found["monthly_analysis"].blocks[0].words == "一、总体情况"
    assert known.unused() == ()
    known.also_from(None)
    assert "weekly" not in known.templates()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('label = "周报"', ""), "label: is missing"),
        (("days = 3", 'days = "3"'), "days: must be a whole number"),
        (("days = 3", "days = 3\ndaze = 4"), "daze: there is no such field"),
        (('span = "month"', 'span = "week"'), "span: must be one of day, month, half, year, since"),
        (('indicator = "dangers.found", ', ""), "slots.found: names one source out of"),
        (('label = "发现隐患"', 'digits = "1"'), "slots.found.digits: must be a whole number"),
        (("{found}项", "{fund}项"), "block whole uses fund"),
        (("{found}项", "{found项"), "block whole.say 1: a brace is left open"),
        (('owner = "safety_section"', ""), "block whole is owned by nobody"),
        (
            ("[[block]]", '[[relation]]\ncode = "a"\nkind = "sums"\nof = ["found"]\n[[block]]'),
            "relation a.kind: must be",
        ),
        (('label = "周报"', 'label = "周报'), "line"),
        (('label = "周报"', 'like = "nowhere"'), "like: there is no template nowhere"),
    ],
)
def test_a_faulty_one_is_left_out_and_names_file_and_field(
    folder: Path, change: tuple[str, str], told: str
) -> None:
    assert change[0] in WHOLE
    (folder / "weekly.toml").write_text(WHOLE.replace(*change), encoding="utf-8")
    (folder / "half_year.toml").write_text(WHOLE.replace(*change), encoding="utf-8")
    known.also_from(folder)
    with override("en"):
        first, second = map(str, known.unused())
    assert first.startswith("half_year.toml: ") and second.startswith("weekly.toml: ") and told in second
    assert known.templates()["half_year"].span == "half"  # the house's stands in


def test_a_fault_is_told_in_the_language_of_whoever_reads_it_and_the_file_s_words_as_they_stand(
    folder: Path,
) -> None:
    text = WHOLE.replace("days = 3", 'days = "3"').replace('label = "周报"', "")
    (folder / "weekly.toml").write_text(text, encoding="utf-8")
    known.also_from(folder)
    (told,) = known.unused()
    with override("zh-hans"):
        assert str(told) == "weekly.toml：label：没有写；days：应为整数"


def test_the_house_s_own_have_no_fault() -> None:
    for path in known.FOLDER.glob("*.toml"):
        assert faults(known._raw(path)) == [], path.name

"""Documentation is tested: what an operator or a newcomer can meet is described, and links lead somewhere."""

import re
from functools import cache
from pathlib import Path

import click
import pytest
from django.conf import settings

from anlan.kernel.domain.registry import all_domains
from anlan.surfaces.cli.main import main

ROOT = Path(settings.BASE_DIR)
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)\s#]+)")
VARIABLE = re.compile(r"""["'](ANLAN_[A-Z_]+)["']""")


@cache
def pages() -> dict[Path, str]:
    """Every page of documentation, with its text."""
    found = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("anlan/**/README.md")]
    return {path: path.read_text(encoding="utf-8") for path in found if "node_modules" not in path.parts}


def told(word: str, text: str | None = None) -> bool:
    """Whether a word stands in code style somewhere in the pages (or in the given text)."""
    texts = pages().values() if text is None else [text]
    return any(re.search(rf"`[^`\n]*\b{re.escape(word)}\b[^`\n]*`", each) for each in texts)


def variables() -> list[str]:
    """Environment variables that the code reads."""
    sources = [path for path in (ROOT / "anlan").rglob("*.py") if "tests" not in path.parts]
    return sorted({name for path in sources for name in VARIABLE.findall(path.read_text(encoding="utf-8"))})


def page_of(domain) -> Path:
    """The page of a domain of the house; the dummy domain of the tests has none."""
    return ROOT / "anlan/domains" / domain.name / "README.md"


def of_the_house():
    return [domain for domain in all_domains() if page_of(domain).parent.is_dir()]


@pytest.mark.parametrize("verb", main.list_commands(click.Context(main)))
def test_every_verb_is_described(verb):
    assert told(f"anlan {verb}"), f"no page says `anlan {verb}`"


@pytest.mark.parametrize("name", variables())
def test_every_environment_variable_is_described(name):
    text = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    assert told(name, text), f"docs/operations.md does not say `{name}`"


@pytest.mark.parametrize("domain", of_the_house(), ids=lambda domain: domain.name)
def test_the_page_of_a_domain_names_its_loops_and_indicators(domain):
    text = page_of(domain).read_text(encoding="utf-8") if page_of(domain).exists() else ""
    missing = [record.loop.name for record in domain.records if not told(record.loop.name, text)]
    missing += [each.code for each in domain.indicators if not told(each.code, text)]
    assert missing == []


def test_every_verb_of_make_is_described():
    verbs = re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
    assert [verb for verb in verbs if verb != "help" and not told(f"make {verb}")] == []


@pytest.mark.parametrize("page", pages(), ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    broken = [link for link in LINK.findall(pages()[page]) if not (page.parent / link).exists()]
    assert broken == []


def test_a_decision_is_told_by_its_title():
    for page in sorted(ROOT.glob("docs/adr/*.md")):
        first = pages()[page].splitlines()[0]
        assert re.match(r"# \S.{20,}", first), f"{page.name}: the title must be the decision: {first}"

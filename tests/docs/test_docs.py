"""Documentation is tested: what an operator or a newcomer can meet is described, and links lead somewhere."""

import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import click
import pytest
from django.conf import settings

from anlan.kernel.domain.registry import all_domains
from anlan.surfaces.cli.main import main

ROOT = Path(settings.BASE_DIR)
QUOTED = re.compile(r"^```python\n# (\S+\.py)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
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


def test_the_reference_says_what_is_declared():
    product = {**os.environ, "DJANGO_SETTINGS_MODULE": "anlan.config.settings", "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "tests.docs.reference", "--print"]
    made = subprocess.run(command, cwd=ROOT, env=product, capture_output=True, encoding="utf-8", check=True)
    said = (ROOT / "docs/reference.md").read_text(encoding="utf-8").splitlines()
    missing = [row for row in made.stdout.splitlines() if row not in said]
    stale = [row for row in said if row not in made.stdout.splitlines()]
    assert (missing, stale) == ([], []), "run: .venv/bin/python -m tests.docs.reference"


def test_code_that_is_quoted_from_a_file_stands_in_that_file():
    quoted = [(page, file, code) for page, text in pages().items() for file, code in QUOTED.findall(text)]
    assert len(quoted) >= 5
    wrong = [f"{page.name}: {file}" for page, file, code in quoted
             if code.strip() not in (ROOT / file).read_text(encoding="utf-8")]  # fmt: skip
    assert wrong == []


def test_every_folder_of_kernel_and_domains_describes_itself():
    folders = [each.parent for each in (ROOT / "anlan").glob("*/*/apps.py")]
    rooms = [each for each in folders if each.parent.name in ("kernel", "domains")]
    assert [str(each) for each in rooms if not (each / "README.md").exists()] == []


@pytest.mark.parametrize("domain", of_the_house(), ids=lambda domain: domain.name)
def test_a_domain_has_a_page_for_the_duty_officer_and_stands_on_the_map(domain):
    assert (ROOT / f"docs/domains/{domain.name}.md").exists()
    assert f"domains/{domain.name}/README.md" in (ROOT / "docs/house.md").read_text(encoding="utf-8")


def test_every_room_of_the_kernel_stands_on_the_map():
    house = (ROOT / "docs/house.md").read_text(encoding="utf-8")
    rooms = sorted(each.parent.name for each in (ROOT / "anlan/kernel").glob("*/apps.py"))
    assert [room for room in rooms if f"kernel/{room}/README.md" not in house] == []


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_the_first_page_says_the_two_commands_the_licence_and_what_is_invented(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert all(word in text for word in ("make run", "make test", "Apache-2.0", "docs/pictures/", "安澜区"))
    assert "invented" in text or "虚构" in text
    assert len(text.splitlines()) <= 60, "a bureau reads one screen"


def test_the_path_of_the_five_hops_leads_where_it_says():
    hops = (
        (ROOT / "docs/house.md")
        .read_text(encoding="utf-8")
        .partition("## Five hops")[2]
        .partition("\n## ")[0]
    )
    files = re.findall(r"`(anlan/[a-z/]+\.py)", hops)
    assert len(set(files)) >= 5
    assert [file for file in files if not (ROOT / file).exists()] == []
    quoted = re.search(r"`(path\(.*?\))`", hops)
    assert quoted is not None
    assert quoted[1] in (ROOT / "anlan/surfaces/web/urls.py").read_text(encoding="utf-8")
    for file, name in re.findall(r"`(anlan/[a-z/]+\.py)`, `([a-z_]+)`", hops) + re.findall(
        r"`(anlan/[a-z/]+\.py): ([a-z_]+)`", hops
    ):
        assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8"), f"{file} has no {name}"


def test_every_process_stands_on_the_map_and_in_the_operators_page():
    house = (ROOT / "docs/house.md").read_text(encoding="utf-8")
    operations = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    assert [name for name in settings.ANLAN_PROCESSES if f"| `{name}` |" not in house] == []
    assert [name for name in settings.ANLAN_NEEDED if f"`{name}`" not in operations] == []


def test_every_kind_of_duty_stands_in_the_glossary():
    lines = (
        (ROOT / "anlan/surfaces/cli/demo/data/duty_kinds.csv").read_text(encoding="utf-8").splitlines()[1:]
    )
    glossary = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    words = [line.split(",")[:2] for line in lines if line]
    assert [code for code, label in words if f"`{code}`" not in glossary or label not in glossary] == []


@pytest.mark.django_db
def test_what_the_operator_types_into_the_shell_runs(capsys):
    text = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    typed = re.findall(r'^anlan manage shell -c "(.*?)"$', text, flags=re.MULTILINE | re.DOTALL)
    assert typed
    for code in typed:
        exec(code.replace("\\\n", " "), {})
    assert len(capsys.readouterr().out.strip()) > 30  # the token of the source

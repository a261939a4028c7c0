"""docs/reference.md out of the declarations: every loop, number, ledger code and rule.

`python -m tests.docs.reference` writes it anew, with `--print` it only shows it; `test_docs.py` compares.
It runs under the product's settings in a process of its own: the dummy domain and the codes of tests are not in it.
"""

import os
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/reference.md"
HEAD = """# Reference: loops, numbers, ledger codes, rules

Written out of the declarations by `.venv/bin/python -m tests.docs.reference`; a test compares the two.
"""


def loop_rows() -> list[str]:
    """One row a loop: name, what it is, its moves, its end states."""
    from anlan.kernel.domain.registry import all_domains  # noqa: PLC0415 - Django must be set up first
    from anlan.kernel.loop.own import CONFIRMATION, EXTENSION  # noqa: PLC0415

    loops = [record.loop for domain in all_domains() for record in domain.records]
    rows = []
    for loop in sorted([CONFIRMATION, EXTENSION, *loops], key=lambda each: each.name):
        moves = ", ".join(f"{move.name} → {move.target}" for move in loop.moves)
        rows.append(
            f"| `{loop.name}` | {loop.label} | {loop.start}; {moves} | {', '.join(sorted(loop.closed))} |"
        )
    return rows


def indicator_rows() -> list[str]:
    """One row a number: code, label, unit, definition."""
    from anlan.kernel.indicators.registry import all_indicators  # noqa: PLC0415

    rows = [
        f"| `{each.code}` | {each.label} | {each.unit} | {each.definition} |" for each in all_indicators()
    ]
    return sorted(rows)


def ledger_rows() -> list[str]:
    """One row a room or domain that writes entries: prefix, codes."""
    from anlan.kernel.ledger.registry import codes  # noqa: PLC0415

    by_prefix: dict[str, list[str]] = {}
    for code in sorted(codes()):
        by_prefix.setdefault(code.partition(".")[0], []).append(f"`{code}`")
    return [f"| {prefix} | {', '.join(found)} |" for prefix, found in sorted(by_prefix.items())]


def rule_rows() -> list[str]:
    """One row a rule: name, file, tags of its values."""
    tags: dict[tuple[str, str], set[str]] = {}
    for path in sorted((ROOT / "anlan").glob("*/*/rulesets/*.toml")):
        for rule in tomllib.loads(path.read_text(encoding="utf-8")).get("rule", []):
            tags.setdefault((rule["rule"], str(path.relative_to(ROOT))), set()).add(rule["tag"])
    return [
        f"| `{rule}` | {file} | {', '.join(sorted(found))} |" for (rule, file), found in sorted(tags.items())
    ]


def tables() -> list[tuple[str, str, list[str]]]:
    """Heading, head of the table, rows."""
    return [
        ("Loops 闭环", "| loop | matter | start; moves | end |", loop_rows()),
        ("Numbers 指标", "| code | number | unit | definition |", indicator_rows()),
        ("Ledger codes 留痕代码", "| by | codes |", ledger_rows()),
        ("Rules 规则值 (C confirmed, P secondary, M practice)", "| rule | file | tag |", rule_rows()),
    ]


def text() -> str:
    """The whole page."""
    return "\n".join([HEAD, *_lines()]).rstrip() + "\n"


def _lines() -> Iterable[str]:
    for heading, head, rows in tables():
        yield from (f"## {heading}", head, "|---" * (head.count("|") - 1) + "|", *rows, "")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.config.settings")
    django.setup()
    if "--print" in sys.argv:
        print(text(), end="")
    else:
        PAGE.write_text(text(), encoding="utf-8")

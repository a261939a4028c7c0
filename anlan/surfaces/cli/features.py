"""What Anlan says it can do (docs/features.csv) beside the tests that prove it (marker `feature`). Reads files only."""

import ast
import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

COLUMNS = ("id", "group", "feature_en", "feature_zh", "codes")


@dataclass(frozen=True)
class Feature:
    """One line of docs/features.csv: a mission id that is true now. `codes`: the rows of numbers that answer it."""

    id: str
    group: str
    feature_en: str
    feature_zh: str
    codes: str = ""


def features(root: Path) -> list[Feature]:
    """The lines of docs/features.csv; raises `ValueError` when its columns are not COLUMNS."""
    with (root / "docs/features.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, restval="")
        if tuple(rows.fieldnames or ()) != COLUMNS:
            raise ValueError(f"docs/features.csv: columns must be {', '.join(COLUMNS)}")
        return [Feature(**row) for row in rows]


def _ids_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("mark.feature"):
            yield from (str(word.value) for word in node.args if isinstance(word, ast.Constant))


def proofs(root: Path) -> dict[str, list[str]]:
    """Mission id → test files (from the root) that carry it in `pytest.mark.feature(...)`."""
    found: dict[str, list[str]] = defaultdict(list)
    for folder in ("anlan", "tests"):
        for path in sorted((root / folder).rglob("test_*.py")):
            text = path.read_text(encoding="utf-8")
            if "mark.feature" in text:
                for feature in sorted(set(_ids_in(ast.parse(text)))):
                    found[feature].append(str(path.relative_to(root)))
    return dict(found)


def problems(root: Path) -> list[str]:
    """What does not fit: ids twice, ids without a proof, proofs of ids that are not in the list."""
    listed = [feature.id for feature in features(root)]
    proved = proofs(root)
    lines = [f"{each}: listed twice" for each in sorted({each for each in listed if listed.count(each) > 1})]
    lines += [f"{each}: no test proves it" for each in listed if each not in proved]
    lines += [
        f"{each}: proved in {', '.join(where)} but not listed"
        for each, where in sorted(proved.items())
        if each not in listed
    ]
    return lines

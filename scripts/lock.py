"""`make lock`: requirements/*.in → *.txt with hashes, for every platform, naming no registry host."""

import re
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "requirements"
OPTIONS = (
    "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes",
    "--no-emit-index-url", "--no-emit-find-links", "--no-annotate", "--no-header",
)  # fmt: skip


def lock(name: str) -> None:
    """Compile one list and refuse a result that names an address."""
    target = FOLDER / f"{name}.txt"
    command = (
        sys.executable,
        "-m",
        "uv",
        "pip",
        "compile",
        *OPTIONS,
        *sys.argv[1:],
        f"{name}.in",
        "-o",
        target.name,
    )
    subprocess.run(command, cwd=FOLDER, check=True)
    if found := re.search(r"\w+://\S+", target.read_text()):
        sys.exit(f"{target}: names an address: {found.group()}")
    print(f"locked {target.relative_to(FOLDER.parent)}")


for each in ("bootstrap", "base", "dev", "node"):
    lock(each)

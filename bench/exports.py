"""132,000 risk points to xlsx as a page asks for them: streamed, never whole in memory. Beside it: XlsxWriter's own
constant-memory mode with the same rows, where it is installed; and the same list as csv.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.result import Result

ROOT = Path(__file__).resolve().parents[1]
ROWS, LIMIT_S, MOST_MB = 132_000, 15.0, 60


def run() -> list[Result]:
    """Measure in a var folder of its own; nothing of the installation is touched."""
    var = Path(tempfile.mkdtemp(prefix="anlan-bench-"))
    var.chmod(0o755)
    try:
        environment = {**os.environ, "ANLAN_VAR": str(var), "PYTHONPATH": str(ROOT)}
        line = [sys.executable, "-m", "bench.exports"]
        done = subprocess.run(line, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr[-4000:])
        told = json.loads(done.stdout.splitlines()[-1])
    finally:
        shutil.rmtree(var, ignore_errors=True)
    return _results(told)


def _results(told: dict[str, Any]) -> list[Result]:
    seconds, peer = told["xlsx"], told["xlsxwriter"]
    against = f"limit {LIMIT_S:.0f} s: {told['rows']:,} rows of ten columns, {told['mb']:.0f} MB"
    found = [
        Result("export", seconds, "s", against, LIMIT_S / seconds, seconds < LIMIT_S and told["rows"] == ROWS),
        Result("export.memory", told["grown"], "MB", f"peak above what the process had before; limit {MOST_MB}",
               MOST_MB / max(1.0, told["grown"]), told["grown"] < MOST_MB),
        Result("export.csv", told["csv"], "s", f"limit {LIMIT_S:.0f} s", LIMIT_S / told["csv"], told["csv"] < LIMIT_S),
    ]  # fmt: skip
    if peer:
        found.append(
            Result(
                "export.writer",
                told["ours"],
                "s",
                f"XlsxWriter, the same rows: {peer:.1f} s",
                peer / told["ours"],
            )
        )
    return found


# ---- inside: `python -m bench.exports` with a var folder of its own ----
def inside() -> dict[str, Any]:
    """The measurements, on the cluster of ANLAN_VAR."""
    from anlan.surfaces.stream.standing import database  # noqa: PLC0415

    with database():
        _fill()
        told = _exported("xlsx")
        grown = told.pop("grown")
        told |= {"csv": _exported("csv")["csv"], "grown": grown}
    return told | _writers()


def _fill() -> None:
    from anlan.surfaces.cli.demo import district, firms, risks  # noqa: PLC0415

    district.write()
    firms.write()
    risks.POINTS, risks.SOURCES = ROWS, ROWS
    risks.write("district")


def _exported(form: str) -> dict[str, Any]:
    from anlan.kernel.core import clock  # noqa: PLC0415
    from anlan.kernel.sheets import actions, files, running  # noqa: PLC0415

    job = actions.ask_for(
        sheet="risks.points", form=form, person=None, by="service:bench", at=clock.real_now()
    )
    before, started = _peak(), time.monotonic()
    running.write(job)
    seconds = time.monotonic() - started
    size = files.export_path(job.pk, form).stat().st_size
    return {form: seconds, "rows": job.rows, "mb": size / 2**20, "grown": _peak() - before}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _rows() -> Iterator[list[Any]]:
    for number in range(ROWS):
        yield ["914403999DX155443X", f"FX-{number:05d}", "3号喷漆房", "设备设施", "听澜社区", 113.9,
               22.6 + number / 1e7, "", "较大风险", "一般风险"]  # fmt: skip


def _writers() -> dict[str, float]:
    """The same rows through our writer and through XlsxWriter."""
    from anlan.kernel.sheets.writing import write_xlsx  # noqa: PLC0415

    heads = [f"列{n}" for n in range(10)]
    path, started = Path(os.environ["ANLAN_VAR"]) / "ours.xlsx", time.monotonic()
    write_xlsx(path, name="x", heads=heads, rows=_rows())
    ours = time.monotonic() - started
    try:
        import xlsxwriter  # noqa: PLC0415
    except ImportError:
        return {"ours": ours, "xlsxwriter": 0.0}
    started = time.monotonic()
    with xlsxwriter.Workbook(str(path.with_name("theirs.xlsx")), {"constant_memory": True}) as book:
        leaf = book.add_worksheet()
        leaf.write_row(0, 0, heads)
        for number, row in enumerate(_rows(), 1):
            leaf.write_row(number, 0, row)
    return {"ours": ours, "xlsxwriter": time.monotonic() - started}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.config.settings")
    import django

    django.setup()
    print(json.dumps(inside()))

"""What a bench prints: a value, what it stands against, the ratio, and the machine it ran on."""

import os
import platform
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path


@cache
def machine() -> str:
    """This machine in a few words: cores, memory, processor, system."""
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    model = ""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = (line.partition(":") for line in cpuinfo.read_text().splitlines())
        model = next((value.strip() for name, _, value in lines if name.strip() == "model name"), "")
    processor = model or platform.processor() or platform.machine()
    python = f"CPython {platform.python_version()}"
    return f"{os.cpu_count()} cores, {gigabytes:.0f} GB, {processor}, {platform.system()}, {python}"


@dataclass(frozen=True)
class Result:
    """One measured number.

    `against` says in words what `value` is compared with ("limit 10 s", "plain-Python oracle 0.4 M/s"); `ratio` is
    how many times better than that, above 1 better, None where there is nothing to compare with. `held` is False
    when a promised limit was missed: the command then exits with 1.
    """

    name: str
    value: float
    unit: str
    against: str = ""
    ratio: float | None = None
    held: bool = True
    machine: str = field(default_factory=machine)

    def as_dict(self) -> dict[str, object]:
        """Plain data for `--json`."""
        return asdict(self)

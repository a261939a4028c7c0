"""Buffers from the machine's memory, with what a container allows as the limit."""

import os
from pathlib import Path

MB = 2**20
_CGROUP = Path("/sys/fs/cgroup/memory.max")


def memory_bytes() -> int:
    """Memory this machine or container gives us."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = _CGROUP.read_text().strip() if _CGROUP.exists() else "max"
    return whole if limit == "max" else min(whole, int(limit))


def sized(memory: int | None = None) -> dict[str, str]:
    """PostgreSQL settings that fit beside the other processes of one machine: an eighth of memory is shared."""
    megabytes = (memory or memory_bytes()) // MB

    def share(part: int, least: int, most: int) -> str:
        return f"{min(max(megabytes // part, least), most)}MB"

    return {
        "shared_buffers": share(8, 64, 8192),
        "effective_cache_size": share(2, 256, 65536),
        "work_mem": share(512, 4, 64),
        "maintenance_work_mem": share(32, 64, 1024),
        "max_wal_size": share(8, 512, 4096),
        "checkpoint_completion_target": "0.9",
        "random_page_cost": "1.2",
        "jit": "off",
        "wal_compression": "on",
    }

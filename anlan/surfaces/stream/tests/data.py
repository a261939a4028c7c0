"""Series for the tests: a made-up storm, and the real files where they are."""

import os
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

START = datetime(2024, 6, 20, 0, 0, tzinfo=UTC)


def shared(name: str) -> Path:
    """A file of the team's real data; its absence is said aloud."""
    root = Path(os.environ.get("ANLAN_SHARED", Path(__file__).resolve().parents[4].parent / "shared"))
    path = root / "data" / name
    if not path.exists():
        pytest.skip(f"REAL DATA ABSENT: {path}; set ANLAN_SHARED to the folder that holds data/")
    return path


def storm(folder: Path, *, stations: int = 8, slots: int = 110, seed: int = 7) -> Path:
    """A long CSV: rain that comes and goes over some stations every five minutes, with gaps, doubles and a dead gauge."""
    rng = random.Random(seed)
    lines = ["station_id,time_utc,mm"]
    for n in range(1, slots + 1):
        at = START + timedelta(minutes=5 * n)
        wet = 4.0 if 30 < n % 120 < 80 else 0.0
        for s in range(stations):
            if rng.random() < 0.03:
                continue
            value = 0.0 if s == 0 else round(max(0.0, rng.gauss(wet, 1.5)) if wet else 0.0, 1)
            lines += [f"S{s:02},{at:%Y-%m-%d %H:%M:%S},{value}"] * (2 if rng.random() < 0.02 else 1)
    path = folder / "storm.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def sites(folder: Path, *, stations: int = 8) -> Path:
    """Where they stand: close together."""
    rows = [f"S{s:02},站{s:02},{113.8 + s / 200},{22.6 + s % 3 / 100}" for s in range(stations)]
    path = folder / "stations.csv"
    path.write_text("station_id,name,lon,lat\n" + "\n".join(rows) + "\n")
    return path

"""`GET /health`: is this house alive? 200 when everything needed is, else 503. No sign-in, no secrets."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

from anlan.kernel.core import clock
from anlan.kernel.core.heartbeats import STALE_SECONDS
from anlan.kernel.core.models import Process
from anlan.kernel.indicators.nightly import drifted
from anlan.kernel.ledger.feed import last_seq
from anlan.kernel.places.index.keeper import keeper


@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """`{"ok", "database", "seq", "at", "processes": {"worker": {"state", "running", "beat_s"}}, "map": {"state", …},
    "numbers": {"drifted"}}`.

    The map is that of the process that answers; a house whose map is still being put together is well. `drifted` is how
    many kept sums of numbers the nightly count found wrong in a week; they were put right, somebody should ask why.
    """
    now = clock.real_now()
    try:
        found = processes(now)
        seq = last_seq()
        drifts = drifted(now)
    except Error as failure:
        connection.close()
        return JsonResponse(
            {"ok": False, "database": "away", "at": now, "said": type(failure).__name__}, status=503
        )
    ok = all(found[kind]["state"] == "alive" for kind in settings.ANLAN_NEEDED)
    answer = {
        "ok": ok,
        "database": "alive",
        "seq": seq,
        "at": now,
        "processes": found,
        "map": keeper.detail(),
        "numbers": {"drifted": drifts},
    }
    return JsonResponse(answer, status=200 if ok else 503)


def processes(now: datetime) -> dict[str, dict[str, Any]]:
    """Each kind of process: state (alive, silent, missing), how many live, seconds since the last beat."""
    beats: dict[str, list[float]] = defaultdict(list)
    for name, beat_at in Process.objects.values_list("name", "beat_at"):
        beats[name.partition(":")[0]].append((now - beat_at).total_seconds())
    kinds = dict.fromkeys([*settings.ANLAN_NEEDED, *beats])
    return {kind: _state(beats.get(kind, [])) for kind in kinds}


def _state(ages: list[float]) -> dict[str, Any]:
    running = sum(age < STALE_SECONDS for age in ages)
    if not ages:
        return {"state": "missing", "running": 0, "beat_s": None}
    return {"state": "alive" if running else "silent", "running": running, "beat_s": round(min(ages), 1)}

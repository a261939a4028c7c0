"""What is done once a day without anybody asking: self-checks that fall due, draws, questions of the month."""

import logging
from datetime import datetime, time

from django.db import Error
from django.utils import timezone

from anlan.kernel.core.errors import Refused
from anlan.kernel.core.models import RoundDone
from anlan.kernel.domain.registry import all_domains
from anlan.kernel.domain.spec import Round

logger = logging.getLogger(__name__)

FROM = time(5)  # local: after the night's work, before the first patroller looks at the day's list
MOST_TURNS = 1000


def go_rounds(*, region: str, at: datetime) -> dict[str, int]:
    """Go every round that was not gone today; returns name → how much it did.

    A round that fails is tried again at the next call and keeps no other from being gone. A round does its work in
    turns, each a transaction of its own, and is written down when a turn found nothing more: dying in between, it
    goes on where it was, because each turn does only what is not there yet.
    """
    local = timezone.localtime(at)
    if local.time() < FROM:
        return {}
    gone = set(RoundDone.objects.filter(day=local.date()).values_list("name", flat=True))
    done: dict[str, int] = {}
    for name, each in _declared().items():
        if name in gone:
            continue
        try:
            done[name] = _go(each, region=region, at=at)
        except (Error, Refused) as failure:
            logger.warning("round %s: %s; trying again later", name, str(failure).strip())
            continue
        RoundDone.objects.get_or_create(
            name=name, day=local.date(), defaults={"count": done[name], "done_at": at}
        )
    return done


def _declared() -> dict[str, Round]:
    return {f"{domain.name}.{each.name}": each for domain in all_domains() for each in domain.rounds}


def _go(each: Round, *, region: str, at: datetime) -> int:
    total = 0
    for _turn in range(MOST_TURNS):
        count = each.run(region=region, at=at)
        total += count
        if not count:
            break
    return total

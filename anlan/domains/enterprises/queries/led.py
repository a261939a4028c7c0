"""主要负责人带队检查: self-checks that a firm's principal led, by street; and the firms that owe some."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import floor
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, Sum

from anlan.domains.enterprises.models import Enterprise, SelfCheck, SelfCheckPost
from anlan.domains.enterprises.queries.archive import tags_of, visible_to
from anlan.kernel.core import rulesets
from anlan.kernel.orgs.models import Person

_LOCAL = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class StreetLed:
    """A street's checks of principals' posts in a span: done, led by the principal, dangers found on them."""

    street: str
    firms: int
    done: int
    led: int
    found: int


def by_street(person: Person, *, start: datetime, end: datetime, at: datetime) -> list[StreetLed]:
    """家次: counted by when the check was held, as the rows say; one line a street."""
    rows = SelfCheck.objects.filter(
        enterprise__in=visible_to(person, at=at).values("pk"), post__level="principal", item__state="done",
        item__exercise=None, item__steps__move="do", item__steps__happened_at__gte=start,
        item__steps__happened_at__lt=end,
    )  # fmt: skip
    counted = rows.values("item__region_id").annotate(
        firms=Count("enterprise", distinct=True), done=Count("pk", distinct=True),
        led=Count("pk", filter=~Q(led_by=""), distinct=True), n=Sum("found", filter=~Q(led_by="")),
    )  # fmt: skip
    streets: dict[str, list[int]] = {}
    for row in counted:
        line = streets.setdefault(f"{row['item__region_id'][:9]}000", [0, 0, 0, 0])
        for place, name in enumerate(("firms", "done", "led", "n")):
            line[place] += row[name] or 0
    return [StreetLed(street, *numbers) for street, numbers in sorted(streets.items())]


@dataclass(frozen=True, slots=True)
class Owing:
    """A firm whose principal led fewer checks this year than were due by now."""

    firm: Enterprise
    led: int
    asked: int  # in the whole year
    due: int  # by now


def owing(person: Person, *, year: int, at: datetime, most: int = 200) -> list[Owing]:
    """The firms with a principal's post that are behind, the farthest behind first; high-risk trades owe more."""
    posts = SelfCheckPost.objects.filter(
        active=True, level="principal", enterprise__in=visible_to(person, at=at).values("pk"),
        enterprise__status="operating",
    ).select_related("enterprise__organisation__region")  # fmt: skip
    firms = {post.enterprise_id: post.enterprise for post in posts}
    done = _led_in(list(firms), year)
    tags = tags_of(firms)
    found = []
    for pk, firm in firms.items():
        asked = _asked(firm.organisation.region_id, tags.get(pk, []), at)
        due = floor(asked * _gone(year, at)) or 1
        if done.get(pk, 0) < due:
            found.append(Owing(firm, done.get(pk, 0), asked, due))
    return sorted(found, key=lambda o: (o.led - o.due, o.firm.organisation.name))[:most]


def _led_in(firms: list[UUID], year: int) -> dict[UUID, int]:
    rows = SelfCheck.objects.filter(
        enterprise__in=firms,
        post__level="principal",
        item__state="done",
        start__year=year,
        item__exercise=None,
    ).exclude(led_by="")
    return dict(rows.values_list("enterprise").annotate(n=Count("pk")))


def _asked(region: str, tags: list[str], at: datetime) -> int:
    rule: Mapping[str, object] = rulesets.value_of("enterprises.principal_leads", region=region, at=at)
    high = set(tags) & set(rule["tags"])  # type: ignore[call-overload]
    return int(str(rule["high"] if high else rule["usual"]))


def _gone(year: int, at: datetime) -> float:
    """The share of a year that has gone by."""
    start, end = datetime(year, 1, 1, tzinfo=_LOCAL), datetime(year + 1, 1, 1, tzinfo=_LOCAL)
    return min(max((at - start) / (end - start), 0.0), 1.0)

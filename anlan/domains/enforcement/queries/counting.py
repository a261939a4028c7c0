"""What the numbers count: visits, penalties, executions, openings; by region, sector, campaign, as known at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from anlan.domains.enforcement.models import Case, Check, Execution, Penalty, Spot
from anlan.domains.enforcement.queries.plans import standing_checks, undone
from anlan.domains.enforcement.rules.cases import Sum as Money
from anlan.kernel.core.worlds import in_world
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.places.regions import prefix_of

OPENED = ("approve", "enter_opened")
ENDED = ("decline", "drop")


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose rows, of which days, as known when. `sector`: a tag of firms (dust, plating …) or a code of GB/T 4754;
    `campaign`: its id."""

    start: datetime
    end: datetime
    as_of: datetime
    region: str = ""
    sector: str = ""
    campaign: UUID | None = None
    exercise_id: UUID | None = None

    def cut(self, *, region: str, own: str = "") -> Q:
        """A filter by region (path of its key), sector and campaign (of the row at `own`)."""
        found = Q(**{f"{region}__code__startswith": prefix_of(self.region)}) if self.region else Q()
        if self.sector:
            found &= Q(**{f"{own}tags__contains": [self.sector]}) | Q(
                **{f"{own}sector__startswith": self.sector}
            )
        if self.campaign is not None:
            found &= Q(**{f"{own}campaign": self.campaign})
        return found


def visits(asked: Asked) -> QuerySet[Check]:
    """Enforcement visits (家次)."""
    rows = standing_checks(start=asked.start, end=asked.end, as_of=asked.as_of, exercise_id=asked.exercise_id)
    return rows.filter(asked.cut(region="item__region"))


def firms_of(rows: QuerySet[Check]) -> int:
    """How many different firms (家): by the archive, else by name."""
    known: Iterable[tuple[Any, str]] = rows.values_list("organisation_id", "firm_name")
    return len({str(firm) if firm is not None else name for firm, name in known})


def penalties(asked: Asked, *, procedure: str = "") -> QuerySet[Penalty]:
    """Penalties decided in the span; those of a revoked spot penalty are left out."""
    rows = Penalty.objects.filter(
        in_world(asked.exercise_id, path="item__exercise_id"), decided_at__gte=asked.start, decided_at__lt=asked.end,
        recorded_at__lte=asked.as_of,
    ).exclude(item__in=undone("revoke", as_of=asked.as_of))  # fmt: skip
    rows = (
        rows.filter(asked.cut(region="item__region"))
        if not (asked.sector or asked.campaign)
        else rows.filter(item__in=_items(asked))
    )
    return rows.filter(procedure=procedure) if procedure else rows


def _items(asked: Asked) -> QuerySet[WorkItem]:
    """The items of cases and spot penalties of a sector or a campaign."""
    keys = asked.cut(region="item__region")
    return WorkItem.objects.filter(
        Q(pk__in=Case.objects.filter(keys).values("pk")) | Q(pk__in=Spot.objects.filter(keys).values("pk"))
    )


def matters(rows: QuerySet[Penalty]) -> list[UUID]:
    """The cases and spot penalties behind penalties: an 一案双罚 is one (cases are counted, not documents)."""
    return list(dict.fromkeys(rows.order_by("decided_at", "pk").values_list("item_id", flat=True)))


def opened(asked: Asked) -> list[UUID]:
    """Cases that were opened (立案) in the span."""
    steps = Step.objects.filter(
        in_world(asked.exercise_id), item__loop="enforcement.case", move__in=OPENED, happened_at__gte=asked.start,
        happened_at__lt=asked.end, at__lte=asked.as_of,
    )  # fmt: skip
    rows = Case.objects.filter(asked.cut(region="item__region"), pk__in=steps.values("item_id"))
    return list(rows.order_by("item__opened_at").values_list("pk", flat=True))


def money(rows: QuerySet[Penalty], *, asked: Asked) -> Money:
    """Of the penalties: decided and paid in yuan, how many, how many executed by the end of the span."""
    known = list(rows.values_list("pk", "amount", "item_id"))
    done = Execution.objects.filter(
        penalty__in=[pk for pk, _amount, _item in known], done_at__lt=asked.end, recorded_at__lte=asked.as_of
    )
    whole = set(done.filter(whole=True).values_list("penalty_id", flat=True))
    paid = done.aggregate(total=Sum("amount"))["total"] or Decimal(0)
    decided = sum((amount for _pk, amount, _item in known), Decimal(0))
    items = tuple(dict.fromkeys(item for _pk, _amount, item in known))
    return Money(decided, paid, len(known), len(whole), items)


def paid_in(asked: Asked) -> tuple[Decimal, list[UUID]]:
    """Yuan that came in within the span, whenever it was decided, and the matters it was for."""
    ever = Asked(datetime.min.replace(tzinfo=asked.end.tzinfo), asked.end, asked.as_of, asked.region, asked.sector,
                 asked.campaign, asked.exercise_id)  # fmt: skip
    rows = Execution.objects.filter(
        penalty__in=penalties(ever),
        done_at__gte=asked.start,
        done_at__lt=asked.end,
        recorded_at__lte=asked.as_of,
    )
    total = rows.aggregate(total=Sum("amount"))["total"] or Decimal(0)
    return total, list(dict.fromkeys(rows.values_list("penalty__item_id", flat=True)))


def dual(asked: Asked) -> tuple[list[UUID], Decimal]:
    """一案双罚: cases in which the firm and a person were penalised, and the yuan of both."""
    rows = list(penalties(asked, procedure="case").values_list("item_id", "respondent", "amount"))
    against: dict[UUID, set[str]] = {}
    for item, respondent, _amount in rows:
        against.setdefault(item, set()).add(respondent)
    both = [item for item, who in against.items() if len(who) == 2]
    return both, sum((amount for item, _who, amount in rows if item in set(both)), Decimal(0))


def majors_found(asked: Asked) -> tuple[set[UUID], int]:
    """Major dangers found on visits of the span: those that officers decided (ids), and those of rows taken over."""
    rows = visits(asked)
    findings = dict(rows.exclude(findings=None).values_list("findings__danger_id", "pk"))
    decided = Step.objects.filter(
        item__loop="dangers.candidate",
        move="decide_major",
        item__arises_from__in=findings,
        at__lte=asked.as_of,
    )
    ids = {pk for pk in decided.values_list("item__arises_from_id", flat=True) if pk}
    return ids, rows.aggregate(total=Sum("found_major"))["total"] or 0


def majors_penalised(found: set[UUID], *, asked: Asked) -> int:
    """How many of some major dangers stand in a case with a penalty decided; and those of rows taken over."""
    until = Asked(datetime.min.replace(tzinfo=asked.end.tzinfo), asked.end, asked.as_of, asked.region, asked.sector,
                  asked.campaign, asked.exercise_id)  # fmt: skip
    cases = Case.objects.filter(pk__in=penalties(until, procedure="case").values("item_id"))
    own = set(cases.filter(dangers__in=found).values_list("dangers", flat=True)) & found
    taken_over = penalties(asked).aggregate(total=Sum("majors"))["total"] or 0
    return len(own) + taken_over


def decision_days(asked: Asked) -> tuple[list[float], list[UUID]]:
    """Days from opening to decision of the cases decided in the span."""
    rows_of = counting_order(penalties(asked, procedure="case"))
    decided = dict(rows_of)
    began = _opened_at(list(decided))
    rows = [pk for pk in decided if pk in began]
    return [(decided[pk] - began[pk]).total_seconds() / 86400 for pk in rows], rows


def counting_order(rows: QuerySet[Penalty]) -> list[tuple[UUID, datetime]]:
    """Item and day of decision, the first decision of an item last, so that a dictionary keeps it."""
    return list(rows.order_by("-decided_at").values_list("item_id", "decided_at"))


def overdue(asked: Asked) -> list[UUID]:
    """Cases open at the end of the span whose day of decision had passed."""
    end = min(asked.end, asked.as_of)
    began = Step.objects.filter(
        in_world(asked.exercise_id), item__loop="enforcement.case", move__in=OPENED, happened_at__lt=end,
        at__lte=asked.as_of,
    )  # fmt: skip
    gone = Step.objects.filter(
        item__loop="enforcement.case", move__in=ENDED, happened_at__lt=end, at__lte=asked.as_of
    )
    decided = Penalty.objects.filter(procedure="case", decided_at__lt=end, recorded_at__lte=asked.as_of)
    rows = Case.objects.filter(
        asked.cut(region="item__region"), pk__in=began.values("item_id"), decide_by__lt=end
    )
    rows = rows.exclude(pk__in=gone.values("item_id")).exclude(pk__in=decided.values("item_id"))
    return list(rows.order_by("decide_by").values_list("pk", flat=True))


def _opened_at(items: Sequence[UUID]) -> dict[UUID, datetime]:
    steps = Step.objects.filter(item__in=items, move__in=OPENED).order_by("-happened_at")
    return dict(steps.values_list("item_id", "happened_at"))


def joint(rows: QuerySet[Check]) -> tuple[list[UUID], int]:
    """综合查一次: visits of several departments at once, and how many visits the firms were spared."""
    known = [(pk, len(partners)) for pk, partners in rows.exclude(partners=[]).values_list("pk", "partners")]
    return [pk for pk, _saved in known], sum(saved for _pk, saved in known)

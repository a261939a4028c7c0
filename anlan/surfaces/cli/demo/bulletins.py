"""Reports of the demo district: months issued, the half-year being signed, a letter, the daily sheet. All invented."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from anlan.domains.bulletins.actions import drafting, earlier, editing, issuing
from anlan.domains.bulletins.models import Report, Share
from anlan.kernel.core import clock
from anlan.kernel.indicators import counting, spans
from anlan.kernel.loop.actions import move
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.orgs.models import Duty
from anlan.surfaces.cli.demo.district import BY
from anlan.surfaces.cli.demo.files import DATA, DISTRICT

LETTER = {
    "to": "区住房和建设局",
    "risk": "近期外地发生多起有限空间作业中毒窒息事故（演示），暴露出作业审批和通风检测不落实的问题。",
    "measures": "一是督促在建项目对有限空间逐处排查；二是严格执行先通风、再检测、后作业；三是加强现场监护。",
}


def is_there() -> bool:
    return Report.objects.filter(item__exercise=None, item__region_id=DISTRICT).exists()


def write() -> None:
    """A few reports in different states, once."""
    if is_there():
        return
    now = clock.real_now()
    today = timezone.localdate(now)
    writer, safety = _holder("work_plan_office"), _holder("safety_section")
    chief, watch = _holder("bureau_chief"), _holder("watch_officer")
    last_month = today.replace(day=1) - timedelta(days=1)
    before = last_month.replace(day=1) - timedelta(days=1)
    _issued("monthly_analysis", before, safety, chief, now - timedelta(days=35))
    _issued("monthly_analysis", last_month, safety, chief, now - timedelta(days=4))
    _issued("risk_notice_letter", last_month, safety, chief, now - timedelta(days=3), given=LETTER)
    drafting.draft(template="daily_sheet", region=DISTRICT, day=today, by=watch, at=now)
    _half_year(today, writer, safety, now)


def _holder(kind: str) -> str:
    held = Duty.objects.filter(kind_id=kind, region_id=DISTRICT, valid_to=None).select_related("person")
    return held.order_by("rank", "pk")[0].person.by


def _issued(
    template: str, day: date, writer: str, chief: str, at: datetime, *, given: dict[str, str] | None = None
) -> WorkItem:
    item = drafting.draft(template=template, region=DISTRICT, day=day, by=writer, at=at, given=given)
    issuing.hand_in(item=item, by=writer, at=at + timedelta(hours=1))
    issuing.approve(item=item, by=chief, at=at + timedelta(hours=3))
    issuing.issue(item=item, by=writer, at=at + timedelta(hours=4))
    return item


def _half_year(today: date, writer: str, safety: str, now: datetime) -> None:
    """The half-year in which today lies: one office has signed, one number was typed with its reason."""
    span = spans.half(today.year, 1 if today.month <= 6 else 2)
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    counting.count(
        code="fund.arranged", value=Decimal(12600), unit="万元", scope="安全生产专项经费（演示）", region=DISTRICT,
        span=span, source="区财政批复（演示）", by=BY, at=max(now - timedelta(hours=2), midnight),
    )  # fmt: skip
    item = drafting.draft(
        template="half_year",
        region=DISTRICT,
        day=today,
        by=writer,
        at=max(now - timedelta(hours=1), midnight),
    )  # on the first day of a half-year none of it may be told of before it has begun
    report = Report.objects.get(pk=item.pk)
    plan = report.paragraphs.get(key="plan")
    editing.reword(
        paragraph=plan,
        text=plan.text + "召开调度会6次。",
        by=writer,
        at=now,
        reason="会议纪要，平台尚未登记（演示）",
    )
    # Last year's is from before the platform: it was taken in, and stands beside paragraph by paragraph.
    then = f"{today.year - 1}年{'上' if today.month <= 6 else '下'}半年"
    text = (DATA / "last_year.txt").read_text(encoding="utf-8")
    earlier.take_in(report=report, text=text, title=f"{then}工作总结（演示）", by=writer, at=now)
    share = Share.objects.select_related("item").get(report=report, owner="safety_section")
    move(item=share.item, name="sign", by=safety, at=now)

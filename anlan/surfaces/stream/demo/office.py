"""The simulated weather office: its signals come in as CAP 1.2 through the door that real ones use."""

from datetime import datetime, timedelta
from functools import partial

from anlan.domains.warnings.actions.signals import take_in_cap
from anlan.domains.warnings.models import WeatherOffice
from anlan.domains.warnings.rules import cap, cap_write
from anlan.surfaces.stream.demo.world import BY, World

WEST = ("440399001000", "440399002000", "440399006000", "440399008000")  # 临港 望潮 榕溪 白鹭
CORE = ("440399001000", "440399002000")
# local time, colour, streets, hours, what it says
ISSUED: tuple[tuple[tuple[int, int], str, tuple[str, ...], int, str], ...] = (
    ((18, 8), "橙", WEST, 6, "预计未来 3 小时降雨量将达 50 毫米以上，请注意防御。"),
    ((19, 12), "红", CORE, 6, "过去 2 小时降雨量已超过 100 毫米，强降雨仍将持续。"),
)
LIFTED = (23, 2)
NOTE = "演示：模拟气象台 / demo: a simulated weather office"


def issue(world: World) -> None:
    """Send what is due by now; each once."""
    for number, (when, colour, streets, hours, text) in enumerate(ISSUED):
        sent = world.clock(*when)
        if world.at >= sent:
            world.once(f"signal-{number}", partial(_send, world, number, sent, colour, streets, hours, text))
    if world.at >= world.clock(*LIFTED):
        world.once("signals-lifted", partial(_lift, world))


def _send(
    world: World, number: int, sent: datetime, colour: str, streets: tuple[str, ...], hours: int, text: str
) -> None:
    office = WeatherOffice.objects.get(region_id="440399000000", active=True, sender__endswith=".invalid")
    info = _info(office, colour, streets, text, sent, sent + timedelta(hours=hours))
    _take_in(world, office, number, sent, "Alert", (), (info,))


def _lift(world: World) -> None:
    office = WeatherOffice.objects.get(region_id="440399000000", active=True, sender__endswith=".invalid")
    sent = world.clock(*LIFTED)
    earlier = tuple(
        cap.Reference(office.sender, _identifier(world, n), cap_write.time_text(world.clock(*row[0])))
        for n, row in enumerate(ISSUED)
    )
    _take_in(world, office, len(ISSUED), sent, "Cancel", earlier, ())


def _take_in(
    world: World,
    office: WeatherOffice,
    number: int,
    sent: datetime,
    kind: str,
    references: tuple[cap.Reference, ...],
    infos: tuple[cap.Info, ...],
) -> None:
    alert = cap.Alert(
        identifier=_identifier(world, number),
        sender=office.sender,
        sent=sent,
        status="Exercise",
        msg_type=kind,
        scope="Public",
        note=NOTE,
        references=references,
        infos=infos,
    )
    take_in_cap(data=cap_write.write(alert), by=BY, at=world.at, exercise_id=world.id)


def _identifier(world: World, number: int) -> str:
    return f"demo-{world.id}-{number}"


def _info(
    office: WeatherOffice, colour: str, streets: tuple[str, ...], text: str, sent: datetime, expires: datetime
) -> cap.Info:
    geocodes = tuple(("GB/T 2260", code) for code in streets)
    severity = "Extreme" if colour == "红" else "Severe"
    return cap.Info(
        language="zh-CN",
        categories=("Met",),
        event="暴雨",
        response_types=("Prepare",),
        urgency="Immediate",
        severity=severity,
        certainty="Observed",
        event_codes=(),
        effective=sent,
        onset=sent,
        expires=expires,
        sender_name=office.name,
        headline=f"{office.name}发布暴雨{colour}色预警信号",
        description=text,
        instruction="停止户外作业，远离低洼地带、下穿通道。",
        parameters=(),
        areas=(cap.Area("安澜区", geocodes=geocodes),),
    )

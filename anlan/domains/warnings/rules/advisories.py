"""The words of a risk advisory (风险提示) in Chinese and English, and its CAP block. It never speaks of a signal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from anlan.domains.warnings.rules import cap

ZH = {"white": "白色", "blue": "蓝色", "yellow": "黄色", "orange": "橙色", "red": "红色"}
SEVERITY = {"white": "Minor", "blue": "Minor", "yellow": "Moderate", "orange": "Severe", "red": "Extreme"}
RESPONSES = {"white": "Monitor", "blue": "Monitor", "yellow": "Prepare", "orange": "Avoid", "red": "Shelter"}


@dataclass(frozen=True, slots=True)
class Text:
    """Headline, description, instruction in both languages."""

    headline: str
    description: str
    instruction: str
    headline_en: str
    description_en: str
    instruction_en: str


def draft(
    *,
    hazard: Mapping[str, Any],
    colour: str,
    basis: str,
    area: str,
    issuer: Mapping[str, str],
    codes: Sequence[str],
) -> Text:
    """The standing words; an officer may change them before they are published."""
    zh = {
        "alarm": f"{area}实测{hazard['zh']}已达到{ZH[colour]}标准（未发信号）。",
        "forecast": f"预计{area}{hazard['zh']}将达到{ZH[colour]}标准（未发信号）。",
        "signal": f"{area}{hazard['zh']}{ZH[colour]}预警信号已生效。",
        "person": f"请{area}注意防范{hazard['zh']}。",
    }[basis]
    en = {
        "alarm": f"{hazard['en']} measured in the area has reached the {colour} mark; no signal has been issued.",
        "forecast": f"{hazard['en']} is forecast to reach the {colour} mark in the area; no signal has been issued.",
        "signal": f"A {colour} {hazard['en'].lower()} signal is in force for the area.",
        "person": f"Take care: {hazard['en'].lower()} in the area.",
    }[basis]
    return Text(
        headline=f"{issuer['zh']}发布{hazard['zh']}风险提示",
        description=zh,
        instruction="请远离低洼、河边、边坡和地下空间，不要涉水，留意气象台发布的预警信号，听从街道安排。",
        headline_en=f"{issuer['en']}: {hazard['en']} risk advisory",
        description_en=f"{en} Area: {', '.join(codes)}.",
        instruction_en="Keep away from low land, rivers, slopes and underground places. Watch for official signals.",
    )


def alert(
    *,
    identifier: str,
    msg_type: str,
    issuer: Mapping[str, str],
    hazard: Mapping[str, Any],
    colour: str,
    basis: str,
    text: Text,
    sent: datetime,
    onset: datetime,
    expires: datetime,
    area: cap.Area,
    references: Sequence[cap.Reference],
    exercise: bool,
) -> cap.Alert:
    """The CAP message of an advisory; a cancel says *all clear*, an exercise says that it is one."""
    shared: dict[str, Any] = {
        "categories": ("Met",), "response_types": ("AllClear" if msg_type == "Cancel" else RESPONSES[colour],),
        "urgency": "Past" if msg_type == "Cancel" else ("Immediate" if basis in ("alarm", "signal") else "Expected"),
        "severity": SEVERITY[colour], "certainty": "Observed" if basis == "alarm" else "Likely",
        "event_codes": tuple(("GB/T 35561", code) for code in hazard.get("event_codes", ())),
        "effective": sent, "onset": onset, "expires": expires, "parameters": (("kind", "advisory"),), "areas": (area,),
    }  # fmt: skip
    zh = cap.Info(
        language="zh-CN", event=f"{hazard['zh']}风险提示", sender_name=issuer["zh"], headline=text.headline,
        description=text.description, instruction=text.instruction, **shared,
    )  # fmt: skip
    en = cap.Info(
        language="en", event=f"{hazard['en']} risk advisory", sender_name=issuer["en"], headline=text.headline_en,
        description=text.description_en, instruction=text.instruction_en, **shared,
    )  # fmt: skip
    return cap.Alert(
        identifier=identifier, sender=issuer["sender"], sent=sent, status="Exercise" if exercise else "Actual",
        msg_type=msg_type, scope="Public", note="【演练】" if exercise else "",
        references=tuple(references), infos=(zh, en),
    )  # fmt: skip

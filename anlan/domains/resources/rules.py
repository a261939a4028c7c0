"""Decisions about rescue forces: values in, a value or `Refused` out."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_

KINDS = {
    "professional": N_("Professional force"),
    "grassroots": N_("Grass-roots force"),
    "social": N_("Social organisation"),
    "firm": N_("Central or state-owned firm"),
}
# 口径: whose count a force stands in. One force stands in one, so that 17,868 and 8,000 are never added up.
SCOPES = {
    "teams": N_("Register of rescue teams"),
    "flood_departments": N_("Flood force of the departments"),
}
KEEPERS = ("resource_keeper", "watch_chief", "bureau_chief")
RINGERS = (
    *KEEPERS,
    "watch_officer",
    "watch_leader",
    "flood_office_head",
)  # who may have a force's number shown
PHONE = re.compile(r"\+?[0-9][0-9 -]{5,18}[0-9]")
LINE = re.compile(r"^(?P<name>.+?)[\s:：x×*]*(?P<count>\d+)\s*(?P<unit>\D{0,6})$")

NOT_KEEPER = reason(
    "resources.not_keeper",
    N_("The register of forces is kept by the keeper of forces or the watch chief of its region. Ask them."),
)
NOT_RINGER = reason(
    "resources.not_ringer", N_("Numbers of forces are shown to the watch and to the keeper of forces.")
)
NO_NAME = reason("resources.no_name", N_("Write the name of the force."))
KNOWN = reason("resources.known", N_("{name} is in the register of this region already. Change that line."))
BAD_KIND = reason("resources.bad_kind", N_("Choose what kind of force it is."))
BAD_SCOPE = reason("resources.bad_scope", N_("Choose in whose count the force stands."))
BAD_SKILL = reason("resources.bad_skill", N_("“{given}” is no skill of the list: {known}."))
BAD_PEOPLE = reason("resources.bad_people", N_("Say how many people can be sent: a whole number from 1 on."))
NO_CONTACT = reason(
    "resources.no_contact", N_("Name contact A with a telephone: without one nobody can be asked.")
)
BAD_PHONE = reason("resources.bad_phone", N_("{phone} is no telephone number. Write it with its area code."))
SAME_PERSON = reason("resources.same_person", N_("Contact B must be somebody else than contact A."))
BAD_LINE = reason(
    "resources.bad_line", N_("“{line}” is no line of equipment. Write the name, then how many: 冲锋舟 4 艘.")
)
BAD_SPAN = reason("resources.bad_span", N_("The agreement ends before it begins. Correct its days."))
BAD_POSITION = reason(
    "resources.bad_position", N_("Longitude {lon}, latitude {lat} is no position. Give both, in degrees.")
)
GONE = reason("resources.gone", N_("{name} left the register on {day}."))
ASKED_ALREADY = reason("resources.asked_already", N_("{name} was asked on {day} and has not answered yet."))
NO_WORDS = reason("resources.no_words", N_("Say what has changed, so that it can be entered."))
BAD_DATASETS = reason(
    "resources.bad_datasets",
    N_(
        "{line}: name a register and the fields of it that tell region and change, as the platform knows them."
    ),
)
BAD_SKILLS = reason(
    "resources.bad_skills", N_("Each skill of the list needs a code and a name in two languages.")
)


def check_skills_rule(value: Any) -> None:
    """What a row of the rule resources.skills must be."""
    if not isinstance(value, list) or not value:
        raise Refused(BAD_SKILLS)
    for line in value:
        if not isinstance(line, Mapping) or not all(line.get(k) for k in ("code", "label", "label_en")):
            raise Refused(BAD_SKILLS)


def check_word(given: str, known: Mapping[str, str], code: str, field: str) -> str:
    """A code of a table, or `Refused` at its field."""
    if given not in known:
        raise Refused(code, field=field)
    return given


def check_people(given: Any) -> int:
    try:
        people = int(given)
    except (TypeError, ValueError):
        people = 0
    if not 1 <= people <= 100_000:
        raise Refused(BAD_PEOPLE, field="people")
    return people


def check_phone(given: str, field: str) -> str:
    """A telephone number as it is kept: digits, with its plus."""
    given = given.strip()
    if not PHONE.fullmatch(given):
        raise Refused(BAD_PHONE, field=field, phone=given or "—")
    return given.replace(" ", "").replace("-", "")


def skills_of(given: str | Iterable[str], known: Mapping[str, str]) -> list[str]:
    """Codes out of codes or names, by a list or a text with commas; each once, in the order of the list."""
    words = re.split(r"[,，、;；/\s]+", given) if isinstance(given, str) else list(given)
    by_name = {label: code for code, label in known.items()}
    found = set()
    for word in filter(None, (each.strip() for each in words)):
        code = word if word in known else by_name.get(word)
        if code is None:
            raise Refused(BAD_SKILL, field="skills", given=word, known="、".join(known.values()))
        found.add(code)
    return [code for code in known if code in found]


def equipment_of(given: str) -> list[dict[str, Any]]:
    """Lines of equipment out of a text: a name and how many, one a line or parted by semicolons."""
    found: list[dict[str, Any]] = []
    for line in filter(None, (each.strip() for each in re.split(r"[\n;；、，,]+", given))):
        match = LINE.match(line)
        if match is None:
            raise Refused(BAD_LINE, field="equipment", line=line[:40])
        found.append(
            {
                "name": match["name"].strip()[:60],
                "count": int(match["count"][:6]),
                "unit": match["unit"].strip(),
            }
        )
    return found


def equipment_words(lines: Sequence[Mapping[str, Any]]) -> str:
    """The same lines as text again, one a line."""
    return "\n".join(f"{line['name']} {line['count']} {line.get('unit', '')}".strip() for line in lines)


def check_agreement(start: date | None, end: date | None) -> None:
    if start is not None and end is not None and end < start:
        raise Refused(BAD_SPAN, field="agreement_to")


def check_position(lon: float | None, lat: float | None) -> None:
    if (lon is None) != (lat is None) or (
        lon is not None and lat is not None and not (-180 <= lon <= 180 and -90 <= lat <= 90)
    ):
        raise Refused(BAD_POSITION, field="lon", lon=lon, lat=lat)


# ---- when a contact was last answered ----------------
FRESH, STALE, NEVER = "fresh", "stale", "never"


def standing(answered_at: datetime | None, *, at: datetime, days: int) -> str:
    """fresh | stale | never: whether the contact of a force was answered within the days of the rule."""
    if answered_at is None:
        return NEVER
    return FRESH if at - answered_at <= timedelta(days=days) else STALE

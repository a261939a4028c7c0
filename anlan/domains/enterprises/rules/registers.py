"""The registers of the archive (台账): what each asks of a firm, and what a line of it must be."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from anlan.domains.enterprises.rules import words
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_

NO_REGISTER = reason("enterprises.no_register", N_("There is no register {given}. Choose one of the list."))
LACKS = reason("enterprises.register_lacks", N_("“{label}” is empty. Fill it in."))
NO_CHOICE = reason("enterprises.register_choice", N_("“{given}” is none of the choices of “{label}”."))
NO_NUMBER = reason("enterprises.register_number", N_("“{label}” is a number of zero or more, not “{given}”."))
NO_KEY = reason(
    "enterprises.register_key", N_("A line needs its number: what tells it from the others of the firm.")
)
BAD_TERM = reason("enterprises.register_term", N_("It runs out before it begins. Look at the two days."))
NO_UNIT = reason("enterprises.register_unit", N_("The firm has no unit of this name. Enter the unit first."))
POND_CAP = reason(
    "enterprises.pond_cap",
    N_(
        "Tailings ponds only become fewer here: {most} may stand, {now} do. A new one is not taken into the archive."
    ),
)

Choices = words.Choices
LINKS: Choices = (
    ("make", N_("Production")),
    ("store", N_("Storage")),
    ("trade", N_("Trade")),
    ("use", N_("Use")),
    ("carry", N_("Carriage")),
    ("dispose", N_("Disposal")),
)
AUTHORITIES: Choices = (
    ("emergency", N_("Emergency management")),
    ("transport", N_("Transport")),
    ("police", N_("Police")),
    ("market", N_("Market regulation")),
    ("environment", N_("Environment")),
    ("housing", N_("Housing and construction")),
    ("fire", N_("Fire and rescue")),
    ("port", N_("Port")),
)
SYSTEMS: Choices = (
    ("automatic", N_("Automatic control system")),
    ("sis", N_("Safety instrumented system")),
    ("cut_off", N_("Emergency cut-off")),
    ("gas_alarm", N_("Gas detection and alarm")),
    ("video", N_("Video of the unit")),
)
CONDITIONS: Choices = (
    ("in_use", N_("In use")),
    ("bypassed", N_("Bypassed")),
    ("broken", N_("Out of order")),
    ("lacking", N_("Not fitted")),
    ("not_needed", N_("Not needed here")),
)
# What the file of a major hazard installation holds: 危险化学品重大危险源监督管理暂行规定 第二十二条, in its order [M].
PAPERS: Choices = (
    ("identification", N_("Record of identification and grading")),
    ("features", N_("Table of basic features")),
    ("safety_sheets", N_("Safety data sheets of all chemicals")),
    ("drawings", N_("Maps, layout, flow charts, list of main equipment")),
    ("rules", N_("Safety rules and operating procedures")),
    ("monitoring", N_("Monitoring systems, their tests and results")),
    ("plan", N_("Emergency plan, its review, drills and their evaluation")),
    ("assessment", N_("Safety assessment report")),
    ("responsible", N_("Persons and units responsible for key spots")),
    ("signs", N_("Safety signs on the spot")),
    ("other", N_("Other papers")),
)
MINE_POINTS: Choices = (
    ("video", N_("Video")),
    ("displacement", N_("Displacement")),
    ("water_line", N_("Phreatic line")),
    ("pond_level", N_("Pond level and dry beach")),
    ("rain", N_("Rain")),
    ("gas", N_("Gas")),
    ("people", N_("Position of people")),
)
LINE_STATES: Choices = (("online", N_("Online")), ("offline", N_("Offline")), ("alarm", N_("In alarm")))
REACTION_GRADES: Choices = tuple((str(n), label) for n, label in enumerate(
    (N_("Process grade 1"), N_("Process grade 2"), N_("Process grade 3"), N_("Process grade 4"),
     N_("Process grade 5")), start=1))  # fmt: skip
ADVICE: Choices = (
    ("done", N_("Advice carried out")),
    ("going", N_("Being carried out")),
    ("open", N_("Not begun")),
)
DEVICES: Choices = (
    ("smoke_detector", N_("Independent smoke detector")),
    ("one_key_alarm", N_("One-key sound and light alarm")),
    ("other", N_("Another device")),
)
DEVICE_STATES: Choices = (("working", N_("Working")), ("broken", N_("Out of order")))
PLEDGE_BY: Choices = (
    ("firm", N_("Firm")),
    ("landlord", N_("Landlord or park")),
    ("tenant", N_("Tenant")),
    ("shop", N_("Shop or small place")),
)


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing a register asks: `kind` text | number | choice | flag."""

    name: str
    label: str
    kind: str = "text"
    choices: Choices = ()
    required: bool = True


@dataclass(frozen=True, slots=True)
class Register:
    """One register. `number` is what the firm's lines are told apart by; `bad` the facts that make a line stand out."""

    code: str
    label: str
    number: str
    facts: tuple[Fact, ...]
    by_unit: bool = False  # its lines are of one unit of GB 18218
    bad: tuple[tuple[str, tuple[str, ...]], ...] = ()  # fact → values that must not stay
    shared: bool = False  # other departments write it too
    tag: str = ""  # the firm gets this tag with its first line


REGISTERS: tuple[Register, ...] = (
    Register(
        "reaction", N_("Reaction risk of fine chemicals"), N_("Number of the report"),
        (
            Fact("product", N_("Product")),
            Fact("reaction", N_("Reaction")),
            Fact("grade", N_("Grade of the process"), "choice", REACTION_GRADES),
            Fact("key_process", N_("Key regulated process"), "flag"),
            Fact("assessor", N_("Assessed by")),
            Fact("advice", N_("Advice of the report"), "choice", ADVICE),
        ),
        bad=(("advice", ("going", "open")),), tag="fine_chemical",
    ),
    Register(
        "fire_pledge", N_("Fire safety pledges"), N_("Number of the pledge"),
        (
            Fact("signer", N_("Who signed")),
            Fact("with_whom", N_("Signed with")),
            Fact("as_what", N_("Signed as"), "choice", PLEDGE_BY),
        ),
    ),
    Register(
        "fire_device", N_("Fire devices of multi-tenant buildings"), N_("Number of the device or group"),
        (
            Fact("kind", N_("Kind of device"), "choice", DEVICES),
            Fact("count", N_("How many it stands for"), "number"),
            Fact("state", N_("State"), "choice", DEVICE_STATES),
            Fact("spot", N_("Where it hangs"), required=False),
        ),
        bad=(("state", ("broken",)),),
    ),
    Register(
        "licence", N_("Licences along the chain of hazardous chemicals"), N_("Number of the licence"),
        (
            Fact("link", N_("Link of the chain"), "choice", LINKS),
            Fact("authority", N_("Given by"), "choice", AUTHORITIES),
            Fact("goods", N_("Kind of goods")),
        ),
        shared=True, tag="hazchem",
    ),
    Register(
        "vehicle", N_("Vehicles for hazardous chemicals"), N_("Number plate"),
        (
            Fact("kind", N_("Kind of vehicle")),
            Fact("goods", N_("Kind of goods")),
            Fact("load_t", N_("Load (t)"), "number"),
            Fact("tracked", N_("Satellite terminal connected"), "flag"),
        ),
        bad=(("tracked", ("",)),), shared=True,
    ),
    Register(
        "safeguard", N_("Automatic control, SIS, emergency cut-off"), N_("Tag number of the system"),
        (
            Fact("system", N_("System"), "choice", SYSTEMS),
            Fact("condition", N_("Condition"), "choice", CONDITIONS),
            Fact("note", N_("Why, and until when"), required=False),
        ),
        by_unit=True, bad=(("condition", ("bypassed", "broken", "lacking")),),
    ),
    Register(
        "installation_paper", N_("Files of major hazard installations"), N_("Number of the file paper"),
        (Fact("paper", N_("Paper"), "choice", PAPERS), Fact("title", N_("Title"))),
        by_unit=True,
    ),
    Register(
        "mine_point", N_("Monitoring of mines and tailings ponds"), N_("Number of the point"),
        (
            Fact("what", N_("What it watches"), "choice", MINE_POINTS),
            Fact("state", N_("State"), "choice", LINE_STATES),
            Fact("note", N_("Note"), required=False),
        ),
        bad=(("state", ("offline", "alarm")),), shared=True,
    ),
    Register(
        "state_owned", N_("Central state-owned firms of the district"), N_("Number of the agreement"),
        (
            Fact("parent", N_("Parent group")),
            Fact("with_street", N_("Street it works with")),
            Fact("liaison", N_("Liaison")),
            Fact("helps_with", N_("Helps with")),
        ),
    ),
    Register(
        "smart_site", N_("5G and AI pilot sites"), N_("Number of the site"),
        (
            Fact("cameras", N_("Cameras with algorithms"), "number"),
            Fact("algorithms", N_("Algorithms")),
            Fact("line", N_("Kind of line")),
            Fact("state", N_("State"), "choice", LINE_STATES),
        ),
        bad=(("state", ("offline",)),),
    ),
)  # fmt: skip
_BY_CODE = {register.code: register for register in REGISTERS}


def register_of(code: str) -> Register:
    """A register by its code, or `Refused`."""
    found = _BY_CODE.get(code)
    if found is None:
        raise Refused(NO_REGISTER, field="register", given=code)
    return found


def checked(register: Register, given: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a line as they are kept: every one named, choices known, numbers as text. Raises `Refused`."""
    return {fact.name: _checked(fact, given.get(fact.name)) for fact in register.facts}


def _checked(fact: Fact, value: Any) -> str:
    if fact.kind == "flag":
        return "yes" if value in (True, "yes", "on", "1", "true", "是") else ""
    text = str("" if value is None else value).strip()[:200]
    if not text:
        if fact.required:
            raise Refused(LACKS, field=fact.name, label=fact.label)
        return ""
    if fact.kind == "choice" and text not in dict(fact.choices):
        raise Refused(NO_CHOICE, field=fact.name, label=fact.label, given=text)
    if fact.kind == "number":
        return _number(fact, text)
    return text


def _number(fact: Fact, text: str) -> str:
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal(-1)
    if not value.is_finite() or value < 0:
        raise Refused(NO_NUMBER, field=fact.name, label=fact.label, given=text)
    return f"{value.normalize():f}"


def check_term(since: date, until: date | None) -> None:
    if until is not None and until < since:
        raise Refused(BAD_TERM, field="until")


def faults(register: Register, facts: Mapping[str, Any]) -> list[str]:
    """The facts of a line that must not stay as they are."""
    return [name for name, values in register.bad if str(facts.get(name, "")) in values]


def papers_lacking(there: Iterable[str]) -> list[str]:
    """The papers that a file lacks; “other” is asked of nobody."""
    held = set(there)
    return [code for code, _label in PAPERS if code not in held and code != "other"]


def check_ponds(*, now: int, most: int) -> None:
    """只减不增: one more pond is refused where as many stand as may."""
    if now + 1 > most:
        raise Refused(POND_CAP, field="kind", now=now, most=most)

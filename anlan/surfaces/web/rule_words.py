"""What rules, their parts and their words are called on a page. A name that is missing here shows itself."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from anlan.kernel.core.words import N_
from anlan.kernel.orgs.models import DutyKind
from anlan.surfaces.web.scales import SIGNAL

TAGS = {
    "C": N_("confirmed in the source"),
    "P": N_("from a second source"),
    "M": N_("practice, invented or from memory"),
}
ROOMS = {"loop": N_("All matters")}
RULES = {
    "dangers.assign_minutes": N_("Time to assign a danger"),
    "dangers.recheck_minutes": N_("Time to recheck"),
    "dangers.candidate_answer_minutes": N_("Suspected major danger: time to answer"),
    "dangers.candidate_decide_minutes": N_("Suspected major danger: time to decide"),
    "dangers.ordinary_term_days": N_("Usual term to rectify"),
    "dangers.categories": N_("Kinds of danger"),
    "dangers.photo_recheck_categories": N_("Kinds that may be rechecked by photo"),
    "accidents.grave_from": N_("Look-back: from which grade an accident is grave"),
    "assessments.objection_days": N_("Assessment: working days in which a unit may object"),
    "assessments.inspection_days": N_("Inspections of one unit so near to each other go together"),
    "assessments.vetting_remind_days": N_("Vetting: reminded so many days before"),
    "enforcement.classes": N_("Checks by class of the firm"),
    "enforcement.class_sectors": N_("Checks by what a firm does"),
    "enforcement.answered_classes": N_("Classes past whose frequency somebody answers"),
    "enforcement.together_days": N_("How far ahead other visits to a firm are looked for"),
    "enforcement.visits_a_month_most": N_("Visits to a firm in a month, at most"),
    "enforcement.four_all": N_("Four “all”"),
    "enforcement.five_batches": N_("Five “batches”"),
    "enforcement.grave_penalty": N_("Look-back: which penalties are grave"),
    "incidents.checks_a_night": N_("Duty checks drawn for an hour of the night"),
    "loop.confirm_minutes": N_("Time to confirm a word given by telephone"),
    "loop.extension_answer_minutes": N_("Time to answer a request for more time"),
    "responses.decide_minutes": N_("Time to decide on a proposed level"),
    "responses.sign_minutes": N_("Time to sign for a task sheet"),
    "responses.trigger_forgotten_minutes": N_(
        "Trigger not asked about: time after which it is a new episode"
    ),
    "responses.trigger_over_minutes": N_("Trigger no longer met: time until its episode is over"),
    "responses.flood_levels": N_("Flood plan: levels"),
    "responses.flood_return_fields": N_("Flood plan: figures of the situation return"),
    "responses.flood_street_sheet": N_("Flood plan: the streets' task sheet"),
    "responses.flood_tasks": N_("Flood plan: tasks"),
    "responses.flood_triggers": N_("Flood plan: when a level is proposed"),
    "responses.flood_units": N_("Flood plan: units"),
    "sensing.allowed_lateness_s": N_("How long alarms wait for late readings"),
    "sensing.keep_readings_months": N_("How long single readings are kept"),
    "sensing.area_marks": N_("Marks of a whole street"),
    "sensing.depth_marks": N_("Marks of water in the street"),
    "sensing.rain_letting_go": N_("Rain: when an alarm is lowered"),
    "sensing.rain_marks": N_("Marks of rain"),
    "sensing.rain_quality": N_("What a rain gauge can honestly say"),
    "sensing.repair_assign_minutes": N_("Repair: time to assign"),
    "sensing.repair_minutes": N_("Repair: time to mend"),
    "sensing.repair_close_minutes": N_("Repair: time to close off"),
    "sensing.rise_marks": N_("Marks of the rise of a level"),
    "sensing.stage_colours": N_("Colours of a station's own stages"),
    "sensing.water_letting_go": N_("Water: when an alarm is lowered"),
    "sensing.water_quality": N_("What a water gauge can honestly say"),
    "warnings.advisory_minutes": N_("How long an advisory holds"),
    "warnings.answer_limit": N_("Time to answer a call, by colour"),
    "warnings.call_groups": N_("Who is called, in groups of duties"),
    "warnings.call_matrix": N_("How each group is called, by colour"),
    "warnings.call_out_minutes": N_("How long a call-out stays open"),
    "warnings.done_minutes": N_("Time from on post to done"),
    "warnings.escalate_after": N_("When an unanswered call goes to the deputy, by colour"),
    "warnings.grid_worker_after": N_("When the grid worker is asked to knock"),
    "warnings.hazard_of_metric": N_("Which hazard a measured value speaks of"),
    "warnings.hazards": N_("Kinds of weather signal"),
    "warnings.issuer": N_("Who issues our advisories"),
    "warnings.join_minutes": N_("Calls about one area that are joined"),
    "warnings.night": N_("When it is night"),
    "warnings.office_ring_minutes": N_("Time to ring the weather office"),
    "warnings.on_post_minutes": N_("Time from received to on post"),
    "warnings.proposal_minutes": N_("How long a proposal waits"),
    "warnings.proposes": N_("What is proposed at which colour"),
    "warnings.signal_default_minutes": N_("How long a signal without an end holds"),
    "warnings.signal_longest_minutes": N_("How long a signal may hold at most"),
    "warnings.superior_after": N_("When the superior is told"),
}
PARTS = {
    "action": N_("Action"),
    "action_en": N_("Action in English"),
    "after_reading_min": N_("minutes after the reading"),
    "alarm": N_("Own alarm"),
    "approver": N_("Who approves"),
    "base": N_("of how many"),
    "clock_min": N_("minutes from the start"),
    "cm": N_("cm"),
    "code": N_("Code of the row"),
    "colour": N_("Colour"),
    "colours": N_("Colours"),
    "communities": N_("Communities"),
    "count": N_("how many"),
    "countable": N_("counted"),
    "counts": N_("Counts"),
    "covered_pct": N_("least share of the window covered, %"),
    "cumulative": N_("cumulative"),
    "day": N_("by day"),
    "dead_minutes": N_("dry while the neighbours are wet, minutes"),
    "dead_mm": N_("neighbours' rain that makes it dead, mm"),
    "depth": N_("Depth"),
    "depth_cm": N_("depth, cm"),
    "depth_jump_cm": N_("jump of a depth, cm"),
    "depth_most_cm": N_("greatest depth, cm"),
    "deputy_unit": N_("Deputy unit"),
    "dry_mm": N_("what still counts as dry, mm"),
    "duty_rooms": N_("Duty rooms"),
    "en": N_("English"),
    "ends_when": N_("Ends when"),
    "forecast": N_("Forecast"),
    "from_level": N_("from level"),
    "group": N_("Group"),
    "guarantee": N_("Guarantee stage"),
    "flood_high": N_("High flood level"),
    "flood_limit": N_("Flood limit"),
    "hazard": N_("Hazard"),
    "hold_minutes": N_("held for, minutes"),
    "hours": N_("hours"),
    "label": N_("Name"),
    "label_en": N_("Name in English"),
    "least": N_("gauges at least"),
    "least_neighbours": N_("neighbours at least"),
    "level": N_("Level"),
    "level_cm": N_("level, cm"),
    "level_jump_cm": N_("jump of a level, cm"),
    "line": N_("Line"),
    "lowers_to": N_("lowers to"),
    "mean": N_("Mean of the street"),
    "mean_minutes": N_("window of the mean, minutes"),
    "memory_hours": N_("a doubt lasts, hours"),
    "metric": N_("what is measured"),
    "min_I": N_("Ⅰ, min"),
    "min_II": N_("Ⅱ, min"),
    "min_III": N_("Ⅲ, min"),
    "min_IV": N_("Ⅳ, min"),
    "mm": N_("mm"),
    "most_mm": N_("greatest amount: minutes, mm"),
    "neighbours": N_("neighbours asked"),
    "night": N_("by night"),
    "now": N_("now"),
    "op": N_("compares"),
    "order": N_("Order"),
    "organisation": N_("Organisation"),
    "point_keepers": N_("Keepers of points"),
    "prefix": N_("Prefix of identifiers"),
    "principals": N_("Principals"),
    "proof": N_("Proof"),
    "proof_en": N_("Proof in English"),
    "quiet_hours": N_("quiet for, hours"),
    "rain": N_("Rain"),
    "release_pct": N_("let go below this share of the mark, %"),
    "repeat_min": N_("again every, minutes"),
    "return_hours": N_("return every, hours"),
    "scope": N_("Scope"),
    "sender": N_("Sender"),
    "signal": N_("Weather signal"),
    "source": N_("Source"),
    "spike_mm_per_5min": N_("a lone spike, mm in 5 min"),
    "stale_times": N_("readings that may be missed"),
    "street_leads": N_("Leads of streets"),
    "streets": N_("Streets"),
    "stuck_alone_mm": N_("the same again while neighbours are dry, mm"),
    "stuck_alone_times": N_("the same again while neighbours are dry, times"),
    "stuck_hours": N_("stuck after, hours"),
    "stuck_mm": N_("the same again, mm"),
    "stuck_times": N_("the same again, times"),
    "text": N_("Words"),
    "text_en": N_("Words in English"),
    "unit": N_("Unit"),
    "unit_en": N_("Unit in English"),
    "units": N_("Units"),
    "value": N_("Value"),
    "warning": N_("Warning stage"),
    "within_km": N_("neighbours within, km"),
    "zh": N_("Chinese"),
    "kind": N_("Kind"),
    "group_en": N_("Group in English"),
    "event_codes": N_("Event codes"),
    "id": N_("No."),
}
WORDS = {
    "advisory": N_("advisory"),
    "call_out": N_("call-out"),
    "app": N_("app only"),
    "sms": N_("app and SMS"),
    "voice": N_("app, SMS and voice"),
    "hand": N_("rung by a person"),
    "waterlogging": N_("waterlogging"),
    "flood": N_("flood"),
    "rain": N_("rain"),
    "typhoon": N_("typhoon"),
    "geology": N_("landslide"),
    "number": N_("number"),
    "count": N_("count"),
    "text": N_("text"),
    "readings": N_("readings"),
    "report": N_("report"),
    "exit": N_("exits and escape routes"),
    "fire_equipment": N_("fire equipment"),
    "electrical": N_("electricity"),
    "dust": N_("dust"),
    "chemicals": N_("chemicals"),
    "confined_space": N_("confined space"),
    "machinery": N_("machinery"),
    "building": N_("building"),
    "management": N_("management"),
    "other": N_("other"),
}
UNITS = {
    "min": N_("min"),
    "d": N_("days"),
    "h": N_("hours"),
    "s": N_("seconds"),
    "months": N_("months"),
    "mm": N_("mm"),
    "cm": N_("cm"),
    "cm in 60 min": N_("cm in 60 min"),
}


def rule_label(rule: str, value: Any = None) -> str:
    """The rule's name; a kind of weather signal by its own two names."""
    if rule in RULES:
        return _(RULES[rule])
    if rule.startswith("knowledge.law.") and isinstance(value, dict):
        return str(value["name"])
    if rule.startswith("warnings.hazard.") and isinstance(value, dict):
        name = value.get("zh" if (get_language() or "zh").startswith("zh") else "en", "")
        return _("Weather signal: {name}").format(name=name)
    return rule.partition(".")[2].replace("_", " ")


def part_label(name: str) -> str:
    if name in SIGNAL:
        return str(SIGNAL[name].word)
    return _(PARTS[name]) if name in PARTS else name.replace("_", " ")


def unit_label(unit: str) -> str:
    return _(UNITS[unit]) if unit in UNITS else unit


class Words:
    """What words are called: colours, words of the platform, and kinds of duty, which are read once a page."""

    def __init__(self) -> None:
        column = "label" if (get_language() or "zh").startswith("zh") else "label_en"
        self.duties = dict(DutyKind.objects.values_list("code", column))

    def __call__(self, word: str) -> str:
        if word in SIGNAL:
            return str(SIGNAL[word].word)
        return _(WORDS[word]) if word in WORDS else self.duties.get(word, word)

    def choices(self, words: Iterable[str]) -> list[tuple[str, str]]:
        return [(word, self(word)) for word in words]

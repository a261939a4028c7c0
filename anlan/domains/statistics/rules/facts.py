"""The facts that may be entered: unit, what they count (口径), and how entries of several spans become one number."""

from dataclasses import dataclass

from anlan.domains.statistics.rules.choosing import LAST, SUM, TOLD
from anlan.kernel.core.words import N_

CASES, TIMES, PERSONS, FIRMS, VISITS = N_("cases"), N_("times"), N_("persons"), N_("firms"), N_("visits")
ITEMS, PAPERS, ATTENDED, MONEY = N_("items"), N_("papers"), N_("attendances"), N_("10,000 yuan")
ACCIDENTS, DAYS, HECTARES, POINTS = N_("accidents"), N_("days"), N_("hectares"), N_("points")
HOUSEHOLDS, MINUTES, SCORE = N_("households"), N_("minutes"), N_("marks")


@dataclass(frozen=True, slots=True)
class Declared:
    """A fact: `code` is the part after the domain's name."""

    code: str
    label: str
    unit: str
    scope: str
    kind: str = SUM
    digits: int = 0


@dataclass(frozen=True, slots=True)
class Share:
    """A rate of two facts entered for the same region and days."""

    code: str
    label: str
    part: str
    whole: str
    digits: int = 1


FACTS = (
    # 02 instructions, orders, follow-ups, funds
    Declared("instructions_due", N_("Instructions due"), ITEMS,
             N_("leaders' instructions whose day lay in the span")),
    Declared("instructions_met", N_("Instructions completed on time"), ITEMS, N_("of those, closed by their day")),
    Declared("orders", N_("Command orders issued"), ITEMS, N_("orders of the command in the span")),
    Declared("orders_answered", N_("Command orders answered on time"), ITEMS, N_("of those, answered by their time")),
    Declared("follow_ups_due", N_("Follow-ups due"), ITEMS, N_("follow-up orders whose day lay in the span")),
    Declared("follow_ups_closed", N_("Follow-ups closed off on time"), ITEMS,
             N_("of those, closed off by their day")),
    Declared("funds_arranged", N_("Funds arranged"), MONEY, N_("in the budget of the year"), LAST, 2),
    Declared("funds_paid", N_("Funds paid"), MONEY, N_("paid since the first of January"), LAST, 2),
    # 03 assessment
    Declared("assessment_score", N_("Score of the assessment"), SCORE, N_("as announced for the year"), TOLD, 2),
    Declared("assessment_rank", N_("Rank in the assessment"), N_("place"), N_("as announced for the year"), TOLD),
    Declared("vettings", N_("Vetting opinions given"), PERSONS, N_("persons checked for promotion or an award")),
    Declared("vettings_objected", N_("Vetting opinions with an objection"), PERSONS,
             N_("of those, with an objection")),
    # 04 posts
    Declared("duty_posts", N_("Posts of duty holders"), N_("posts"), N_("all posts of the flood plan"), LAST),
    Declared("duty_verified", N_("Duty holders verified"), PERSONS,
             N_("rung and confirmed in the last 30 days"), LAST),
    Declared("duty_vacant", N_("Posts vacant"), N_("posts"), N_("posts that nobody holds"), LAST),
    # 10, 11
    Declared("standardisation_target", N_("Target of standardisation"), FIRMS, N_("firms to be in validity"), LAST),
    Declared("guarantee_due", N_("Duties of the three guarantors due"), TIMES, N_("by the three roles, all units")),
    Declared("guarantee_done", N_("Duties of the three guarantors done"), TIMES,
             N_("of those, done and written down")),
    # 12, 13 enforcement
    Declared("plan_firms", N_("Firms planned for a check"), FIRMS, N_("in the yearly plan of checks"), LAST),
    Declared("plan_checked", N_("Planned firms checked"), FIRMS,
             N_("of those, checked since the first of January"), LAST),
    Declared("checks", N_("Enforcement checks"), VISITS, N_("visits of enforcement officers; a firm may come twice")),
    Declared("checks_drawn", N_("Checks drawn at random"), VISITS, N_("of those, by random draw")),
    Declared("checks_saved", N_("Visits saved by joint checks"), VISITS,
             N_("separate visits that a joint check replaced")),
    Declared("firms_checked", N_("Firms checked by enforcement"), FIRMS, N_("each firm once"), TOLD),
    Declared("penalties", N_("Penalties"), TIMES, N_("spot penalties and penalties by case")),
    Declared("case_penalties", N_("Penalties by case"), TIMES, N_("after a case was opened")),
    Declared("spot_penalties", N_("Penalties on the spot"), TIMES, N_("by the summary procedure")),
    Declared("cases_opened", N_("Cases opened"), CASES, N_("opened in the span")),
    Declared("cases_overdue", N_("Cases overdue"), CASES, N_("past their time at the end of the span"), LAST),
    Declared("case_days", N_("Days from opening to decision"), DAYS, N_("median of the cases decided"), TOLD, 1),
    Declared("decided", N_("Penalties decided"), CASES, N_("decisions that came into effect")),
    Declared("executed", N_("Penalties executed"), CASES, N_("of those, executed")),
    Declared("fines_decided", N_("Fines decided"), MONEY, N_("decided, not what was paid"), SUM, 2),
    Declared("fines_paid", N_("Fines paid"), MONEY, N_("paid, whenever decided"), SUM, 2),
    Declared("dual_penalties", N_("Dual penalties"), CASES, N_("firm and person fined in one case")),
    Declared("dual_fines", N_("Fines of dual penalties"), MONEY, N_("decided in these cases"), SUM, 2),
    Declared("enforced_major", N_("Major dangers found by enforcement"), ITEMS, N_("found on checks of the span")),
    Declared("enforced_major_fined", N_("Of these, penalised"), ITEMS, N_("a penalty for this danger")),
    Declared("fines_action", N_("Fines of the special action"), MONEY, N_("decided since the action began"), SUM, 4),
    Declared("fines_precise", N_("Fines, precise regulation of industry"), MONEY, N_("of that campaign alone"), SUM, 4),
    Declared("fines_confined", N_("Fines, confined spaces"), MONEY, N_("of that campaign alone"), SUM, 4),
    Declared("fines_plating", N_("Fines, electroplating"), MONEY, N_("of that campaign alone"), SUM, 4),
    Declared("fines_dust", N_("Fines, explosive dust"), MONEY, N_("of that campaign alone"), SUM, 4),
    Declared("fines_hazchem", N_("Fines, hazardous chemicals"), MONEY, N_("of that campaign alone"), SUM, 4),
    # 14 complaints
    Declared("complaints_due", N_("Complaints due"), ITEMS, N_("complaints whose day lay in the span")),
    Declared("complaints_met", N_("Complaints closed on time"), ITEMS, N_("of those, closed by their day")),
    Declared("complaints_closed", N_("Complaints closed"), ITEMS, N_("closed in the span")),
    Declared("complaints_true", N_("Complaints found true"), ITEMS, N_("of those, found true")),
    # 15 accidents
    Declared("accidents", N_("Accidents"), ACCIDENTS, N_("work accidents by first judgement; others apart")),
    Declared("fatal_accidents", N_("Fatal accidents"), ACCIDENTS, N_("of those, with a death")),
    Declared("serious_accidents", N_("Accidents with badly hurt"), ACCIDENTS,
             N_("of those, with nobody dead and somebody badly hurt")),
    Declared("dead", N_("Dead in accidents"), PERSONS, N_("within 30 days of the accident")),
    Declared("badly_hurt", N_("Badly hurt in accidents"), PERSONS, N_("by the medical grading")),
    Declared("replies_due", N_("Replies on accident reports due"), PAPERS,
             N_("reports whose clock ended in the span")),
    Declared("replies_met", N_("Replies on time"), PAPERS, N_("of those, within the clock")),
    Declared("evaluations", N_("Evaluations of measures done"), PAPERS, N_("looked at again after a year")),
    Declared("gdp", N_("Gross product"), N_("100 million yuan"), N_("as the statistics office published it"),
             TOLD, 2),
    Declared("workers", N_("Workers in industry, mining and trade"), PERSONS, N_("mean of the year"), LAST),
    # 16 events and watch
    Declared("events", N_("Events received"), CASES, N_("every event that the watch took in")),
    Declared("events_reported", N_("Reports sent up"), N_("reports"), N_("to city and district")),
    Declared("first_reports_due", N_("First reports due"), N_("reports"), N_("whose clock ended in the span")),
    Declared("first_reports_met", N_("First reports in time"), N_("reports"), N_("of those, within the clock")),
    Declared("watch_called", N_("Posts called on duty checks"), TIMES, N_("calls to check the watch")),
    Declared("watch_passed", N_("Duty checks passed"), TIMES, N_("answered and knew what goes on")),
    # 19 flood
    Declared("rain", N_("Rain"), N_("mm"), N_("mean of the gauges of the region"), TOLD, 1),
    Declared("signals", N_("Storm and typhoon signals"), TIMES, N_("signals that held for the region")),
    Declared("responses", N_("Flood responses started"), TIMES, N_("each start once, whatever its level")),
    Declared("boards_planned", N_("Underground points to get a board"), POINTS, N_("on the list of the plan"), LAST),
    Declared("boards_there", N_("Underground boards installed"), POINTS, N_("of those, board in place"), LAST),
    Declared("keepers_posted", N_("Underground point keepers posted"), POINTS, N_("with a named keeper"), LAST),
    Declared("flood_found", N_("Pre-flood dangers found"), ITEMS, N_("on checks before the flood season")),
    Declared("flood_closed", N_("Pre-flood dangers closed off"), ITEMS, N_("of those, closed off")),
    # 18, 20, 21, 22
    Declared("parks_fitted", N_("Parks with terminals for contractor work"), N_("parks"),
             N_("terminal in place"), LAST),
    Declared("parks_connected", N_("Parks whose terminals are connected"), N_("parks"),
             N_("of those, data arriving"), LAST),
    Declared("monitoring_planned", N_("Firms that need online monitoring"), FIRMS, N_("by the lists in force"), LAST),
    Declared("monitoring_built", N_("Firms with online monitoring"), FIRMS, N_("of those, built and connected"), LAST),
    Declared("fires_farming", N_("Forest fires from farming"), N_("fires"), N_("cause as established")),
    Declared("fires_forestry", N_("Forest fires from forestry"), N_("fires"), N_("cause as established")),
    Declared("fires_worship", N_("Forest fires from worship"), N_("fires"), N_("cause as established")),
    Declared("fires_hunting", N_("Forest fires from hunting"), N_("fires"), N_("cause as established")),
    Declared("fires_building", N_("Forest fires from building sites"), N_("fires"), N_("cause as established")),
    Declared("capacity_score", N_("Risk and capacity index"), SCORE,
             N_("as assessed for the year by the index system of the survey"), TOLD, 1),
    Declared("fires", N_("Fires in the forest"), N_("fires"), N_("burnt over the reporting limit or not")),
    Declared("burnt", N_("Burnt forest"), HECTARES, N_("area of forest burnt"), SUM, 2),
    Declared("fire_alarms", N_("Fire alarms of watch posts"), TIMES, N_("alarms to be verified")),
    Declared("fire_alarms_verified", N_("Fire alarms verified in 5 minutes"), TIMES,
             N_("of those, within 5 minutes")),
    Declared("collapses", N_("Ground collapses"), TIMES, N_("reported and seen")),
    Declared("radar", N_("Roads looked through by radar"), N_("km"), N_("length of road"), SUM, 1),
    Declared("survey_objects", N_("Objects of the risk survey"), N_("objects"),
             N_("all objects of the survey"), LAST),
    Declared("survey_updated", N_("Survey objects updated"), N_("objects"), N_("brought up to date this year"), LAST),
    Declared("arrival", N_("First team on scene"), MINUTES, N_("median from order to arrival"), TOLD, 1),
    # 23, 24, 25, 26
    Declared("plans_filed", N_("Plans filed"), PAPERS, N_("in force and filed"), LAST),
    Declared("plans_overdue", N_("Plans with revision overdue"), PAPERS, N_("older than three years"), LAST),
    Declared("streets_planned", N_("Streets with a plan"), N_("streets"), N_("plan adopted and in force"), LAST),
    Declared("streets", N_("Streets"), N_("streets"), N_("all streets and towns"), LAST),
    Declared("drills", N_("Drills"), TIMES, N_("held in the span, all levels; say which")),
    Declared("drill_attendances", N_("Attendances of drills"), ATTENDED, N_("a person may come twice")),
    Declared("blind_drills", N_("Blind drills"), TIMES, N_("time and scene not told before")),
    Declared("drill_missed", N_("Units that missed their drill"), N_("units"), N_("drill due and not held"), LAST),
    Declared("teams", N_("Rescue teams"), N_("teams"), N_("say which: flood teams, or all"), LAST),
    Declared("team_persons", N_("Persons in rescue teams"), PERSONS, N_("say which: flood teams, or all"), LAST),
    Declared("flood_persons", N_("Persons of the departments' flood force"), PERSONS,
             N_("of all departments; most of them stand in no rescue team"), LAST),
    Declared("responders_target", N_("First responders to be trained"), PERSONS, N_("target of the year"), LAST),
    Declared("responders", N_("First responders who passed"), PERSONS, N_("passed the examination this year"), LAST),
    Declared("warehouses", N_("Warehouses"), N_("warehouses"), N_("say whose: flood, or all emergency goods"), LAST),
    Declared("goods", N_("Goods in store"), N_("pieces"), N_("pieces in these warehouses"), LAST),
    Declared("goods_low", N_("Kinds below their minimum"), N_("kinds"), N_("kinds of goods below what is set"), LAST),
    Declared("goods_expiring", N_("Lots that expire in 90 days"), N_("lots"), N_("lots on the shelf"), LAST),
    Declared("brigade_members", N_("Members of forest fire brigades"), PERSONS,
             N_("of the brigades of the region"), LAST),
    # 27 relief
    Declared("shelters_due", N_("Places that need a standard shelter"), N_("places"),
             N_("county, townships, villages in the mountains or in flood-prone places"), LAST),
    Declared("shelters_there", N_("Places with a standard shelter"), N_("places"), N_("of those, with one"), LAST),
    Declared("affected", N_("Families affected"), HOUSEHOLDS, N_("families in need after a disaster")),
    Declared("affected_met", N_("Families with all five in 12 hours"), HOUSEHOLDS,
             N_("food, clothes, water, roof, care")),
    Declared("disasters", N_("Disasters to be reported"), TIMES, N_("first report due within 2 hours")),
    Declared("disasters_met", N_("First disaster reports in 2 hours"), TIMES, N_("of those, within 2 hours")),
    Declared("relief_approved", N_("Households approved for winter and spring relief"), HOUSEHOLDS,
             N_("approved"), LAST),
    Declared("relief_paid", N_("Households paid winter and spring relief"), HOUSEHOLDS, N_("of those, paid"), LAST),
    Declared("relief_money", N_("Winter and spring relief paid"), MONEY, N_("paid this winter and spring"), LAST, 2),
    # 28, 29
    Declared("sessions", N_("Training sessions"), TIMES, N_("sessions held")),
    Declared("trained_firms", N_("Firms trained"), FIRMS, N_("each firm once"), TOLD),
    Declared("trained", N_("Attendances of training"), ATTENDED, N_("a person may come twice")),
    Declared("train_target", N_("Firms to be trained"), FIRMS, N_("target of the year"), LAST),
    Declared("officers", N_("Enforcement officers"), PERSONS, N_("with a valid card"), LAST),
    Declared("officers_trained", N_("Officers with ten days of training"), PERSONS,
             N_("at least ten days this year"), LAST),
    Declared("exposures", N_("Exposures of wrongdoers"), CASES, N_("cases made public")),
    Declared("lectures", N_("Lectures on laws and rules"), TIMES, N_("held in the span")),
    Declared("materials", N_("Posters, banners and leaflets"), N_("pieces"), N_("put up or given out")),
    Declared("publicity_events", N_("Outreach events"), TIMES, N_("held in the span")),
    Declared("followers", N_("Followers of the official accounts"), PERSONS, N_("of all accounts together"), LAST),
    Declared("service_days", N_("Days a matter takes at the counter"), DAYS,
             N_("median of the matters closed"), TOLD, 1),
    Declared("service_steps", N_("Steps a matter takes at the counter"), N_("steps"),
             N_("median of the matters closed"), TOLD),
    Declared("firework_firms", N_("Firms still making or selling fireworks"), FIRMS,
             N_("at the end of the span"), LAST),
    Declared("posts", N_("Posts"), N_("posts of media"), N_("published by the bureau's own media")),
    Declared("reads", N_("Reads"), TIMES, N_("of these posts")),
    Declared("reads_exposed", N_("Reads of exposures"), TIMES, N_("of the posts that expose a case")),
    # 30, 31
    Declared("station_found", N_("Dangers found by service stations"), ITEMS, N_("found by the stations' people")),
    Declared("station_rectified", N_("Dangers of stations rectified"), ITEMS, N_("of those, put right")),
    Declared("bulletins", N_("Bulletins issued"), N_("issues"), N_("daily, monthly and campaign bulletins apart")),
    Declared("analyses", N_("Monthly analyses issued"), N_("issues"), N_("with a number")),
    Declared("numbers_opened", N_("Numbers opened to their rows"), TIMES, N_("in reports, by those who read them")),
    Declared("wrong_findings", N_("Wrong findings"), ITEMS, N_("parts of a draft that did not add up")),
    Declared("letters", N_("Risk notice letters issued"), PAPERS, N_("with a number")),
)  # fmt: skip

SHARES = (
    Share("instructions_on_time", N_("Instructions on time"), "instructions_met", "instructions_due"),
    Share("orders_on_time", N_("Orders answered on time"), "orders_answered", "orders"),
    Share("follow_up_rate", N_("Follow-up close-off rate"), "follow_ups_closed", "follow_ups_due"),
    Share("fund_spending", N_("Fund spending"), "funds_paid", "funds_arranged"),
    Share("duty_verified_rate", N_("Duty holders verified in 30 days"), "duty_verified", "duty_posts"),
    Share(
        "guarantee_rate", N_("Duties of the three guarantors done, share"), "guarantee_done", "guarantee_due"
    ),
    Share("plan_completion", N_("Plan completion"), "plan_checked", "plan_firms", 2),
    Share("random_share", N_("Share of random checks"), "checks_drawn", "checks"),
    Share("penalty_rate", N_("Supervision penalty rate"), "penalties", "checks", 2),
    Share("case_penalty_share", N_("Case penalty share"), "case_penalties", "penalties", 2),
    Share("case_opening_rate", N_("Case opening rate"), "cases_opened", "checks", 2),
    Share("execution_rate", N_("Execution rate"), "executed", "decided"),
    Share("major_penalty_rate", N_("Major-danger penalty rate"), "enforced_major_fined", "enforced_major"),
    Share("complaints_on_time", N_("Complaints on time"), "complaints_met", "complaints_due"),
    Share("complaints_verified", N_("Complaints found true, share"), "complaints_true", "complaints_closed"),
    Share("replies_on_time", N_("Replies on accident reports on time"), "replies_met", "replies_due"),
    Share("reported_share", N_("Reports sent up per event"), "events_reported", "events"),
    Share("first_reports_on_time", N_("First report in time"), "first_reports_met", "first_reports_due"),
    Share("watch_rate", N_("Duty checks passed, share"), "watch_passed", "watch_called"),
    Share("boards_rate", N_("Underground boards, share"), "boards_there", "boards_planned"),
    Share("keepers_rate", N_("Underground keepers, share"), "keepers_posted", "boards_planned"),
    Share("flood_rate", N_("Pre-flood dangers closed off, share"), "flood_closed", "flood_found"),
    Share(
        "fire_verified", N_("Fire alarms verified in 5 minutes, share"), "fire_alarms_verified", "fire_alarms"
    ),
    Share("monitoring_rate", N_("Online monitoring built"), "monitoring_built", "monitoring_planned"),
    Share("shelter_rate", N_("Standard shelters, share"), "shelters_there", "shelters_due"),
    Share("survey_rate", N_("Survey updated"), "survey_updated", "survey_objects"),
    Share("plan_coverage", N_("Streets with a plan, share"), "streets_planned", "streets"),
    Share("responders_rate", N_("First responders passed"), "responders", "responders_target"),
    Share("five_in_12h", N_("All five in 12 hours"), "affected_met", "affected"),
    Share("disaster_report_rate", N_("First disaster report in 2 hours"), "disasters_met", "disasters"),
    Share("relief_rate", N_("Winter and spring relief, households paid"), "relief_paid", "relief_approved"),
    Share("training_rate", N_("Firms trained of the target"), "trained_firms", "train_target"),
    Share("officers_rate", N_("Officers with ten days, share"), "officers_trained", "officers"),
    Share("station_rate", N_("Station dangers rectified"), "station_rectified", "station_found"),
)


@dataclass(frozen=True, slots=True)
class Per:
    """So many for so much of a base: deaths per 100 million yuan, per 100,000 workers."""

    code: str
    label: str
    unit: str
    part: str
    whole: str
    times: int
    digits: int


RATIOS = (
    Per("dead_per_gdp", N_("Deaths per 100 million yuan"), N_("persons per 100 million yuan"), "dead", "gdp", 1, 4),
    Per("dead_per_workers", N_("Deaths per 100,000 workers"), N_("persons per 100,000 workers"), "dead",
        "workers", 100_000, 3),
)  # fmt: skip


def fact_of(code: str) -> Declared | None:
    """The fact of a code with or without the domain's name before it."""
    return next((each for each in FACTS if each.code == code.removeprefix("statistics.")), None)

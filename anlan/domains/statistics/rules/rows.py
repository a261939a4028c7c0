"""The rows by which the bureau counts: each is answered by numbers of a domain, or by counted facts until one is there.

`cuts` are the ones the bureau asks for: R region, S sector, C campaign, P period, U unit, L level. `missions` are the
features that a row answers. Codes of domains that are not installed are passed over.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from anlan.kernel.core.words import N_

GROUPS = {
    "02": N_("Instructions and follow-up"), "03": N_("Assessment"), "04": N_("Duty holders"), "05": N_("Enterprises"),
    "06": N_("Risks"), "07": N_("Hidden dangers"), "08": N_("Campaigns"), "09": N_("Contractor work"),
    "10": N_("Standardisation"), "11": N_("Hazardous chemicals"), "12": N_("Plan of checks"), "13": N_("Enforcement"),
    "14": N_("Complaints"), "15": N_("Accidents"), "16": N_("Events and watch"), "17": N_("Warning and call-out"),
    "18": N_("Sensing"), "19": N_("Floods"), "20": N_("Forest fires"), "21": N_("Ground and earthquakes"),
    "22": N_("Command"), "23": N_("Plans"), "24": N_("Drills"), "25": N_("Teams"), "26": N_("Goods"),
             "27": N_("Relief"),
    "28": N_("Training of people"), "29": N_("Outreach"), "30": N_("Grass roots"), "31": N_("Analysis and reports"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A row: number of its group, name, cuts, codes of what answers it (the first counts most), features."""

    id: str
    label: str
    cuts: str
    codes: tuple[str, ...]
    missions: tuple[str, ...] = ()

    @property
    def group(self) -> str:
        return self.id.partition(".")[0]


def _row(identity: str, label: str, cuts: str, codes: str, missions: str = "") -> Row:
    """`codes` by their short names: one without a domain is a counted fact."""
    whole = tuple(code if "." in code else f"statistics.{code}" for code in codes.split())
    return Row(identity, label, cuts, whole, tuple(missions.split()))


ROWS = (
    _row("02.instructions", N_("Instruction completion on time"), "U P",
         "workplan.instructions_on_time workplan.instructions workplan.decisions_on_time "
         "instructions_on_time instructions_due instructions_met"),
    _row("02.orders", N_("Orders issued; answered on time"), "U P",
         "workplan.orders workplan.orders_on_time orders orders_on_time orders_answered"),
    _row("02.follow_up", N_("Follow-up close-off rate"), "U P",
         "workplan.follow_up_closed workplan.follow_ups follow_up_rate follow_ups_due follow_ups_closed"
         " service_days service_steps", "M331"),
    _row("02.work_plan", N_("Work-plan progress"), "U", "workplan.progress workplan.late"),
    _row("02.funds", N_("Fund spending"), "U P",
         "workplan.fund_spent workplan.fund_against_time fund_spending funds_paid funds_arranged"),
    _row("03.score", N_("Assessment score, rank"), "U P",
         "assessments.score assessments.vetoes assessment_score assessment_rank"),
    _row("03.vetting", N_("Vetting opinions"), "P",
         "assessments.vetting_given assessments.vetting_objections vettings vettings_objected"),
    _row("04.verified", N_("Duty holders verified"), "R U",
         "workplan.holders_verified workplan.posts_vacant duty_verified_rate duty_posts duty_verified "
         "duty_vacant"),
    _row("05.firms", N_("Enterprises in operation; profile rate"), "R S",
         "enterprises.in_operation enterprises.profile_rate"),
    _row("05.certificates", N_("Certificates overdue or due in 60 days"), "R S",
         "enterprises.certificates_overdue enterprises.certificates_due"),
    _row("05.colours", N_("Three-colour tags"), "R",
         "enterprises.colour_red enterprises.colour_yellow enterprises.colour_green enterprises.major_installations"),
    _row("06.points", N_("Risk points and sources"), "R S L", "risks.points risks.sources"),
    _row("06.collected", N_("Collection rate"), "R", "risks.collection_rate", "M366"),
    _row("06.levels", N_("Worst-case and current levels"), "R S",
         "risks.worst_case_major risks.worst_case_considerable risks.worst_case_moderate risks.worst_case_low"
         " risks.current_major risks.current_considerable risks.current_moderate risks.current_low", "M367 M368"),
    _row("07.found", N_("Dangers found"), "R S C P", "dangers.found patrols.found"),
    _row("07.rectified", N_("Rectification rate"), "R S C P", "dangers.rectification_rate"),
    _row("07.on_time", N_("On-time rectification"), "R U", "dangers.on_time dangers.overdue_now"),
    _row("07.major", N_("Major dangers found, closed off, open"), "R S L",
         "dangers.major_found dangers.major_closed dangers.major_open dangers.major_late", "M348 M492"),
    _row("07.clearing", N_("Major-danger clearing"), "R", "dangers.major_clearing"),
    _row("07.repeat", N_("Long-zero reporters; repeat offenders"), "R S", "enterprises.long_zero dangers.repeated",
         "M269"),
    _row("07.second_look", N_("Second look failure"), "R U", "dangers.second_look_failed"),
    _row("08.sheet", N_("Campaign sheet"), "C R",
         "patrols.visits dangers.found dangers.rectification_rate patrols.firms"
         " patrols.visits_confined_space patrols.found_confined_space patrols.rate_confined_space"
         " patrols.visits_plating patrols.found_plating patrols.rate_plating"
         " patrols.visits_dust patrols.found_dust patrols.rate_dust"
         " patrols.visits_hazchem patrols.found_hazchem statistics.cases_opened statistics.fines_decided",
         "M388 M389 M391 M393"),
    _row("09.jobs", N_("Contractor jobs; educated"), "R",
         "contractors.jobs contractors.educated contractors.checked", "M452"),
    _row("09.rate", N_("Contractor danger rate"), "R", "contractors.danger_rate", "M452"),
    _row("10.valid", N_("Standardisation valid"), "S", "enterprises.standardisation_valid standardisation_target"),
    _row("11.rate", N_("Hazchem danger rate"), "R", "patrols.rate_hazchem firework_firms", "M101"),
    _row("11.guarantee", N_("Duties of the three guarantors"), "U", "guarantee_rate guarantee_due guarantee_done"),
    _row("12.plan", N_("Plan completion"), "R",
         "enforcement.plan_completion plan_completion plan_checked plan_firms", "M381"),
    _row("12.random", N_("Random share; joint single checks"), "P",
         "enforcement.random_share enforcement.joint_checks enforcement.visits_saved random_share "
         "checks_drawn checks_saved enforcement.merged enforcement.merge_rate enforcement.visited_often", "M332"),
    _row("13.checks", N_("Enforcement checks"), "R S P",
         "enforcement.visits enforcement.firms checks firms_checked enforcement.four_all "
         "enforcement.five_batches", "M376 M273"),
    _row("13.penalty_rate", N_("Supervision penalty rate"), "R P",
         "enforcement.penalty_rate enforcement.penalties penalty_rate penalties", "M377 M351"),
    _row("13.case_share", N_("Case penalty share"), "R P",
         "enforcement.case_penalty_share enforcement.case_penalties enforcement.spot_penalties "
         "case_penalty_share case_penalties spot_penalties", "M378"),
    _row("13.opening", N_("Case opening rate"), "R P",
         "enforcement.case_opening_rate enforcement.cases_opened case_opening_rate cases_opened", "M270"),
    _row("13.execution", N_("Execution rate"), "P",
         "enforcement.executed_number enforcement.executed_amount execution_rate decided executed", "M270"),
    _row("13.fines", N_("Fines decided and paid"), "R C",
         "enforcement.fines_decided enforcement.fines_paid fines_decided fines_paid fines_action fines_precise "
         "fines_confined fines_plating fines_dust fines_hazchem", "M351"),
    _row("13.dual", N_("Dual penalties"), "P",
         "enforcement.dual_cases enforcement.dual_amount dual_penalties dual_fines"),
    _row("13.major", N_("Major-danger penalty rate"), "C",
         "enforcement.major_penalty_rate major_penalty_rate enforced_major enforced_major_fined", "M387"),
    _row("13.duration", N_("Case duration; overdue"), "R",
         "enforcement.case_days enforcement.cases_overdue case_days cases_overdue"),
    _row("14.complaints", N_("Complaints on time; verified share"), "S",
         "complaints_on_time complaints_verified complaints_due complaints_met complaints_closed complaints_true"),
    _row("15.accidents", N_("Accidents, dead, badly hurt"), "S R",
         "accidents.count accidents.dead accidents.badly_hurt accidents.count_change "
         "accidents.dead_change accidents.declines accidents.preliminary accidents dead badly_hurt "
         "accidents.injured accidents.loss accidents.four_declines accidents.prevention_goals", "M333 M032 M200 M031"),
    _row("15.fatal", N_("Fatal accidents per sector and body"), "S",
         "accidents.fatal fatal_accidents serious_accidents", "M335"),
    _row("15.replies", N_("Replies on time; evaluations done"), "P",
         "accidents.replies_on_time accidents.evaluations_done accidents.replies "
         "accidents.reports_on_time accidents.overdue accidents.handled accidents.reviews "
         "replies_on_time replies_due replies_met evaluations"),
    _row("15.per_base", N_("Deaths per 100 million yuan; per 100,000 workers"), "P",
         "accidents.deaths_per_gdp accidents.deaths_per_workers dead_per_gdp dead_per_workers gdp workers"),
    _row("16.events", N_("Events received; reported up"), "R L P",
         "incidents.received incidents.reported_up incidents.reported_share events events_reported "
         "reported_share", "M441"),
    _row("16.first", N_("First report in time, share"), "U L",
         "incidents.first_in_time incidents.first_late incidents.first_missed first_reports_on_time "
         "first_reports_due first_reports_met"),
    _row("16.watch", N_("Duty check passed"), "U",
         "incidents.checks_passed incidents.watch_covered watch_rate watch_called watch_passed"),
    _row("17.signals", N_("Signals; responses; before the signal"), "L P",
         "warnings.signals responses.started responses.before_signal signals responses", "M338 M339"),
    _row("17.answered", N_("Call-out answered in time"), "R", "warnings.answered_in_time"),
    _row("17.on_post", N_("On post; median answer time"), "R", "warnings.on_post warnings.median_answer_time"),
    _row("18.online", N_("Device online; alarm truth"), "R",
         "sensing.online sensing.alarm_truth monitoring_rate monitoring_built monitoring_planned", "M127"),
    _row("18.terminals", N_("Terminals connected"), "R",
         "contractors.terminals_connected contractors.terminals_installed parks_fitted parks_connected", "M471"),
    _row("19.rain", N_("Rain against last year and the five-year mean"), "P", "sensing.rain sensing.rain_most rain",
         "M340"),
    _row("19.tasks", N_("Plan tasks on time"), "U L", "responses.tasks_on_time responses.tasks_skipped"),
    _row("19.moved", N_("Persons moved: now, cumulative"), "R", "responses.moved_now responses.moved"),
    _row("19.boards", N_("Underground boards installed; point keepers posted"), "R",
         "boards_rate keepers_rate boards_planned boards_there keepers_posted"),
    _row("19.pre_flood", N_("Pre-flood dangers open"), "R U", "flood_rate flood_found flood_closed", "M163"),
    _row("20.fires", N_("Fires; burnt area; alarm verified in 5 minutes"), "R",
         "fires burnt fire_verified fire_alarms fire_alarms_verified fires_farming fires_forestry fires_worship"
         " fires_hunting fires_building", "M319"),
    _row("21.ground", N_("Collapses; radar; survey updated"), "R",
         "collapses radar survey_rate survey_objects survey_updated capacity_score", "M179"),
    _row("22.arrival", N_("First team on scene"), "R", "arrival"),
    _row("23.plans", N_("Plans filed; street plan coverage; revision overdue"), "R S",
         "plans_filed plan_coverage plans_overdue streets_planned streets", "M094"),
    _row("24.drills", N_("Drills, attendances, blind; duty missed"), "U R",
         "drills drill_attendances blind_drills drill_missed grassroots.drills", "M151 M415"),
    _row("25.teams", N_("Teams, persons by scope; first responders"), "P",
         "resources.teams resources.people resources.flood_people teams team_persons flood_persons "
         "responders_rate responders responders_target brigade_members", "M500 M040"),
    _row("26.goods", N_("Warehouses, items; below minimum; expiring in 90 days"), "R L",
         "warehouses goods goods_low goods_expiring"),
    _row("27.five", N_("Five in 12 hours met; first disaster report in 2 hours"), "R",
         "five_in_12h disaster_report_rate affected affected_met disasters disasters_met shelter_rate shelters_there"
         " shelters_due", "M325 M143"),
    _row("27.relief", N_("Winter and spring relief paid, rate"), "R",
         "relief_rate relief_approved relief_paid relief_money"),
    _row("28.training", N_("Training: sessions, firms, attendances"), "R",
         "sessions trained_firms trained training_rate train_target grassroots.trained", "M156 M416"),
    _row("28.officers", N_("Officers with at least ten days"), "U", "officers_rate officers officers_trained",
         "M196"),
    _row("29.outreach", N_("Exposures, posts, reads"), "P",
         "exposures posts reads reads_exposed lectures materials publicity_events followers",
         "M154 M158 M417 M475 M479"),
    _row("30.grassroots", N_("Station dangers rectified; streets at level one"), "R",
         "station_rate grassroots.first_level grassroots.ten_haves grassroots.supervisions station_found"
         " station_rectified",
         "M448 M495"),
    _row("31.issued", N_("Bulletins, notice letters issued"), "P",
         "bulletins.issued bulletins.analyses bulletins.letters bulletins.orders "
         "returns.on_time returns.late returns.differences "
         "bulletins analyses letters"),
    _row("31.opened", N_("Numbers opened, scope notes, wrong findings"), "P",
         "bulletins.numbers_opened bulletins.scope_notes bulletins.wrong_findings numbers_opened "
         "scope_notes wrong_findings"),
)  # fmt: skip


def rows_of(codes: Iterable[str]) -> dict[str, list[Row]]:
    """Code → the rows it answers, for the codes there are."""
    return {code: [row for row in ROWS if code in row.codes] for code in codes}

"""考核 declared: what surfaces show of it. Vetting is declared nowhere here, so that no surface meets it."""

from anlan.domains.assessments.actions import (
    accounts,
    inspections,
    packs,
    publishing,
    reminding,
    sheets,
    vetoes,
)
from anlan.domains.assessments.indicators import INDICATORS
from anlan.domains.assessments.links import LINKS
from anlan.domains.assessments.loop import ACCOUNT, FINDING, INSPECTION, SHEET, VETO
from anlan.domains.assessments.models import Finding, Inspection, SafetyAccount, Sheet, Veto
from anlan.domains.assessments.queries import looking_back
from anlan.kernel.core.words import N_
from anlan.kernel.domain.looking_back import LookBack
from anlan.kernel.domain.spec import Column, Domain, Field, Record, Round
from anlan.kernel.messaging.spec import MessageKind

CODES = {
    "assessments.scheme_taken": N_("Scheme of assessment taken in: {code} v{version}"),
    "assessments.opened": N_("Assessment opened for {units} units"),
    "assessments.scored": N_("Points given ({role})"),
    "assessments.proved": N_("Evidence added for {item}"),
    "assessments.entered": N_("Clause {clause} applied: {points} points, {said}"),
    "assessments.taken_back": N_("Clause {clause} taken back: {reason}"),
    "assessments.published": N_("Results of {units} units published to them"),
    "assessments.result": N_("Result {number} of the sheet: {total}"),
    "assessments.panel_scored": N_("A member of the panel gave a score"),
    "assessments.vetting_asked": N_("Vetting asked for {many} names"),
    "assessments.vetting_read": N_("A vetting list of {names} names was read"),
    "assessments.vetting_traced": N_("A line was added to a vetting list by hand"),
    "assessments.vetting_signed": N_("Vetting opinion signed"),
    "assessments.pack_made": N_("Evidence pack made: {files} files, {pages} pages"),
    "assessments.pack_taken": N_("Evidence pack taken out: {form}"),
}

TITLE, STATE, DUE = (
    Column("item.title", N_("Unit and assessment")),
    Column("item.state", N_("State")),
    Column("item.due_at", N_("Clock")),
)

DOMAIN = Domain(
    name="assessments",
    label=N_("Assessments"),
    records=(
        Record(
            model=Sheet,
            loop=SHEET,
            columns=(TITLE, Column("unit", N_("Unit")), STATE, DUE),
            acts={
                "submit": sheets.submit,
                "send_back": sheets.send_back,
                "check": sheets.check,
                "object": publishing.object_to,
                "accept": publishing.accept,
                "uphold": publishing.uphold,
                "correct": publishing.correct,
            },
        ),
        Record(
            model=Veto,
            loop=VETO,
            columns=(Column("unit", N_("Unit")), Column("words", N_("What it rests on")), STATE, DUE),
            acts={"sign": vetoes.sign},
        ),
        Record(
            model=SafetyAccount,
            loop=ACCOUNT,
            columns=(
                Column("leader", N_("Leader who accounts")), Column("unit", N_("Unit")), Column("year", N_("Year")),
                Column("mean", N_("Mean of the panel"), numeric=True), STATE, DUE,
            ),
            acts={"close": accounts.close_account},
        ),
        Record(
            model=Inspection,
            loop=INSPECTION,
            columns=(
                Column("unit", N_("Unit")), Column("office", N_("Who goes")),
                Column("subject", N_("What is looked at")),
                Column("first", N_("First day")), STATE, DUE,
            ),
            filters=("item.state", "item.region"),
            facts={
                "join": (Field("subject", N_("What else is looked at")),),
                "hold": (Field("said", N_("What the inspection saw"), "long"),),
            },
            acts={"join": inspections.go_along, "hold": inspections.hold},
        ),
        Record(
            model=Finding,
            loop=FINDING,
            columns=(Column("unit", N_("Unit")), Column("words", N_("What was found")), STATE, DUE),
            facts={"answer": (Field("measure", N_("How it was mended"), "long"),)},
            acts={"answer": accounts.answer_finding, "not_mended": accounts.not_mended},
            opens=accounts.give_finding,
            opening=(
                Field("unit", N_("Unit"), "organisation"),
                Field("kind", N_("Inspection"), "choice",
                      choices=(("duty", N_("Duty inspection")), ("special", N_("Special inspection")))),
                Field("words", N_("What was found"), "long"),
            ),
        ),
    ),
    indicators=INDICATORS,
    links=LINKS,
    codes=CODES,
    looks_back=(
        LookBack("assessments.vetoes", N_("Vetoes signed"), looking_back.vetoes),
        LookBack("assessments.findings", N_("Findings of duty inspections not mended in time"), looking_back.findings),
    ),
    # Of the closed matters the platform says numbers to their keepers and nothing to anybody else.
    messages=(MessageKind(reminding.KIND, N_("A request waits for opinions"), answers=(), ladder="office"),),
    rounds=(Round("vetting_due", reminding.remind_keepers),),
    jobs=(packs.work_once,),
    keepers=("bureau_chief",),
)  # fmt: skip

"""外来作业 declared: what surfaces show of it and which doors it uses."""

from anlan.domains.contractors import actions, rules
from anlan.domains.contractors.indicators import INDICATORS
from anlan.domains.contractors.links import LINKS
from anlan.domains.contractors.loop import JOB
from anlan.domains.contractors.models import Job
from anlan.kernel.core.words import N_
from anlan.kernel.domain.spec import Column, Domain, Field, Record

WORKS = tuple(rules.PERMIT_WORKS.items())
PERMIT = (
    Field("work", N_("Kind of work"), "choice", choices=WORKS),
    Field("number", N_("Permit number")),
    Field("holder", N_("Issued to")),
    Field("valid_to", N_("Valid until"), "datetime"),
)

DOMAIN = Domain(
    name="contractors",
    label=N_("Contractor work"),
    links=LINKS,
    records=(
        Record(
            model=Job,
            loop=JOB,
            columns=(
                Column("item.title", N_("Contractor’s work")),
                Column("contractor", N_("Contractor")),
                Column("workers", N_("Crew"), numeric=True),
                Column("item.state", N_("State")),
                Column("item.due_at", N_("Clock")),
            ),
            filters=("item.state", "item.region"),
            facts={
                "educate": (
                    Field("video", N_("Film shown")),
                    Field("names", N_("Who saw it"), "long", help=N_("One name a line")),
                ),
                "show_permit": PERMIT,
                "renew_permit": PERMIT,
                "renew_stopped": PERMIT,
                "brief": (
                    Field("present", N_("How many stood there"), "number"),
                    Field("topic", N_("What it was about"), required=False),
                ),
                "check": (
                    Field("result", N_("Result"), "choice",
                          choices=(("fine", N_("In order")), ("wrong", N_("Something is wrong")))),
                    Field("line", N_("Line of the guide"), "choice", required=False),
                    Field("note", N_("What is wrong with it"), "long", required=False),
                    Field("candidate_major", N_("May be major: ask the firm to stop now"), "flag", required=False),
                ),
                "prolong": (Field("until", N_("New end"), "datetime"),),
            },
            acts={
                "educate": actions.educate,
                "show_permit": actions.show_permit,
                "renew_permit": actions.show_permit,
                "renew_stopped": actions.show_permit,
                "resume": actions.resume,
                "admit": actions.admit,
                "brief": actions.brief,
                "check": actions.check,
                "prolong": actions.prolong,
            },
            opens=actions.notice,
            by_firms=True,
            opening=(
                Field("host", N_("On whose ground"), "organisation"),
                Field("contractor", N_("Contractor")),
                Field("description", N_("What is done"), "long"),
                Field("spot", N_("Where on the ground"), required=False),
                Field("leader", N_("Leader of the crew")),
                Field("leader_phone", N_("Telephone of the leader"), required=False),
                Field("workers", N_("Crew"), "number"),
                Field("start_at", N_("Begins"), "datetime"),
                Field("end_at", N_("Ends"), "datetime"),
                *(Field(f"work_{code}", label, "flag", required=False) for code, label in WORKS),
            ),
        ),
    ),
    indicators=INDICATORS,
    sheets=actions.SHEETS,
    keepers=("bureau_chief", "safety_section"),
    rule_checks={
        "contractors.eight_ones": rules.check_ones,
        "contractors.patrol_guide": rules.check_guide,
    },
    codes={"contractors.fixtures": N_("Terminals and boards taken in")},
    edges={
        "dangers": "what a check finds wrong becomes a danger of the host",
        "enterprises": "a job lies on a site of the archive",
    },
)  # fmt: skip

"""一企一码一档 declared: what surfaces show of it and which doors it uses."""

from anlan.domains.enterprises.actions import creating, duties, filing, selfwork, signin
from anlan.domains.enterprises.actions.sheets import SHEETS
from anlan.domains.enterprises.indicators import INDICATORS
from anlan.domains.enterprises.links import LINKS
from anlan.domains.enterprises.loop import CREATION, FILING, SELF_CHECK
from anlan.domains.enterprises.models import Creation, PlanFiling, SelfCheck
from anlan.domains.enterprises.queries.layers import SITE_LAYER
from anlan.domains.enterprises.rules.words import STANDARD_GRADES
from anlan.kernel.core.words import N_
from anlan.kernel.domain.spec import Column, Domain, Field, Record, Round
from anlan.kernel.messaging.spec import MessageKind

CODES = {
    "enterprises.registered": N_("A firm was taken into the archive"),
    "enterprises.changed": N_("Facts of a firm were changed"),
    "enterprises.status_set": N_("A firm's status was set"),
    "enterprises.site_added": N_("A site was added"),
    "enterprises.site_changed": N_("A site was changed"),
    "enterprises.site_closed": N_("A site was closed"),
    "enterprises.plate_renewed": N_("A door plate was renewed"),
    "enterprises.tag_set": N_("A tag was set"),
    "enterprises.tag_ended": N_("A tag was taken off"),
    "enterprises.person_set": N_("Somebody was given a role in a firm"),
    "enterprises.person_ended": N_("Somebody's role in a firm ended"),
    "enterprises.certificate_set": N_("A certificate was entered"),
    "enterprises.certificate_ended": N_("A certificate was ended"),
    "enterprises.unit_added": N_("A unit with substances was added"),
    "enterprises.unit_changed": N_("A unit with substances was changed"),
    "enterprises.unit_ended": N_("A unit with substances was ended"),
    "enterprises.unit_assessed": N_("A unit was graded by GB 18218"),
    "enterprises.substance_set": N_("A substance was entered"),
    "enterprises.substance_ended": N_("A substance was ended"),
    "enterprises.facility_added": N_("A facility was added"),
    "enterprises.facility_ended": N_("A facility was ended"),
    "enterprises.standardised": N_("A standardisation was entered"),
    "enterprises.class_proposed": N_("A class was proposed"),
    "enterprises.class_signed": N_("A class was signed"),
    "enterprises.colour_signed": N_("A three-colour tag was signed"),
    "enterprises.leased": N_("A leaseholder was entered"),
    "enterprises.lease_ended": N_("A lease ended"),
    "enterprises.points_given": N_("Points were given to a park"),
    "enterprises.committed": N_("A safety commitment was posted"),
    "enterprises.post_set": N_("A self-check post was set"),
    "enterprises.post_ended": N_("A self-check post was ended"),
    "enterprises.self_reported": N_("A firm reported a danger of its own"),
    "enterprises.compared": N_("Lists were compared with the archive"),
    "enterprises.settled": N_("A row of a comparison was settled"),
    "enterprises.taken_from_comparison": N_("A firm came in from a comparison"),
    "enterprises.imported": N_("Firms were imported"),
    "enterprises.certificates_imported": N_("Certificates were imported"),
    "enterprises.line_written": N_("A line was written into a register"),
    "enterprises.line_changed": N_("A line of a register was changed"),
    "enterprises.line_ended": N_("A line of a register ended"),
    "enterprises.duty_posts_taken": N_("Posts of the list were put into a ledger of responsibilities"),
    "enterprises.duty_post_set": N_("A post of a ledger of responsibilities was written"),
    "enterprises.duty_post_ended": N_("A post of a ledger of responsibilities was taken out"),
    "enterprises.duty_held": N_("Somebody was put on a post of a ledger of responsibilities"),
    "enterprises.duty_left": N_("Somebody left a post of a ledger of responsibilities"),
    "enterprises.duty_signed": N_("Somebody signed what their post answers for"),
    "enterprises.duty_reviewed": N_("Somebody was assessed for the year at their post"),
    "enterprises.signed_in": N_("Somebody of a firm came in by phone code"),
}

DOMAIN = Domain(
    name="enterprises",
    label=N_("Enterprises"),
    keepers=("bureau_chief", "safety_section"),
    records=(
        Record(
            model=PlanFiling,
            loop=FILING,
            columns=(
                Column("enterprise", N_("Firm")),
                Column("plan_name", N_("Emergency plan")),
                Column("item.state", N_("State")),
                Column("item.due_at", N_("Due")),
                Column("receipt", N_("Receipt")),
            ),
            filters=("plan_kind", "item.state", "item.region"),
            facts={
                "submit": (
                    Field(
                        "file",
                        N_("Filing papers"),
                        "file",
                        help=N_("Filing form, review, plan, risk assessment, survey"),
                    ),
                ),
                "complete": (Field("file", N_("Filing papers"), "file"),),
                "tell_what_lacks": (Field("lacks", N_("What lacks, all of it"), "long"),),
            },
            acts={
                "submit": filing.submit,
                "complete": filing.complete,
                "tell_what_lacks": filing.tell_what_lacks,
                "file": filing.take_on_file,
            },
        ),
        Record(
            model=SelfCheck,
            loop=SELF_CHECK,
            columns=(
                Column("enterprise", N_("Firm")),
                Column("post", N_("Self-check post")),
                Column("start", N_("First day")),
                Column("end", N_("Last day")),
                Column("item.state", N_("State")),
                Column("found", N_("Dangers found"), numeric=True),
            ),
            filters=("item.state", "item.region"),
            facts={
                "do": (
                    Field("found", N_("Dangers found"), "number", help=N_("None found is 0: a nil return.")),
                    Field(
                        "led_by", N_("Led by"), required=False, help=N_("Whoever of the firm's heads led it.")
                    ),
                )
            },
            acts={"do": selfwork.do_check},
            announces=False,  # a daily check rings nobody; it stands in its firm's list with its clock
        ),
        Record(
            model=Creation,
            loop=CREATION,
            columns=(
                Column("enterprise", N_("Firm")),
                Column("get_grade", N_("Grade of standardisation")),
                Column("own_score", N_("Own score"), numeric=True),
                Column("review_score", N_("Score of the review"), numeric=True),
                Column("item.state", N_("State")),
                Column("item.due_at", N_("Due")),
            ),
            filters=("item.state", "item.region"),
            facts={
                "self_assess": (Field("score", N_("Own score"), "number", help=N_("Of 100.")),),
                "review": (
                    Field("score", N_("Score of the review"), "number", help=N_("Of 100.")),
                    Field("reviewer", N_("Unit that reviewed it")),
                ),
                "attain": (
                    Field("certificate", N_("Number of the certificate")),
                    Field("valid_from", N_("Valid from"), "datetime"),
                ),
            },
            acts={"self_assess": creating.self_assess, "review": creating.review, "attain": creating.attain},
            opens=creating.begin,
            by_firms=True,
            opening=(
                Field("firm", N_("Firm"), "organisation"),
                Field("grade", N_("Grade of standardisation"), "choice", choices=STANDARD_GRADES),
                Field("due_at", N_("To be reached by"), "datetime"),
            ),
        ),
    ),
    indicators=INDICATORS,
    links=LINKS,
    codes=CODES,
    layers=(SITE_LAYER,),
    sheets=SHEETS,
    rounds=(Round("self_checks", selfwork.due_round), Round("duty_ledgers", duties.renew_ledgers)),
    messages=(MessageKind(signin.KIND, N_("Sign-in code"), answers=(), ladder="code"),),
)

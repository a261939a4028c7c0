"""简报与报告 declared: what surfaces show of it."""

from logging import getLogger
from pathlib import Path

from django.conf import settings

from anlan.domains.bulletins.actions import annex, issuing, making
from anlan.domains.bulletins.indicators import INDICATORS
from anlan.domains.bulletins.loop import REPORT, SHARE
from anlan.domains.bulletins.models import Report, Share
from anlan.domains.bulletins.rules.templates import also_from, templates, unused
from anlan.kernel.core.words import N_
from anlan.kernel.domain.spec import Column, Domain, Field, Record
from anlan.kernel.papers.spec import PaperKind

# A bureau changes the house's templates by files of its own; a faulty one is left out, and said here and on the page.
also_from(Path(settings.ANLAN_VAR) / "reports")
for fault in unused():
    getLogger(__name__).warning("A template of reports is not used. %s", fault)

DOMAIN = Domain(
    name="bulletins",
    label=N_("Reports and bulletins"),
    records=(
        Record(
            model=Report,
            loop=REPORT,
            columns=(
                Column("item.title", N_("Title of the report")),
                Column("number", N_("Number of it")),
                Column("last", N_("Last day")),
                Column("item.state", N_("State")),
                Column("item.due_at", N_("Clock")),
            ),
            filters=("item.state", "item.region"),
            facts={"enter_number": (Field("number", N_("Number in the office system")),)},
            acts={
                "hand_in": issuing.hand_in,
                "hand_to_watch": issuing.hand_to_watch,
                "approve": issuing.approve,
                "issue": issuing.issue,
                "enter_number": issuing.enter_number,
                "give_up": issuing.give_up,
            },
        ),
        Record(
            model=Share,
            loop=SHARE,
            columns=(
                Column("item.title", N_("Title of the report")),
                Column("item.state", N_("State")),
                Column("item.due_at", N_("Clock")),
            ),
        ),
    ),
    indicators=INDICATORS,
    codes={
        "bulletins.drafted": N_("Report written: {template}, {numbers} numbers"),
        "bulletins.reworded": N_("Words changed: {paragraph}"),
        "bulletins.number_typed": N_("Numbers typed by hand: {typed}: {reason}"),
        "bulletins.number_left_out": N_("Numbers left out of the text: {dropped}"),
        "bulletins.earlier_taken": N_(
            "Earlier text taken in: {title}, {placed} of {paragraphs} paragraphs placed"
        ),
        "bulletins.earlier_moved": N_("Paragraphs of an earlier text moved: {title}, {n}"),
        "bulletins.read_again": N_("Numbers read again: {changed}"),
        "bulletins.explained": N_("Scope explained: {note}"),
    },
    sheets=(annex.SHEET,),
    jobs=(making.work_once,),
    papers=tuple(
        PaperKind(f"bulletins.{code}", one.label, one.path)
        for code, one in templates().items()
        if one.numbering == "ours"
    ),
)

"""预警与叫应 declared: what surfaces show of it and which doors it uses."""

from functools import partial

from anlan.domains.warnings.actions import (
    advisories,
    answering,
    closing,
    deciding,
    escalating,
    releasing,
    ringing,
    signals,
)
from anlan.domains.warnings.indicators import INDICATORS
from anlan.domains.warnings.links import LINKS
from anlan.domains.warnings.loop import (
    ADVISORY,
    CALL_OUT,
    CALL_OUT_ITEM,
    CALLOUT_PROPOSAL,
    OFFICE_RING,
    SIGNAL,
)
from anlan.domains.warnings.models import Advisory, CallOut, CallOutItem, OfficeRing, Proposal, Signal
from anlan.domains.warnings.rules.scales import COLOUR_LABELS, COLOURS
from anlan.kernel.core.words import N_
from anlan.kernel.domain.spec import Column, Domain, Field, Record
from anlan.kernel.messaging.actions import MessageKind

COLOUR_CHOICES = tuple((colour, COLOUR_LABELS[colour]) for colour in COLOURS)
HAZARD_CHOICES = (
    ("rain", N_("Rainstorm")),
    ("typhoon", N_("Typhoon")),
    ("thunder_gale", N_("Thunderstorm gale")),
    ("gale", N_("Gale")),
    ("waterlogging", N_("Waterlogging")),
    ("flood", N_("Flood")),
    ("geology", N_("Geological hazard risk")),
    ("forest_fire", N_("Forest fire danger")),
)
ANSWER_LABELS = {
    "received": N_("Received"),
    "on_post": N_("On post"),
    "done": N_("Measure taken"),
    "need_help": N_("Needs help"),
}
THROUGH_LABELS = {
    "self": N_("Themselves"),
    "deputy": N_("Deputy"),
    "neighbour": N_("Neighbour"),
    "grid_worker": N_("Grid worker"),
    "loudspeaker": N_("Loudspeaker"),
    "police": N_("Police at the door"),
    "superior": N_("Superior"),
    "telephone": N_("Telephone"),
}
OUTCOME_LABELS = {
    "answered": N_("Answered"),
    "not_answered": N_("Not answered"),
    "busy": N_("Busy"),
    "switched_off": N_("Switched off"),
    "wrong_number": N_("Wrong number"),
}
STATE, DUE, TITLE = Column("item.state", N_("State")), Column("item.due_at", N_("Due")), "item.title"

DOMAIN = Domain(
    name="warnings",
    label=N_("Warnings and call-outs"),
    links=LINKS,
    keepers=("flood_office_head",),
    records=(
        Record(
            model=Signal,
            loop=SIGNAL,
            columns=(
                Column(TITLE, N_("Signal")), Column("colour", N_("Signal colour")),
                Column("issued_at", N_("Issued")), Column("expires_at", N_("Ends")), STATE,
            ),
            filters=("hazard", "colour", "item.state"),
            acts={"lift": signals.lift_signal},
            on_map=True,
            announces=False,
        ),
        Record(
            model=Proposal,
            loop=CALLOUT_PROPOSAL,
            columns=(Column(TITLE, N_("Proposed call-out")), Column("colour", N_("Colour")), STATE, DUE),
            filters=("hazard", "colour", "item.state"),
            facts={"approve": (Field("version", N_("Version read"), "text", required=False),)},
            acts={"approve": deciding.approve_call_out},
            opens=deciding.propose_call_out,
            opening=(
                Field("hazard", N_("Hazard"), "choice", choices=HAZARD_CHOICES),
                Field("colour", N_("Colour"), "choice", choices=COLOUR_CHOICES),
                Field("region", N_("Street or district"), "region"),
                Field("words", N_("Why"), "long"),
            ),
        ),
        Record(
            model=CallOut,
            loop=CALL_OUT,
            columns=(
                Column(TITLE, N_("Call-out")), Column("colour", N_("Colour")),
                Column("released_at", N_("Released")), STATE,
            ),
            filters=("hazard", "colour", "item.state"),
            acts={"close": closing.close_call_out},
            announces=False,
        ),
        Record(
            model=CallOutItem,
            loop=CALL_OUT_ITEM,
            columns=(
                Column(TITLE, N_("Person called")), Column("street", N_("Street")), Column("answer", N_("Answer")),
                STATE, DUE,
            ),
            filters=("answer", "item.state", "street"),
            acts={"cancel": closing.cancel_item}
            | {move: partial(answering.by_move, name=move) for move in ("receive", "post", "finish", "answer")},
            escalate=escalating.pass_on,
            announces=False,
        ),
        Record(
            model=Advisory,
            loop=ADVISORY,
            columns=(
                Column(TITLE, N_("Risk advisory")), Column("mark_colour", N_("Mark reached")),
                Column("expires_at", N_("Ends")), STATE,
            ),
            filters=("hazard", "mark_colour", "item.state"),
            acts={"publish": advisories.publish_advisory, "cancel": advisories.cancel_advisory},
            on_map=True,
        ),
        Record(
            model=OfficeRing,
            loop=OFFICE_RING,
            columns=(
                Column(TITLE, N_("Weather office to be rung")), Column("mark_colour", N_("Mark reached")), STATE, DUE,
            ),
            facts={"ring": (Field("spoke", N_("Who spoke")), Field("words", N_("What was said"), "long"))},
            acts={"ring": ringing.ring_office},
        ),
    ),
    indicators=INDICATORS,
    codes={
        "warnings.office_registered": N_("Weather office registered: {name}"),
        "warnings.signal_taken_in": N_("Signal taken in"),
        "warnings.call_out_released": N_("Call-out released: {called} called, {joined} joined an earlier call"),
        "warnings.call_made": N_("Rung by hand: {outcome}"),
        "warnings.advisory_published": N_("Advisory message published: {type}"),
    },
    messages=(
        MessageKind(
            releasing.CALL_KIND, N_("Call-out"), answers=("received", "on_post", "done"), ladder="callout",
            handler_many=answering.on_answers,
        ),
        MessageKind(
            escalating.PASSED_KIND, N_("Call-out, for somebody who is silent"), answers=("received", "on_post", "done"),
            ladder="callout", handler_many=answering.on_stand_in_answers,
        ),
    ),
    edges={"sensing": "proposals are made from alarms"},
)  # fmt: skip

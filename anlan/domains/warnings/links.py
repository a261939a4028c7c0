"""Warnings in the graph: what a proposal rests on and became, which regions each is about, who was called."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Case, Model, QuerySet, UUIDField, When
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from anlan.domains.warnings.loop import ADVISORY, CALL_OUT, CALLOUT_PROPOSAL, SIGNAL
from anlan.domains.warnings.models import Advisory, CallOut, CallOutItem, Ground, Proposal, Signal
from anlan.domains.warnings.rules.scales import COLOUR_LABELS
from anlan.kernel.core.words import N_
from anlan.kernel.domain.links import Link, Links, NodeKind, Reader
from anlan.kernel.domain.nodes import every, in_sight, matter
from anlan.kernel.loop.spec import Loop

PERSON, REGION, ALARM = "orgs.person", "places.region", "sensing.alarm"
OPENED, ABOUT = "item__opened_at", N_("is about the region")


def _colour(row: Any) -> str:
    return _(COLOUR_LABELS[row.colour])


def _call_outs(reader: Reader) -> QuerySet[Any]:
    """As their list decides: those about the reader's regions, and those in which the reader was called."""
    rows = CallOut.objects.visible_to(reader.person, at=reader.at).filter(in_sight(reader))
    return rows.select_related("item__region")


def _called(reader: Reader) -> QuerySet[Any]:
    """Whom the board of a call-out shows to the reader: nobody of a street that is not theirs."""
    return CallOutItem.objects.visible_to(reader.person, at=reader.at)


def _grounds(loop: Loop, source: str) -> Callable[[Reader], QuerySet[Any]]:
    """Grounds of one kind of source, with its id: only those of alarms and signals are ids at all."""
    known = Case(When(source=source, then=Cast("source_id", UUIDField())), output_field=UUIDField())

    def rows(reader: Reader) -> QuerySet[Any]:
        del reader
        return Ground.objects.filter(source=source, item__loop=loop.name).annotate(known_as=known)

    return rows


def _of_sources(rows: QuerySet[Any], keys: Sequence[str]) -> QuerySet[Any]:
    """By the column as it is written."""
    return rows.filter(source_id__in=list(keys))


def _rests_on(loop: Loop, source: str, target: str, label: str, back: str) -> Link:
    return Link(f"{loop.name}_from_{source}", loop.name, target, label, back, rows=_grounds(loop, source),
                at_source="item_id", at_target="known_as", since="at", narrow=_of_sources)  # fmt: skip


def _about(loop: Loop, model: type[Model], back: str) -> Link:
    of = model._meta.model_name
    through = model._meta.get_field("regions").remote_field.through  # type: ignore[union-attr]
    return Link(f"{loop.name}_about", loop.name, REGION, ABOUT, back, rows=every(through), at_source=f"{of}_id",
                at_target="region_id", since=f"{of}__{OPENED}")  # fmt: skip


_CALL = matter(CallOut, CALL_OUT, note=_colour)
LINKS = Links(
    kinds=(
        matter(Signal, SIGNAL),
        matter(Proposal, CALLOUT_PROPOSAL, note=_colour),
        NodeKind(_CALL.code, _CALL.label, _call_outs, _CALL.says, words=_CALL.words, region=_CALL.region, loop=True),
        matter(Advisory, ADVISORY),
    ),
    links=(
        _about(SIGNAL, Signal, N_("Signals for it")),
        _about(CALLOUT_PROPOSAL, Proposal, N_("Proposed call-outs there")),
        _about(CALL_OUT, CallOut, N_("Call-outs there")),
        _about(ADVISORY, Advisory, N_("Risk advisories for it")),
        _rests_on(CALLOUT_PROPOSAL, "signal", SIGNAL.name, N_("was proposed upon the signal"),
                  N_("Call-outs proposed upon it")),
        _rests_on(CALLOUT_PROPOSAL, "alarm", ALARM, N_("was proposed upon the alarm"),
                  N_("Call-outs proposed upon it")),
        _rests_on(ADVISORY, "signal", SIGNAL.name, N_("was proposed upon the signal"),
                  N_("Risk advisories proposed upon it")),
        _rests_on(ADVISORY, "alarm", ALARM, N_("was proposed upon the alarm"), N_("Risk advisories proposed upon it")),
        Link("warnings.released_from", CALL_OUT.name, CALLOUT_PROPOSAL.name, N_("was released from the proposal"),
             N_("Call-out that was released"), rows=every(CallOut), at_target="proposal_id", since="released_at"),
        Link("warnings.called", CALL_OUT.name, PERSON, N_("called out"), N_("Call-outs in which they were called"),
             rows=_called, at_source="call_out_id", at_target="person_id", since="call_out__released_at"),
        Link("warnings.supersedes", ADVISORY.name, ADVISORY.name, N_("takes the place of"), N_("was followed by"),
             rows=every(Advisory, supersedes__isnull=False), at_target="supersedes_id", since="onset"),
    ),
)  # fmt: skip

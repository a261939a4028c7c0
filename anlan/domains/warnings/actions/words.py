"""Sentences that are kept or sent: always in the language of the house, whoever's page the act came from."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.utils.translation import gettext, override

from anlan.domains.warnings.queries import areas
from anlan.domains.warnings.rules.scales import COLOUR_LABELS
from anlan.kernel.core.words import N_

PROPOSED = {
    "signal": N_("{hazard}, {colour} signal: call out in {area}"),
    "alarm": N_("{hazard}, reaches the {colour} mark (no signal issued): call out in {area}"),
    "forecast": N_("{hazard}, forecast at the {colour} mark: call out in {area}"),
    "person": N_("{hazard}, {colour}: call out in {area}"),
}
CALLED = {
    "signal": N_("{hazard}, {colour} signal in force for {area}."),
    "alarm": N_("{hazard} reaches the {colour} mark in {area} (no signal issued)."),
    "forecast": N_("{hazard} is forecast to reach the {colour} mark in {area}."),
    "person": N_("{hazard}, {colour}: attention in {area}."),
}
ASKED = N_("Take up your duty now: {duties}. Reply 1 received, 2 on post, 3 measure taken.")
PASSED = {
    "deputy": N_(
        "{name} has not answered. You stand in: {duties}. Reply 1 received, 2 on post, 3 measure taken."
    ),
    "grid_worker": N_("{name} cannot be reached. Go to the door or ring the neighbours, then reply 1."),
    "superior": N_("{name} has not answered and nobody stood in yet: {duties}. See to it and reply 1."),
}
RING = N_("{hazard} reaches the {colour} mark in {area} without a signal: ring the weather office")


@contextmanager
def house_language() -> Iterator[None]:
    """Texts of messages and titles are the bureau's, not the reader's."""
    with override(settings.LANGUAGE_CODE):
        yield


def sentence(text: str, **facts: object) -> str:
    """One of the sentences above in the house's language."""
    with house_language():
        return gettext(text).format(**facts)


def colour_word(colour: str) -> str:
    """橙色 and so on."""
    with house_language():
        return gettext(COLOUR_LABELS[colour])


def about(text: str, *, hazard: str, colour: str, regions: list[str]) -> str:
    """A sentence about a hazard at a colour in an area."""
    return sentence(text, hazard=hazard, colour=colour_word(colour), area=areas.names_of(regions))

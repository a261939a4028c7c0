"""Who may check: two officers, each with a certificate valid on the day, and no interest in the firm."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_

SECOND = reason(
    "enforcement.second_officer", N_("Two officers check. Name another officer than the first one.")
)
NO_CERTIFICATE = reason(
    "enforcement.no_certificate",
    N_("{name} has no enforcement certificate valid on {day}. Register it, or choose another officer."),
)
RECUSED = reason(
    "enforcement.recused", N_("{name} keeps out of matters of {firm}: {why}. Choose another officer.")
)
CERTIFICATE_SPAN = reason(
    "enforcement.certificate_span", N_("The certificate ends before it begins. Correct the days.")
)
CERTIFICATE_THERE = reason("enforcement.certificate_there", N_("There is a certificate {number} already."))


@dataclass(frozen=True, slots=True)
class Officer:
    """An officer as these rules see one: the valid certificate's number, "" where there is none, and the recusals."""

    id: UUID
    name: str
    certificate: str
    recused: tuple[tuple[UUID, str], ...] = ()  # firm, why

    def keeps_out(self, firm: UUID) -> str:
        """Why the officer keeps out of a firm's matters, or an empty string."""
        return next((why for each, why in self.recused if each == firm), "")


def check_pair(officers: Collection[Officer], *, firm: UUID | None, firm_name: str, day: date) -> None:
    """Two different officers, both certified on the day, none with an interest in the firm (行政处罚法 art. 42, 55)."""
    if len({officer.id for officer in officers}) != 2:
        raise Refused(SECOND, field="second_officer")
    for field, officer in zip(("first_officer", "second_officer"), officers, strict=True):
        if not officer.certificate:
            raise Refused(NO_CERTIFICATE, field=field, name=officer.name, day=f"{day:%F}")
        if firm is not None and (why := officer.keeps_out(firm)):
            raise Refused(RECUSED, field=field, name=officer.name, firm=firm_name, why=why)


def check_span(valid_from: date, valid_to: date) -> None:
    if valid_to < valid_from:
        raise Refused(CERTIFICATE_SPAN, field="valid_to")


def certified(officers: Iterable[Officer]) -> list[Officer]:
    return [officer for officer in officers if officer.certificate]

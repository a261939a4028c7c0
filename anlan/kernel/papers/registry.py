"""The kinds of paper of this installation, filled from the domains' declarations."""

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.papers.spec import PaperKind

UNKNOWN = reason("papers.unknown", N_("There is no paper of the kind {kind}."))

_kinds: dict[str, PaperKind] = {}


def register_paper(kind: PaperKind) -> None:
    """Take in a kind; a second one of the same code, or a template that is not there, stops the start."""
    if _kinds.setdefault(kind.code, kind) is not kind:
        raise ValueError(f"paper {kind.code} is declared twice")
    if not kind.template.is_file():
        raise ValueError(f"paper {kind.code}: no template {kind.template}")


def kind_of(code: str) -> PaperKind:
    """The declared kind, or `Refused`."""
    try:
        return _kinds[code]
    except KeyError:
        raise Refused(UNKNOWN, kind=code) from None


def kinds() -> list[PaperKind]:
    return [_kinds[code] for code in sorted(_kinds)]

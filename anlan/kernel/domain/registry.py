"""The domains of this installation, taken in once at start-up and then closed."""

from pathlib import Path

from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.domain.spec import Domain, Record
from anlan.kernel.indicators import registry as indicators
from anlan.kernel.ledger.registry import register_codes
from anlan.kernel.loop import registry as loops
from anlan.kernel.messaging.registry import register_kind
from anlan.kernel.papers.registry import register_paper
from anlan.kernel.places.layers import register_layer
from anlan.kernel.sheets.registry import register_sheet

UNKNOWN = reason("domain.unknown", N_("There is no register {domain}/{record}."))

_domains: dict[str, Domain] = {}
_rulesets: list[Path] = []
_closed = False


def register(domain: Domain, *, folder: Path) -> None:
    """Take in a domain: its loops, codes, messages and indicators go to the rooms that own those registries."""
    if _closed:
        raise RuntimeError(f"domain {domain.name} came after start-up")
    if domain.name in _domains:
        raise ValueError(f"domain {domain.name} is declared twice")
    _domains[domain.name] = domain
    register_codes(dict(domain.codes))
    for kind in domain.messages:
        register_kind(kind)
    for record in domain.records:
        loops.register(record.loop, record.model, escalate=record.escalate, announces=record.announces)
    for known in domain.indicators:
        indicators.register(known)
    for layer in domain.layers:
        register_layer(layer)
    for sheet in domain.sheets:
        register_sheet(sheet)
    for paper in domain.papers:
        register_paper(paper)
    for rule, asks in domain.rule_checks.items():
        rulesets.register_check(rule, asks)
    _rulesets.extend(sorted((folder / "rulesets").glob("*.toml")))


def add_rulesets(folder: Path) -> None:
    """Rulesets of a kernel room."""
    _rulesets.extend(sorted((folder / "rulesets").glob("*.toml")))


def close() -> None:
    """No declaration comes after this."""
    global _closed
    _closed = True


def ruleset_files() -> list[Path]:
    return list(_rulesets)


def all_domains() -> list[Domain]:
    return list(_domains.values())


def domain_of(name: str) -> Domain:
    try:
        return _domains[name]
    except KeyError:
        raise Refused(UNKNOWN, domain=name, record="") from None


def record_of(domain: str, slug: str) -> Record:
    """The declared record `slug` of a domain, or `Refused`."""
    found = domain_of(domain).record(slug)
    if found is None:
        raise Refused(UNKNOWN, domain=domain, record=slug)
    return found


def record_for(loop: str) -> Record | None:
    """The declared record that lives by a loop; None for the kernel's own loops."""
    return next((r for d in _domains.values() for r in d.records if r.loop.name == loop), None)

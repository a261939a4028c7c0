"""The numbers of rescue forces (practice.md §7, group 25): teams and persons by scope, contacts that answer."""

from datetime import datetime
from decimal import Decimal

from anlan.domains.resources import queries, rules
from anlan.kernel.core import rulesets
from anlan.kernel.core.words import N_
from anlan.kernel.indicators.spec import Counted, Cut, Formula, Indicator, Period, percent


def _teams(scope: str) -> Formula:
    def teams(cut: Cut, period: Period, as_of: datetime) -> Counted:
        """Forces in the register at the end of the period."""
        found = queries.forces_at(region=cut.region, scope=scope, end=period.end, as_of=as_of)
        return Counted(Decimal(len(found)), len(found), found, scope=str(rules.SCOPES[scope]))

    return teams


def _people(scope: str) -> Formula:
    def people(cut: Cut, period: Period, as_of: datetime) -> Counted:
        """People of those forces, as each told last."""
        found = queries.forces_at(region=cut.region, scope=scope, end=period.end, as_of=as_of)
        told = queries.strengths_at(found, end=period.end, as_of=as_of)
        return Counted(Decimal(sum(told.values())), len(found), found, scope=str(rules.SCOPES[scope]))

    return people


def answered(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Forces whose contact answered in the days of the rule before the end of the period ÷ forces in the register."""
    found = [
        pk
        for scope in rules.SCOPES
        for pk in queries.forces_at(region=cut.region, scope=scope, end=period.end, as_of=as_of)
    ]
    days = int(rulesets.value_of("resources.contact_days", region=cut.region, at=period.end))
    heard = queries.answered_at(found, end=period.end, as_of=as_of, days=days)
    return Counted(percent(len(heard), len(found)), len(found), heard)


INDICATORS = (
    Indicator(
        "resources.teams", N_("Rescue teams"), N_("teams"),
        N_("Forces of the register of rescue teams at the end of the period."), _teams("teams"), digits=0,
        opens="resources.force", scope=N_("Register of rescue teams"),
    ),
    Indicator(
        "resources.people", N_("People of rescue teams"), N_("persons"),
        N_("People of the forces of the register of rescue teams, as each told last before the end of the period. "
           "The departments’ flood force is another scope and no part of it."),
        _people("teams"), digits=0, opens="resources.force", scope=N_("Register of rescue teams"),
    ),
    Indicator(
        "resources.flood_people", N_("People of the departments’ flood force"), N_("persons"),
        N_("People of the forces that the departments hold ready for floods, as each told last before the end of the "
           "period. Rescue teams are another scope and no part of it."),
        _people("flood_departments"), digits=0, opens="resources.force", scope=N_("Flood force of the departments"),
    ),
    Indicator(
        "resources.answered", N_("Contacts that answered"), "%",
        N_("Forces whose contact answered, or was rung, within the days of the rule before the end of the period ÷ "
           "forces in the register then."),
        answered, opens="resources.force",
    ),
)  # fmt: skip

"""责任体系: who is responsible for what; where nobody or two are; what a leader's list still lacks. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from anlan.domains.workplan.rules.asking import time_share
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_

# 三管三必须: 管行业必须管安全、管业务必须管安全、管生产经营必须管安全; beside them who oversees the whole.
ROLES = {
    "industry": N_("In charge of the trade"),
    "business": N_("In charge of the business"),
    "operation": N_("In charge of the operation"),
    "overall": N_("Overall supervision"),
    "joint": N_("Helps"),
}
ONE_ONLY = ("industry", "overall")  # two units in such a role of one matter contradict each other
NEEDED = ("industry",)  # a matter without a unit in such a role is nobody's
KINDS = {"sector": N_("Sector"), "field": N_("Key field"), "node": N_("Key node")}
MEMBER_ROLES = {"lead": N_("Office of the committee"), "vice": N_("Vice lead"), "member": N_("Member")}
# What counts for a line of a leader's list by itself: it is read from rows that acts wrote.
COUNTED = {
    "meeting": N_("Meetings that the leader chaired"),
    "instruction": N_("Instructions that the leader gave"),
    "step": N_("Steps that the leader took"),
}

NO_NAME = reason("workplan.name_missing", N_("Write the name."))
THERE = reason("workplan.already_there", N_("{name} stands there already."))
ENDED = reason("workplan.ended", N_("{name} was ended already."))
BAD_ROLE = reason("workplan.bad_role", N_("There is no role {role}."))
NO_WHY = reason("workplan.no_why", N_("Write why it changes: by which paper."))
SAME_PERSON = reason("workplan.same_liaison", N_("Liaison A and liaison B are two people."))
NOT_OF_UNIT = reason("workplan.not_of_unit", N_("{name} does not belong to {unit}."))
NOT_YOURS = reason(
    "workplan.not_yours", N_("This is kept by the work-plan office, or checked by the unit itself.")
)
NO_LINE = reason("workplan.no_line", N_("Write what was done."))
BAD_TIMES = reason("workplan.bad_times", N_("How often in the year: a number from 1 to 366."))


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a matter: nobody has a role that somebody must have, or two have one that only one may."""

    what: str  # gap | overlap
    role: str
    units: tuple[str, ...] = ()


def findings(shares: Mapping[str, Sequence[str]]) -> list[Finding]:
    """Role → units of one matter; gaps before overlaps."""
    gaps = [Finding("gap", role) for role in NEEDED if not shares.get(role)]
    return gaps + [
        Finding("overlap", role, tuple(shares[role])) for role in ONE_ONLY if len(shares.get(role, ())) > 1
    ]


@dataclass(frozen=True, slots=True)
class LineState:
    """How far a line of a list is: how often it was to be done, and how often it was."""

    wanted: int
    done: int

    @property
    def left(self) -> int:
        return max(self.wanted - self.done, 0)


def lags_behind(state: LineState, *, day: date) -> bool:
    """Whether less of a line was done than the share of the year that has passed asks for, in whole times."""
    return state.done < int(state.wanted * time_share(day.year, day=day) / 100)


def check_role(role: str, known: Mapping[str, str]) -> None:
    if role not in known:
        raise Refused(BAD_ROLE, field="role", role=role)

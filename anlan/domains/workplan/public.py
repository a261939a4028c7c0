"""What neighbours may use of the work plan: the tasks behind a number, who leads them and what they are to reach."""

from anlan.domains.workplan.queries.ahead import Ahead, ahead_of

__all__ = ["Ahead", "ahead_of"]

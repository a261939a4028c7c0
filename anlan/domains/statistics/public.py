"""What surfaces and reports may use of the counted facts, and the rows that the bureau counts by."""

from anlan.domains.statistics.rules.facts import FACTS, Declared, fact_of
from anlan.domains.statistics.rules.relations import RELATIONS
from anlan.domains.statistics.rules.rows import GROUPS, ROWS, Row, rows_of

__all__ = ["FACTS", "GROUPS", "RELATIONS", "ROWS", "Declared", "Row", "fact_of", "rows_of"]

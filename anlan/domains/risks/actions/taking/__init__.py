"""Rows of the bureau's spreadsheets become points, sources and measures: chunk by chunk, idempotent by natural key.

A chunk reads what is there by a handful of statements, compares in memory, and writes what is new by COPY. One
import at a time writes (an advisory lock until the transaction ends), so that two files cannot make one point twice.
"""

from anlan.domains.risks.actions.taking.measures import take_measures
from anlan.domains.risks.actions.taking.points import take_points
from anlan.domains.risks.actions.taking.sources import take_sources

__all__ = ["take_measures", "take_points", "take_sources"]

"""Writes of assessments. Each takes `by` and `at`."""

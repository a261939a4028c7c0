"""Writes of warnings. Each takes `by` and `at`; what may be done is decided in rules/ and in the loops."""

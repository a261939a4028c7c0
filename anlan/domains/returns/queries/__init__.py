"""Reads: what a form says at a time, from the neighbours' own rows."""

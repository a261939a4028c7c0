"""Reads: plans and draws, counts for the numbers, the month of the streets."""

"""Writes: a return is opened, entered on the upper system, read back, its differences settled."""

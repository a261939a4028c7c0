"""Reads: the engine's setup, stored readings, hydrographs, windows, states."""

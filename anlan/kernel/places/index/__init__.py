"""The cell index of the map: rows by the million in NumPy columns, sorted along a Morton curve."""

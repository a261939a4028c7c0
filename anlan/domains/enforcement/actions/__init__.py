"""Writes of enforcement."""

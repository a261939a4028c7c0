"""Decisions about responses: pure, no Django, no clock, no database."""

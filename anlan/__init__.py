"""Anlan 安澜: the emergency-management platform of a county, district or city."""

__version__ = "0.1.0"

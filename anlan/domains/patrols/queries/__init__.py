"""Reads of this domain."""

"""The house's own entry, with the bench's layers on the map."""

from anlan.config.entry import app
from bench.map_ground import register_layers

register_layers()

__all__ = ["app"]

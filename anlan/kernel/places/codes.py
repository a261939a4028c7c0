"""The ledger codes of this room."""

from anlan.kernel.core.words import N_

CODES = {
    "places.regions_loaded": N_("Regions loaded"),
    "places.places_added": N_("Places added"),
}

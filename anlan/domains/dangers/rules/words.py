"""Words: the figures that are entered for a campaign; goods, acts and hands of what is done without leave."""

from anlan.kernel.core.words import N_

ENTERED = {
    "enforcement_visits": N_("Enforcement visits"),
    "cases": N_("Cases opened"),
    "fines": N_("Fines (yuan)"),
}
GOODS = {
    "fireworks": N_("Fireworks"), "fuel": N_("Fuel"), "gas": N_("Bottled gas"),
    "chemicals": N_("Hazardous chemicals"), "other": N_("Other goods"),
}  # fmt: skip
UNLAWFUL = {"make": N_("Made"), "store": N_("Stored"), "carry": N_("Carried"), "sell": N_("Sold")}
HANDED = {
    "police": N_("Police"), "market": N_("Market regulation"), "emergency": N_("Emergency management"),
    "transport": N_("Transport"), "city_order": N_("City management"),
}  # fmt: skip

"""The words of the archive: codes and their labels, in the order in which forms offer them."""

from anlan.kernel.core.words import N_

Choices = tuple[tuple[str, str], ...]

STATUSES: Choices = (
    ("operating", N_("In operation")),
    ("suspended", N_("Suspended")),
    ("closed", N_("Closed down")),
    ("moved", N_("Moved away")),
)
SCALES: Choices = (
    ("micro", N_("Micro")),
    ("small", N_("Small")),
    ("medium", N_("Medium")),
    ("large", N_("Large")),
)
# 七大重点领域, as the seed plan lists them.
FIELDS: Choices = (
    ("transport", N_("Road transport")),
    ("construction", N_("Construction")),
    ("industry", N_("Industry and mining")),
    ("fire", N_("Fire safety")),
    ("hazchem", N_("Hazardous chemicals")),
    ("special_equipment", N_("Special equipment")),
    ("tourism", N_("Tourism")),
)
COLOURS: Choices = (("green", N_("Green tag")), ("yellow", N_("Yellow tag")), ("red", N_("Red tag")))
GRADES: Choices = (
    ("A", N_("Class A")),
    ("B", N_("Class B")),
    ("C", N_("Class C")),
    ("D", N_("Class D")),
)
ROLES: Choices = (
    ("principal", N_("Principal")),
    ("controller", N_("Actual controller")),
    ("safety_manager", N_("Safety manager of the firm")),
    ("key_post", N_("Key post")),
    ("guarantor_principal", N_("Guarantor: principal")),
    ("guarantor_technical", N_("Guarantor: technical")),
    ("guarantor_operating", N_("Guarantor: operating")),
)
# What a firm is (a hazard in it) …
HAZARD_TAGS: Choices = (
    ("dust", N_("Explosive dust")),
    ("confined_space", N_("Confined space")),
    ("ammonia", N_("Ammonia refrigeration")),
    ("smelting", N_("Metal smelting")),
    ("plating", N_("Electroplating")),
    ("lithium", N_("Lithium batteries")),
    ("hazchem", N_("Hazardous chemicals")),
    ("fine_chemical", N_("Fine chemicals")),
    ("key_process", N_("Key regulated process")),
    ("tailings", N_("Tailings pond")),
    ("multi_tenant", N_("Multi-tenant factory")),
    ("park", N_("Industrial park")),
    ("spraying", N_("Spraying and coating")),
    ("deep_well", N_("Deep-well casting")),
    ("cold_store", N_("Cold store")),
)
# … and on which lists it stands.
LIST_TAGS: Choices = (
    ("key_enterprise", N_("Key enterprise")),
    ("scattered_poor", N_("Scattered, disorderly and poor")),
    ("unregistered", N_("Unregistered")),
    ("phase_out", N_("To be phased out")),
    ("classified_rectify", N_("Classified rectification")),
    ("small_project", N_("Small scattered works")),
    ("dual_pilot", N_("Pilot of dual prevention")),
)
# The lists of special campaigns are rows of the rules (enterprises.campaign_tags): see queries/tags.py.
TAGS: Choices = (*HAZARD_TAGS, *LIST_TAGS)
FACILITIES: Choices = (
    ("process", N_("Process")),
    ("confined_space", N_("Confined space")),
    ("dust", N_("Dust area")),
    ("ammonia", N_("Ammonia system")),
    ("smelting", N_("Furnace")),
    ("plating", N_("Plating line")),
    ("lithium", N_("Lithium battery store or line")),
    ("spraying", N_("Spray booth")),
    ("tailings", N_("Tailings pond")),
    ("deep_well", N_("Deep-well casting machine")),
    ("cold_store", N_("Cold store")),
)
# The facts that a facility of a kind is asked for: code, label, unit.
FACILITY_FACTS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "process": (("kind", N_("Process"), ""), ("automated", N_("Automatic control"), "")),
    "confined_space": (
        ("where", N_("Kind of space"), ""),
        ("danger", N_("Main danger inside"), ""),
        ("sign", N_("Warning sign put up"), ""),
    ),
    "dust": (
        ("dust", N_("Kind of dust"), ""),
        ("workers", N_("Workers in the dust area"), N_("persons")),
        ("collector", N_("Dust collector"), ""),
    ),
    "ammonia": (("quantity_t", N_("Ammonia in the system"), "t"), ("cooling", N_("Way of cooling"), "")),
    "smelting": (("metal", N_("Metal"), ""), ("capacity_t", N_("Capacity of the furnace"), "t")),
    "plating": (("lines", N_("Lines"), ""), ("cyanide", N_("Uses cyanide"), "")),
    "lithium": (("capacity_kwh", N_("Most stored"), "kWh"),),
    "spraying": (("paint", N_("Paint"), ""), ("booths", N_("Booths"), "")),
    "tailings": (("height_m", N_("Height of the dam"), "m"), ("volume", N_("Volume"), "10⁴ m³")),
    "deep_well": (("wells", N_("Wells"), ""),),
    "cold_store": (("area_m2", N_("Floor area"), "m²"), ("refrigerant", N_("Refrigerant"), "")),
}
STANDARD_GRADES: Choices = (
    ("1", N_("Grade one")),
    ("2", N_("Grade two")),
    ("3", N_("Grade three")),
    ("small", N_("Small and micro firm")),
)
HAZARD_GRADES: Choices = (
    ("none", N_("Below the critical quantity")),
    ("1", N_("Major hazard installation, level one")),
    ("2", N_("Major hazard installation, level two")),
    ("3", N_("Major hazard installation, level three")),
    ("4", N_("Major hazard installation, level four")),
    ("unknown", N_("Cannot be computed")),
)
UNIT_KINDS: Choices = (("production", N_("Production unit")), ("storage", N_("Storage unit")))
PLAN_KINDS: Choices = (
    ("comprehensive", N_("Comprehensive plan")),
    ("special", N_("Special plan")),
    ("site", N_("On-site handling plan")),
)
# What a filing is made of (practice of counties; the region's list is the rule enterprises.filing_papers).
PAPERS: Choices = (
    ("application", N_("Filing form")),
    ("review", N_("Opinion of the review")),
    ("plan", N_("Text of the plan")),
    ("risk_assessment", N_("Risk assessment report")),
    ("resource_survey", N_("Survey of emergency resources")),
)
LEVELS: Choices = (
    ("principal", N_("Principal")),
    ("workshop", N_("Workshop or team")),
    ("key_post", N_("Key post")),
)
RHYTHMS: Choices = (("day", N_("Every day")), ("week", N_("Every week")), ("month", N_("Every month")))
SOURCES: Choices = (
    ("business_register", N_("Business register")),
    ("power", N_("Power customers")),
    ("patrol", N_("Patrol list")),
    ("other", N_("Another list")),
)
VERDICTS: Choices = (
    ("matched", N_("Matched")),
    ("doubtful", N_("Doubtful")),
    ("missing", N_("Not in the archive")),
    ("unlisted", N_("On none of the lists")),
)
SETTLED: Choices = (
    ("matched", N_("Is the firm named")),
    ("registered", N_("Taken into the archive")),
    ("unregistered", N_("Works without registration")),
    ("scattered_poor", N_("Scattered, disorderly and poor")),
    ("gone", N_("No longer there")),
    ("not_a_firm", N_("Is no firm")),
)
# What a person says of a firm of the archive that no list shows.
SETTLED_UNLISTED: Choices = (
    ("there", N_("Is there all the same")),
    ("closed", N_("Closed down")),
    ("moved", N_("Moved away")),
)
EVERY_SETTLED: Choices = (*SETTLED, *SETTLED_UNLISTED)
HELD: Choices = (
    ("forbid", N_("Forbidden here")),
    ("restrict", N_("Restricted here")),
    ("control", N_("Controlled here")),
)
SECTIONS: Choices = (
    ("uscc", N_("Credit code")),
    ("sector", N_("Sector")),
    ("scale", N_("Scale and staff")),
    ("site", N_("Site with position")),
    ("principal", N_("Principal")),
    ("controller", N_("Actual controller")),
    ("safety_manager", N_("Safety manager of the firm")),
    ("posts", N_("Self-check posts")),
    ("units", N_("Units with substances")),
    ("people_500m", N_("Persons within 500 m")),
    ("facilities", N_("Facilities of each hazard")),
    ("leases", N_("Leaseholders")),
)


def label(choices: Choices, code: str) -> str:
    """The English label of a code, for gettext; an unknown code stays itself."""
    return dict(choices).get(code, code)

"""Words of the register of accidents: types, sectors, grades, outcomes."""

from anlan.kernel.core.words import N_

# GB 6441-2025: 27 types. The standard's own codes (WSA…) were not seen, so none is invented here: the words are ours.
TYPES = {
    "struck": N_("Struck by an object"),
    "site_vehicle": N_("Vehicle inside a plant or site"),
    "road_vehicle": N_("Vehicle on road or rail"),
    "machine": N_("Machine"),
    "lifting": N_("Lifting gear"),
    "electric": N_("Electric shock"),
    "drowning": N_("Drowning"),
    "burn": N_("Burn or scald"),
    "fire": N_("Fire"),
    "fall_height": N_("Fall from height"),
    "fall_level": N_("Fall on the level"),
    "collapse": N_("Collapse"),
    "water": N_("Inrush of water"),
    "vessel": N_("Explosion of a vessel"),
    "pipe": N_("Explosion of a pipe"),
    "gas": N_("Explosion of combustible gas"),
    "vapour": N_("Explosion of vapour of a liquid"),
    "dust": N_("Explosion of dust"),
    "explosives": N_("Explosion of civil explosives"),
    "fireworks": N_("Explosion of fireworks"),
    "solid": N_("Explosion of another combustible solid"),
    "melt": N_("Explosion of hot melt"),
    "poisoning": N_("Poisoning (type of accident)"),
    "suffocation": N_("Suffocation"),
    "slide": N_("Slide of a slope"),
    "leak": N_("Leak"),
    "other": N_("Other type"),
}
# GB/T 4754: the twenty divisions.
SECTORS = {
    "A": N_("Farming, forestry, fishing"),
    "B": N_("Mining"),
    "C": N_("Manufacturing"),
    "D": N_("Power, heat, gas and water supply"),
    "E": N_("Building industry"),
    "F": N_("Wholesale and retail"),
    "G": N_("Transport, storage and post"),
    "H": N_("Hotels and restaurants"),
    "I": N_("Information and software"),
    "J": N_("Finance"),
    "K": N_("Real estate"),
    "L": N_("Leasing and business services"),
    "M": N_("Research and technical services"),
    "N": N_("Water, environment and public facilities"),
    "O": N_("Household and repair services"),
    "P": N_("Education"),
    "Q": N_("Health and social work"),
    "R": N_("Culture, sports and entertainment"),
    "S": N_("Public administration"),
    "T": N_("International organisations"),
}
GRADES = {
    "none": N_("Below all grades"),
    "ordinary": N_("Ordinary (grade)"),
    "serious": N_("Serious (grade)"),
    "major": N_("Major (grade)"),
    "exceptional": N_("Exceptional (grade)"),
}
RANK = tuple(GRADES)
# As they stand in what is written about units, which the bureau keeps in Chinese.
GRADES_SAID = {
    "none": "未达等级", "ordinary": "一般", "serious": "较大", "major": "重大", "exceptional": "特别重大",
}  # fmt: skip
DETERMINATIONS = {
    "filed": N_("Filed, preliminary"),
    "determined": N_("Determined"),
    "written_off": N_("Written off"),
}
OUTCOMES = {
    "dead": N_("Dead"),
    "missing": N_("Missing"),
    "badly_hurt": N_("Badly hurt"),
    "hurt": N_("Slightly hurt"),
    "recovered": N_("Recovered"),
}
RESULTS = {"done": N_("Carried out"), "part": N_("Carried out in part"), "not": N_("Not carried out")}
DUES = {
    "investigate": N_("Investigation report"),
    "reply": N_("Reply"),
    "evaluate": N_("Evaluation of rectification"),
}
COUNTS = ("dead", "missing", "badly_hurt", "hurt")
FIGURES = (*COUNTS, "loss_yuan")
SHORT_CLOCK = ("road_vehicle", "fire")  # 493号令 art. 13: seven days instead of thirty

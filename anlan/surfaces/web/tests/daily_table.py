"""The addresses of the daily work against the eight people of test_who_sees_what."""

STAFF = {"owner", "colleague", "outsider"}
PERSONS = STAFF | {"manager"}
FIRM = {"owner", "colleague", "manager"}

DAILY: dict[str, tuple[tuple[str, ...], set[str]]] = {
    "firm_registers": ((), PERSONS),
    "firm_register": (("=licence",), PERSONS),
    "line_end": (("=licence", ""), set()),
    "hazchem": ((), PERSONS),
    "installations": ((), PERSONS),
    "installation": (("",), set()),
    "principals_led": ((), PERSONS),
    "danger_projects": ((), PERSONS),
    "danger_early": ((), PERSONS),
    "crackdown": ((), STAFF),
    "danger_scheme": (("danger",), FIRM),
    "campaign_task": (("",), set()),
    "campaign_month": (("",), set()),
    "campaign_figure": (("",), set()),
    "risk_bases": ((), STAFF),
    "risk_new": ((), PERSONS),
    "risk_plates": ((), PERSONS),
    "risk_edit": (("risk", "=source"), FIRM),
    "risk_end": (("risk", "=point", "risk"), FIRM),
    "officers": ((), STAFF),
    "knowledge": ((), STAFF),
    "knowledge_links": ((), set()),
    "knowledge_ask": ((), set()),
    "knowledge_laws": ((), STAFF),
    "knowledge_cases": ((), STAFF),
    "knowledge_case_new": ((), {"colleague"}),
    "knowledge_law": (("=aqscf",), STAFF),
    "officer": (("person",), {"owner", "colleague"}),  # a patroller of the harbour street
    "officer_me": ((), STAFF),
    "officer_training": ((), STAFF),
    "course_strike": (("person", ""), set()),
    "duty_ledgers": ((), PERSONS),
    "duty_ledger": (("firm",), FIRM),
    "contractor_board": ((), PERSONS),
    "contractor_guide": ((), PERSONS),
    "contractor_fixtures": ((), PERSONS),
    "incident_board": (("",), set()),
    "incident_around": (("", "=firms"), set()),
    "incident_act": (("", "=judge"), set()),
    "datasets": ((), STAFF),
    "dataset": (("=orgs.duty",), STAFF),
    "forces": ((), STAFF),
    "force": (("",), set()),
    "force_new": ((), set()),  # of the keepers of the register: test_resources.py
    "force_edit": (("",), set()),
    "force_act": (("", "=ask"), set()),
}

"""The words of enforcement: kinds of checks, penalties, tiers, measures. Code → English text for catalogues."""

from anlan.kernel.core.words import N_

CHECK_KINDS = {
    "key": N_("Key check of the plan"),
    "general": N_("General check of the plan"),
    "random": N_("Random check"),
    "campaign": N_("Campaign check"),
    "complaint": N_("After a complaint"),
    "recheck": N_("Recheck by officers"),
    "unannounced": N_("Unannounced check"),
    "full": N_("Full examination"),
}
LINE_KINDS = {"key": N_("Key check"), "general": N_("General check")}
# Whether the firm's own control of risks and dangers was found to run (双重预防): part of every check.
PREVENTION = {
    "": N_("Not looked at"),
    "runs": N_("It runs"),
    "paper": N_("On paper only"),
    "none": N_("There is none"),
}
SIGNS = {"": N_("Nobody signed"), "signed": N_("Signed"), "refused": N_("Signature refused")}
PENALTY_KINDS = {
    "warning": N_("Warning"),
    "fine": N_("Fine of money"),
    "confiscation": N_("Confiscation"),
    "suspension": N_("Suspension of production"),
    "licence": N_("Licence taken away"),
}
MONEY = ("fine", "confiscation")
RESPONDENTS = {"unit": N_("Firm"), "person": N_("A person")}
TIERS = {
    "none": N_("No penalty"),
    "reduced": N_("Below the range"),
    "mild": N_("Mild"),
    "ordinary": N_("Ordinary tier"),
    "severe": N_("Severe"),
}
HEARINGS = {"": N_("Not asked for"), "waived": N_("Waived in writing"), "held": N_("Held")}
MEASURE_KINDS = {
    "on_site": N_("On-site measure: people out, use stopped"),
    "suspension": N_("Production stopped"),
    "seal": N_("Sealed up"),
    "seizure": N_("Seized"),
}
EXECUTIONS = {"paid": N_("Paid"), "court": N_("Enforced by the court"), "done": N_("Carried out")}
# As they stand in what is written about units, which the bureau keeps in Chinese.
PENALTIES_SAID = {
    "warning": "警告", "fine": "罚款", "confiscation": "没收", "suspension": "责令停产停业", "licence": "吊销许可证件",
}  # fmt: skip
MEASURES_SAID = {"on_site": "现场处理措施", "suspension": "责令停产停业", "seal": "查封", "seizure": "扣押"}

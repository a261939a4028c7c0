"""The ledger codes of this room."""

from anlan.kernel.core.words import N_

CODES = {
    "orgs.organisation_added": N_("Organisation added"),
    "orgs.people_added": N_("People added"),
    "orgs.duty_granted": N_("Duty granted"),
    "orgs.duty_ended": N_("Duty ended"),
    "orgs.absence_noted": N_("Absence noted"),
    "orgs.link_made": N_("Sign-in link made"),
    "orgs.link_used": N_("Signed in by link"),
    "orgs.pin_set": N_("PIN set"),
    "orgs.seat_enrolled": N_("Watch seat enrolled"),
    "orgs.phone_revealed": N_("Phone number revealed"),
    "orgs.signed_in": N_("Signed in"),
    "orgs.act_at_seat": N_("Acted at a watch seat"),
    "orgs.administrator_made": N_("Administrator made: {role}"),
    "orgs.account_locked": N_("Account locked"),
    "orgs.account_unlocked": N_("Account unlocked"),
    "orgs.seat_revoked": N_("Watch seat revoked"),
    "orgs.duty_kinds_loaded": N_("Kinds of duty loaded"),
}

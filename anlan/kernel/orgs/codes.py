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
}

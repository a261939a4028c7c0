"""What messaging writes into the ledger."""

from anlan.kernel.core.words import N_

SENT = "messaging.sent"
SEEN = "messaging.seen"
ANSWERED = "messaging.answered"
CLOSED = "messaging.closed"
EXPIRED = "messaging.expired"
RUNG = "messaging.rung_by_hand"
ANNOUNCED = "messaging.announced"

CODES = {
    SENT: N_("Messages sent"),
    SEEN: N_("Message opened"),
    ANSWERED: N_("Message answered"),
    CLOSED: N_("Messages closed"),
    EXPIRED: N_("Messages ended without an answer"),
    RUNG: N_("Person rung by the officer"),
    ANNOUNCED: N_("Announcement posted to a group"),
}

"""The simulator: in an exercise it stands in for every channel that leaves the house, and records what would leave."""

from collections.abc import Sequence

from anlan.kernel.messaging import rules
from anlan.kernel.messaging.channels.base import Config, Outcome, Parcel
from anlan.kernel.orgs.models import Person


class DrillChannel:
    batch = 1000

    def __init__(self, config: Config) -> None:
        pass

    def address_of(self, person: Person) -> str:
        """Somebody without a number is unreached in a drill too; that is what drills are for."""
        return str(person.phone)

    def send(self, parcels: Sequence[Parcel]) -> list[Outcome]:
        return [Outcome(rules.ACCEPTED, provider_ref=f"drill-{parcel.key}") for parcel in parcels]

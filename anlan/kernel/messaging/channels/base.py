"""What a channel is: it takes parcels, tries to hand each over, and says of each how that went."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from anlan.kernel.messaging import rules
from anlan.kernel.orgs.models import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One message on its way to one address. `key` stays the same when a try is repeated after a crash."""

    key: str
    to: str
    text: str
    title: str = ""
    urgency: int = 1
    answers: tuple[str, ...] = ()
    link: str = ""
    person_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one try went: rules.ACCEPTED, ARRIVED, TRY_AGAIN, NEVER or ABSENT; `detail` is for a person to read."""

    verdict: str
    provider_ref: str = ""
    detail: str = ""


class Channel(Protocol):
    """A configured channel. `send` may be called again with a key it has already handed over."""

    batch: int  # parcels a call

    def address_of(self, person: Person) -> str:
        """Where this channel finds the person; "" = nowhere."""
        ...

    def send(self, parcels: Sequence[Parcel]) -> list[Outcome]:
        """One outcome a parcel, in order. Never raises for what a gateway does."""
        ...


Config = Mapping[str, object]
Builder = Callable[[Config], Channel]


class Absent:
    """A channel that nobody has set up: each delivery says so, instead of waiting for ever."""

    batch = 500

    def __init__(self, why: str) -> None:
        self.why = why

    def address_of(self, person: Person) -> str:
        return "-"

    def send(self, parcels: Sequence[Parcel]) -> list[Outcome]:
        return [Outcome(rules.ABSENT, detail=self.why) for _ in parcels]


def one_by_one(
    parcels: Sequence[Parcel], hand_over: Callable[[Parcel], Outcome], *, lines: int = 1
) -> list[Outcome]:
    """Hand parcels over on so many lines at once; what raises is a try that failed, never the end of the batch."""

    def safely(parcel: Parcel) -> Outcome:
        try:
            return hand_over(parcel)
        except Exception as failure:  # whatever a gateway or a network does, the next person is rung
            return Outcome(rules.TRY_AGAIN, detail=describe(failure))

    if lines <= 1 or len(parcels) <= 1:
        return [safely(parcel) for parcel in parcels]
    with ThreadPoolExecutor(min(lines, len(parcels))) as pool:
        return list(pool.map(safely, parcels))


def describe(failure: Exception) -> str:
    """A failure in one line, without addresses of people."""
    return f"{type(failure).__name__}: {failure}"[:300]


def text_of(config: Config, name: str, default: str | None = None) -> str:
    """A text setting. Raises ValueError naming the one that is missing."""
    value = config.get(name, default)
    if value is None:
        raise ValueError(f"{config.get('kind')}: the setting “{name}” is missing")
    return str(value)


def number_of(config: Config, name: str, default: float) -> float:
    """A number setting. Raises ValueError naming the one that is no number."""
    value = config.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{config.get('kind')}: the setting “{name}” must be a number")  # noqa: TRY004 - a wrong setting
    return float(value)


def chunks(parcels: Sequence[Parcel], size: int) -> Iterator[Sequence[Parcel]]:
    """Parcels in lots of `size`."""
    for start in range(0, len(parcels), size):
        yield parcels[start : start + size]

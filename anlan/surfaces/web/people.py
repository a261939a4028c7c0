"""Who is at the screen: the signed-in person, and at a watch seat the person whose PIN an act carried."""

from functools import wraps
from typing import Any, Protocol
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase

from anlan.kernel.core import clock
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.orgs.actions import check_pin, seat_of
from anlan.kernel.orgs.models import Duty, Person, WatchSeat
from anlan.kernel.orgs.queries import in_force

SEAT_COOKIE = "anlan_seat"
NO_PERSON = reason(
    "web.no_person",
    N_("This account belongs to no person, so it cannot act. Ask the security administrator."),
)
WHO = reason("web.who_acts", N_("Choose who you are and give your PIN: this screen is shared."))
TOO_MANY = reason("web.too_many_pins", N_("Too many wrong PINs for this person. Wait {minutes} minutes."))
PIN_TRIES, PIN_MINUTES = 5, 10


class View(Protocol):
    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase: ...


def person_of(request: HttpRequest) -> Person | None:
    """The person of the signed-in account, read once; None for an administrator's account or a stranger."""
    if not hasattr(request, "_anlan_person"):
        user = request.user
        rows = Person.objects.select_related("organisation", "account")
        found = rows.filter(account_id=user.pk).first() if user.is_authenticated else None
        request._anlan_person = found  # type: ignore[attr-defined]
    return request._anlan_person  # type: ignore[attr-defined,no-any-return]


def seat_at(request: HttpRequest) -> WatchSeat | None:
    """The watch seat this browser is enrolled as, read once."""
    if not hasattr(request, "_anlan_seat"):
        token = request.COOKIES.get(SEAT_COOKIE, "")
        request._anlan_seat = _seat(token) if token else None  # type: ignore[attr-defined]
    return request._anlan_seat  # type: ignore[attr-defined,no-any-return]


def _seat(token: str) -> WatchSeat | None:
    try:
        return seat_of(token=token)
    except Refused:
        return None


def author_of(request: HttpRequest) -> Person:
    """The person who makes this act: at a watch seat whose PIN the form carried, elsewhere who signed in."""
    if seat_at(request) is None:
        person = person_of(request)
        if person is None:
            raise Refused(NO_PERSON)
        return person
    return _by_pin(request.POST.get("acting_person", ""), request.POST.get("pin", ""))


def _by_pin(person_id: str, pin: str) -> Person:
    person = _able().filter(pk=person_id).first() if _is_uuid(person_id) else None
    if person is None or not pin:
        raise Refused(WHO, field="pin")
    key = f"pin-tries:{person.pk}"
    # Counted in the shared cache, so that two server processes do not give two times five tries.
    if int(cache.get(key, 0)) >= PIN_TRIES:
        raise Refused(TOO_MANY, field="pin", minutes=PIN_MINUTES)
    try:
        check_pin(person=person, pin=pin)
    except Refused:
        cache.add(key, 0, PIN_MINUTES * 60)
        cache.incr(key)
        raise
    cache.delete(key)
    return person


def _able() -> QuerySet[Person]:
    """Those who can act: a person whose account was locked is kept out at the watch seat too."""
    return Person.objects.filter(active=True).exclude(account__is_active=False)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def people_only(view: View) -> View:
    """A page of the bureau: signed in, and a person. An administrator's account has no business pages."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if person_of(request) is None:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def sitters_of(request: HttpRequest) -> list[Person] | None:
    """Those who may act at this browser's watch seat: holders of a watch duty in its region; None without a seat."""
    seat = seat_at(request)
    if seat is None:
        return None
    duties = Duty.objects.filter(in_force(clock.real_now()), kind__watch=True, region_id=seat.region_id)
    people = _able().filter(duties__in=duties).exclude(pin="")
    return list(people.distinct().order_by("name"))

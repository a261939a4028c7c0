"""Who holds the phone: a signed-in person, or an answer in JSON that says what to do."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _

from anlan.kernel.core.errors import Refused
from anlan.kernel.orgs.models import Person

FieldView = Callable[..., HttpResponseBase]


def person_of(request: HttpRequest) -> Person | None:
    """The person of the session's account; None for a stranger, an administrator and a locked person."""
    if not request.user.is_authenticated:
        return None
    rows = Person.objects.select_related("organisation").filter(active=True)
    return rows.filter(account_id=request.user.pk).first()


def carrier_only(view: FieldView) -> FieldView:
    """A door for people: the view gets the person. 401 keeps the queue on the phone and asks to sign in."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        person = person_of(request)
        if person is None:
            said = _("Sign in again. What waits on this phone is kept and will be sent afterwards.")
            return JsonResponse({"code": "field.sign_in", "error": said}, status=401)
        return view(request, *args, person=person, **kwargs)

    return guarded


def refused(refusal: Refused, *, status: int = 422, **more: object) -> JsonResponse:
    """A refusal in JSON: its code, the field at fault, and what to do."""
    said = {"code": refusal.code, "field": refusal.field, "error": str(refusal)}
    return JsonResponse(said | more, status=status)


def name_of(by: str) -> str:
    """The name of an author for a person to read."""
    kind, _colon, pk = by.partition(":")
    found = Person.objects.filter(pk=pk).first() if kind == "person" else None
    return found.name if found else by

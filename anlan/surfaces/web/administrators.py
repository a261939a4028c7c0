"""The three administrators (三员): each has its own pages, and everybody else's are not there."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache

from anlan.surfaces.web.people import View

HOMES = {"system": "web:seats", "security": "web:people", "audit": "web:ledger"}


def administrator_only(role: str) -> Callable[[View], View]:
    """A page of one administrator; for anybody else who is signed in there is no such page."""

    def guard(view: View) -> View:
        @login_required
        @never_cache
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if role_of(request) != role:
                raise Http404
            return view(request, *args, **kwargs)

        return guarded

    return guard


def role_of(request: HttpRequest) -> str:
    """The administrator's role of the signed-in account, "" for everybody else."""
    return str(getattr(request.user, "admin_role", ""))


def by_of(request: HttpRequest) -> str:
    """The administrator as the author of an act: `account:<id>`."""
    return f"account:{request.user.pk}"

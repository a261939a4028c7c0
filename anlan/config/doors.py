"""The doors of sign-in: nobody signs himself up, and wrong tries are logged under the name that was tried."""

from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest


class ClosedDoor(DefaultAccountAdapter):
    """Accounts are opened by the system administrator, never by a visitor."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Wrong passwords are counted by axes, for a name at an address.

        allauth would count by name alone: a stranger could keep a duty officer out from anywhere.
        """


class ClosedSocialDoor(DefaultSocialAccountAdapter):
    """OIDC signs in accounts that exist and were linked; it opens none."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False


def login_tried(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str:
    """The login name of a try, lower case, "" when none.

    allauth passes it as `username` in the credentials while the form field is called `login`; the stock lookup of
    axes by one field name finds it in one place and logs nobody in the other.
    """
    given = credentials or {}
    form = request.POST
    name = given.get("username") or given.get("login") or form.get("login") or form.get("username") or ""
    return str(name).strip().lower()

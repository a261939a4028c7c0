"""What the tests of firms' pages share: a browser of somebody, and what an answer says."""

from django.test import Client

from anlan.kernel.orgs.models import Account

PHONE = "15400000088"


def browser(account: Account | None = None) -> Client:
    client = Client(headers={"accept-language": "en"})
    if account is not None:
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]

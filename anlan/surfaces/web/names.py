"""The names behind the authors and regions of rows, read in bulk: a list never asks once a row."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from anlan.kernel.core.words import N_
from anlan.kernel.orgs.models import Account, Person

SERVICES = {
    "sweep": N_("Platform: clock"),
    "stream": N_("Platform: rule engine"),
    "weather": N_("Weather office (simulated)"),
    "demo": N_("Exercise control"),
    "terminal": N_("Terminal of the server"),
    "rulesets": N_("Platform: shipped rules"),
    "housekeeping": N_("Platform: housekeeping"),
}


def shown(row: Any) -> str:
    """The name of a region, an organisation or a station in the reader's language; its Chinese name where it has no
    other. What is no such row is shown as it is."""
    if row is None or isinstance(row, str):
        return row or ""
    name = row.get("name", "") if isinstance(row, dict) else getattr(row, "name", "") or str(row)
    if not (get_language() or "zh").startswith("en"):
        return str(name)
    other = row.get("name_en", "") if isinstance(row, dict) else getattr(row, "name_en", "")
    return str(other or name)


def author_names(authors: Iterable[str]) -> dict[str, str]:
    """`person:<id>` → name and title; `service:<name>` → what the service is called."""
    wanted = {author for author in authors if author}
    ids = {author: UUID(author.partition(":")[2]) for author in wanted if author.startswith("person:")}
    people = {p.pk: p for p in Person.objects.filter(pk__in=ids.values()).only("name", "title")}
    found = {author: _service(author) for author in wanted - ids.keys()} | _administrators(wanted)
    for author, key in ids.items():
        person = people.get(key)
        found[author] = f"{person.name} {person.title}".strip() if person else _("unknown person")
    return found


def _administrators(wanted: set[str]) -> dict[str, str]:
    """`account:<id>` → the sign-in name: an administrator is no person of the bureau."""
    keys = [author.partition(":")[2] for author in wanted if author.startswith("account:")]
    rows = Account.objects.filter(pk__in=keys).values_list("pk", "login") if keys else ()
    return {f"account:{pk}": _("Administrator {login}").format(login=login) for pk, login in rows}


def _service(author: str) -> str:
    name = author.partition(":")[2]
    known = SERVICES.get(name)
    return _(known) if known else _("Platform ({name})").format(name=name or author)

"""Tags in words: hazards and lists are the house's own, campaigns are rows of the rules."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from anlan.domains.enterprises.rules import words
from anlan.kernel.core import rulesets


def campaigns(*, region: str, at: datetime, running: bool = False) -> words.Choices:
    """The tags of special campaigns in force in a region, in the reader's language; `running`: only those not over."""
    rows = rulesets.value_of("enterprises.campaign_tags", region=region, at=at)
    column = "name_en" if (get_language() or "").startswith("en") else "name"
    return tuple(
        (str(row["code"]), str(row.get(column) or row["name"]))
        for row in rows
        if not running or row.get("running", True)
    )


def choices(*, region: str, at: datetime, running: bool = False) -> words.Choices:
    """Every tag with its name: what a firm is, on which lists it stands, which campaigns it belongs to."""
    own = tuple((code, _(label)) for code, label in words.TAGS)
    return (*own, *campaigns(region=region, at=at, running=running))


def named(codes: Iterable[str], *, region: str, at: datetime) -> dict[str, str]:
    """Tag → its name; a tag that no row knows any more shows itself."""
    known = dict(choices(region=region, at=at))
    return {code: known.get(code, code) for code in codes}

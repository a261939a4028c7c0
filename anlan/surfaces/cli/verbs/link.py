"""`anlan link`: a one-time link for somebody who can't come in."""

import contextlib
from uuid import UUID

import click
from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from anlan.kernel.core import clock, keys
from anlan.kernel.orgs.actions import make_sign_in_link
from anlan.kernel.orgs.models import Person
from anlan.surfaces.cli.tables import BY


@click.command(name="link")
@click.argument("person")
@click.option(
    "--minutes",
    type=click.IntRange(1, 7 * 24 * 60),
    default=120,
    show_default=True,
    help="How long it opens.",
)
def command(person: str, minutes: int) -> None:
    """Print a link that signs PERSON in once. PERSON is an id, a phone number or a whole name."""
    found = _found(person.strip())
    if not found:
        raise click.ClickException(
            _("Nobody here has this id, phone number or name: {given}").format(given=person)
        )
    if len(found) > 1:
        named = "\n".join(f"  {one.pk}  {one.name} {one.title}  {one.organisation}" for one in found)
        raise click.ClickException(_("Several people fit; give the id of one:") + "\n" + named)
    token = make_sign_in_link(person=found[0], by=BY, at=clock.real_now(), minutes=minutes)
    click.echo(f"{found[0].name} {found[0].title}  {settings.ANLAN_PUBLIC_URL}/in/{token}/")


def _found(given: str) -> list[Person]:
    wanted = Q(name=given) | Q(phone_index=keys.hmac_index(given))
    with contextlib.suppress(ValueError):
        wanted = Q(pk=UUID(given))
    rows = Person.objects.filter(wanted, active=True).select_related("organisation").order_by("name", "pk")
    return list(rows[:20])

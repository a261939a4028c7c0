"""The campaign of an address, for those whose regions it covers."""

from uuid import UUID

from django.http import Http404, HttpRequest

from anlan.domains.dangers.models import Campaign
from anlan.domains.dangers.queries import visible_campaigns
from anlan.kernel.orgs.models import Person
from anlan.surfaces.web.pages.dangers import who
from anlan.surfaces.web.worlds import World


def campaign_for(request: HttpRequest, pk: UUID) -> tuple[Campaign, Person, World]:
    """Fetch and authorise; what is not yours is not there."""
    person, world = who(request)
    row = visible_campaigns(person, at=world.seen_at, exercise_id=world.exercise_id).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row, person, world

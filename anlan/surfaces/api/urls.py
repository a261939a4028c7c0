"""Paths of the api surface: one API, its description at `/api/openapi.json`, readable at `/api/docs`."""

from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path
from ninja import NinjaAPI

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.models import Exercise
from anlan.kernel.core.words import N_
from anlan.surfaces.api import feeds
from anlan.surfaces.api.messaging import router as messaging
from anlan.surfaces.api.records import router as records

api = NinjaAPI(title="Anlan 安澜", version="1", docs_url=None)

NO_WORLD = reason("api.no_world", N_("There is no such exercise. Leave exercise_id out for the real world."))
NOT_KEPT = reason(
    "api.not_kept",
    N_("Something given can't be kept: a zero character, half a character, or a number out of range."),
)

# What a refusal means over HTTP: not there (or not yours), somebody was faster; anything else is the input's.
_STATUS = {
    "loop.not_found": 404,
    "domain.unknown": 404,
    "indicators.unknown": 404,
    "orgs.region_not_yours": 404,
    "api.no_world": 404,
    "loop.changed": 409,
    "loop.not_yours": 403,
    "api.not_a_sender": 403,
}


@api.exception_handler(Refused)
def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """A refusal says its code for machines and its sentence for people, with the field at fault."""
    said = {"code": refusal.code, "detail": str(refusal), "field": refusal.field}
    return api.create_response(request, said, status=_STATUS.get(refusal.code, 422))


@api.exception_handler(Exercise.DoesNotExist)
def no_world(request: HttpRequest, problem: Exercise.DoesNotExist) -> HttpResponse:
    """An `exercise_id` of no exercise."""
    del problem
    return refused(request, Refused(NO_WORLD, field="exercise_id"))


@api.exception_handler(DataError)
@api.exception_handler(UnicodeEncodeError)
def not_to_be_kept(request: HttpRequest, problem: Exception) -> HttpResponse:
    """Text with a zero character or half a character, a number or a time beyond what the database holds."""
    del problem
    return refused(request, Refused(NOT_KEPT))


api.add_router("/messaging", messaging)
api.add_router("/", feeds.router)
api.add_router("/", records)

urlpatterns: list[URLPattern | URLResolver] = [
    path("cap/feed", feeds.feed, name="cap-feed"),
    path("cap/<str:identifier>.xml", feeds.message, name="cap-message"),
    path("", api.urls),
]

"""Which surface answers under which path. `/live/` is answered by the entry in asyncio and never comes here."""

from django.urls import include, path

from anlan.surfaces.live.health import health

urlpatterns = [
    path("health", health),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("field/", include("anlan.surfaces.field.urls")),
    path("api/stream/", include("anlan.surfaces.stream.urls")),
    path("api/", include("anlan.surfaces.api.urls")),
    path("", include("anlan.surfaces.web.urls")),
]

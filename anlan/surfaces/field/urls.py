"""Mounted under /field/: the shell of the app, its service worker, and the door of its data."""

from django.urls import path

from anlan.surfaces.field import acts, day, photo, shell, signin

app_name = "field"
urlpatterns = [
    path("", shell.page, name="app"),
    path("sw.js", shell.worker, name="worker"),
    path("manifest.webmanifest", shell.manifest, name="manifest"),
    path("in/<str:token>/", signin.link, name="in"),
    path("p/<str:plate>/", shell.plate, name="plate"),
    path("api/day", day.day, name="day"),
    path("api/acts", acts.take, name="acts"),
    path("api/photo/<str:sm3>", photo.photo, name="photo"),
    path("api/phone", signin.phone, name="phone"),
]

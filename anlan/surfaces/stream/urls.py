"""Mounted under /api/stream/."""

from django.urls import path

from anlan.surfaces.stream import views

urlpatterns = [
    path("readings", views.readings, name="stream-readings"),
    path("terminals", views.park_terminals, name="stream-terminals"),
]

"""The addresses of enforcement beside its records: firms by class, plans, the two lists, officers."""

from django.urls import path

from anlan.surfaces.web.pages import enforcement_due as due
from anlan.surfaces.web.pages import enforcement_shown  # noqa: F401 — fills in what the records show
from anlan.surfaces.web.pages import enforcement_steering as steering

PATHS = [
    path("enforcement/due/", due.due, name="enforcement_due"),
    path("enforcement/due/<uuid:pk>/send/", due.send, name="enforcement_send"),
    path("enforcement/plans/<uuid:pk>/lines/", due.lines, name="enforcement_lines"),
    path("enforcement/plans/<uuid:pk>/owed/", due.owed, name="enforcement_owed"),
    path("enforcement/lists/", steering.strict_month, name="enforcement_strict"),
    path("enforcement/lists/<uuid:pk>/", steering.strict_mark, name="enforcement_strict_mark"),
    path("enforcement/officers/", steering.officers, name="enforcement_officers"),
    path("enforcement/cases/<uuid:pk>/refer/", steering.refer, name="enforcement_refer"),
]

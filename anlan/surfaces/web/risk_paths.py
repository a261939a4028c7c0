"""Addresses of risk points by hand and of the five lists, before those that take any two words."""

from django.urls import URLPattern, path

from anlan.surfaces.web.pages import risk_dangers, risk_declaring, risk_lists

PATHS: list[URLPattern] = [
    path("risks/lists/", risk_lists.risk_lists, name="risk_lists"),
    path("risks/new/", risk_declaring.risk_new, name="risk_new"),
    path("risks/plates/", risk_declaring.risk_plates, name="risk_plates"),
    path("risks/<uuid:pk>/edit/<str:section>/", risk_declaring.risk_edit, name="risk_edit"),
    path("risks/<uuid:pk>/danger/", risk_dangers.risk_danger, name="risk_danger"),
    path("dangers/<uuid:pk>/point/", risk_dangers.danger_point, name="danger_point"),
    path("risks/<uuid:pk>/end/<str:what>/<uuid:row>/", risk_declaring.risk_end, name="risk_end"),
]

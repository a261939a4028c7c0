"""The addresses of the watch and of accidents; `urls.py` takes them in before the ones that take any two words."""

from django.urls import URLPattern, path

from anlan.surfaces.web.pages import (
    accident_prevention,
    accidents,
    datasets,
    incident_board,
    incidents,
    resources,
)

PATHS: list[URLPattern] = [
    path("incidents/incident/new/", incidents.incident_new, name="incident_new"),
    path("incidents/incident/<uuid:pk>/new-figures/", incidents.incident_figures, name="incident_figures"),
    path("incidents/incident/<uuid:pk>/board/", incident_board.incident_board, name="incident_board"),
    path(
        "incidents/incident/<uuid:pk>/around/<str:kind>/",
        incident_board.incident_around,
        name="incident_around",
    ),
    path("incidents/incident/<uuid:pk>/act/<str:act>/", incident_board.incident_act, name="incident_act"),
    path("incidents/day/", incidents.duty_day, name="duty_day"),
    path("incidents/day/<str:act>/", incidents.duty_acts, name="duty_acts"),
    path("incidents/month/", incidents.duty_month, name="duty_month"),
    path("accidents/accident/new/", accidents.accident_new, name="accident_new"),
    path("accidents/accident/<uuid:pk>/new-figures/", accidents.accident_toll, name="accident_toll"),
    path("accidents/accident/<uuid:pk>/person/", accidents.accident_victim, name="accident_victim"),
    path("datasets/", datasets.datasets, name="datasets"),
    path("datasets/<str:code>/", datasets.dataset, name="dataset"),
    path("resources/forces/", resources.force_list, name="forces"),
    path("resources/forces/new/", resources.force_new, name="force_new"),
    path("resources/forces/<uuid:pk>/", resources.force, name="force"),
    path("resources/forces/<uuid:pk>/edit/", resources.force_edit, name="force_edit"),
    path("resources/forces/<uuid:pk>/act/<str:act>/", resources.force_act, name="force_act"),
    path("accidents/prevention/goals/", accident_prevention.prevention_new, name="accident_prevention"),
    path("accidents/figures/", accidents.accident_figures, name="accident_figures"),
]

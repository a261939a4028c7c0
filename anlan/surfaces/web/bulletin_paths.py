"""The addresses of reports; `urls.py` takes them in before the ones that take any two words."""

from django.urls import URLPattern, path

from anlan.surfaces.web.pages import (
    bulletin_acts,
    bulletin_again,
    bulletin_earlier,
    bulletin_making,
    bulletins,
)

PATHS: list[URLPattern] = [
    path("reports/", bulletins.reports, name="reports"),
    path("reports/new/", bulletin_acts.report_new, name="report_new"),
    path("reports/making/<uuid:pk>/", bulletin_making.report_making, name="report_making"),
    path("reports/<uuid:pk>/", bulletins.report, name="report"),
    path("reports/<uuid:pk>/again/", bulletin_again.report_again, name="report_again"),
    path("reports/<uuid:pk>/paper/", bulletins.report_paper, name="report_paper"),
    path("reports/<uuid:pk>/scan/", bulletins.report_scan, name="report_scan"),
    path("reports/<uuid:pk>/numbers/<uuid:number>/", bulletins.report_number, name="report_number"),
    path("reports/<uuid:pk>/paragraphs/<uuid:paragraph>/", bulletin_acts.paragraph, name="report_paragraph"),
    path("reports/<uuid:pk>/earlier/", bulletin_earlier.report_earlier, name="report_earlier"),
    path(
        "reports/<uuid:pk>/earlier/<uuid:text>/places/",
        bulletin_earlier.report_earlier_places,
        name="report_earlier_places",
    ),
    path(
        "reports/<uuid:pk>/earlier/<uuid:text>/file/",
        bulletin_earlier.report_earlier_file,
        name="report_earlier_file",
    ),
    path("reports/<uuid:pk>/scope/", bulletin_acts.explain, name="report_scope"),
]

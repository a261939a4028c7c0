"""Paths of the web surface. A record's page is `<domain>/<record>/<id>/`, a step of it `<domain>/<record>/<id>/<move>/`."""

from django.urls import URLPattern, URLResolver, path

from anlan.surfaces.web import picking
from anlan.surfaces.web.pages import answer, dangers, home, items, ledger, records, session

app_name = "web"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("a/<str:token>/", answer.answer, name="answer"),
    path("in/<str:token>/", session.link, name="link"),
    path("worlds/", session.choose_world, name="worlds"),
    path("seat/", session.seat, name="seat"),
    path("seat/pin/", session.pin, name="pin"),
    path("seat/enrol/", session.enrol, name="enrol"),
    path("account/", session.account, name="account"),
    path("photo/<uuid:pk>/", session.photo, name="photo"),
    path("pick/<str:kind>/", picking.pick, name="pick"),
    path("dangers/", dangers.dangers, name="dangers"),
    path("ledger/", ledger.ledger, name="ledger"),
    path("registers/", records.registers, name="registers"),
]
# Last, because they take any two words.
urlpatterns += [
    path("<str:domain>/<str:record>/", records.record_list, name="record_list"),
    path("<str:domain>/<str:record>/new/", records.record_new, name="record_new"),
    path("<str:domain>/<str:record>/<uuid:pk>/", items.detail, name="record"),
    path("<str:domain>/<str:record>/<uuid:pk>/<str:move>/", items.move, name="move"),
]

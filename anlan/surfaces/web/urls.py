"""Paths of the web surface: a record is `<domain>/<record>/<id>/`, a step of it `<domain>/<record>/<id>/<move>/`."""

from django.urls import URLPattern, URLResolver, path

from anlan.surfaces.web import picking
from anlan.surfaces.web.pages import (
    answer,
    area,
    callouts,
    dangers,
    home,
    items,
    ledger,
    records,
    response_forms,
    responses,
    ringing,
    session,
    signals,
    situation,
    stations,
)

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
    path("map/", situation.situation, name="map"),
    path("map/regions.geojson", situation.regions, name="map_regions"),
    path("map/base.geojson", situation.base, name="map_base"),
    path("map/stations.geojson", situation.stations, name="map_stations"),
    path("map/alarms.json", situation.alarms, name="map_alarms"),
    path("map/callouts.geojson", situation.callouts, name="map_callouts"),
    path("map/area.geojson", situation.area, name="map_area"),
    path("map/affected/", situation.area_counts, name="map_affected"),
    path("map/propose/", area.area_propose, name="area_propose"),
    path("map/station/<uuid:pk>/", stations.panel, name="station_panel"),
    path("map/alarm/<uuid:pk>/", situation.alarm_panel, name="alarm_panel"),
    path("stations/", stations.stations, name="stations"),
    path("stations/<uuid:pk>/", stations.station, name="station"),
    path("stations/<uuid:pk>/hydrograph.json", stations.hydrograph, name="hydrograph"),
    path("callouts/", callouts.callouts, name="callouts"),
    path("callouts/<uuid:pk>/", callouts.callout, name="callout"),
    path("callouts/<uuid:pk>/cells.json", callouts.cells, name="callout_cells"),
    path("callouts/<uuid:pk>/silent/", callouts.silent, name="callout_silent"),
    path("callouts/ring/<uuid:pk>/", ringing.ring, name="ring"),
    path("signals/new/", signals.signal_new, name="signal_new"),
    path("responses/", responses.responses, name="responses"),
    path("responses/propose/", response_forms.propose_level, name="propose_level"),
    path("responses/<uuid:pk>/", responses.response, name="response"),
    path("responses/<uuid:pk>/line.json", responses.line, name="response_line"),
    path("responses/<uuid:pk>/consultation/", response_forms.consultation, name="consultation"),
    path("responses/<uuid:pk>/return/<str:street>/", response_forms.street_return, name="street_return"),
    path("responses/<uuid:pk>/return/<str:street>/nil/", response_forms.nil, name="nil_return"),
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

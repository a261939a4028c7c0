"""The addresses of assessments and of vetting; `urls.py` takes them in before the ones that take any two words."""

from django.urls import URLPattern, path

from anlan.surfaces.web.pages import assessment_sheets, assessments, inspections, vetting

PATHS: list[URLPattern] = [
    path("assessments/", assessments.assessments, name="assessments"),
    path("assessments/schemes/<uuid:pk>/", assessments.scheme, name="assessment_scheme"),
    path("assessments/rounds/<uuid:pk>/", assessments.round_page, name="assessment_round"),
    path("assessments/rounds/<uuid:pk>/publish/", assessments.round_publish, name="assessment_publish"),
    path("assessments/rounds/<uuid:pk>/vetoes/", assessments.round_vetoes, name="assessment_vetoes"),
    path("assessments/rounds/<uuid:pk>/pack/", assessments.round_pack, name="assessment_pack_ask"),
    path("assessments/packs/<uuid:pk>/<str:form>/", assessments.pack, name="assessment_pack"),
    path("assessments/sheets/<uuid:pk>/", assessment_sheets.sheet, name="assessment_sheet"),
    path("assessments/sheets/<uuid:pk>/entry/", assessment_sheets.entry, name="assessment_entry"),
    path(
        "assessments/sheets/<uuid:pk>/entry/<uuid:entry>/back/",
        assessment_sheets.entry_back,
        name="assessment_entry_back",
    ),
    path("assessments/proofs/<uuid:pk>/", assessment_sheets.proof, name="assessment_proof"),
    path("assessments/inspections/", inspections.inspections, name="inspections"),
    path("assessments/inspections/new/", inspections.inspection_new, name="inspection_new"),
    path(
        "assessments/inspections/<uuid:pk>/finding/",
        inspections.inspection_finding,
        name="inspection_finding",
    ),
    path("assessments/accounts/new/", assessment_sheets.account_new, name="account_new"),
    path("assessments/accounts/<uuid:pk>/panel/", assessment_sheets.panel_seat, name="panel_seat"),
    path(
        "assessments/accounts/<uuid:pk>/panel/<uuid:piece>/", assessment_sheets.panel_file, name="panel_file"
    ),
    path("vetting/", vetting.batches, name="vetting"),
    path("vetting/<uuid:pk>/", vetting.batch, name="vetting_batch"),
    path("vetting/<uuid:pk>/clear/", vetting.clear, name="vetting_clear"),
    path("vetting/<uuid:pk>/sign/<uuid:subject>/", vetting.sign, name="vetting_sign"),
    path("vetting/<uuid:pk>/line/<uuid:subject>/", vetting.line, name="vetting_line"),
]

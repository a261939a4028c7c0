"""Addresses of the daily work; `urls.py` takes them in before the ones that take any two words."""

from django.urls import URLPattern, path

from anlan.surfaces.web.pages import (
    campaign_acts,
    contractor_ground,
    danger_projects,
    duty_ledgers,
    enterprise_four,
    enterprise_registers,
    officer,
    officers,
    patrol_due,
    risk_bases,
)

PATHS: list[URLPattern] = [
    path("enterprises/registers/", enterprise_registers.firm_registers, name="firm_registers"),
    path("enterprises/registers/<str:code>/", enterprise_registers.firm_register, name="firm_register"),
    path("enterprises/registers/<str:code>/<uuid:pk>/end/", enterprise_registers.line_end, name="line_end"),
    path("enterprises/multi-tenant/", enterprise_four.multi_tenant, name="multi_tenant"),
    path("enterprises/hazchem/", enterprise_registers.hazchem, name="hazchem"),
    path("enterprises/installations/", enterprise_registers.installations, name="installations"),
    path("enterprises/installations/<uuid:pk>/", enterprise_registers.installation, name="installation"),
    path("enterprises/duties/", duty_ledgers.duty_ledgers, name="duty_ledgers"),
    path("enterprises/<uuid:pk>/duties/", duty_ledgers.duty_ledger, name="duty_ledger"),
    path("enterprises/led/", enterprise_registers.principals_led, name="principals_led"),
    path("dangers/projects/", danger_projects.danger_projects, name="danger_projects"),
    path("dangers/early/", danger_projects.danger_early, name="danger_early"),
    path("dangers/crackdown/", danger_projects.crackdown, name="crackdown"),
    path("dangers/<uuid:pk>/scheme/", danger_projects.danger_scheme, name="danger_scheme"),
    path("campaigns/<uuid:pk>/task/", campaign_acts.campaign_task, name="campaign_task"),
    path("campaigns/<uuid:pk>/month/", campaign_acts.campaign_month, name="campaign_month"),
    path("campaigns/<uuid:pk>/figure/", campaign_acts.campaign_figure, name="campaign_figure"),
    path("risks/bases/", risk_bases.risk_bases, name="risk_bases"),
    path("patrols/officers/", officers.officers, name="officers"),
    path("patrols/due/", patrol_due.patrol_due, name="patrol_due"),
    path("patrols/me/", officer.me, name="officer_me"),
    path("patrols/training/", officer.officer_training, name="officer_training"),
    path("patrols/officers/<uuid:pk>/", officer.officer, name="officer"),
    path("patrols/officers/<uuid:pk>/strike/<uuid:row>/", officer.course_strike, name="course_strike"),
    path("contractors/board/", contractor_ground.contractor_board, name="contractor_board"),
    path("contractors/guide/", contractor_ground.contractor_guide, name="contractor_guide"),
    path("contractors/fixtures/", contractor_ground.contractor_fixtures, name="contractor_fixtures"),
]

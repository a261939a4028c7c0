"""Paths of the work plan, of what is asked of units, and of who is responsible for what."""

from django.urls import path

from anlan.surfaces.web.pages import asking, circular, leaders, plan_import, plan_month, standing, workplan

PATHS = [
    path("plans/", workplan.plans, name="plans"),
    path("plans/new/", plan_import.plan_new, name="plan_new"),
    path("plans/circular/", circular.circular, name="circular"),
    path("plans/month/", plan_month.plan_month, name="plan_month"),
    path("plans/drafts/<uuid:pk>/", plan_import.plan_draft, name="plan_draft"),
    path("plans/drafts/<uuid:pk>/fix/", plan_import.plan_fix, name="plan_fix"),
    path("plans/drafts/<uuid:pk>/drop/", plan_import.plan_drop, name="plan_drop"),
    path("plans/<uuid:pk>/", workplan.plan, name="plan"),
    path("plans/<uuid:pk>/proposed/", workplan.plan_proposed, name="plan_proposed"),
    path("plans/<uuid:pk>/sign/", workplan.plan_sign, name="plan_sign"),
    path("plans/<uuid:pk>/points/<uuid:point>/", workplan.plan_task, name="plan_task"),
    path("asked/", asking.asked, name="asked"),
    path("asked/new/<str:kind>/", asking.asked_new, name="asked_new"),
    path("asked/<uuid:pk>/paper/", asking.asked_paper, name="asked_paper"),
    path("units/burden/", asking.unit_burden, name="unit_burden"),
    path("meetings/", asking.meetings, name="meetings"),
    path("meetings/new/", asking.meeting_new, name="meeting_new"),
    path("meetings/<uuid:pk>/", asking.meeting, name="meeting"),
    path("committees/", standing.committees, name="committees"),
    path("committees/<uuid:pk>/", standing.committee, name="committee"),
    path("holders/", standing.holders, name="holders"),
    path("matrix/", standing.matrix, name="matrix"),
    path("leaders/", leaders.leaders, name="leaders"),
    path("leaders/<uuid:pk>/", leaders.leader, name="leader"),
    path("funds/", leaders.funds, name="funds"),
]

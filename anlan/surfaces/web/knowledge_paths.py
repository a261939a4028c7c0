"""Addresses of the graph and of the register of laws; `urls.py` takes them in before those that take any two words."""

from django.urls import URLPattern, path

from anlan.surfaces.web.pages import knowledge, knowledge_cases

PATHS: list[URLPattern] = [
    path("knowledge/", knowledge.knowledge, name="knowledge"),
    path("knowledge/links/", knowledge.knowledge_links, name="knowledge_links"),
    path("knowledge/ask/", knowledge.knowledge_ask, name="knowledge_ask"),
    path("knowledge/cases/new/", knowledge_cases.knowledge_case_new, name="knowledge_case_new"),
    path("knowledge/cases/", knowledge_cases.knowledge_cases, name="knowledge_cases"),
    path("knowledge/laws/", knowledge.knowledge_laws, name="knowledge_laws"),
    path("knowledge/laws/<str:code>/", knowledge.knowledge_law, name="knowledge_law"),
]

"""法规案例与图谱: find a node, look at what hangs together with it, ask over several links; the register of laws."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anlan.domains.knowledge.queries import library
from anlan.domains.knowledge.queries.graph import PAGE, Bunch, Edge, Graph, Node
from anlan.domains.knowledge.queries.library import RANKS, Line, Shelf
from anlan.kernel.core.search import COUNTED_TO
from anlan.kernel.core.words import N_
from anlan.kernel.domain import registry
from anlan.kernel.domain.links import Reader
from anlan.kernel.orgs.queries import scope_of
from anlan.surfaces.web.pages.asking import bureau_only
from anlan.surfaces.web.pages.items import PAGES
from anlan.surfaces.web.pages.knowledge_drawing import Given, draw
from anlan.surfaces.web.pages.records import BUREAU
from anlan.surfaces.web.people import people_only
from anlan.surfaces.web.rule_words import rule_label

BUREAU.add("knowledge")
RULE = "core.rule"
# Kinds of nodes that have a page, by its name; matters have theirs by their loop.
OWN = {
    "enterprises.firm": "web:enterprise", "risks.point": "web:risk_point", "resources.force": "web:force",
    "sensing.station": "web:station", "returns.form": "web:return_form", RULE: "web:rule",
}  # fmt: skip
STANDING = {
    "now": N_("in force"), "over": N_("repealed or replaced"), "to_come": N_("not yet in force"),
    "undated": N_("first day not entered"),
}  # fmt: skip


def graph_of(request: HttpRequest) -> Graph:
    """The graph as the reader of a request sees it; it is not there for the people of an enterprise."""
    person, world = bureau_only(request)
    return Graph(
        [domain.links for domain in registry.all_domains()], Reader(person, world.seen_at, world.exercise_id)
    )


# ---- nodes as the page shows them ----------------
def dressed(node: Node) -> Node:
    """A rule under the name that its page gives it."""
    if node.kind != RULE:
        return node
    return replace(node, said=replace(node.said, name=rule_label(node.key)))


def page_of(graph: Graph, node: Node) -> str:
    """The address of the row behind a node; empty where it has no page."""
    kind, key = node.said.door or (node.kind, node.key)
    if kind in OWN:
        return reverse(OWN[kind], args=[key])
    if kind == library.ARTICLE:
        return reverse("web:knowledge_law", args=[key.partition("#")[0]])
    if kind in graph.kinds and graph.kinds[kind].loop:
        domain, _dot, slug = kind.partition(".")
        return (
            reverse(PAGES[kind], args=[key])
            if kind in PAGES
            else reverse("web:record", args=[domain, slug, key])
        )
    return ""


def day(since: Any) -> str:
    if since is None:
        return ""
    return f"{timezone.localtime(since):%F}" if isinstance(since, datetime) else f"{since:%F}"


def _around(node: Node) -> str:
    return "?" + urlencode({"at": node.at})


def _line(graph: Graph, edge: Edge) -> dict[str, Any]:
    node = dressed(edge.node)
    return {
        "node": node, "around": reverse("web:knowledge") + _around(node), "page": page_of(graph, node),
        "why": edge.found.why, "since": day(edge.found.since),
        # Each reason is a row that is told already.
        "many": edge.found.many if edge.found.many > len(edge.found.reasons) else 1,
    }  # fmt: skip


def _asked(request: HttpRequest, graph: Graph) -> Node:
    """The node that the address names; what is not yours is not there."""
    node = graph.node(request.GET.get("at", ""))
    if node is None:
        raise Http404
    return dressed(node)


# ---- the graph ----------------
@people_only
@require_GET
def knowledge(request: HttpRequest) -> HttpResponse:
    """Without a node a search; with one its neighbourhood, drawn and as a list."""
    graph = graph_of(request)
    words = " ".join(request.GET.get("q", "").replace("\0", " ").split())[:60]
    only = request.GET.get("kind", "")
    page: dict[str, Any] = {"here": "knowledge", "words": words, "kinds": _kinds(graph), "only": only}
    if request.GET.get("at"):
        return render(request, "web/pages/knowledge_node.html", {**page, **_node(request, graph)})
    if words:
        page["found"] = [
            (_(kind.label), kind.code, [(dressed(n), _around(n), page_of(graph, n)) for n in nodes], more)
            for kind, nodes, more in graph.search(words, only)
        ]
    else:
        page["begin"] = [(node, _around(node)) for node in _beginnings(graph)]
    return render(request, "web/pages/knowledge.html", page)


def _kinds(graph: Graph) -> list[tuple[str, str]]:
    return [(code, _(kind.label)) for code, kind in graph.kinds.items() if kind.find or kind.words]


def _beginnings(graph: Graph) -> list[Node]:
    """Where a reader may begin: their own regions, and they themselves."""
    person = graph.reader.person
    regions = [prefix.ljust(12, "0") for prefix in scope_of(person, at=graph.reader.at)][:4]
    found = [
        *graph.nodes("places.region", regions).values(),
        *graph.nodes("orgs.person", [str(person.pk)]).values(),
    ]
    return [*found, *graph.nodes("orgs.unit", [str(person.organisation_id)]).values()]


def _node(request: HttpRequest, graph: Graph) -> dict[str, Any]:
    node = _asked(request, graph)
    bunches = graph.around(node)
    return {
        "node": node,
        "page": page_of(graph, node),
        "bunches": [
            {
                "bunch": each,
                "address": _list_of(node, each),
                "lines": [_line(graph, edge) for edge in each.edges],
            }
            for each in bunches
        ],
        "drawing": draw(node.said.name, [_given(graph, node, each) for each in bunches]) if bunches else None,
        "questions": _questions(graph, node),
    }


def _list_of(node: Node, bunch: Bunch) -> str:
    return reverse("web:knowledge_links") + "?" + urlencode({"at": node.at, "link": bunch.code})


def _given(graph: Graph, node: Node, bunch: Bunch) -> Given:
    leaves = []
    for edge in bunch.drawn:
        line = _line(graph, edge)
        said = (line["node"].said.name, line["why"], line["since"], line["node"].said.note)
        leaves.append((said[0], line["since"], line["around"], " · ".join(part for part in said if part)))
    return Given(bunch.label, bunch.shown, bunch.left_out, _list_of(node, bunch), leaves)


def _questions(graph: Graph, node: Node) -> list[tuple[str, str]]:
    return [
        (
            _(each.label),
            reverse("web:knowledge_ask") + "?" + urlencode({"at": node.at, "question": each.code}),
        )
        for each in graph.questions
        if each.start == node.kind
    ]


@people_only
@require_GET
def knowledge_links(request: HttpRequest) -> HttpResponse:
    """All neighbours of a node along one link, page by page."""
    graph = graph_of(request)
    node = _asked(request, graph)
    number = int(text) if (text := request.GET.get("page", "1")).isdigit() and len(text) < 6 else 1
    bunch = graph.listed(node, request.GET.get("link", ""), page=max(1, number))
    if bunch is None:
        raise Http404
    pages = Paginator(range(min(bunch.total, COUNTED_TO)), PAGE)
    page = {
        "here": "knowledge", "node": node, "page": page_of(graph, node), "bunch": bunch,
        "lines": [_line(graph, edge) for edge in bunch.edges], "pages": pages.get_page(number),
        "query": urlencode({"at": node.at, "link": bunch.code}), "around": reverse("web:knowledge") + _around(node),
    }  # fmt: skip
    return render(request, "web/pages/knowledge_links.html", page)


@people_only
@require_GET
def knowledge_ask(request: HttpRequest) -> HttpResponse:
    """What a question over several links finds from a node, and over which nodes."""
    graph = graph_of(request)
    node = _asked(request, graph)
    code = request.GET.get("question", "")
    question = next((q for q in graph.questions if q.code == code and q.start == node.kind), None)
    if question is None:
        raise Http404
    results, cut = graph.ask(question, node)
    pages = Paginator(results, PAGE).get_page(request.GET.get("page", "1"))
    page = {
        "here": "knowledge", "node": node, "question": _(question.label), "cut": cut, "pages": pages,
        "n": len(results), "around": reverse("web:knowledge") + _around(node),
        "query": urlencode({"at": node.at, "question": code}),
        "steps": [" / ".join(graph.ways.by_code[link].label for link in hop.links) for hop in question.hops],
        "lines": [
            {"result": each, "node": dressed(each.node), "around": reverse("web:knowledge") + _around(each.node),
             "page": page_of(graph, each.node), "since": day(each.since),
             "over": [(dressed(n), reverse("web:knowledge") + _around(n)) for n in each.over[:4]],
             "more": max(0, len(each.over) - 4)}
            for each in pages
        ],
        "others": [(label, to) for label, to in _questions(graph, node) if label != _(question.label)],
    }  # fmt: skip
    return render(request, "web/pages/knowledge_ask.html", page)


# ---- the register of laws ----------------
@people_only
@require_GET
def knowledge_laws(request: HttpRequest) -> HttpResponse:
    """Laws, orders, standards and documents with their validity and how much stands on each."""
    graph = graph_of(request)
    shelves, nameless = library.shelves(graph.citations, graph.kinds, graph.reader)
    words = request.GET.get("q", "").strip()[:60]
    view = request.GET.get("view", "")
    shown = [shelf for shelf in shelves if _fits(shelf, words, view)]
    page = {
        "here": "knowledge", "words": words, "view": view,
        "doors": _doors(shelves),
        "groups": [
            (_(label), [_shelf(shelf) for shelf in shown if shelf.law.rank == rank]) for rank, label in RANKS.items()
        ],
        "n": len(shown), "nameless": nameless[:12], "nameless_n": sum(n for _text, n in nameless),
        "names": {shelf.law.code: shelf.law.name for shelf in shelves},
    }  # fmt: skip
    return render(request, "web/pages/knowledge_laws.html", page)


def _fits(shelf: Shelf, words: str, view: str) -> bool:
    law = shelf.law
    text = " ".join((law.name, law.number, *law.names)).lower()
    if not all(word in text for word in words.lower().split()):
        return False
    return {"over": shelf.standing == "over" and shelf.total > 0, "cited": shelf.total > 0,
            "undated": shelf.standing == "undated"}.get(view, True)  # fmt: skip


def _doors(shelves: Sequence[Shelf]) -> list[tuple[int, str, str]]:
    """Numbers on top, each opening the laws it counts."""
    views = (("", _("Laws and standards")), ("cited", _("Something stands on them")),
             ("over", _("No longer in force, still cited")), ("undated", _("First day not entered")))  # fmt: skip
    return [
        (sum(_fits(shelf, "", view) for shelf in shelves), label, f"?view={view}") for view, label in views
    ]


def _shelf(shelf: Shelf) -> dict[str, Any]:
    return {
        "shelf": shelf, "law": shelf.law, "standing": _(STANDING[shelf.standing]),
        "articles": sum(1 for line in shelf.lines if line.article), "rank": _(RANKS[shelf.law.rank]),
    }  # fmt: skip


@people_only
@require_GET
def knowledge_law(request: HttpRequest, code: str) -> HttpResponse:
    """One law: its validity, and every article on which something stands, each number opening its rows."""
    graph = graph_of(request)
    shelves, _nameless = library.shelves(graph.citations, graph.kinds, graph.reader)
    by_code = {shelf.law.code: shelf for shelf in shelves}
    if code not in by_code:
        raise Http404
    shelf = by_code[code]
    backs = {citation.code: _(citation.back) for citation in graph.citations}
    cited = [(code, back) for code, back in backs.items() if any(code in line.nodes for line in shelf.lines)]
    page = {
        "here": "knowledge", **_shelf(shelf),
        "rule": reverse("web:rule", args=[library.PREFIX + code]),
        "after": by_code.get(shelf.law.replaced_by),
        "before": [each.law for each in shelves if each.law.replaced_by == code],
        "heads": cited,
        "lines": [_article(shelf, line, cited) for line in shelf.lines],
    }  # fmt: skip
    return render(request, "web/pages/knowledge_law.html", page)


def _article(shelf: Shelf, line: Line, cited: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """An article as a row of its law: one number for each kind of what stands on it, opening it."""
    at = f"{library.ARTICLE}:{line.key}"
    listed = reverse("web:knowledge_links")
    return {
        "line": line,
        "title": library.article_name(shelf.law, line.article) if line.article else _("the law as a whole"),
        "around": reverse("web:knowledge") + "?" + urlencode({"at": at}),
        "cells": [
            (label, line.counts.get(code, 0), listed + "?" + urlencode({"at": at, "link": f"~{code}"}))
            for code, label in cited
        ],
    }

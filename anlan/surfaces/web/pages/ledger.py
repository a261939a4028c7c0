"""The ledger (留痕) as the auditor reads it: who did what to what, when, in the order of the sequence."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anlan.kernel.ledger.feed import last_seq
from anlan.kernel.ledger.models import Entry
from anlan.kernel.ledger.registry import codes, wording_of
from anlan.surfaces.web.names import author_names

ROWS = 50


@login_required
@require_GET
def ledger(request: HttpRequest) -> HttpResponse:
    """Fifty entries behind a seq, newest first, by code, author or subject. For the audit administrator alone."""
    if getattr(request.user, "admin_role", "") != "audit":
        raise Http404
    context = {"here": "ledger", **entries(request.GET.dict())}
    return render(request, "web/pages/ledger.html", context)


def entries(asked: dict[str, str]) -> dict[str, Any]:
    """One page of the ledger. Paged by seq, not by number: new entries do not push rows from page to page."""
    rows = Entry.objects.filter(position__isnull=False).select_related("position", "exercise")
    if code := asked.get("code", ""):
        rows = rows.filter(code__startswith=code)
    if by := asked.get("by", ""):
        rows = rows.filter(by=by)
    if subject := asked.get("subject", ""):
        kind, _slash, key = subject.partition("/")
        rows = rows.filter(subject_type=kind, subject_id=key)
    before = asked.get("before", "")
    if before.isdigit():
        rows = rows.filter(position__seq__lt=int(before))
    found = list(rows.order_by("-position__seq")[: ROWS + 1])
    shown, more = found[:ROWS], len(found) > ROWS
    names = author_names(entry.by for entry in shown)
    return {
        "rows": [_row(entry, names) for entry in shown],
        "older": shown[-1].position.seq if more else None,
        "last": last_seq(),
        "codes": [(code, _(text)) for code, text in codes().items()],
        "asked": asked,
    }


def _row(entry: Entry, names: dict[str, str]) -> dict[str, Any]:
    return {
        "entry": entry,
        "seq": entry.position.seq,
        "what": _worded(entry),
        "earlier": entry.happened_at is not None and entry.happened_at != entry.at,
        "by": names.get(entry.by, entry.by),
        "facts": [(key, value) for key, value in entry.facts.items() if value not in ("", None, [], {})],
        "hash": bytes(entry.hash).hex(),
        "seal": bytes(entry.position.seal).hex(),
    }


def _worded(entry: Entry) -> str:
    text = _(wording_of(entry.code))
    try:
        return text.format_map(entry.facts)
    except (KeyError, ValueError, IndexError):
        return text

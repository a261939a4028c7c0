"""How a refusal is shown: the form again, with what was typed, and the reason beside its field."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from anlan.kernel.core.errors import Refused

REFUSED_STATUS = 422


def again(request: HttpRequest, template: str, context: dict[str, Any], refusal: Refused) -> HttpResponse:
    """The same page with the refusal in it; nothing typed is lost."""
    page = {**context, "refusal": refusal, "typed": request.POST}
    return render(request, template, page, status=REFUSED_STATUS)

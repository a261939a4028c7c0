"""How a comparison of a number is spoken."""

from django import template
from django.utils.translation import gettext as _

from anlan.kernel.indicators.comparing import KINDS, Against

register = template.Library()


@register.simple_tag
def changed(each: Against) -> str:
    """−33.3%, +2.5百分点, +3起; a dash where there is nothing to compare with."""
    if each.change is None:
        return "—"
    sign = "−" if each.change < 0 else "+" if each.change > 0 else "±"
    unit = {"百分点": _("points of per cent"), "%": "%"}.get(each.unit, _(each.unit) if each.unit else "")
    return f"{sign}{abs(each.change):f}{'' if unit == '%' else ' '}{unit}"


@register.simple_tag
def against(each: Against) -> str:
    """What it is compared with."""
    return _(KINDS[each.kind]).format(n=each.years)

"""Parts of the rules' pages."""

from collections.abc import Sequence

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from anlan.surfaces.web.rule_forms import Node
from anlan.surfaces.web.scales import SIGNAL

register = template.Library()


@register.simple_tag
def filled(cells: Sequence[Node]) -> bool:
    """Whether a row says anything: the spare rows of a form are not shown where it is only read."""
    return any(cell.value or cell.on or cell.parts for cell in cells)


@register.simple_tag
def rule_word(node: Node) -> SafeString:
    """A chosen word; a colour as an outline with its shape, because no rule is a signal."""
    look = SIGNAL.get(node.value)
    if look is None:
        return format_html("{}", dict(node.choices).get(node.value, node.value))
    return format_html(
        '<span class="lv lv-{} is-unissued"><span class="lv-shape" aria-hidden="true">{}</span>{}</span>',
        look.hue, look.shape, look.word,
    )  # fmt: skip

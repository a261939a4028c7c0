"""The Django plugin of mypy with one thing mended: `filter(exercise_id=None)` is right where the key may be null.

The stock plugin takes the type of the key that the column points to and forgets that the column itself may be null;
Django turns such a filter into IS NULL.
"""

from collections.abc import Iterable

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, Model
from mypy.plugin import MethodContext
from mypy.typeops import make_simplified_union
from mypy.types import Instance, NoneType, Type
from mypy_django_plugin.django.context import DjangoContext
from mypy_django_plugin.main import NewSemanalDjangoPlugin


def may_be_null(model: type[Model], path: Iterable[str]) -> bool:
    """Whether the column that a lookup path ends at may be null."""
    field: object = None
    for part in path:
        try:
            field = model._meta.get_field(part)
        except FieldDoesNotExist:
            return False
        model = getattr(field, "related_model", None) or model
    return isinstance(field, Field) and field.null


class Context(DjangoContext):
    """The plugin's view of the models."""

    def resolve_lookup_expected_type(
        self, ctx: MethodContext, model_cls: type[Model], lookup: str, model_instance: Instance
    ) -> Type:
        expected = super().resolve_lookup_expected_type(ctx, model_cls, lookup, model_instance)
        if lookup.endswith("_id") and may_be_null(model_cls, lookup.split("__")):
            return make_simplified_union([expected, NoneType()])
        return expected


class Plugin(NewSemanalDjangoPlugin):
    """The stock plugin, looking through our context."""

    def __init__(self, options: object) -> None:
        super().__init__(options)  # type: ignore[arg-type]
        self.django_context.__class__ = Context


def plugin(version: str) -> type[Plugin]:
    """What mypy asks for."""
    return Plugin

"""Migrating an empty database takes a quarter of Django's time, to the same tables.

Between two steps of a migration Django draws the changed model and everything that is related to it anew. Here nearly
everything hangs together (an item, a person, a region), so that each new table drew a hundred others, seven hundred
times. A new table, column, index or constraint changes nothing that is drawn already: only the new one is drawn. Fields
that are changed or removed go Django's own way. `tests/house/test_migrating.py` compares the tables of both.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from django.core.management import call_command
from django.db.migrations.state import ModelState, ProjectState, StateApps
from django.db.models import NOT_PROVIDED


def migrate(**asked: Any) -> None:
    """Django's `migrate` on the owner's connection; `asked` as for the command."""
    with quick_states():
        call_command("migrate", database="owner", interactive=False, verbosity=0, **asked)


@contextmanager
def quick_states() -> Iterator[None]:
    """While it lasts, what is new is drawn alone."""
    with patch.multiple(
        ProjectState, add_model=_add_model, add_field=_add_field, _append_option=_append_option
    ):
        yield


def _add_model(state: Any, new: ModelState) -> None:
    key = new.app_label, new.name_lower
    _draw_own(state)
    state.models[key] = new
    if state._relations is not None:
        state.resolve_model_relations(key)
    if "apps" in state.__dict__:  # asking for it would draw everything
        state.apps.render_multiple([new])


def _add_field(
    state: Any, app_label: str, model_name: str, name: str, field: Any, preserve_default: bool
) -> None:
    key = app_label, model_name
    _draw_own(state)
    if not preserve_default:  # it serves the rows that are there, once
        field = field.clone()
        field.default = NOT_PROVIDED
    state.models[key].fields[name] = field
    if state._relations is not None:
        state.resolve_model_field_relations(key, name, field)
    if "apps" in state.__dict__:
        field.clone().contribute_to_class(state.apps.get_model(*key), name)
        state.apps.clear_cache()


def _append_option(state: Any, app_label: str, model_name: str, option: str, new: Any) -> None:
    """An index or a constraint at the end of those of a model."""
    of = state.models[app_label, model_name]
    of.options[option] = [*of.options[option], new]
    if "apps" in state.__dict__:
        drawn = state.apps.get_model(app_label, model_name)._meta
        setattr(drawn, option, [*getattr(drawn, option), new])


def _draw_own(state: Any) -> None:
    """Draw a state's models where they are those of the state it was cloned from.

    Django clones the state of a database that has tables already and shares what is drawn: a field added there would
    look for the table it points to among the tables of before.
    """
    apps: StateApps | None = state.__dict__.get("apps")
    if apps is not None and any(
        model._meta.apps is not apps for models in apps.all_models.values() for model in models.values()
    ):
        del state.__dict__["apps"]
        _ = state.apps

"""What verbs share: starting Django, and telling a refusal so that a person can act on it."""

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import click
import django

from anlan.kernel.core.errors import Refused

P = ParamSpec("P")
R = TypeVar("R")


def with_django(verb: Callable[P, R]) -> Callable[P, R]:
    """Start Django before the verb runs; a `Refused` becomes one line on stderr and exit code 1.

    The verb itself must import models from a module that is loaded later (see `needs`): at the time the command
    line is read, Django is not up.
    """

    @functools.wraps(verb)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        django.setup()
        try:
            return verb(*args, **kwargs)
        except Refused as refusal:
            raise click.ClickException(f"{refusal} [{refusal.code}]") from refusal

    return run

"""The demo district 安澜区(演示): invented places and people, a reconstructed storm, and a play of one flood night.

`anlan up --demo` calls `prepare()` before the processes start and runs `run` as one of them.
"""

from threading import Event

from django.utils.module_loading import import_string

from anlan.surfaces.cli.demo.prepare import SignIn, prepare

__all__ = ["SignIn", "prepare", "run"]

# The play feeds the stream, which is another surface: reached by name, as the processes are.
PLAY = "anlan.surfaces.stream.demo.play.run"


def run(stop: Event) -> None:
    """The process `demo`: storm after storm until stopped."""
    import_string(PLAY)(stop)

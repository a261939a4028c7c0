"""Python's collector of rubbish, held back where thousands of rows are made in one act."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collecting() -> Iterator[None]:
    """No collection of cycles in here: all that is being made is still needed, and looking through it again and again
    takes two fifths of a call-out's time. Where somebody else holds it back already, that one lets it go again."""
    held_back = not gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if not held_back:
            gc.enable()

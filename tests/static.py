"""The static files of the product, looked for once a process: every browser of a test begins its middlewares anew."""

from typing import Any

from whitenoise.middleware import WhiteNoiseMiddleware


class FoundOnce(WhiteNoiseMiddleware):
    """Serves what the product's own serves; only the walk over the folders is remembered."""

    _found: dict[str, Any] = {}

    def add_files_from_finders(self) -> None:
        if not self._found:
            super().add_files_from_finders()
            self._found.update(self.files)
        self.files.update(self._found)

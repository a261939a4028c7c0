"""Columns that keep personal data encrypted at rest."""

from typing import Any

from django.db import models

from anlan.kernel.core import keys


class EncryptedTextField(models.Field):  # type: ignore[type-arg]
    """Text in Python, SM4-GCM in the database. It cannot be searched: keep an HMAC column beside it."""

    empty_strings_allowed = True

    def get_internal_type(self) -> str:
        return "BinaryField"

    def from_db_value(self, value: Any, expression: object, connection: object) -> str | None:
        return None if value is None else (keys.open_text(bytes(value)) if value else "")

    def get_prep_value(self, value: Any) -> Any:
        return None if value is None else (keys.seal_text(value) if value else b"")

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        value = value if prepared else self.get_prep_value(value)
        return value if value is None else connection.Database.Binary(value)


def mask_phone(phone: str) -> str:
    """A phone number as a page shows it: middle four digits hidden."""
    return phone[:3] + "****" + phone[-4:] if len(phone) >= 8 else "****"

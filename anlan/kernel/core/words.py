"""Words that are marked for translation where Django is barred (rules, loops, declarations)."""


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for a marked, untranslated string
    """Mark `text` for the catalogues and hand it back unchanged; a surface translates it."""
    return text

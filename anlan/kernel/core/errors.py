"""Refusals: what cannot be done, said so that the reader knows what to do instead."""

from collections.abc import Callable

_reasons: dict[str, str] = {}
_translate: Callable[[str], str] = str


def reason(code: str, text: str) -> str:
    """Register the English wording of a refusal once; `text` may hold {fact} fields. Returns the code."""
    known = _reasons.setdefault(code, text)
    if known != text:
        raise ValueError(f"refusal {code!r} is worded twice: {known!r} and {text!r}")
    return code


def speak_with(translate: Callable[[str], str]) -> None:
    """Give refusals a tongue: Django's gettext, set once at start-up (this module does not know Django)."""
    global _translate
    _translate = translate


def wordings() -> dict[str, str]:
    """Every registered refusal and its English text (the tests of the catalogues read it)."""
    return dict(_reasons)


class Refused(Exception):  # noqa: N818 - an expected answer, not an error
    """An act that is not done, with the code of the reason and the facts that explain it."""

    def __init__(self, code: str, /, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        text = _reasons.get(self.code)
        if text is None:
            return f"{self.code} {self.facts}" if self.facts else self.code
        # Facts that are words themselves (a state, the label of a move) speak the same language as the sentence.
        words = {
            name: _translate(fact) for name, fact in self.facts.items() if isinstance(fact, str) and fact
        }
        return _translate(text).format_map(_Facts(self.facts | words))

    @property
    def field(self) -> str:
        """The name of the input at fault, where the refusal knows it."""
        return str(self.facts.get("field", ""))


class _Facts(dict[str, object]):
    """A fact that the caller forgot prints as its own name: a refusal must never fail to speak."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"

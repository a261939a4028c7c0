"""What reports may use of returns: a form filled from the same rows, and which forms there are."""

from anlan.domains.returns.queries.reading import Filled, Known
from anlan.domains.returns.rules.forms import Form, forms

__all__ = ["Filled", "Form", "Known", "forms"]

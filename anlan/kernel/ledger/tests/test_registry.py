"""Only codes with a wording may be written."""

import pytest

from anlan.kernel.ledger import registry
from anlan.kernel.ledger.tests import helpers  # noqa: F401 - registers the snow codes


@pytest.fixture
def closed(monkeypatch):
    monkeypatch.setattr(registry, "_closed", True)


def test_a_code_said_twice_in_the_same_words_is_one_code():
    registry.register_codes({"snow.cleared": "Cleared"})
    assert registry.wording_of("snow.cleared") == "Cleared"


def test_a_second_wording_of_a_code_is_an_error():
    with pytest.raises(ValueError, match="worded twice"):
        registry.register_codes({"snow.cleared": "Swept"})


def test_a_code_must_name_its_room(monkeypatch):
    monkeypatch.setattr(registry, "_closed", False)
    with pytest.raises(ValueError, match=r"room\.event"):
        registry.register_codes({"cleared": "Cleared"})


def test_after_start_up_no_code_is_added(closed):
    with pytest.raises(RuntimeError, match="after start-up"):
        registry.register_codes({"snow.melted": "Melted"})


def test_an_old_code_whose_app_is_gone_is_shown_as_it_is():
    assert registry.wording_of("gone.long_ago") == "gone.long_ago"

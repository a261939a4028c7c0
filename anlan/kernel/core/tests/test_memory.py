"""The collector is held back for the length of an act, and never for longer."""

import gc

import pytest

from anlan.kernel.core.memory import without_collecting


def test_it_is_let_go_again_also_after_a_failure() -> None:
    with pytest.raises(ValueError, match="no"), without_collecting():
        assert not gc.isenabled()
        raise ValueError("no")
    assert gc.isenabled()


def test_an_act_inside_another_does_not_let_it_go_early() -> None:
    with without_collecting():
        with without_collecting():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()

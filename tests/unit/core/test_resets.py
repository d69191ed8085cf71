"""`core.resets`: a contradiction that never ends does not lead to a reset each time."""

from __future__ import annotations

import pytest

from threadline.core.resets import RESET_PAUSE, Evidence, Resets


@pytest.mark.parametrize("evidence", list(Evidence))
def test_so_many_resets_and_no_more(evidence: Evidence) -> None:
    """sync.md fault 56: in ten minutes."""
    resets = Resets()
    for second in range(evidence.value):
        assert resets.may(evidence, float(second))
        resets.made(evidence, float(second))

    assert not resets.may(evidence, RESET_PAUSE - 1.0)
    assert resets.may(evidence, RESET_PAUSE)


def test_one_kind_of_evidence_does_not_use_up_the_other() -> None:
    """A server may restore a backup while its counter is broken."""
    resets = Resets()
    resets.made(Evidence.CONTRADICTION, 0.0)

    assert resets.may(Evidence.EPOCH, 1.0)

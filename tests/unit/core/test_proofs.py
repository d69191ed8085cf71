"""`core.proofs`: what a complete read shows beyond its facts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.support.builders import message
from threadline.core import reads
from threadline.core.generation import Generation
from threadline.core.holes import SETTLE
from threadline.core.proofs import VOID_CHECKS, Proof, Proofs
from threadline.core.rest_answers import Page
from threadline.core.session_view import GapState

if TYPE_CHECKING:
    from threadline.core.model import Message

PAGE = Page(messages=())


@pytest.fixture
def proofs() -> Proofs:
    """Return what was shown before the first read."""
    return Proofs(lambda: 0.0)


@pytest.fixture
def generation() -> Generation:
    """Return the messages 1, 2, 4 and 5."""
    one = Generation()
    one.transcript.claim_from(1)
    for number in (1, 2, 4, 5):
        one.ingest(message(number, rev=number), 0.0)
    return one


def look(
    proofs: Proofs,
    generation: Generation,
    begun_at: float,
    *seen: Message,
    page: Page = PAGE,
    clean: bool = True,
    floor: int | None = 0,
) -> Proof:
    """Let a complete read from `floor` on bring what is here, or `seen`."""
    proofs.begin()
    proofs.saw(seen or generation.transcript.above(0))
    read = replace(
        reads.begin_numbered(begun_at, 0), clean=clean, reached=True, floor=floor, known_head=5
    )
    return proofs.finish(read, page, generation, begun_at)


def test_a_hole_becomes_a_void_and_is_checked_twice(proofs: Proofs, generation: Generation) -> None:
    """SPEC.md L10: sync.md H4 and H5."""
    proofs.watch(generation.transcript, 0.0)
    assert look(proofs, generation, 1.0) == Proof()
    look(proofs, generation, SETTLE)
    assert [gap.first for gap in proofs.gaps(generation.transcript)] == [3]

    proof = look(proofs, generation, 30.0)

    assert proof.owed == tuple((2, 30.0 + pause) for pause in VOID_CHECKS)
    assert 3 in generation.transcript.voids
    assert proofs.gaps(generation.transcript) == ()


def test_a_void_is_settled_by_its_last_check(proofs: Proofs, generation: Generation) -> None:
    """SPEC.md H19: until then it is a hole again for the next engine."""
    proofs.watch(generation.transcript, 0.0)
    for second in (20.0, 30.0, 60.0):
        look(proofs, generation, second)
        proofs.watch(generation.transcript, second)
    assert proofs.unsettled == {3: 30.0}
    look(proofs, generation, 400.0, floor=3)
    assert proofs.unsettled == {3: 30.0}

    look(proofs, generation, 400.0)

    assert proofs.unsettled == {}


def test_a_void_that_was_revoked_is_not_checked(proofs: Proofs, generation: Generation) -> None:
    """sync.md H5: any fact revokes it."""
    proofs.watch(generation.transcript, 0.0)
    look(proofs, generation, 20.0)
    look(proofs, generation, 30.0)
    generation.ingest(message(3), 31.0)
    proofs.watch(generation.transcript, 31.0)

    look(proofs, generation, 40.0)

    assert proofs.unsettled == {}


@pytest.mark.parametrize(("clean", "floor"), [(False, 0), (True, None)])
def test_an_incomplete_read_shows_nothing(
    proofs: Proofs, generation: Generation, clean: bool, floor: int | None
) -> None:
    """sync.md 2.6: and the next look is planned."""
    proofs.watch(generation.transcript, 0.0)
    for second in (20.0, 40.0, 60.0, 80.0):
        seen = message(1, rev=1)
        assert look(proofs, generation, second, seen, clean=clean, floor=floor) == Proof()

    assert proofs.holes.is_stuck
    assert proofs.gaps(generation.transcript)[0].state is GapState.STUCK


def test_one_ghost_is_let_go_and_its_number_is_a_void(
    proofs: Proofs, generation: Generation
) -> None:
    """sync.md E4: softly; any fact brings it back."""
    there = [one for one in generation.transcript.above(0) if one.sequence != 4]
    first = look(proofs, generation, 20.0, *there)
    proof = look(proofs, generation, 40.0, *there)
    assert first.owed == ((3, 20.0 + SETTLE),)
    assert [one.sequence for one in proof.ghosts] == [4]
    assert not proof.is_other_numbering

    owed = proofs.let_go(proof, generation.transcript, 40.0)

    assert owed == [(3, 40.0 + pause) for pause in VOID_CHECKS]
    assert 4 in generation.transcript.voids
    assert 4 in proofs.unsettled


def test_a_ghost_whose_number_is_another_ones_leaves_no_void(
    proofs: Proofs, generation: Generation
) -> None:
    """sync.md fault 54: the number is the real message's."""
    phantom = replace(message(4), id=message(9).id)
    generation.transcript.dispute(4)
    generation.ingest(phantom, 1.0)

    assert proofs.let_go(Proof(ghosts=(phantom,)), generation.transcript, 2.0) == []
    assert generation.transcript.get(message(4).id) is not None
    assert generation.transcript.get(phantom.id) is None


def test_two_ghosts_are_another_numbering(proofs: Proofs, generation: Generation) -> None:
    """sync.md 2.11: as is one beside a head that went back."""
    there = [one for one in generation.transcript.above(0) if (one.sequence or 0) < 4]
    look(proofs, generation, 20.0, *there)
    assert look(proofs, generation, 40.0, *there).is_other_numbering
    assert Proof(ghosts=(message(1),), went_back=True).is_other_numbering
    assert not Proof(regressed=(message(1), message(2))).is_other_numbering


def test_a_head_that_went_back_is_told(proofs: Proofs, generation: Generation) -> None:
    """sync.md 2.11."""
    low = Page(messages=(), latest_sequence=4)
    look(proofs, generation, 20.0, page=low)

    assert look(proofs, generation, 40.0, page=low).went_back


def test_an_older_version_that_stands_is_taken(proofs: Proofs, generation: Generation) -> None:
    """sync.md fault 52: the backup has the message, but not what was done to it since."""
    old = replace(message(4, rev=1), content="before")
    proof = Proof()
    for second in (20.0, 40.0):
        proof = look(
            proofs, generation, second, message(1, rev=1), message(2, rev=2), old, message(5)
        )

    assert proofs.let_go(proof, generation.transcript, 40.0) == []
    assert generation.transcript.get(old.id) == old


def test_what_was_shown_of_one_numbering_means_nothing_for_the_next(
    proofs: Proofs, generation: Generation
) -> None:
    """sync.md 2.11."""
    proofs.watch(generation.transcript, 0.0)
    look(proofs, generation, 20.0, message(1, rev=1))
    proofs.let_go(Proof(ghosts=(message(4),)), generation.transcript, 20.0)

    proofs.forget(21.0)

    assert proofs.unsettled == {}
    assert proofs.holes.due is None
    assert look(proofs, Generation(), 60.0) == Proof()

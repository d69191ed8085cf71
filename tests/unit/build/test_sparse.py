"""`threadline_build.sparse`."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threadline_build.errors import BuildError
from threadline_build.sparse import PAGE_BYTES, PREAMBLE_CAPACITY, decode, encode

PREAMBLE_BYTES = 64
ROOT = Path(__file__).parents[3]


def snapshot(memory: bytes) -> bytes:
    """Return memory behind a preamble such as Pyodide writes."""
    return struct.pack("<II", 0x706E7300, PREAMBLE_BYTES).ljust(PREAMBLE_BYTES, b"\x01") + memory


def encoded(memory: bytes, table_length: int = 7) -> bytes:
    """Return the file for `memory`."""
    return encode(snapshot(memory), heap_bytes=len(memory), table_length=table_length)


@given(st.lists(st.sampled_from([b"\x00", b"\x01", b"\xff"]), max_size=12))
def test_decoding_undoes_encoding(pages: list[bytes]) -> None:
    """Whatever pages are zero: nothing is lost."""
    memory = b"".join(page * PAGE_BYTES for page in pages)

    assert decode(encoded(memory)) == snapshot(memory)


def test_pages_of_zeros_are_left_out() -> None:
    """What the file saves."""
    one, none = b"\x01" * PAGE_BYTES, bytes(PAGE_BYTES)

    assert len(encoded(one + none * 100)) < len(encoded(one)) + 100


def test_the_index_tells_what_the_page_must_find() -> None:
    """`sparse.mjs` compares heap and table, and lays out the runs."""
    one, none = b"\x01" * PAGE_BYTES, bytes(PAGE_BYTES)
    file = encoded(none + one + one + none + one, table_length=9)
    (length,) = struct.unpack_from("<I", file, 40)

    assert json.loads(file[44 : 44 + length]) == {
        "heapBytes": 5 * PAGE_BYTES,
        "tableLength": 9,
        "pageBytes": PAGE_BYTES,
        "preambleBytes": PREAMBLE_BYTES,
        "runs": [[1, 2], [4, 1]],
    }


def test_a_single_byte_keeps_its_page() -> None:
    """The last byte of a page counts as much as the first."""
    memory = bytes(PAGE_BYTES - 1) + b"\x01"

    assert decode(encoded(memory)).endswith(b"\x01")


@pytest.mark.parametrize("position", [0, 8, 40, 50, -1])
def test_a_changed_byte_is_noticed(position: int) -> None:
    """Magic, checksum, index or contents."""
    file = bytearray(encoded(b"\x01" * PAGE_BYTES))
    file[position] ^= 1

    with pytest.raises(BuildError, match="damaged"):
        decode(bytes(file))


def test_a_cut_file_is_noticed() -> None:
    """A copy that stopped half-way."""
    with pytest.raises(BuildError, match="damaged"):
        decode(encoded(b"\x01" * PAGE_BYTES)[:-1])


def test_lengths_that_do_not_fit_together_fail_the_build() -> None:
    """The maker says how long the memory was; the file must agree."""
    with pytest.raises(BuildError, match="bytes of memory"):
        encode(snapshot(bytes(PAGE_BYTES)), heap_bytes=2 * PAGE_BYTES, table_length=1)


def test_a_preamble_that_would_not_fit_fails_the_build() -> None:
    """`interpreter.mjs` lends a fixed room for it before the snapshot is read."""
    preamble_bytes = PREAMBLE_CAPACITY + 16
    long = struct.pack("<II", 0, preamble_bytes).ljust(preamble_bytes, b"\x01")

    with pytest.raises(BuildError, match="preamble"):
        encode(long + bytes(PAGE_BYTES), heap_bytes=PAGE_BYTES, table_length=1)


def test_the_page_has_the_same_room_for_the_preamble() -> None:
    """One number in two languages."""
    module = (ROOT / "extension" / "runtime" / "sparse.mjs").read_text(encoding="utf-8")

    assert f"PREAMBLE_CAPACITY = {PREAMBLE_CAPACITY};" in module

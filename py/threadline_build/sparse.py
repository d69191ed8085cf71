"""The snapshot file: a memory image without the pages that are all zero.

Layout, numbers little-endian; `extension/runtime/sparse.mjs` reads it:

    8 bytes   TLSNAP01
    32        SHA-256 of all that follows
    4         length of the index
    n         index, JSON: heapBytes, tableLength, pageBytes, preambleBytes, runs [[first page,
              number of pages], ...]
    ...       zeros up to a multiple of 16
    m         Pyodide's own preamble (magic, build id, references to JavaScript)
    ...       the pages of the runs, one after the other
"""

from __future__ import annotations

import hashlib
import json
import struct
from typing import Final

from .errors import BuildError

__all__ = ["PAGE_BYTES", "decode", "encode"]

MAGIC: Final = b"TLSNAP01"
PREAMBLE_CAPACITY: Final = 65_536  # bytes; `sparse.mjs` has the same number
PAGE_BYTES: Final = 4096  # the smaller, the more zeros are left out and the longer the index
ALIGNMENT: Final = 16  # bytes; Pyodide reads its preamble as 32-bit words


def encode(snapshot: bytes, *, heap_bytes: int, table_length: int) -> bytes:
    """Return the snapshot file for what Pyodide's `makeMemorySnapshot` gave.

    Args:
        snapshot: preamble and memory; the second 32-bit word is the length of the preamble.
        heap_bytes: length of the memory.
        table_length: slots in the function table once all is linked.

    Raises:
        BuildError: the lengths do not fit together.
    """
    (preamble_bytes,) = struct.unpack_from("<I", snapshot, 4)
    if len(snapshot) - preamble_bytes != heap_bytes:
        raise BuildError(
            f"the snapshot holds {len(snapshot) - preamble_bytes} bytes of memory, not {heap_bytes}"
        )
    if preamble_bytes > PREAMBLE_CAPACITY:
        raise BuildError(
            f"the snapshot's preamble has {preamble_bytes} bytes",
            "raise PREAMBLE_CAPACITY in sparse.py and in sparse.mjs",
        )
    memory = memoryview(snapshot)[preamble_bytes:]
    runs = _runs(memory)
    index = json.dumps(
        {
            "heapBytes": heap_bytes,
            "tableLength": table_length,
            "pageBytes": PAGE_BYTES,
            "preambleBytes": preamble_bytes,
            "runs": runs,
        },
        separators=(",", ":"),
    ).encode()
    head_bytes = len(MAGIC) + 32 + 4 + len(index)
    parts: list[bytes | memoryview] = [
        struct.pack("<I", len(index)),
        index,
        bytes(-head_bytes % ALIGNMENT),
        snapshot[:preamble_bytes],
    ]
    parts += [memory[first * PAGE_BYTES : (first + count) * PAGE_BYTES] for first, count in runs]
    body = b"".join(parts)
    return MAGIC + hashlib.sha256(body).digest() + body


def decode(file: bytes) -> bytes:
    """Return what `encode` was given: the check that nothing is lost, and the same steps as the
    page's.

    Raises:
        BuildError: the file is not whole.
    """
    body = file[40:]
    if file[:8] != MAGIC or hashlib.sha256(body).digest() != file[8:40]:
        raise BuildError("the snapshot file is damaged")
    (index_bytes,) = struct.unpack_from("<I", file, 40)
    index = json.loads(file[44 : 44 + index_bytes])
    start = -(-(44 + index_bytes) // ALIGNMENT) * ALIGNMENT
    preamble = file[start : start + index["preambleBytes"]]
    memory = bytearray(index["heapBytes"])
    position = start + index["preambleBytes"]
    for first, count in index["runs"]:
        length = count * PAGE_BYTES
        memory[first * PAGE_BYTES : first * PAGE_BYTES + length] = file[
            position : position + length
        ]
        position += length
    return preamble + bytes(memory)


def _runs(memory: memoryview) -> list[list[int]]:
    """Return pairs of first page and number of pages for what is not zero; memory is whole
    pages.
    """
    zero = bytes(PAGE_BYTES)
    runs: list[list[int]] = []
    for page in range(len(memory) // PAGE_BYTES):
        if memory[page * PAGE_BYTES : (page + 1) * PAGE_BYTES] == zero:
            continue
        if runs and sum(runs[-1]) == page:
            runs[-1][1] += 1
        else:
            runs.append([page, 1])
    return runs

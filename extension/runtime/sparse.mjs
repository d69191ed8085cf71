// Reads the snapshot file that the build writes (py/threadline_build/sparse.py says how it is laid out):
// only the pages that are not all zero, with an index. Every number in it is little-endian.

const MAGIC = 'TLSNAP01';
const DIGEST_START = 8; // bytes: after the magic
const INDEX_LENGTH_START = 40; // bytes: after the SHA-256 of all that follows
const INDEX_START = 44;

/** Room for Pyodide's own preamble, which has to be lent before the snapshot is read; the build checks it. */
export const PREAMBLE_CAPACITY = 65536; // bytes

/** A snapshot that cannot be used, with words that say why. */
export class UnusableSnapshot extends Error {}

/**
 * Checks that the file is whole and takes it apart.
 *
 * @param {ArrayBuffer} buffer the file
 * @returns {Promise<{heapBytes: number, tableLength: number, pageBytes: number, runs: number[][],
 *   preamble: Uint8Array, pages: Uint8Array}>} `preamble` is Pyodide's own header, `runs` are pairs of first page
 *   and number of pages, `pages` holds them one after the other
 */
export async function readSnapshot(buffer) {
  const bytes = new Uint8Array(buffer);
  const text = new TextDecoder();
  if (bytes.length < INDEX_START || text.decode(bytes.subarray(0, DIGEST_START)) !== MAGIC) {
    throw new UnusableSnapshot('the snapshot is not in the format that this version reads');
  }
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes.subarray(INDEX_LENGTH_START)));
  if (digest.some((byte, i) => byte !== bytes[DIGEST_START + i])) {
    throw new UnusableSnapshot('the snapshot is damaged: its checksum does not fit');
  }
  const indexLength = new DataView(buffer).getUint32(INDEX_LENGTH_START, true);
  const index = JSON.parse(text.decode(bytes.subarray(INDEX_START, INDEX_START + indexLength)));
  const preambleStart = Math.ceil((INDEX_START + indexLength) / 16) * 16;
  const pagesStart = preambleStart + index.preambleBytes;
  return { ...index, preamble: bytes.slice(preambleStart, pagesStart), pages: bytes.subarray(pagesStart) };
}

/**
 * Puts the preamble where Pyodide will look for it, and tells it that no memory follows: the pages are laid out here.
 *
 * @param {Uint8Array} preamble
 * @param {Uint8Array} target of PREAMBLE_CAPACITY bytes
 */
export function lend(preamble, target) {
  target.set(preamble);
  new DataView(target.buffer).setUint32(4, target.length, true); // the second word says where the memory begins
}

/**
 * Lays the pages into a fresh module's memory, which then is byte for byte the memory that was saved.
 *
 * @param {object} module Emscripten's module, linked, before Python runs
 * @param {Awaited<ReturnType<typeof readSnapshot>>} snapshot
 */
export function layOut(module, snapshot) {
  if (module.wasmTable.length !== snapshot.tableLength) {
    throw new UnusableSnapshot(
      `the function table has ${module.wasmTable.length} slots here and ${snapshot.tableLength} in the snapshot`,
    );
  }
  const fresh = module.HEAPU8.length; // memory beyond this is zero by definition once it is added
  if (fresh > snapshot.heapBytes) {
    throw new UnusableSnapshot(`the memory has ${fresh} bytes here and ${snapshot.heapBytes} in the snapshot`);
  }
  module.growMemory(snapshot.heapBytes);
  const heap = module.HEAPU8;
  if (heap.length !== snapshot.heapBytes) {
    throw new UnusableSnapshot(`the memory grew to ${heap.length} bytes and not to ${snapshot.heapBytes}`);
  }
  let from = 0;
  let end = 0; // of the run before, in bytes
  for (const [first, count] of snapshot.runs) {
    const start = first * snapshot.pageBytes;
    if (end < fresh) heap.fill(0, end, Math.min(start, fresh));
    end = start + count * snapshot.pageBytes;
    heap.set(snapshot.pages.subarray(from, from + count * snapshot.pageBytes), start);
    from += count * snapshot.pageBytes;
  }
  if (end < fresh) heap.fill(0, end, fresh);
}

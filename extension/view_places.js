// Where the reader was in each conversation and what they had unfolded, kept for the next opening: a
// popup dies without a word. Per account, in localStorage, which is read without waiting; bounded, the
// oldest go first. A place is a message and its distance from the upper edge: pixels alone mean
// nothing once something has come in.

import { owner } from './view_owner.js';

const PLACES = 'threadline.places.';
const UNFOLDED = 'threadline.unfolded.';
const MAX_PLACES = 50; // conversations
const MAX_UNFOLDED = 300; // steps and turns

const named = (prefix) => prefix + encodeURIComponent(owner() ?? '');

/** A map that is kept under `prefix`, its entries in the order in which they were last written. */
function read(prefix) {
  try {
    return new Map(JSON.parse(localStorage.getItem(named(prefix)) ?? '[]'));
  } catch {
    return new Map(); // written by another version, or cut short: as good as absent
  }
}

function write(prefix, known, most) {
  try {
    localStorage.setItem(named(prefix), JSON.stringify([...known].slice(-most)));
  } catch {
    // Full: a place may be missing, a text may not.
  }
}

/** The place at which `session` was left, `{key, offset}`, or null for the end. */
export function recallPlace(session) {
  return session === null ? null : read(PLACES).get(session) ?? null;
}

/** Keep `place` as the one at which `session` was left; null: the end. */
export function keepPlace(session, place) {
  if (session === null) return;
  const known = read(PLACES);
  if (place === null && !known.has(session)) return;
  known.delete(session);
  if (place !== null) known.set(session, place);
  write(PLACES, known, MAX_PLACES);
}

/** What the person has folded or unfolded: id -> whether it is open. */
export function recallUnfolded() {
  return read(UNFOLDED);
}

/** Keep that the person has folded or unfolded these: `[id, isOpen]`. */
export function keepUnfolded(entries) {
  const known = read(UNFOLDED);
  for (const [id, isOpen] of entries) {
    known.delete(id);
    known.set(id, isOpen);
  }
  write(UNFOLDED, known, MAX_UNFOLDED);
}

/** Forget the places of whose page this is. */
export function wipePlaces() {
  for (const prefix of [PLACES, UNFOLDED]) localStorage.removeItem(named(prefix));
}

// The last thing painted, kept so that the next opening shows text before anything has started.
//
// localStorage because it is read without waiting. Keyed by account and session, bounded, and wiped
// when the account changes or signs out: nobody sees what another account read here.

import { lastOwner, owner } from './view_owner.js';

const INDEX = 'threadline.paint';
const MAX_ROWS = 60;
const MAX_CHARACTERS = 200_000;
const MAX_SESSIONS = 4;

const entryKey = (session) => `${INDEX}.${session}`;

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null');
  } catch {
    return null; // written by another version, or cut short: as good as absent
  }
}

function write(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false; // full: a cache may be missing
  }
}

function index() {
  const found = read(INDEX);
  return Array.isArray(found?.sessions) ? found : { sessions: [] };
}

/** The session that was painted last, or null. */
export function lastSession() {
  return index().sessions[0] ?? null;
}

/** What was painted of `session` for whose page this is, or null. */
export function recallPaint(session) {
  const entry = session === null ? null : read(entryKey(session));
  const isWhole = Array.isArray(entry?.rows) && entry.slots && entry.facts;
  return isWhole && entry.account === owner() ? entry : null;
}

/**
 * Keep what is painted. Of a long log only the end is kept; such a paint claims no version, so that
 * the engine answers with all of it. Nothing is kept where somebody else has signed in meanwhile.
 */
export function keepPaint({ term, version, rows, slots, facts }) {
  const { account, session } = facts;
  if (!account || !session || account !== lastOwner()) return;
  let kept = rows.slice(-MAX_ROWS);
  let size = kept.reduce((sum, row) => sum + row.html.length, 0);
  while (size > MAX_CHARACTERS) size -= kept.shift().html.length;
  const complete = kept.length === rows.length;
  const entry = {
    account, session, rows: kept, slots, facts,
    term: complete ? term : null,
    version: complete ? version : 0,
  };
  if (!write(entryKey(session), entry)) return;
  const sessions = [session, ...index().sessions.filter((other) => other !== session)];
  for (const old of sessions.splice(MAX_SESSIONS)) localStorage.removeItem(entryKey(old));
  write(INDEX, { sessions });
}

/** Forget what was painted of `session`. */
export function forgetPaint(session) {
  localStorage.removeItem(entryKey(session));
  write(INDEX, { sessions: index().sessions.filter((other) => other !== session) });
}

/** Forget every paint. */
export function wipePaints() {
  for (const key of Object.keys(localStorage)) {
    if (key === INDEX || key.startsWith(`${INDEX}.`)) localStorage.removeItem(key);
  }
}

// The last thing painted, kept so that the next opening shows text before anything has started.
//
// localStorage because it is read without waiting. Keyed by account and session, bounded, and wiped
// when the account changes or signs out: nobody sees what another account read here.

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
  return Array.isArray(found?.sessions) ? found : { account: null, sessions: [] };
}

/** The account whose paints are kept, or null. */
export function cachedAccount() {
  return index().account;
}

/** The session that was painted last, or null. */
export function lastSession() {
  return index().sessions[0] ?? null;
}

/** What was painted of `session` for the account whose paints are kept, or null. */
export function recallPaint(session) {
  const entry = session === null ? null : read(entryKey(session));
  const isWhole = Array.isArray(entry?.rows) && entry.slots && entry.facts;
  return isWhole && entry.account === cachedAccount() ? entry : null;
}

/**
 * Keep what is painted. Of a long log only the end is kept; such a paint claims no version, so that
 * the engine answers with all of it.
 */
export function keepPaint({ term, version, rows, slots, facts }) {
  const { account, session } = facts;
  if (!account || !session) return;
  const known = index();
  if (known.account !== account) wipePaints();
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
  const others = known.account === account ? known.sessions : [];
  const sessions = [session, ...others.filter((other) => other !== session)];
  for (const old of sessions.splice(MAX_SESSIONS)) localStorage.removeItem(entryKey(old));
  write(INDEX, { account, sessions });
}

/** Forget what was painted of `session`. */
export function forgetPaint(session) {
  localStorage.removeItem(entryKey(session));
  const { account, sessions } = index();
  write(INDEX, { account, sessions: sessions.filter((other) => other !== session) });
}

/** Forget every paint. */
export function wipePaints() {
  for (const key of Object.keys(localStorage)) {
    if (key === INDEX || key.startsWith(`${INDEX}.`)) localStorage.removeItem(key);
  }
}

/** From now on, what is kept is kept for `account`. */
export function keepFor(account) {
  write(INDEX, { account, sessions: [] });
}

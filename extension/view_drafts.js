// What is being typed, per account and session, kept as it is typed: a popup dies without a word.
//
// Two windows write in turn; what was written last is the draft, whatever their clocks say. What is typed
// before anybody is signed in is nobody's, and becomes the first one's who is.

import { cachedAccount } from './view_cache.js';

const PREFIX = 'threadline.draft.';
const prefix = (account) => `${PREFIX}${encodeURIComponent(account ?? '')}/`;
const key = (account, session) => prefix(account) + (session ?? ''); // '' is the chat that has no session yet

/** The draft of `session`, or "". */
export function recallDraft(session) {
  return localStorage.getItem(key(cachedAccount(), session)) ?? localStorage.getItem(key(null, session)) ?? '';
}

/** Keep `text` as the draft of `session`; no text, no draft. False: there was no room for it. */
export function keepDraft(session, text) {
  const account = cachedAccount();
  try {
    if (account !== null || text === '') localStorage.removeItem(key(null, session));
    if (text === '') localStorage.removeItem(key(account, session));
    else localStorage.setItem(key(account, session), text);
    return true;
  } catch {
    return false;
  }
}

/** Forget the drafts of the account whose paints are kept, and nobody's; those of others wait for them. */
export function wipeDrafts() {
  const wiped = [prefix(cachedAccount()), prefix(null)];
  for (const name of Object.keys(localStorage)) {
    if (wiped.some((start) => name.startsWith(start))) localStorage.removeItem(name);
  }
}

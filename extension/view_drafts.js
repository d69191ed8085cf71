// What is being typed, per account and session, kept as it is typed: a popup dies without a word.
//
// Two windows write in turn; what was written last is the draft, whatever their clocks say. What is typed
// before anybody is signed in is nobody's, and becomes the first one's who is.

import { owner } from './view_owner.js';

const PREFIX = 'threadline.draft.';
const prefix = (account) => `${PREFIX}${encodeURIComponent(account ?? '')}/`;
const key = (account, session) => prefix(account) + (session ?? ''); // '' is the chat that has no session yet

/** The draft of `session`, or "". */
export function recallDraft(session) {
  return localStorage.getItem(key(owner(), session)) ?? localStorage.getItem(key(null, session)) ?? '';
}

/** Keep `text` as the draft of `session`; no text, no draft. False: there was no room for it. */
export function keepDraft(session, text) {
  try {
    if (owner() !== null || text === '') localStorage.removeItem(key(null, session));
    if (text === '') localStorage.removeItem(key(owner(), session));
    else localStorage.setItem(key(owner(), session), text);
    return true;
  } catch {
    return false;
  }
}

/** Forget the drafts of whose page this is, and nobody's; those of others wait for them. */
export function wipeDrafts() {
  const wiped = [prefix(owner()), prefix(null)];
  for (const name of Object.keys(localStorage)) {
    if (wiped.some((start) => name.startsWith(start))) localStorage.removeItem(name);
  }
}

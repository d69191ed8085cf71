// What is being typed, per session, kept as it is typed: a popup dies without a word.

const PREFIX = 'threadline.draft.';
const key = (session) => `${PREFIX}${session ?? ''}`; // '' is the chat that has no session yet

/** The draft of `session`, or "". */
export function recallDraft(session) {
  return localStorage.getItem(key(session)) ?? '';
}

/** Keep `text` as the draft of `session`; no text, no draft. False: there was no room for it. */
export function keepDraft(session, text) {
  try {
    if (text === '') localStorage.removeItem(key(session));
    else localStorage.setItem(key(session), text);
    return true;
  } catch {
    return false;
  }
}

/** Forget all drafts. */
export function wipeDrafts() {
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith(PREFIX)) localStorage.removeItem(name);
  }
}

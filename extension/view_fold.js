// Folding steps: what the person opens stays open, and a run that is over folds by itself.
//
// The engine says how a step stands by itself (`open` in its HTML); what the person did to one counts
// more, and is kept. When a run ends its steps fold a moment later, unless the person is reading
// upwards or has opened something in it.

import { keepUnfolded, recallUnfolded } from './view_places.js';

const FOLD_DELAY_MS = 300; // between the end of a run and its folding (ux.md 5.5)
const SELECTOR = '[data-disclosure]';

const isOpen = (part) => (part.tagName === 'DETAILS' ? part.open : part.ariaExpanded === 'true');
const setOpen = (part, open) => {
  if (part.tagName === 'DETAILS') part.open = open;
  else part.ariaExpanded = String(open);
};

/** The steps below the turn's own row; without its last message, which is the result, once it is over. */
function stepsOf(turn) {
  const rows = [];
  for (let row = turn.nextElementSibling; row !== null; row = row.nextElementSibling) {
    if (row.matches('.turn, .message-user')) break;
    if (row.matches('.message-assistant, .message-step')) rows.push(row);
  }
  if (!turn.matches('.turn-running')) rows.pop();
  return rows.flatMap((row) => [...row.querySelectorAll(`details${SELECTOR}`)]);
}

export class Folding {
  /** `hold(change)` runs a change of the log without moving the reader; `isFollowing()` is whether they are at its end. */
  constructor({ log, hold, isFollowing }) {
    Object.assign(this, { log, hold, isFollowing });
    this.known = recallUnfolded();
    this.folding = new Set(); // parts that are to fold soon
    log.addEventListener('click', (event) => {
      const step = event.target.closest('summary')?.parentElement;
      if (step?.matches(SELECTOR)) this.#keep([[step, !step.open]]); // it turns after this
    });
  }

  /** Another account's person reads from now on. */
  recall() {
    this.known = recallUnfolded();
  }

  /** A row is about to be shown, in place of `before` if there was one. */
  prepare(element, before) {
    if (this.known.size === 0 && before === undefined) return;
    for (const part of element.querySelectorAll(SELECTOR)) {
      const kept = this.known.get(this.#id(part));
      if (kept !== undefined) setOpen(part, kept);
      else if (before && !isOpen(part)) this.#foldLater(part, before);
    }
  }

  /** The person folds or unfolds all steps of the turn that `button` heads. */
  turn(button) {
    const open = button.ariaExpanded !== 'true';
    this.hold(() => {
      const parts = [button, ...stepsOf(button.closest('.turn'))];
      for (const part of parts) setOpen(part, open);
      this.#keep(parts.map((part) => [part, open]));
    });
  }

  /** The person opens or closes what `button` stands for. */
  toggle(button) {
    const open = !isOpen(button);
    this.hold(() => setOpen(button, open));
    this.#keep([[button, open]]);
  }

  /** Unfold what is folded in `row`, to show something in it. */
  reveal(row) {
    const parts = [...row.querySelectorAll(SELECTOR)].filter((part) => !isOpen(part));
    this.hold(() => { for (const part of parts) setOpen(part, true); });
    this.#keep(parts.map((part) => [part, true]));
  }

  #id(part) {
    return `${part.closest('[data-key]').dataset.key}/${part.dataset.disclosure}`;
  }

  #keep(parts) {
    const entries = parts.map(([part, open]) => [this.#id(part), open]);
    for (const [id, open] of entries) this.known.set(id, open);
    for (const [part] of parts) this.folding.delete(part);
    keepUnfolded(entries);
  }

  #foldLater(part, before) {
    const old = before.querySelector(`[data-disclosure="${part.dataset.disclosure}"]`);
    if (old === null || !isOpen(old)) return;
    setOpen(part, true);
    if (this.folding.size === 0) setTimeout(() => this.#fold(), FOLD_DELAY_MS);
    this.folding.add(part);
  }

  #fold() {
    const parts = [...this.folding].filter((part) => part.isConnected);
    this.folding.clear();
    if (!this.isFollowing() || parts.some((part) => this.#isTouched(part))) return;
    this.hold(() => { for (const part of parts) setOpen(part, false); });
  }

  /** Whether `part` heads a turn in which the person has folded or unfolded anything. */
  #isTouched(part) {
    if (part.tagName === 'DETAILS') return false;
    return [part, ...stepsOf(part.closest('.turn'))].some((one) => this.known.has(this.#id(one)));
  }
}

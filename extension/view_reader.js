// Where a conversation opens, and where its reader is when it is left.
//
// It opens at the place where it was left; else at the first message nobody has seen, a third down;
// else at its end (ux.md 5.7). What the engine knows comes after the first paint, so this looks again
// after each paint until the place is found or the reader moves.

import { keepPlace, recallPlace } from './view_places.js';

const LOOK_MS = 5_000; // for which a place is waited for that is not here yet
const TOP_PX = 56; // below the upper edge, where a message is put that was asked for
const MARK = 'new'; // the key of the line before what nobody has seen

export class Reader {
  constructor({ painting, scrolling }) {
    Object.assign(this, { painting, scrolling });
    this.session = null;
    this.place = null; // where the conversation is to open, until that is done
    this.isOpening = false;
    addEventListener('pagehide', () => this.keep());
  }

  /** `session` comes on show. */
  open(session) {
    this.session = session;
    this.place = recallPlace(session);
    this.isOpening = true;
    this.scrolling.isTouched = false;
    setTimeout(() => { if (this.session === session) this.isOpening = false; }, LOOK_MS);
  }

  /** The key of the message that is to be in the window, for the engine; or null. */
  get wanted() {
    return this.place?.key ?? null;
  }

  /** Something was painted: open where it is to open, if that can be done now. */
  settle() {
    if (!this.isOpening) return;
    if (this.scrolling.isTouched) {
      this.isOpening = false;
      return;
    }
    const { rows } = this.painting;
    const mark = rows.get(MARK)?.element;
    const row = this.place && rows.get(this.place.key)?.element;
    if (row) this.scrolling.goTo(row, this.place.offset, mark);
    else {
      // Page after page of what came may still come in, before the line and after it.
      if (mark && this.place === null) this.scrolling.goToMark(mark);
      return;
    }
    this.place = null;
    this.isOpening = mark === undefined; // the line may still come, and with it what to count
  }

  /** Show the message of `key`, and give it the focus. */
  show(key) {
    const row = this.painting.rows.get(key)?.element;
    if (row === undefined) return;
    this.scrolling.goTo(row, TOP_PX);
    row.tabIndex = -1;
    row.focus({ preventScroll: true });
  }

  /** The reader has come to rest somewhere, or is about to leave. */
  keep() {
    if (this.place === null) keepPlace(this.session, this.scrolling.place());
  }
}

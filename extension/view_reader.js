// Where a conversation opens, where its reader is meanwhile, and where they are when it is left.
//
// It opens at the place where it was left; else at the first message nobody has seen, a third down;
// else at its end (ux.md 5.7). What the engine knows comes after the first paint, so this looks again
// after each paint until the place is found or the reader moves. The engine is told where the reader is in what
// it has painted itself: of what was kept from before, it may know that much is missing.

import { keepPlace, recallPlace } from './view_places.js';

const LOOK_MS = 5_000; // for which a place is waited for that is not here yet
const TOP_PX = 56; // below the upper edge, where a message is put that was asked for
const MARK = 'new'; // the key of the line before what nobody has seen

export class Reader {
  /** `post(message)` says it to the engine, where `isAttached()`. */
  constructor({ painting, scrolling, isAttached, post }) {
    Object.assign(this, { painting, scrolling, isAttached, post });
    this.session = null;
    this.place = null; // where the conversation is to open, until that is done
    this.isOpening = false;
    this.isPainted = false; // what is here is all of what the engine painted last
    this.told = ''; // what the engine was told last
    addEventListener('pagehide', () => this.keep());
    const tell = () => this.tell();
    document.addEventListener('visibilitychange', tell);
    for (const type of ['focus', 'blur']) addEventListener(type, tell);
  }

  /** `session` comes on show. */
  open(session) {
    this.session = session;
    this.place = recallPlace(session);
    this.isOpening = true;
    this.scrolling.isTouched = false;
    setTimeout(() => {
      if (this.session !== session) return;
      this.isOpening = false;
      this.tell();
    }, LOOK_MS);
  }

  /** The key of the message that is to be in the window, for the engine; or null. */
  get wanted() {
    return this.place?.key ?? null;
  }

  /** All of a paint of the engine's is here. */
  painted() {
    this.settle();
    this.isPainted = true;
    this.tell();
  }

  /** What comes in while the end of the list is in sight is read; what comes in otherwise is not. */
  tell() {
    if (!this.isPainted || !this.isAttached()) return;
    const isSeeking = this.isOpening && this.place !== null; // it will open elsewhere than at the end
    const message = {
      type: 'reading',
      asked: this.painting.facts.readingAsked,
      isReading: !document.hidden && this.scrolling.following && !isSeeking,
      isWatched: !document.hidden && document.hasFocus(),
    };
    const told = JSON.stringify(message);
    if (told === this.told) return;
    this.told = told;
    this.post(message);
  }

  /** Each life of the engine is told anew, and only of what it has painted. */
  forgetTold() {
    this.isPainted = false;
    this.told = '';
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
    if (row || mark) this.painting.drawAll();
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

  /** The reader has come to rest somewhere, or is about to leave. A place that is still looked for stays. */
  keep() {
    if (this.place !== null && !this.scrolling.isTouched) return;
    keepPlace(this.session, this.scrolling.place());
  }
}

// Scrolling that never moves a reader.
//
// The page follows only while the reader is at the end, and only the reader decides that. It follows
// between layout and paint, when the list's new height is known: what came in is seen at once, and no
// layout is made for it alone. (A list that is scrolled from its end, by `column-reverse`, needs no script for
// that; but whatever comes in then moves each row against that end, and Chrome visits all of them.) While
// the reader is away, the line they are reading stays where it is, whatever is inserted, replaced or
// reflowed around it, and a pill counts what came in below.

import { plural, say } from './i18n.js';

const AT_END_PX = 24; // nearer than this to the end counts as at the end
const READER_KEYS = new Set([
  'ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End', ' ', 'Tab',
]);

export class Scrolling {
  /**
   * `turned()` is told when the reader has come to the end, or has left it, and `rested()` when they
   * have come to rest anywhere.
   */
  constructor({ scroller, log, pill, words, turned, rested }) {
    this.scroller = scroller;
    this.log = log;
    this.pill = pill;
    this.words = words;
    this.turned = turned;
    this.rested = rested;
    this.following = true;
    this.unseen = 0;
    this.anchor = null; // {element, key, depth}: the first row in sight and where it stood
    this.offset = 0; // where we know the list to be scrolled to, in pixels from its start
    this.isEarly = false; // scrolled to the end since the last frame
    this.input = false;
    this.isTouched = false; // the reader has moved since somebody set this
    this.isQuiet = false;
    this.#listen();
  }

  /** Whether what comes in is not to be read out: it will be told by its number. */
  quieten(isQuiet) {
    if (isQuiet === this.isQuiet) return;
    this.isQuiet = isQuiet;
    this.#speak();
  }

  /** Run `change`, which alters the log, without moving the reader. */
  hold(change) {
    if (this.following) {
      const result = change();
      this.#showEndEarly();
      return result;
    }
    this.#drop();
    const before = this.#articles();
    const result = change();
    this.#count(before);
    this.#settle();
    return result;
  }

  /** Go to the newest message and follow from there. */
  toEnd() {
    this.#follow(true);
    this.#showEnd();
  }

  /**
   * Put `element` so many pixels below the upper edge. What comes after `mark`, if there is one, counts
   * as new.
   */
  goTo(element, offset, mark) {
    const { scroller } = this;
    const edge = scroller.getBoundingClientRect().top;
    scroller.scrollTop += element.getBoundingClientRect().top - edge - offset;
    this.offset = scroller.scrollTop;
    this.#follow(this.#isAtEnd());
    if (this.following) return;
    if (mark) this.unseen = this.log.querySelectorAll(':scope > [data-key="new"] ~ article').length;
    this.#showPill();
    this.#drop();
  }

  /** Show the line before what is new a third down, if it is further up than that. */
  goToMark(mark) {
    if (this.following) this.#showEnd(); // which may have been left to the frame, and is what it is measured from
    const { top, height } = this.scroller.getBoundingClientRect();
    const offset = Math.round(height / 3);
    if (mark.getBoundingClientRect().top < top + offset) this.goTo(mark, offset, mark);
  }

  /** The first message in sight and its distance from the upper edge, in pixels; null at the end. */
  place() {
    if (this.following) return null;
    let row = this.#anchorElement();
    while (row !== null && row.tagName !== 'ARTICLE') row = row.nextElementSibling;
    if (row === null) return null;
    const { top } = this.scroller.getBoundingClientRect();
    return { key: row.dataset.key, offset: Math.round(row.getBoundingClientRect().top - top) };
  }

  #listen() {
    const { scroller, pill } = this;
    const begin = () => { this.input = this.isTouched = true; };
    scroller.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    scroller.addEventListener('scrollend', () => {
      this.input = false;
      this.rested();
    });
    scroller.addEventListener('wheel', (event) => this.#wheeled(event), { passive: true });
    scroller.addEventListener('touchmove', begin, { passive: true });
    scroller.addEventListener('keydown', (event) => { if (READER_KEYS.has(event.key)) begin(); });
    pill.addEventListener('click', () => {
      this.toEnd();
      this.scroller.focus({ preventScroll: true });
    });
    const observer = new ResizeObserver(() => this.#settle());
    observer.observe(scroller);
    observer.observe(this.log.parentElement);
  }

  #wheeled({ deltaY }) {
    this.input = this.isTouched = true;
    // At once, so that nothing that comes in before the first scroll event moves the reader's line.
    if (deltaY < 0 && this.scroller.scrollTop > 0) this.#follow(false);
  }

  #scrolled() {
    const { scrollTop } = this.scroller;
    const isWhereItWas = Math.abs(scrollTop - this.offset) <= 1;
    // It was us. Where the end was is not where it is, if something came in before this event did: a reader
    // who turned the wheel at the end has not left it by that.
    if (isWhereItWas && (this.following || !this.input)) return;
    this.offset = scrollTop;
    this.#follow(this.#isAtEnd());
    if (!this.following) this.#drop();
  }

  #isAtEnd() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    return scrollTop >= scrollHeight - clientHeight - AT_END_PX;
  }

  /**
   * Scroll to the end before the frame begins, once for each: a scroll during a frame has Chrome make
   * another one, for its event. What comes in after that and before the frame is left to the frame.
   */
  #showEndEarly() {
    if (this.isEarly) return;
    this.isEarly = true;
    requestAnimationFrame(() => { this.isEarly = false; });
    this.#showEnd();
  }

  #showEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.offset = this.scroller.scrollTop;
  }

  #follow(following) {
    if (following) this.unseen = 0;
    const hasTurned = following !== this.following;
    this.following = following;
    if (hasTurned) this.#speak();
    if (hasTurned) this.turned();
    this.#showPill();
  }

  /** The log reads out what comes in while the reader is at its end. */
  #speak() {
    this.log.setAttribute('aria-live', this.following && !this.isQuiet ? 'polite' : 'off');
  }

  /** After any change of layout: the end stays in sight, or the line of a reader who is away from it. */
  #settle() {
    if (this.following) {
      this.#showEnd();
      return;
    }
    const { scroller } = this;
    const element = this.#anchorElement();
    if (element !== null) scroller.scrollTop += this.#depth(element) - this.anchor.depth;
    this.offset = scroller.scrollTop;
    this.#follow(scroller.scrollHeight <= scroller.clientHeight);
    if (!this.following) this.#drop();
  }

  /** The anchored row's present element: the same one, or the one that took its key. */
  #anchorElement() {
    if (this.anchor === null) return null;
    if (this.anchor.element.isConnected) return this.anchor.element;
    return this.log.querySelector(`:scope > [data-key="${CSS.escape(this.anchor.key)}"]`);
  }

  /** How far below the start of all a row begins, whatever the offset; in fractions of a pixel. */
  #depth(element) {
    const column = this.log.parentElement;
    return element.getBoundingClientRect().top - column.getBoundingClientRect().top;
  }

  /**
   * Take the first row that begins in sight as the line that must not move, so that a row which
   * only ends in sight may grow. Where none begins there, it is the one that fills the view.
   */
  #drop() {
    const { top, bottom } = this.scroller.getBoundingClientRect();
    const begins = (row) => row.getBoundingClientRect().top;
    const rows = this.log.children;
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (begins(rows[middle]) >= top) high = middle;
      else low = middle + 1;
    }
    const isInSight = low < rows.length && begins(rows[low]) < bottom;
    let element = (isInSight ? rows[low] : rows[low - 1]) ?? null;
    // The line before what is new goes up with the older messages that come; what is read does not.
    if (element?.dataset.key === 'new') element = element.nextElementSibling;
    this.anchor = element && { element, key: element.dataset.key, depth: this.#depth(element) };
  }

  #articles() {
    return new Set([...this.log.querySelectorAll(':scope > article')].map(({ dataset }) => dataset.key));
  }

  /** Count the messages that have come in below the reader's line. */
  #count(before) {
    const anchor = this.#anchorElement();
    for (const element of this.log.querySelectorAll(':scope > article')) {
      const below = anchor === null
        || anchor.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING;
      if (below && !before.has(element.dataset.key)) this.unseen += 1;
    }
  }

  #showPill() {
    this.pill.hidden = this.following;
    if (this.following) return;
    const count = this.unseen;
    this.words.textContent = count > 0 ? plural('pill_new', count) : say('pill_latest');
    this.pill.setAttribute('aria-label', count > 0 ? plural('pill_jump_new', count) : say('pill_jump'));
  }
}

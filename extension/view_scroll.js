// Scrolling that never moves a reader.
//
// The page follows new messages only while the reader is at the end, and only the reader decides
// that: a scroll that happened without the layout changing, or during input, is theirs; everything
// else is ours. While the reader is away, the line they are reading stays where it is, whatever is
// inserted, replaced or reflowed above it, and a pill counts what came in below.

const AT_END_PX = 24; // nearer than this to the end counts as at the end
const READER_KEYS = new Set([
  'ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End', ' ', 'Tab',
]);

export class Scrolling {
  /** `turned()` is told when the reader has come to the end, or has left it. */
  constructor({ scroller, log, pill, words, turned }) {
    this.scroller = scroller;
    this.log = log;
    this.pill = pill;
    this.words = words;
    this.turned = turned;
    this.following = true;
    this.unseen = 0;
    this.anchor = null; // {element, key, top}: the first row in sight and where it stood
    this.known = { top: 0, height: 0, room: 0 }; // measured with the first frame, not ahead of it
    this.input = false;
    this.#listen();
  }

  /** Run `change`, which alters the log, without moving the reader. */
  hold(change) {
    if (this.following) {
      const result = change();
      this.#settle();
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
    this.#settle();
  }

  #listen() {
    const { scroller, pill } = this;
    const begin = () => { this.input = true; };
    scroller.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    scroller.addEventListener('scrollend', () => { this.input = false; });
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
    this.input = true;
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    // At once, so that nothing that comes in before the first scroll event pulls the reader back.
    if (deltaY < 0 && scrollTop > 0 && scrollHeight > clientHeight) this.#follow(false);
  }

  #scrolled() {
    const now = this.#measures();
    const sameLayout = now.height === this.known.height && now.room === this.known.room;
    const moved = Math.abs(now.top - this.known.top) > 1;
    if (this.input || (sameLayout && moved)) this.#follow(this.#isAtEnd());
    this.known = now;
    if (!this.following) this.#drop();
  }

  #follow(following) {
    if (following) this.unseen = 0;
    const hasTurned = following !== this.following;
    if (hasTurned) this.log.setAttribute('aria-live', following ? 'polite' : 'off');
    this.following = following;
    if (hasTurned) this.turned();
    this.#showPill();
  }

  #isAtEnd() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    return scrollHeight - clientHeight - scrollTop <= AT_END_PX;
  }

  #measures() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    return { top: scrollTop, height: scrollHeight, room: clientHeight };
  }

  /** After any change of layout: the end stays in sight, or the reader's line stays put. */
  #settle() {
    const { scroller } = this;
    if (this.following) {
      scroller.scrollTop = scroller.scrollHeight;
      this.anchor = null;
    } else {
      const element = this.#anchorElement();
      if (element !== null) scroller.scrollTop += this.#top(element) - this.anchor.top;
      this.#follow(scroller.scrollHeight <= scroller.clientHeight);
    }
    this.known = this.#measures();
    if (!this.following) this.#drop();
  }

  /** The anchored row's present element: the same one, or the one that took its key. */
  #anchorElement() {
    if (this.anchor === null) return null;
    if (this.anchor.element.isConnected) return this.anchor.element;
    return this.log.querySelector(`:scope > [data-key="${CSS.escape(this.anchor.key)}"]`);
  }

  /** Where a row stands in what is scrolled, whatever the scroll offset; in fractions of a pixel. */
  #top(element) {
    const column = this.log.parentElement;
    return element.getBoundingClientRect().top - column.getBoundingClientRect().top;
  }

  /**
   * Take the first row that begins in sight as the line that must not move, so that a row which
   * only ends in sight may grow. Where none begins there, it is the one that fills the view.
   */
  #drop() {
    const { scrollTop, clientHeight } = this.scroller;
    const rows = this.log.children;
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#top(rows[middle]) >= scrollTop) high = middle;
      else low = middle + 1;
    }
    const begins = low < rows.length && this.#top(rows[low]) < scrollTop + clientHeight;
    const element = (begins ? rows[low] : rows[low - 1]) ?? null;
    this.anchor = element && { element, key: element.dataset.key, top: this.#top(element) };
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
    this.words.textContent = count > 0 ? `${count} new` : 'Latest';
    this.pill.setAttribute('aria-label', count > 0 ? `Jump to latest, ${count} new` : 'Jump to latest');
  }
}

// The messages on show as a reader goes through them with keys: one has the focus, none is a tab stop.

const FAILED = '.step-failed, .message-error';

export class Messages {
  constructor({ log, scroller, scrolling }) {
    Object.assign(this, { log, scroller, scrolling });
  }

  /** All messages on show, in order. */
  get all() {
    return [...this.log.querySelectorAll(':scope > article')];
  }

  /** What the person wrote last, as it was typed, or ''. */
  lastOwn() {
    const own = this.log.querySelectorAll(':scope > article.message-user');
    return own.length === 0 ? '' : own[own.length - 1].querySelector('.text').textContent;
  }

  /** The agent's last message, or null. */
  lastAnswer() {
    const answers = this.log.querySelectorAll(':scope > article.message-assistant');
    return answers[answers.length - 1] ?? null;
  }

  /** Give the message so many further on the focus; from elsewhere, the last one that begins in sight. */
  step(by) {
    const { all } = this;
    const at = all.indexOf(document.activeElement?.closest('#log > article'));
    if (at !== -1) this.goTo(all[at + by]);
    else this.goTo(all.findLast((one) => this.#isInSight(one)) ?? all.at(-1));
  }

  /** Go to the next message that failed after the focused one; after the last comes the first. */
  nextFailed() {
    const { all } = this;
    const at = all.indexOf(document.activeElement?.closest('#log > article'));
    const inTurn = [...all.slice(at + 1), ...all.slice(0, at + 1)];
    this.goTo(inTurn.find((one) => one.querySelector(FAILED) !== null));
  }

  /** Give `article` the focus and bring it into sight; nothing happens where there is none. */
  goTo(article) {
    if (!article) return;
    article.tabIndex = -1;
    this.scrolling.isTouched = true;
    article.focus({ preventScroll: true });
    article.scrollIntoView({ block: 'nearest' });
  }

  #isInSight(article) {
    const { top, bottom } = this.scroller.getBoundingClientRect();
    const place = article.getBoundingClientRect();
    return place.top >= top && place.top < bottom;
  }
}

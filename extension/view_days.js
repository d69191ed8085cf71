// Days in the conversation: the first message of each day says which day it is, in the reader's own
// time zone and language.
//
// A day is an attribute of the message, shown by the style sheet, so that no row is the page's own. It is
// looked at after a frame, as times are, and at midnight, when "Today" becomes "Yesterday".

import { perLanguage } from './language.js';

const DAY_MS = 86_400_000;
const ago = perLanguage((locale) => new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }));
const dates = perLanguage((locale) => ['numeric', undefined].map((year) => {
  return new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long', year });
}));

/** The words for a day that began at `start`, of somebody whose day began at `today`. */
function wordsOf(start, today) {
  const days = Math.round((today - start) / DAY_MS); // rounded: a day may have 23 hours, or 25
  if (days === 0 || days === 1) {
    const words = ago().format(-days, 'day');
    return words.charAt(0).toLocaleUpperCase() + words.slice(1);
  }
  const [withYear, withoutYear] = dates();
  const isThisYear = new Date(start).getFullYear() === new Date(today).getFullYear();
  return (isThisYear ? withoutYear : withYear).format(start);
}

const startOf = (moment) => new Date(moment).setHours(0, 0, 0, 0);

export class Days {
  /** `hold(change)` runs a change of the log without moving the reader. */
  constructor({ log, hold }) {
    Object.assign(this, { log, hold });
    this.starts = new WeakMap(); // article -> when its day began
    this.midnight = 0;
  }

  /** Mark the first message of each day, and look again at midnight. */
  mark() {
    const today = startOf(Date.now());
    const changes = [];
    let last = NaN;
    for (const article of this.log.querySelectorAll(':scope > article')) {
      const start = this.#startOf(article);
      if (Number.isNaN(start)) continue;
      const words = start === last ? undefined : wordsOf(start, today);
      if (article.dataset.day !== words) changes.push([article, words]);
      last = start;
    }
    if (changes.length > 0) {
      this.hold(() => {
        for (const [article, words] of changes) {
          if (words === undefined) delete article.dataset.day;
          else article.dataset.day = words;
        }
      });
    }
    clearTimeout(this.midnight);
    this.midnight = setTimeout(() => this.mark(), startOf(today + 1.5 * DAY_MS) - Date.now() + 1);
  }

  #startOf(article) {
    if (!this.starts.has(article)) {
      this.starts.set(article, startOf(Date.parse(article.querySelector('.meta-time')?.dateTime)));
    }
    return this.starts.get(article);
  }
}

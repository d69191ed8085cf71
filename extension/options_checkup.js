// The connection test on the options page: one row a check, filled in as the engine tells how it goes.

import { plural, say } from './i18n.js';

/** The rows of the test, and what is said of it to a screen reader. */
export class Checkup {
  constructor({ list, said }) {
    this.list = list;
    this.said = said;
  }

  /** Begin anew: every row waits. */
  begin() {
    this.list.hidden = false;
    this.said.textContent = say('test_begins');
    for (const row of this.list.children) this.#fill(row, { outcome: 'waiting', words: '', milliseconds: null });
  }

  /** Show how the checks stand; at the end say it in one sentence. */
  show({ checks, done }) {
    for (const check of checks) {
      this.#fill(this.list.querySelector(`[data-check="${check.check}"]`), check);
    }
    if (!done) return;
    const failed = checks.filter(({ outcome }) => outcome === 'failed').length;
    this.said.textContent = failed === 0
      ? say('test_works')
      : plural('test_failures', failed, { all: checks.length });
  }

  /** The engine went away, or the settings cannot be tried. */
  end(words) {
    this.list.hidden = true;
    this.said.textContent = words;
  }

  #fill(row, { outcome, words, milliseconds }) {
    row.dataset.outcome = outcome;
    row.querySelector('.check-words').textContent = words || say(`test_${outcome}`);
    const time = milliseconds === null ? '' : say('diagnostics_milliseconds', { milliseconds });
    row.querySelector('.check-time').textContent = time;
  }
}

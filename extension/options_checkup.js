// The connection test on the options page: one row a check, filled in as the engine tells how it goes.

const OUTCOMES = {
  waiting: 'Waiting', running: 'Checking…', ok: 'Works', failed: 'Does not work', skipped: 'Skipped',
};

/** The rows of the test, and what is said of it to a screen reader. */
export class Checkup {
  constructor({ list, said }) {
    this.list = list;
    this.said = said;
  }

  /** Begin anew: every row waits. */
  begin() {
    this.list.hidden = false;
    this.said.textContent = 'Testing the connection…';
    for (const row of this.list.children) this.#fill(row, { outcome: 'waiting', words: '', milliseconds: null });
  }

  /** Show how the checks stand; at the end say it in one sentence. */
  show({ checks, done }) {
    for (const check of checks) {
      this.#fill(this.list.querySelector(`[data-check="${check.check}"]`), check);
    }
    if (!done) return;
    const failed = checks.filter(({ outcome }) => outcome === 'failed').length;
    this.said.textContent = failed === 0 ? 'The connection works.' : `${failed} of ${checks.length} checks failed.`;
  }

  /** The engine went away, or the settings cannot be tried. */
  end(words) {
    this.list.hidden = true;
    this.said.textContent = words;
  }

  #fill(row, { outcome, words, milliseconds }) {
    row.dataset.outcome = outcome;
    row.querySelector('.check-words').textContent = words || OUTCOMES[outcome];
    row.querySelector('.check-time').textContent = milliseconds === null ? '' : `${milliseconds} ms`;
  }
}

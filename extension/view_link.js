// The line from this page to the engine: found, kept, and found again, for ever.
//
// Where nobody listens, the service worker is asked to see to it that there is an engine, and the
// page tries again after a short, growing pause, or at once when it is shown or the network is back.
// Where the engine runs in a panel page, this page offers to hold it.

import { afterFrame } from './view_frame.js';
import { openLine } from './view_line.js';

const FIRST_PAUSE_MS = 40;
const LONGEST_PAUSE_MS = 3_000;
const LONGEST_START_MS = 60_000; // an engine that says nothing for so long is said to be none
const REFUSALS_ENOUGH = 2; // a single one may be two pages asking at the same moment
const MOST_WAITING = 50; // messages kept while there is no engine; the oldest go first

// An engine that starts takes the processor; the text that is here already is shown first.
const shown = new Promise((resolve) => { afterFrame(resolve); });

export class EngineLink {
  /**
   * `hello()` gives the first messages of each line and `receive(message)` gets all that comes in.
   * `changed(attached)` is told when the engine answers for the first time and when it is gone, and
   * `failed()` when this page was to run the engine and could not, or none has said a word for long. `anyhow`: this page cannot run
   * the engine itself, so it asks for one in the background even where panels run it. Such a page
   * shows no conversation: it stays with the line that it got.
   */
  constructor({ hello, receive, changed, failed, anyhow = false }) {
    Object.assign(this, { hello, receive, changed, failed, anyhow });
    this.line = null;
    this.attached = false;
    this.pause = FIRST_PAUSE_MS;
    this.timer = 0;
    this.waiting = [];
    this.refusals = 0; // answers in a row that there can be no engine in the background
    this.offering = false;
  }

  /** Begin. The engine is looked for at once, whoever is to hold it. */
  start() {
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) this.#wake('visible');
    });
    addEventListener('online', () => this.#wake('online'));
    addEventListener('pageshow', (event) => { if (event.persisted) this.#wake('pageshow'); });
    this.#connect();
    setTimeout(() => { if (!this.attached) this.failed?.(); }, LONGEST_START_MS);
    chrome.storage.local.get('settings').then(({ settings }) => {
      if (settings?.engineHost === 'panel') this.#offerToHost();
    });
  }

  /** Say `message` to the engine, now or as soon as there is one. */
  post(message) {
    if (this.attached) this.#write(message);
    else this.waiting = [...this.waiting, message].slice(-MOST_WAITING);
  }

  /** Say `message`, of which the `hello` tells too: an engine that has not spoken yet hears it there, before all else. */
  choose(message) {
    if (this.attached) this.#write(message);
    else this.greet();
  }

  /** Say hello again: what is painted is not what the engine thinks. */
  greet() {
    if (this.line === null) return;
    for (const message of this.hello()) this.#write(message);
  }

  #write(message) {
    try {
      this.line.say(JSON.stringify(message));
    } catch {
      this.#lost(this.line); // it died, and the news of that is still on the way
    }
  }

  #wake(reason) {
    if (this.attached) this.#write({ type: 'wake', reason });
    else if (this.line === null) this.#connect();
  }

  /** Hold the engine in this page as soon as no other page does. Only a panel can. */
  async #offerToHost() {
    if (this.offering || this.failed === undefined) return;
    this.offering = true;
    try {
      const { startEngineHere } = await import('./panel_engine.js');
      await startEngineHere();
    } catch {
      this.failed(); // panel_engine.js has reported why
      return;
    }
    if (this.line?.isHere) return;
    this.#lost(this.line, { again: false }); // it led to an engine that has ended
    this.#connect();
  }

  #connect({ instead } = {}) {
    clearTimeout(this.timer);
    let line = null;
    try {
      line = openLine({
        heard: (text) => { if (line === this.line) this.#heard(text); },
        ended: () => this.#ended(line),
        instead,
      });
    } catch {
      this.#again();
      return;
    }
    this.line = line;
    this.greet();
  }

  #heard(text) {
    if (!this.attached && !this.anyhow && this.line.isOutdated()) {
      this.receive(JSON.parse(text)); // shown at once; all else waits for the line that stays
      this.#connect({ instead: this.line });
      return;
    }
    if (!this.attached) {
      this.attached = true;
      this.pause = FIRST_PAUSE_MS;
      this.changed(true);
      const waiting = this.waiting.splice(0);
      for (const message of waiting) this.#write(message);
    }
    this.receive(JSON.parse(text));
  }

  /** The line has ended. One within this page ends with the interpreter; what comes next is looked for all the same. */
  #ended(line) {
    if (line?.isHere && line === this.line) this.failed?.();
    this.#lost(line);
  }

  #lost(line, { again = true } = {}) {
    if (line !== this.line || line === null) return;
    this.line = null;
    if (this.attached) {
      this.attached = false;
      this.changed(false);
    }
    if (again) this.#again();
  }

  #again() {
    const pause = this.pause;
    this.pause = Math.min(LONGEST_PAUSE_MS, pause * 2);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#connect(), pause);
    // The answer is a reason to try at once; no answer is none to wait any longer.
    shown.then(() => chrome.runtime.sendMessage({ type: 'ensure-engine', anyhow: this.anyhow })).then(
      (answer) => this.#ensured(answer, pause === FIRST_PAUSE_MS),
      () => {}, // the service worker is being replaced; the pause goes on
    );
  }

  /** The service worker has answered. Where it can make no engine, this page offers to be its home. */
  #ensured(answer, atOnce) {
    this.refusals = answer?.error ? this.refusals + 1 : 0;
    if (this.refusals >= REFUSALS_ENOUGH) {
      this.failed?.(); // said at once, and taken back by the first word of an engine here
      this.#offerToHost();
    } else if (this.line === null && atOnce) this.#connect();
  }
}

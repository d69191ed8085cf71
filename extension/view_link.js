// The line from this page to the engine: found, kept, and found again, for ever.
//
// Where nobody listens, the service worker is asked to see to it that there is an engine, and the
// page tries again after a short, growing pause, or at once when it is shown or the network is back.
// Where the engine runs in a panel page, this page offers to hold it and attaches without a port.

const FIRST_PAUSE_MS = 40;
const LONGEST_PAUSE_MS = 3_000;
const REFUSALS_ENOUGH = 2; // a single one may be two pages asking at the same moment
const MOST_WAITING = 50; // messages kept while there is no engine; the oldest go first
const LONGEST_FRAME_MS = 100; // a page that is covered may get no frame at all

// An engine that starts takes the processor; the text that is here already is shown first.
const shown = new Promise((resolve) => {
  requestAnimationFrame(() => setTimeout(resolve));
  setTimeout(resolve, LONGEST_FRAME_MS);
});

function overPort(port) {
  return {
    postMessage: (text) => port.postMessage(text),
    onMessage: (listener) => port.onMessage.addListener(listener),
    onDisconnect: (listener) => port.onDisconnect.addListener(() => {
      void chrome.runtime.lastError; // read, so that Chrome does not print it
      listener();
    }),
  };
}

/** A line that view_first.js has opened, and on which it has said hello. */
function overLine(line) {
  return {
    postMessage: (text) => line.port.postMessage(text),
    onMessage: (listener) => {
      line.hear = listener;
      for (const text of line.heard.splice(0)) listener(text);
    },
    onDisconnect: (listener) => {
      if (line.isGone) listener();
      else line.port.onDisconnect.addListener(listener);
    },
  };
}

export class EngineLink {
  /**
   * `hello()` gives the first messages of each line and `receive(message)` gets all that comes in.
   * `changed(attached)` is told when the engine answers for the first time and when it is gone, and
   * `failed()` when this page was to run the engine and could not. `anyhow`: this page cannot run
   * the engine itself, so it asks for one in the background even where panels run it. `line`: one
   * that is open already and greeted, to begin with.
   */
  constructor({ hello, receive, changed, failed, anyhow = false, line = null }) {
    Object.assign(this, { hello, receive, changed, failed, anyhow, line });
    this.port = null;
    this.attached = false;
    this.pause = FIRST_PAUSE_MS;
    this.timer = 0;
    this.waiting = [];
    this.refusals = 0; // answers in a row that there can be no engine in the background
    this.offering = false;
    this.isLocal = false;
  }

  /** Begin. The engine is looked for at once, whoever is to hold it. */
  start() {
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) this.#wake('visible');
    });
    addEventListener('online', () => this.#wake('online'));
    addEventListener('pageshow', (event) => { if (event.persisted) this.#wake('pageshow'); });
    this.#connect();
    chrome.storage.local.get('settings').then(({ settings }) => {
      if (settings?.engineHost === 'panel') this.#offerToHost();
    });
  }

  /** Say `message` to the engine, now or as soon as there is one. */
  post(message) {
    if (this.attached) this.#write(message);
    else this.waiting = [...this.waiting, message].slice(-MOST_WAITING);
  }

  /** Say hello again: what is painted is not what the engine thinks. */
  greet() {
    if (this.port === null) return;
    for (const message of this.hello()) this.#write(message);
  }

  #write(message) {
    try {
      this.port.postMessage(JSON.stringify(message));
    } catch {
      this.#lost(this.port); // the port died and its event is still on the way
    }
  }

  #wake(reason) {
    if (this.attached) this.#write({ type: 'wake', reason });
    else if (this.port === null) this.#connect();
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
    if (this.isLocal) return;
    this.#lost(this.port, { again: false }); // the port led to an engine that has ended
    this.#connect();
  }

  #connect() {
    clearTimeout(this.timer);
    const { line } = this;
    this.line = null;
    const port = line === null ? this.#open() : overLine(line);
    if (port === null) return;
    this.port = port;
    port.onMessage((text) => { if (port === this.port) this.#heard(text); });
    port.onDisconnect(() => this.#lost(port));
    if (line === null) this.greet();
  }

  #open() {
    try {
      const local = globalThis.threadlineHost?.attachLocalView?.();
      this.isLocal = local !== undefined;
      return local ?? overPort(chrome.runtime.connect({ name: 'view' }));
    } catch {
      this.#again();
      return null;
    }
  }

  #heard(text) {
    if (!this.attached) {
      this.attached = true;
      this.pause = FIRST_PAUSE_MS;
      this.changed(true);
      const waiting = this.waiting.splice(0);
      for (const message of waiting) this.#write(message);
    }
    this.receive(JSON.parse(text));
  }

  #lost(port, { again = true } = {}) {
    if (port !== this.port || port === null) return;
    this.port = null;
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
    if (this.refusals >= REFUSALS_ENOUGH) this.#offerToHost();
    else if (this.port === null && atOnce) this.#connect();
  }
}

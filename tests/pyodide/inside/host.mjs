// A host object whose answers a test writes down beforehand, in place of the page's: border 2 of ARCHITECTURE.md.
// Every call is recorded, so that a test says what must cross, and in which form.

let calls = [];
let answers = {};
let standing = {}; // answers that are never forgotten
let deliver = null;

const NAMES = [
  'listen', 'openSocket', 'sendText', 'closeSocket', 'request', 'cancelRequest', 'armTimer', 'disarmTimer',
  'readStorage', 'writeStorage', 'removeStorage', 'readOutbox', 'writeOutbox', 'deleteOutbox', 'askStore', 'eraseStore',
  'keepEngine', 'closeEngine', 'showUnread', 'notify', 'letGo', 'postToView', 'now', 'monotonic', 'configuration', 'boot', 'report',
  'messages', 'englishMessages', 'pluralForm', 'formatNumber',
];

/** Sets `threadlineHost`, as bridge.js does, and `scriptedHost`, by which a test speaks to it. */
export function installHost() {
  globalThis.threadlineHost = Object.fromEntries(NAMES.map((name) => [name, (...args) => {
    if (name === 'listen') [deliver] = args;
    else calls.push([name, ...args]);
    return answers[name];
  }]));
  globalThis.scriptedHost = {
    /** Forget everything; `json` holds the answers by function name. */
    reset(json) {
      calls = [];
      answers = { ...standing, ...JSON.parse(json) };
    },
    /** Give these answers, by function name, beside those of a test. */
    stand: (json) => { standing = JSON.parse(json); },
    /** What was called since, as JSON: [[name, ...arguments], ...]. A proxy would not survive this, as it should. */
    calls: () => JSON.stringify(calls),
    /** Say something to Python, as the page would. */
    deliver: (topic, number, text) => deliver(topic, number, text),
  };
}

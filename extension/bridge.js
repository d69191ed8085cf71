// What Python may ask of the page it runs in: border 2 of ARCHITECTURE.md. Each function is one browser call, with
// values in and values out; no rule of the product is here. It is evaluated before Python starts, so that views and
// events that come while Python boots are queued, and delivered first.
import configuration from './configuration.json' with { type: 'json' };
import { englishMessages, formatNumber, messages, onLanguage, pluralForm, readMessages } from './language.js';
import { allRows, deleteRow, onOutboxDeleted, putRow, takeTerm } from './outbox_store.js';
import { causeOf, RecordsStore } from './records_store.js';

const LONGEST_TIMER_MS = 2 ** 31 - 1; // setTimeout fires at once for more
const STORAGE_TRIES = 5; // the service worker may be starting
const LEVELS = { info: 'info', warning: 'warn', error: 'error' };

let listener = null;
const early = [];

function deliver(topic, number = 0, text = '') {
  if (listener === null) early.push([topic, number, text]);
  else if (!isDead) hand(topic, number, text);
}

/** Python handles whatever its own code raises: what comes out here is that the interpreter itself has ended. */
function hand(topic, number, text) {
  try {
    listener(topic, number, text);
  } catch (error) {
    engineDied(`the engine has ended: ${error?.stack ?? error}`);
  }
}

// --- views ------------------------------------------------------------------------------------------------------

const views = new Map(); // number -> {post(text), end()}
const inReach = new Map(); // id -> number, of a view in reach whose port is still on the way
const far = new Map(); // id -> number, of a view that speaks through its port
let lastView = 0;
let isHeld = false; // whether this page holds the engine

function attach(view) {
  const number = ++lastView;
  views.set(number, view);
  deliver('view_attached', number);
  return number;
}

function left(number) {
  if (views.delete(number)) deliver('view_left', number);
}

function connected(port) {
  const [kind, id] = port.name.split(':');
  if (port.sender?.id !== chrome.runtime.id) return;
  const end = () => port.disconnect();
  if (kind === 'far') {
    const number = attach({ post: (text) => port.postMessage(text), end });
    far.set(id, number);
    port.onMessage.addListener((text) => { if (views.has(number)) deliver('view_said', number, String(text)); });
    port.onDisconnect.addListener(() => {
      far.delete(id);
      left(number);
    });
    return;
  }
  if (kind !== 'view') return;
  const number = inReach.get(id);
  inReach.delete(id);
  const view = views.get(number);
  if (view === undefined) end(); // its engine has let go of it meanwhile
  else view.end = end;
  port.onDisconnect.addListener(() => left(number));
}

/**
 * Attach a view in this page, or in another page of the extension: they share a process. `heard(text)` gets what the
 * engine says, and `ended()` is called when it lets go; what is returned says a text to it. Neither side is called
 * while the other is still at work. The port `view:<id>` of another page tells of its end; a view in this page has no
 * `id`, and ends with it. `instead` is the id of the port through which the view spoke so far: that one ends.
 */
function attachView({ heard, ended, id = null, instead = null }) {
  endFar(instead);
  const number = attach({
    post: (text) => queueMicrotask(() => heard(text)),
    end: () => queueMicrotask(ended),
  });
  if (id !== null) inReach.set(id, number);
  return (text) => queueMicrotask(() => { if (views.has(number)) deliver('view_said', number, text); });
}

function endFar(id) {
  const number = far.get(id);
  const view = views.get(number);
  left(number);
  view?.end();
}

/** This page has the engine's Web Lock: views attach here. */
function holdEngine() {
  isHeld = true;
  chrome.runtime.onConnect.addListener(connected);
}

/** There is no engine here, or no more: every view looks for the one that has taken over. */
function dropEngine() {
  isHeld = false;
  chrome.runtime.onConnect.removeListener(connected);
  const all = [...views.values()];
  views.clear();
  for (const { end } of all) end();
}

let isDead = false;

/** There is no interpreter, or no more. The service worker makes another page for one; a panel says so in words. */
function engineDied(words) {
  isDead = true;
  report('error', words);
  dropEngine();
  endLife();
  if (!direct) tellWorker({ type: 'engine-died' });
}

let endLife;
const lifeOver = new Promise((resolve) => { endLife = resolve; });

/** The engine has stepped down. The lock of this one goes, and its page, where it is a page for the engine alone. */
function letGo() {
  dropEngine();
  endLife();
  if (!direct) closeEngine();
}

function postToView(number, text) {
  try {
    views.get(number)?.post(text);
  } catch {
    left(number); // the port is closed and its event is still on the way
  }
}

// --- sockets ----------------------------------------------------------------------------------------------------

const sockets = new Map(); // number -> WebSocket

function openSocket(number, url) {
  let socket;
  try {
    socket = new WebSocket(url);
  } catch (error) {
    queueMicrotask(() => deliver('socket_closed', number, `1006 ${error.name}`));
    return;
  }
  sockets.set(number, socket);
  socket.onopen = () => deliver('socket_opened', number);
  socket.onmessage = ({ data }) => deliver('socket_text', number, typeof data === 'string' ? data : '');
  socket.onclose = ({ code, reason }) => {
    sockets.delete(number);
    deliver('socket_closed', number, `${code} ${reason}`);
  };
}

function sendText(number, text) {
  const socket = sockets.get(number);
  if (socket?.readyState === WebSocket.OPEN) socket.send(text);
}

function closeSocket(number, code) {
  const socket = sockets.get(number);
  if (socket === undefined) return;
  sockets.delete(number);
  socket.onopen = socket.onmessage = socket.onclose = null;
  socket.close(code);
}

// --- requests ---------------------------------------------------------------------------------------------------

const requests = new Map(); // number -> AbortController

async function request(number, text) {
  const { method, url, headers, body, timeoutMs, opaque } = JSON.parse(text);
  const controller = new AbortController();
  requests.set(number, controller);
  const timer = setTimeout(() => controller.abort('timeout'), timeoutMs);
  let answer;
  try {
    // No cookies: the token is the only right. No redirects: one would carry the question elsewhere.
    const init = {
      method, headers, body, signal: controller.signal, cache: 'no-store', credentials: 'omit', redirect: 'error',
    };
    const response = await fetch(url, init).catch((error) => {
      if (!opaque || controller.signal.aborted) throw error;
      // Somebody may be there all the same, who does not let us read: the status is 0 then.
      return fetch(url, { ...init, headers: {}, mode: 'no-cors', redirect: 'follow' });
    });
    answer = { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
  } catch {
    answer = { failure: controller.signal.reason === 'timeout' ? 'timeout' : 'network' };
  } finally {
    clearTimeout(timer);
  }
  if (requests.delete(number)) deliver('response', number, JSON.stringify(answer));
}

function cancelRequest(number) {
  const controller = requests.get(number);
  requests.delete(number);
  controller?.abort('cancelled');
}

// --- timer and clocks -------------------------------------------------------------------------------------------

let timer = 0;

function armTimer(delayMs) {
  clearTimeout(timer);
  timer = setTimeout(() => deliver('timer_rang'), Math.min(delayMs, LONGEST_TIMER_MS));
}

addEventListener('online', () => deliver('woke', 0, 'online'));
addEventListener('offline', () => deliver('woke', 0, 'offline'));
if (!navigator.onLine) deliver('woke', 0, 'offline');
addEventListener('pageshow', ({ persisted }) => { if (persisted) deliver('woke', 0, 'pageshow'); });

// --- storage ----------------------------------------------------------------------------------------------------

// An offscreen document has no chrome.storage: the service worker reads and writes for it. A panel page has.
const direct = globalThis.chrome.storage?.local;

async function ask(message) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await chrome.runtime.sendMessage(message);
      if (answer?.error) throw new Error(answer.error);
      return answer?.value;
    } catch (error) {
      if (attempt === STORAGE_TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50 * 2 ** attempt));
    }
  }
}

async function readStorage(number, keysText) {
  const keys = JSON.parse(keysText);
  let values = {};
  try {
    values = direct ? await direct.get(keys) : await ask({ type: 'storage-read', keys });
  } catch (error) {
    report('error', `storage cannot be read: ${error.message}`);
  }
  deliver('storage_read', number, JSON.stringify(values ?? {}));
}

function written(promise) {
  promise.catch((error) => report('error', `storage cannot be written: ${error.message}`));
}

function writeStorage(text) {
  const entries = JSON.parse(text);
  written(direct ? direct.set(entries) : ask({ type: 'storage-write', entries }));
}

function removeStorage(text) {
  const keys = JSON.parse(text);
  written(direct ? direct.remove(keys) : ask({ type: 'storage-remove', keys }));
}

function changed(changes) {
  const values = Object.entries(changes).map(([key, { newValue }]) => [key, newValue ?? null]);
  deliver('storage_changed', 0, JSON.stringify(Object.fromEntries(values)));
}

if (direct) direct.onChanged.addListener(changed);
else {
  chrome.runtime.onMessage.addListener((message, sender) => {
    if (sender.id === chrome.runtime.id && message?.type === 'storage-changed') changed(message.changes);
  });
}

// --- what is unsent, and the stored sessions ----------------------------------------------------------------------

async function readOutbox(number) {
  let rows = [];
  try {
    // First: what an engine before this one writes from now on is refused, and so not missed. A full disk is read, too.
    await takeTerm(0).catch(() => {});
    rows = await allRows();
  } catch (error) {
    report('error', `the outbox cannot be read: ${error.message}`);
  }
  deliver('outbox_read', number, JSON.stringify(rows));
}

// Writes happen one after the other, in the order of the orders.
let writing = Promise.resolve();

/** `number`, unless it is 0, is that of who waits for what comes of it. */
function queueWrite(write, number = 0) {
  writing = writing.then(write)
    .then(() => { if (number !== 0) deliver('row_written', number); }, (error) => {
      if (causeOf(error) === 'fenced') {
        deliver('fenced');
        return;
      }
      report('error', `the outbox cannot be written: ${error.message}`);
      if (number !== 0) deliver('row_not_written', number);
    });
}

onOutboxDeleted(() => deliver('outbox_lost'));

const sessions = new RecordsStore({ takeTerm, lost: (name) => deliver('store_lost', 0, name) });
const STORE_ANSWERS = { open: 'store_opened', load: 'session_loaded', save: 'saved', drop: 'saved' };

/** Carry out one order about stored sessions: a method of `RecordsStore`, and its members. */
async function askStore(number, order, text) {
  try {
    deliver(STORE_ANSWERS[order], number, JSON.stringify(await sessions[order](JSON.parse(text))));
  } catch (error) {
    const cause = causeOf(error);
    if (cause === 'fenced') deliver('fenced');
    else deliver('store_failed', number, cause);
    if (cause === 'failed') report('warning', `stored sessions, ${order}: ${error?.message}`);
  }
}

function eraseStore(name) {
  sessions.erase(name).catch((error) => report('error', `stored sessions cannot be removed: ${error?.message}`));
}

// --- the life of the engine ---------------------------------------------------------------------------------------

// One after the other, so that the last word is the one that counts.
let telling = Promise.resolve();

function tellWorker(message) {
  telling = telling.then(() => ask(message))
    .catch((error) => report('error', `the service worker did not ${message.type}: ${error.message}`));
}

/** End the engine's page once what was ordered before is written. */
function closeEngine() {
  writing.then(() => tellWorker({ type: 'close-engine' }));
}

// --- the rest ---------------------------------------------------------------------------------------------------

function report(level, text) {
  console[LEVELS[level] ?? 'log'](`Threadline: ${text}`);
}

function boot() {
  const { kind, reason, milliseconds } = globalThis.threadlineBoot ?? {};
  if (kind === undefined) return '';
  return `started ${kind === 'snapshot' ? 'from the snapshot' : `without the snapshot: ${reason}`} in ${milliseconds} ms`;
}

const ready = readMessages(); // waited for before Python runs
onLanguage(() => readMessages().then(() => deliver('language_changed')));

globalThis.threadlineHost = {
  listen(deliverTo) {
    listener = deliverTo;
    for (const delivery of early.splice(0)) hand(...delivery);
  },
  openSocket,
  sendText,
  closeSocket,
  request,
  cancelRequest,
  armTimer,
  disarmTimer: () => clearTimeout(timer),
  readStorage,
  writeStorage,
  removeStorage,
  readOutbox,
  writeOutbox: (number, text) => queueWrite(() => putRow(JSON.parse(text)), number),
  deleteOutbox: (clientMessageId) => queueWrite(() => deleteRow(clientMessageId)),
  keepEngine: (isWanted) => tellWorker({ type: 'keep-engine', isWanted }),
  closeEngine,
  askStore,
  eraseStore,
  showUnread: (count) => tellWorker({ type: 'show-unread', count }),
  notify: (text) => tellWorker({ type: 'notify', ...JSON.parse(text) }),
  postToView,
  attachView,
  holdEngine,
  dropEngine,
  engineDied,
  holdsEngine: () => isHeld,
  letGo,
  lifeOver,
  now: () => Date.now(),
  monotonic: () => performance.now(),
  configuration: () => JSON.stringify(configuration),
  boot,
  report,
  ready, messages, englishMessages, pluralForm, formatNumber,
};

// The diagnostics page: asks the engine once a second how it is, and shows what the page's Python makes of it.
//
// The engine is asked over the same line as by the settings page. The HTML comes from Python (diagnostics.py, run by
// PyScript) and reaches the page by the allow-list of view_html.js, as everywhere.

import './view_surface.js';
import { say } from './i18n.js';
import {
  englishMessages, formatNumber, messages, onLanguage, pluralForm, readMessages,
} from './language.js';
import { Checkup } from './options_checkup.js';
import { runPyScript } from './pyscript_page.js';
import { parse } from './view_html.js';
import { EngineLink } from './view_link.js';
import { keepTimes, writeTimes } from './view_time.js';
import { firstPaint } from './view_timing.js';

const EVERY_MS = 1_000;
const SAID_MS = 2_000; // how long "Copied" stands on the button (ux.md 5.4)

const find = (id) => document.getElementById(id);
const slots = [...document.querySelectorAll('[data-slot]')];

let show = null; // Python's: the text of an answer, with the last panel's first paint, to {slots, report}
let report = '';
let lastRequest = 0;
let unanswered = 0; // the number of the question that is on its way, or 0
let timer = 0;
let isPaused = false;
let testing = 0;

// ---- The line to the engine

const checkup = new Checkup({ list: find('checks'), said: find('checks-said') });

const link = new EngineLink({
  anyhow: true,
  // The engine says nothing to a page like this one unless it is asked.
  hello: () => [{ type: 'hello', session: null, term: null, version: 0, surface: 'options' }, question()],
  receive: (message) => {
    if (message.type === 'checkup' && message.request === testing) checkup.show(message);
    else if (message.type === 'answer') answered(message);
    else if (message.type === 'diagnostics' && message.request === unanswered) told(message);
  },
  changed: (attached) => {
    if (!attached) unanswered = 0;
    if (show !== null) tell(attached ? '' : say('diagnostics_no_engine'));
  },
});

function askSoon(delay) {
  clearTimeout(timer);
  if (!isPaused && !document.hidden) timer = setTimeout(ask, delay);
}

function question() {
  lastRequest += 1;
  unanswered = lastRequest;
  return { type: 'get_diagnostics', request: unanswered };
}

function ask() {
  if (show !== null && link.attached && unanswered === 0) link.post(question());
}

function told(message) {
  unanswered = 0;
  askSoon(EVERY_MS);
  if (show === null) return; // Python is still starting: it asks again when it is there
  let made;
  try {
    made = JSON.parse(show(JSON.stringify({ ...message, firstPaint: firstPaint() })));
  } catch (error) {
    tell(say('diagnostics_unreadable', { reason: error.message }));
    return;
  }
  report = made.report;
  find('copy').disabled = false;
  for (const slot of slots) fill(slot, made.slots[slot.dataset.slot]);
}

/** Show `html` in a slot, unless it is there already: what the reader has selected or scrolled stays. */
function fill(slot, html) {
  if (slot.shown === html) return;
  slot.shown = html;
  const holder = parse(html);
  writeTimes(holder);
  const { scrollTop } = slot;
  slot.replaceChildren(...holder.childNodes);
  slot.scrollTop = scrollTop;
}

function tell(words) {
  find('said').textContent = words;
}

// ---- What the engineer does

find('copy').addEventListener('click', async () => {
  const button = find('copy');
  try {
    await navigator.clipboard.writeText(report);
  } catch {
    tell(say('diagnostics_no_clipboard'));
    return;
  }
  button.textContent = say('said_copied');
  tell(say('diagnostics_copied'));
  setTimeout(() => { button.textContent = say('diagnostics_copy'); }, SAID_MS);
});

find('pause').addEventListener('click', () => {
  isPaused = !isPaused;
  find('pause').setAttribute('aria-pressed', String(isPaused));
  tell(isPaused ? say('diagnostics_paused') : '');
  askSoon(0);
});

document.addEventListener('visibilitychange', () => askSoon(0));

find('test-connection').addEventListener('click', async () => {
  checkup.begin();
  const { settings = {} } = await chrome.storage.local.get('settings');
  lastRequest += 1;
  testing = lastRequest;
  link.post({ type: 'test_connection', request: testing, settings });
});

/** An answer instead of a first report of the test: the settings cannot be tried. */
function answered({ request, errors = {} }) {
  if (request === testing) checkup.end(`${say('test_none')} ${Object.values(errors).join(' ')}`);
}

// ---- The page's Python

// Python's door to an engine's page: this one holds none, and only says in which language.
globalThis.threadlineHost = { holdsEngine: () => false, messages, englishMessages, pluralForm, formatNumber };
onLanguage(() => location.reload());
globalThis.threadlineDiagnostics = { listen(lent) { show = lent; } };

keepTimes();
link.start();
try {
  await readMessages();
  const script = await runPyScript();
  if (script.dataset.page !== 'running') throw new Error('its script failed');
  tell('');
  askSoon(0);
} catch (error) {
  tell(say('diagnostics_no_python', { reason: error.message }));
}

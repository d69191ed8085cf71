// The diagnostics page: asks the engine once a second how it is, and shows what the page's Python makes of it.
//
// The engine is asked over the same line as by the settings page. The HTML comes from Python (diagnostics.py, run by
// PyScript) and reaches the page by the allow-list of view_html.js, as everywhere.

import './view_surface.js';
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
    if (show !== null) say(attached ? '' : 'The engine is not running. It is being started.');
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
    say(`What the engine told could not be shown: ${error.message}`);
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

function say(words) {
  find('said').textContent = words;
}

// ---- What the engineer does

find('copy').addEventListener('click', async () => {
  const button = find('copy');
  try {
    await navigator.clipboard.writeText(report);
  } catch {
    say('The browser did not let the page write to the clipboard.');
    return;
  }
  button.textContent = 'Copied';
  say('The report is in the clipboard. Nothing secret is in it.');
  setTimeout(() => { button.textContent = 'Copy report'; }, SAID_MS);
});

find('pause').addEventListener('click', () => {
  isPaused = !isPaused;
  find('pause').setAttribute('aria-pressed', String(isPaused));
  say(isPaused ? 'Paused: what is shown stays as it is.' : '');
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
  if (request === testing) checkup.end(`Nothing was tested. ${Object.values(errors).join(' ')}`);
}

// ---- The page's Python

globalThis.threadlineHost = { holdsEngine: () => false }; // Python's door to an engine's page: this one holds none
globalThis.threadlineDiagnostics = { listen(lent) { show = lent; } };

keepTimes();
link.start();
try {
  const script = await runPyScript();
  if (script.dataset.page !== 'running') throw new Error('its script failed');
  say('');
  askSoon(0);
} catch (error) {
  say(`Python could not be started in this page: ${error.message}. Reload the page to try again.`);
}

// What only the service worker may do for the pages and the engine: the offscreen document, storage on the engine's
// behalf, and waking the engine for what is unsent. It holds no state: Chrome ends it whenever it likes.
import { allRows } from './outbox_store.js';

const ENGINE_PAGE = 'engine.html';
const ENGINE_LOCK = 'threadline-engine';
const UNSENT_ALARM = 'unsent';
const UNSENT_MINUTES = 1; // how often the outbox is looked at while something is in it

// --- the engine -------------------------------------------------------------------------------------------------

let creating = null;

async function runsInPanel() {
  const { settings } = await chrome.storage.local.get('settings');
  return settings?.engineHost === 'panel';
}

/**
 * See to it that there is an engine: in the offscreen document, or, where the person chose so, in a panel. `anyhow` is
 * said where no panel may be open: by the options page, and for what is unsent. The engine's Web Lock keeps it one.
 */
async function ensureEngine({ anyhow = false } = {}) {
  if (await runsInPanel()) {
    const { held } = await navigator.locks.query();
    const isHeld = held.some(({ name }) => name === ENGINE_LOCK);
    if (!anyhow && (await chrome.offscreen.hasDocument())) await chrome.offscreen.closeDocument();
    if (!anyhow || isHeld) return;
  }
  if (await chrome.offscreen.hasDocument()) return;
  creating ??= chrome.offscreen
    .createDocument({
      url: ENGINE_PAGE,
      reasons: ['WORKERS'],
      justification: 'Runs the Python engine that keeps the conversation up to date for every open panel.',
    })
    .finally(() => { creating = null; });
  await creating;
}

/** Nothing that the person wrote waits for a panel to be opened: the engine comes for it. */
async function sendUnsent() {
  const unsent = (await allRows()).some(({ rejected }) => rejected === null);
  if (!unsent) {
    await chrome.alarms.clear(UNSENT_ALARM);
    return;
  }
  await chrome.alarms.create(UNSENT_ALARM, { periodInMinutes: UNSENT_MINUTES });
  await ensureEngine({ anyhow: true });
}

// --- messages ---------------------------------------------------------------------------------------------------

const ANSWERS = {
  'ensure-engine': async ({ anyhow }) => {
    await ensureEngine({ anyhow });
    await chrome.alarms.create(UNSENT_ALARM, { periodInMinutes: UNSENT_MINUTES });
  },
  'storage-read': ({ keys }) => chrome.storage.local.get(keys),
  'storage-write': ({ entries }) => chrome.storage.local.set(entries),
  'storage-remove': ({ keys }) => chrome.storage.local.remove(keys),
};

chrome.runtime.onMessage.addListener((message, sender, reply) => {
  const answer = sender.id === chrome.runtime.id ? ANSWERS[message?.type] : undefined;
  if (answer === undefined) return false;
  answer(message).then((value) => reply({ value }), (error) => reply({ error: String(error?.message ?? error) }));
  return true;
});

chrome.storage.local.onChanged.addListener((changes) => {
  // An offscreen document cannot listen to storage. It is told before anything else is done, so that it hears of
  // changes in their order; nobody there is no error.
  const told = chrome.runtime.sendMessage({ type: 'storage-changed', changes }).catch(() => {});
  const ensured = 'settings' in changes ? ensureEngineWhereChosen(changes.settings) : null;
  return Promise.all([told, ensured]);
});

async function ensureEngineWhereChosen({ oldValue, newValue }) {
  if ((oldValue?.engineHost ?? 'offscreen') !== (newValue?.engineHost ?? 'offscreen')) await ensureEngine();
}

// --- beginnings -------------------------------------------------------------------------------------------------

chrome.alarms.onAlarm.addListener(({ name }) => {
  if (name === UNSENT_ALARM) return sendUnsent();
  return undefined;
});
// So that a browser or an extension that starts wakes this worker; what it does then is below.
chrome.runtime.onStartup.addListener(() => {});
chrome.runtime.onInstalled.addListener(() => {});
sendUnsent();

// The token is for the extension's own pages only.
chrome.storage.local.setAccessLevel({ accessLevel: 'TRUSTED_CONTEXTS' });

// What only the service worker may do for the pages and the engine: the offscreen document, storage on the engine's
// behalf, and opening an engine again that is wanted though no view is open. Whether it is wanted is the engine's word
// (core/lifetime.py), kept in storage. This file holds no state: Chrome ends it whenever it likes.
import { allRows } from './outbox_store.js';
import { listenForCommands } from './worker_commands.js';
import { listenForClicks, notify } from './worker_notifications.js';

const ENGINE_PAGE = 'engine.html';
const ENGINE_LOCK = 'threadline-engine';
const WANTED = 'engineWanted'; // in storage: the engine is to be there although no view is open
const DEATHS = 'engineDeaths'; // in the session's storage: when it ended last
const DEATHS_MS = 30_000; // twice in so short a time, and no other is made before it has passed
const ALARM = 'engine';
const ALARM_MINUTES = 0.5; // how often it is looked whether a wanted engine is there; Chrome allows no less

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
    if (!anyhow) await closeEngine();
    if (!anyhow || isHeld) return;
  }
  if (await chrome.offscreen.hasDocument()) return;
  const [before, last] = await deaths();
  if (last - before < DEATHS_MS && Date.now() - last < DEATHS_MS) throw new Error('The engine has just ended twice.');
  creating ??= chrome.offscreen
    .createDocument({
      url: ENGINE_PAGE,
      reasons: ['WORKERS'],
      justification: 'Runs the Python engine that keeps the conversation up to date for every open panel.',
    })
    .finally(() => { creating = null; });
  await creating;
}

const setAlarm = () => chrome.alarms.create(ALARM, { periodInMinutes: ALARM_MINUTES });

/**
 * Open the engine again if it is wanted: by its own last word, or by a text that no engine has seen. Nothing that the
 * person wrote waits for a panel to be opened.
 */
async function reopenEngine() {
  const { [WANTED]: isWanted } = await chrome.storage.local.get(WANTED);
  if (isWanted === true || (await allRows()).some(({ rejected }) => rejected === null)) {
    await setAlarm();
    await ensureEngine({ anyhow: true });
  } else {
    await chrome.alarms.clear(ALARM);
  }
}

/** The engine says whether it is wanted without a view. Both orders leave at once, so that two words keep their order. */
function keepEngine(isWanted) {
  return Promise.all([
    chrome.storage.local.set({ [WANTED]: isWanted }),
    isWanted ? setAlarm() : chrome.alarms.clear(ALARM),
  ]);
}

/** When the engine ended last without being told to, and when before that: epoch milliseconds, or 0. */
async function deaths() {
  const { [DEATHS]: known } = await chrome.storage.session.get(DEATHS);
  return known ?? [0, 0];
}

/**
 * There is no interpreter in the offscreen document, or no more: close it, so that it is not taken for an engine. Where
 * it has ended twice in a short time a panel that asks for one tries to run it itself, and says so if it cannot.
 */
async function replaceEngine() {
  const [, last] = await deaths();
  await chrome.storage.session.set({ [DEATHS]: [last, Date.now()] });
  await closeEngine();
}

async function closeEngine() {
  if (await chrome.offscreen.hasDocument()) await chrome.offscreen.closeDocument();
}

// --- messages ---------------------------------------------------------------------------------------------------

const ANSWERS = {
  'ensure-engine': async ({ anyhow }) => {
    await setAlarm(); // until the engine says itself whether it is wanted
    await ensureEngine({ anyhow });
  },
  'keep-engine': ({ isWanted }) => keepEngine(isWanted),
  'close-engine': closeEngine,
  'engine-died': replaceEngine,
  'show-unread': ({ count }) => chrome.action.setBadgeText({ text: count > 99 ? '99+' : count > 0 ? String(count) : '' }),
  notify,
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
  if (name === ALARM) return reopenEngine();
  return undefined;
});
listenForCommands();
listenForClicks();
chrome.permissions.onAdded.addListener(listenForClicks);
chrome.runtime.onStartup.addListener(reopenEngine);
chrome.runtime.onInstalled.addListener(reopenEngine);

// The token is for the extension's own pages only.
chrome.storage.local.setAccessLevel({ accessLevel: 'TRUSTED_CONTEXTS' });

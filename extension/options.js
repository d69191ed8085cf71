// The options page: connection, account, permissions, background, appearance, keys and data.
//
// It talks to the engine over the same line as a panel, with numbered questions. The engine checks
// settings and signs in; this page only shows what it answers. A token that is pasted goes straight
// into storage, where the engine sees it appear.

import { choiceOf, choose } from './view_surface.js';
import { say } from './i18n.js';
import { onLanguage, perLanguage, readLanguage } from './language.js';
import { askAccess } from './options_access.js';
import { Checkup } from './options_checkup.js';
import { Form } from './options_form.js';
import { showKeys } from './options_keys.js';
import { Leaving } from './options_leaving.js';
import { Permissions } from './options_permissions.js';
import { wipePaints } from './view_cache.js';
import { wipeDrafts } from './view_drafts.js';
import { EngineLink } from './view_link.js';
import { becomeOwner, lastOwner } from './view_owner.js';
import { wipePlaces } from './view_places.js';

const PATIENCE_MS = 15_000; // longer than a start of the engine and a request to a slow server

const find = (id) => document.getElementById(id);

/** An answer that says in words what is wrong, and with which field. */
const wrong = (field, id) => ({ ok: false, errors: { [field]: say(id) } });

// ---- Questions and answers

const open = new Map(); // request number -> what to do with the answer
let lastRequest = 0;

function question(type, members, answered) {
  lastRequest += 1;
  open.set(lastRequest, answered);
  return { type, request: lastRequest, ...members };
}

function ask(type, members = {}) {
  return new Promise((resolve) => {
    setTimeout(() => resolve(wrong('engine', 'options_engine_silent')), PATIENCE_MS); // comes to nothing after an answer
    link.post(question(type, members, resolve));
  });
}

const link = new EngineLink({
  anyhow: true,
  hello: () => [
    { type: 'hello', session: null, term: null, version: 0, surface: 'options' },
    question('get_settings', {}, showSettings),
  ],
  receive: (message) => {
    if (message.type === 'checkup') {
      if (message.request === testing) checkup.show(message);
      return;
    }
    if (message.type !== 'answer') return;
    const answered = open.get(message.request);
    open.delete(message.request);
    answered?.(message);
  },
  changed: (attached) => {
    if (attached) return;
    const unanswered = [...open.values()];
    open.clear();
    for (const answered of unanswered) answered(wrong('engine', 'options_engine_gone'));
  },
});

function showSettings({ ok, settings, account, ...kept }) {
  if (!ok) return;
  connection.fill(settings ?? {});
  background.elements.background.value = settings?.background ?? 'run';
  permissions.show();
  leaving.show(kept);
  readAccount(account);
}

// ---- Account

function showAccount(signedIn, name) {
  find('signed-in').hidden = !signedIn;
  find('signed-out').hidden = signedIn;
  // Whom the token speaks for may be known later than that it is there; a name that is shown stays.
  if (name) find('account-words').textContent = say('account_signed_in_as', { name });
  else if (!signedIn) find('account-words').textContent = say('account_signed_in');
}

async function readAccount(name) {
  const { accessToken } = await chrome.storage.local.get('accessToken');
  showAccount(Boolean(accessToken), name);
}

new Form(find('sign-in'), async (form) => {
  const name = form.value('name').trim();
  const password = form.value('password');
  const errors = {};
  if (name === '') errors.name = say('account_name_missing');
  if (password === '') errors.password = say('account_password_missing');
  if (Object.keys(errors).length > 0) return { ok: false, errors };
  await askAccess(addresses());
  const answer = await ask('sign_in', { name, password });
  if (!answer.ok) return answer;
  form.clear('password');
  showAccount(true, name);
  find('sign-out').querySelector('button').focus();
  return { ok: true };
});

new Form(find('token-form'), async (form) => {
  const accessToken = form.value('token').trim();
  if (accessToken === '') return wrong('token', 'account_token_missing');
  if (/\s/u.test(accessToken)) return wrong('token', 'account_token_spaces');
  await askAccess(addresses());
  await chrome.storage.local.set({ accessToken });
  form.clear('token');
  showAccount(true, null);
  find('sign-out').querySelector('button').focus();
  return { ok: true };
});

const leaving = new Leaving({
  ask,
  left: () => {
    becomeOwner(lastOwner()); // who has signed in since this page was opened
    wipeDrafts();
    wipePlaces();
    wipePaints();
    becomeOwner(null);
    showAccount(false, null);
    find('name').focus();
  },
});

new Form(find('sign-out'), () => leaving.begin());

chrome.storage.onChanged.addListener((changes) => {
  if ('accessToken' in changes) link.post(question('get_settings', {}, showSettings));
});

// ---- Connection

function chosen(form) {
  const settings = {
    authEndpoint: form.value('authEndpoint').trim(),
    pusherHost: form.value('pusherHost').trim(),
    pusherKey: form.value('pusherKey').trim(),
    pusherTls: form.value('pusherTls'),
    engineHost: form.value('engineHost'),
    background: background.elements.background.value,
  };
  const apiBase = form.value('apiBase').trim();
  const port = form.value('pusherPort').trim();
  if (apiBase !== '') settings.apiBase = apiBase; // what is absent is the build's choice
  if (port !== '') settings.pusherPort = /^\d+$/u.test(port) ? Number(port) : port;
  return settings;
}

/** The servers that stand in the fields: Chrome is asked for leave to talk to just these. */
function addresses() {
  const { apiBase, authEndpoint } = chosen(connection);
  return [apiBase ?? '', authEndpoint];
}

const connection = new Form(find('connection-form'), async (form) => {
  const settings = chosen(form);
  const words = await askAccess(addresses());
  const answer = await ask('save_settings', { settings });
  permissions.show();
  return answer.ok ? { ok: true, words: words || say('form_saved') } : answer;
});

/** The addresses in the fields, with what is meant by an empty one. */
function servers() {
  const [api, auth] = addresses();
  return { api, auth: auth || api };
}

const permissions = new Permissions({ servers });

// ---- How long the engine stays: saved at once, and nothing else with it

const background = find('background-form');
background.addEventListener('change', async () => {
  const { settings = {} } = await chrome.storage.local.get('settings');
  const said = background.querySelector('.said');
  const chosenNow = { ...settings, background: background.elements.background.value };
  const { ok, errors = {} } = await ask('save_settings', { settings: chosenNow });
  said.textContent = ok ? say('form_saved') : Object.values(errors).join(' ');
  said.dataset.tone = ok ? 'ok' : 'bad';
});

// ---- The connection test, of what stands in the fields, saved or not

const checkup = new Checkup({ list: find('checks'), said: find('checks-said') });
let testing = 0; // the number of the test that is shown

find('test-connection').addEventListener('click', async () => {
  checkup.begin();
  await askAccess(addresses());
  // An answer instead of a first report: the settings are wrong, or there is no engine.
  const message = question('test_connection', { settings: chosen(connection) }, ({ errors }) => {
    checkup.end(say('test_none'));
    connection.showErrors(errors ?? {});
  });
  testing = message.request;
  link.post(message);
});

// ---- Appearance: kept where every page reads it before its first layout

const look = find('look-form');
for (const { name } of look.elements) look.elements[name].value = choiceOf(name);
look.addEventListener('change', ({ target }) => {
  choose(target.name, target.value);
  readLanguage();
});

// ---- Data

const sizes = perLanguage((locale) => Object.fromEntries(['kilobyte', 'megabyte'].map((unit) => {
  return [unit, new Intl.NumberFormat(locale, { style: 'unit', unit, maximumFractionDigits: 1 })];
})));

async function showSize() {
  const { usage = 0 } = await navigator.storage.estimate();
  const [unit, bytes] = usage < 1e6 ? ['kilobyte', 1e3] : ['megabyte', 1e6];
  const size = sizes()[unit].format(usage / bytes);
  find('data-words').textContent = `${say('data_words')} ${say('data_size', { size })}`;
}

new Form(find('clear-form'), async () => {
  wipePaints();
  const answer = await ask('clear_stored');
  await showSize();
  return answer.ok ? { ok: true, words: say('data_cleared') } : answer;
});

/** Write what this page words by itself. */
function showWords() {
  showSize();
  showKeys();
  permissions.show();
}
showWords();
readAccount(null);
onLanguage(() => {
  showWords();
  link.post(question('get_settings', {}, showSettings)); // whose account it is, and what is unsent
});
chrome.storage.local.get('settings').then(({ settings }) => {
  connection.fill(settings ?? {});
  permissions.show();
});
link.start();

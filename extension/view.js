// The panel: shows the last known text, then keeps the page as the engine says it is.
//
// This file only joins the parts. What is shown is decided by the engine; the page owns scrolling,
// focus, what is unfolded, the composer and the menus. It runs before the first frame: what was kept,
// and what an engine that runs has to say to it, is on the page when it is painted for the first time.

import './view_surface.js';
import { say } from './i18n.js';
import { Access } from './view_access.js';
import { keepPaint, lastSession, recallPaint, wipePaints } from './view_cache.js';
import { listenForCommands } from './view_commands.js';
import { Copying } from './view_copy.js';
import { Days } from './view_days.js';
import { Composer } from './view_composer.js';
import { wipeDrafts } from './view_drafts.js';
import { Find } from './view_find.js';
import { afterFrame } from './view_frame.js';
import { Keys } from './view_keys.js';
import { EngineLink } from './view_link.js';
import { Messages } from './view_messages.js';
import { Folding } from './view_fold.js';
import { becomeOwner, owner } from './view_owner.js';
import { Painting } from './view_paint.js';
import { recallPlace, wipePlaces } from './view_places.js';
import { Reader } from './view_reader.js';
import { Scrolling } from './view_scroll.js';
import { SessionDrawer } from './view_sessions.js';
import { keepTimes } from './view_time.js';
import { keepFirstPaint } from './view_timing.js';
import { Toast } from './view_toast.js';

const KEEP_DELAY_MS = 400; // between a paint and its being kept: a burst is kept once
const SAY_DELAY_MS = 1_500; // announcements within this are said together (ux.md 5.9)

const find = (id) => document.getElementById(id);
const log = find('log');
const badge = find('badge');
const hint = find('composer-hint');
const working = document.querySelector('[data-slot="working"]');
const focusMessage = () => find('message').focus({ preventScroll: true });

const scrolling = new Scrolling({
  scroller: find('scroller'), log, pill: find('latest'), words: find('latest-words'), turned: () => reader.tell(),
  rested: () => reader.keep(),
});
const folding = new Folding({
  log, hold: (change) => scrolling.hold(change), isFollowing: () => scrolling.following,
});
const painting = new Painting({
  log, lost: focusMessage,
  prepare: (element, before) => folding.prepare(element, before),
  filled: (slot) => { if (slot === 'sessions') drawer.arrange(); },
});
const reader = new Reader({
  painting, scrolling, isAttached: () => link.attached, post: (message) => link.post(message),
});
const composer = new Composer({
  form: find('composer'), box: find('message'),
  error: find('composer-error'), facts: () => painting.facts, sent: showOwn,
  goesTo: () => (asked ? wanted : composer.session),
  lastText: () => messages.lastOwn(),
});
const days = new Days({ log, hold: (change) => scrolling.hold(change) });
const messages = new Messages({ log, scroller: find('scroller'), scrolling });
const copying = new Copying({
  log, tools: find('message-tools').content.firstElementChild,
  ask: (message) => link.post({ type: 'copy', message }), said: announce,
  refused: () => toast.show('toast-not-copied'),
});
const toast = new Toast({ element: find('toast'), said: announce });
const finding = new Find({
  form: find('find'), post: (message) => link.post(message),
  rowOf: (key) => painting.rows.get(key)?.element,
  reveal: (row) => folding.reveal(row),
  goTo: (place) => scrolling.goTo(place, find('scroller').clientHeight / 3),
  closed: focusMessage,
});

let windowId = null; // of the browser's window that this page belongs to
chrome.windows.getCurrent().then(({ id }) => { windowId = id; });

let wanted = new URLSearchParams(location.search).get('session') ?? lastSession();
let asked = false; // the person has asked for another session, and it has not come yet
const unpainted = new Map(); // clientMessageId -> the `send` that the engine has not shown yet

// ---- What was painted last

const kept = recallPaint(wanted);
reader.open(wanted);
if (kept !== null) {
  painting.restore(kept, { atEnd: reader.wanted === null });
  delete painting.facts.canSend; // who may send now is for the engine to say
  showStarting();
  document.title = painting.facts.documentTitle;
}
composer.start(wanted);
addEventListener('keydown', focusMessage, { capture: true }); // a key that is faster than the frame is typed, too
afterFrame(() => {
  removeEventListener('keydown', focusMessage, { capture: true });
  focusMessage();
  document.documentElement.dataset.drawn = ''; // see icons.css
});

// ---- The engine

const link = new EngineLink({
  hello: () => {
    const { term, version, facts } = painting;
    const newChat = wanted === null && (asked || facts.session === null);
    const place = asked ? recallPlace(wanted)?.key ?? null : reader.wanted;
    return [{ type: 'hello', session: wanted, newChat, term, version, surface: 'panel', place }];
  },
  receive: (message) => {
    if (message.type === 'answer') return;
    if (message.type in answers) {
      answers[message.type](message);
      return;
    }
    reader.isPainted = false;
    if (!scrolling.hold(() => painting.apply(message))) {
      painting.version = 0;
      link.greet();
      reader.forgetTold();
      access.attached();
      return;
    }
    showFacts();
    reader.painted();
    finding.settle();
    keepTimes();
    markDaysSoon();
    keepSoon();
  },
  changed: (attached) => {
    reader.forgetTold();
    if (!attached) {
      showStarting();
      return;
    }
    for (const message of unpainted.values()) link.post(message);
    drawer.attached();
    access.attached();
  },
  failed: showNoEngine,
});

function showNoEngine() {
  badge.dataset.connectionState = 'failed';
  badge.title = say('panel_engine_failed');
  painting.stand('badge', find('badge-no-engine').content.cloneNode(true));
  painting.stand('banner', find('banner-no-engine').content.cloneNode(true));
}

function showStarting() {
  badge.dataset.connectionState = 'connecting';
  badge.title = say('panel_engine_starts');
  painting.stand('badge', find('badge-starting').content.cloneNode(true));
}

// ---- Facts

function showFacts() {
  const { facts } = painting;
  if (facts.session !== composer.session) turnTo(facts.session);
  if (document.title !== facts.documentTitle) document.title = facts.documentTitle;
  if (badge.title !== facts.connectionTooltip) badge.title = facts.connectionTooltip;
  if (badge.dataset.connectionState !== facts.connectionState) badge.dataset.connectionState = facts.connectionState;
  if (facts.typingContext) working.dataset.typingContext = facts.typingContext;
  else delete working.dataset.typingContext;
  if (hint.textContent !== facts.composerHint) hint.textContent = facts.composerHint;
  if (log.ariaBusy !== 'false') log.ariaBusy = 'false';
  for (const key of unpainted.keys()) if (painting.rows.has(key)) unpainted.delete(key);
  announce(facts.announcement);
  quieten(facts.isCatchingUp === true);
  access.need(facts.accessOrigins);
  checkAccount(facts.account);
}

function turnTo(session) {
  if (composer.session === null && !asked) {
    composer.settleIn(session);
  } else {
    painting.dropOwn();
    composer.turnTo(session);
    scrolling.toEnd();
  }
  if (session !== reader.session) {
    reader.open(session);
    if (reader.wanted !== null) link.post({ type: 'reach', message: reader.wanted });
    finding.close();
  }
  asked = false;
  wanted = session;
}

let loud = 0;
/** What comes in after an absence is told by its number; a reader asks for the log's state a moment later. */
function quieten(isQuiet) {
  clearTimeout(loud);
  if (isQuiet) scrolling.quieten(true);
  else if (scrolling.isQuiet) loud = setTimeout(() => scrolling.quieten(false), SAY_DELAY_MS);
}

let said = [];
function announce(words) {
  if (!words) return;
  if (said.length === 0) {
    setTimeout(() => {
      find('announcer').textContent = [...new Set(said)].join(' ');
      said = [];
    }, SAY_DELAY_MS);
  }
  said.push(words);
  painting.facts.announcement = '';
}

// ---- Whose text this is

/** What is kept is `account`'s from now on; without one nobody's, and nothing of the one who left stays. */
function changeHands(account) {
  composer.changeHands(() => {
    if (account === null) wipeDrafts();
    if (account === null) wipePlaces();
    wipePaints();
    becomeOwner(account);
    folding.recall();
  });
}

async function checkAccount(account) {
  if (account === owner()) return;
  if (owner() === null) composer.take(() => becomeOwner(account));
  else if (account !== null || !(await hasToken())) changeHands(account);
}

async function hasToken() {
  const { accessToken } = await chrome.storage.local.get('accessToken');
  return Boolean(accessToken);
}

async function checkToken() {
  if (owner() === null || (await hasToken())) return;
  changeHands(null);
  if (!link.attached) scrolling.hold(() => painting.clear());
}

let marking = 0;
function markDaysSoon() {
  if (marking !== 0) return;
  marking = requestIdleCallback(() => {
    marking = 0;
    days.mark();
  }, { timeout: 1_000 });
}

let keeping = 0;
function keepSoon() {
  clearTimeout(keeping);
  keeping = setTimeout(keepNow, KEEP_DELAY_MS);
}
function keepNow() {
  clearTimeout(keeping);
  if (link.attached) keepPaint(painting.kept());
}
addEventListener('pagehide', keepNow);

// ---- What the person does

function showOwn(row) {
  const element = find('own-message').content.cloneNode(true).firstElementChild;
  element.dataset.messageId = row.clientMessageId;
  element.querySelector('.text').textContent = row.content;
  // Where another conversation was asked for, an engine that is there shows it in that one at once; with none it is
  // seen here meanwhile, rather than nowhere.
  if (!asked || !link.attached) {
    painting.addOwn(row.clientMessageId, element);
    scrolling.isTouched = true;
    scrolling.toEnd();
  }
  const { clientMessageId, sessionId, content, createdAt, ordinal, account } = row;
  const message = { type: 'send', clientMessageId, session: sessionId, content, createdAt, ordinal, account };
  unpainted.set(clientMessageId, message);
  if (link.attached) link.post(message);
}

/** A text comes back to be edited. It is a draft before the engine lets go of it, so that it is never nowhere. */
function takeBack({ clientMessageId, content }) {
  composer.suggest(content);
  link.post({ type: 'discard', clientMessageId });
}

// What the engine answers to this page alone.
const answers = {
  compose: takeBack,
  source: ({ content }) => copying.write(content),
  found: (message) => finding.found(message),
  exported: (message) => drawer.save(message),
};

const commands = {
  settings: () => chrome.runtime.openOptionsPage(),
  suggest: ({ text }) => composer.suggest(text),
  open_session: ({ session }) => {
    asked = session !== wanted;
    if (asked) reader.keep();
    wanted = session;
    link.choose({ type: 'open_session', session, place: recallPlace(session)?.key ?? null });
    find('sessions').hidePopover();
  },
  new_chat: () => {
    asked = wanted !== null;
    if (asked) reader.keep();
    wanted = null;
    link.choose({ type: 'new_chat' });
    find('sessions').hidePopover();
    find('message').focus();
  },
  retry: ({ clientMessageId }) => link.post({ type: 'retry', clientMessageId }),
  edit: ({ clientMessageId }) => link.post({ type: 'edit', clientMessageId }),
  discard: ({ clientMessageId }) => link.post({ type: 'discard', clientMessageId }),
  load_history: () => link.post({ type: 'load_history' }),
  load_older: () => link.post({ type: 'load_older' }),
  side_panel: () => {
    // Within the click: after any wait Chrome takes it for nobody's wish.
    chrome.sidePanel.open({ windowId }).then(() => close(), () => toast.show('toast-no-side-panel'));
  },
  this_in_tab: () => {
    chrome.tabs.create({ url: wanted === null ? 'panel.html' : `panel.html?session=${encodeURIComponent(wanted)}` });
    toast.hide();
  },
  toast_close: () => toast.hide(),
  stop: () => link.post({ type: 'stop' }),
  check_now: () => link.post({ type: 'wake', reason: 'visible' }),
  reconnect: () => link.post({ type: 'reconnect' }),
  reload: () => location.reload(),
  show_all: (_, button) => folding.toggle(button),
  fold_turn: (_, button) => folding.turn(button),
  go_to: ({ key }) => reader.show(key),
  find_next: () => finding.step(1),
  find_previous: () => finding.step(-1),
  find_close: () => finding.close(),
  copy_message: (_, button) => copying.copy(button.closest('article')),
  copy_code: (_, button) => copying.code(button),
};

const access = new Access({ changed: (missing) => link.post({ type: 'access', missing }) });

const drawer = new SessionDrawer({
  post: (message) => link.post(message),
  left: (session) => { if (session === wanted) wanted = null; },
});
Object.assign(commands, drawer.commands, { allow_access: () => access.ask() });

document.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-command]');
  if (button !== null) commands[button.dataset.command]?.(button.dataset, button);
});

new Keys({
  log,
  does: {
    sessions: () => find('sessions').togglePopover(),
    newChat: () => commands.new_chat(),
    find: () => finding.open(),
    stop: () => commands.stop(),
    sheet: () => find('shortcuts').togglePopover(),
    copyLast: () => {
      const last = messages.lastAnswer();
      if (last !== null) copying.copy(last);
    },
    first: () => messages.goTo(messages.all[0]),
    last: () => messages.goTo(messages.all.at(-1)),
    previous: () => messages.step(-1),
    next: () => messages.step(1),
    nextFailed: () => messages.nextFailed(),
  },
});

for (const sheet of document.querySelectorAll('[popover]')) {
  sheet.addEventListener('toggle', keepTimes);
}

new IntersectionObserver((entries) => {
  const inSight = entries.some((entry) => entry.isIntersecting);
  if (inSight && painting.facts.hasOlder && !scrolling.following) link.post({ type: 'load_older' });
}, { root: find('scroller'), rootMargin: '400px 0px 0px 0px' })
  .observe(document.querySelector('[data-slot="loading"]'));

days.mark();
reader.settle();
keepTimes();
link.start();
listenForCommands(find('message'));
checkToken();
keepFirstPaint();

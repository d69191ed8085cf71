// The drawer with the conversations: search, days, drafts, keys, and what can be done with one.
//
// The engine says which conversations there are, in which order, and what became of a wish. This page
// knows the reader's calendar and what is typed and not sent, so it puts the rows under days and
// marks the drafts.

import { forgetPaint } from './view_cache.js';
import { recallDraft } from './view_drafts.js';

const WEEK_DAYS = 7;
const SAVING_MS = 60_000; // until a file must have been read by the browser
const MOVES = { ArrowDown: 1, ArrowUp: -1 };
const ROW = 'button.session';

const find = (id) => document.getElementById(id);

/** How many midnights of the reader's are between `moment` and now. */
function daysAgo(moment) {
  const today = new Date();
  const noon = (date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return Math.round((noon(today) - noon(moment)) / 86_400_000);
}

function groupOf(row) {
  if ('pinned' in row.dataset) return 'pinned';
  const moment = new Date(row.querySelector('time')?.dateTime ?? '');
  if (Number.isNaN(moment.getTime())) return 'older';
  const days = daysAgo(moment);
  if (days <= 0) return 'today';
  if (days === 1) return 'yesterday';
  return days < WEEK_DAYS ? 'week' : 'older';
}

/** A group's heading and its list, tied together for screen readers. */
function makeGroup(name, words) {
  const heading = document.createElement('h3');
  heading.id = `sessions-${name}`;
  heading.className = 'session-group';
  heading.textContent = words;
  const list = document.createElement('ul');
  list.className = 'session-list';
  list.setAttribute('aria-labelledby', heading.id);
  return [heading, list];
}

export class SessionDrawer {
  /** `post(message)` tells the engine; `left(session)` is called when the person deletes it. */
  constructor({ post, left }) {
    Object.assign(this, { post, left });
    this.drawer = find('sessions');
    this.list = this.drawer.querySelector('[data-slot="sessions"]');
    this.search = find('session-search');
    this.menu = find('session-menu');
    this.naming = find('session-naming');
    this.chosen = null; // the dataset of the row whose menu is, or was last, open
    this.commands = {
      session_menu: (_, button) => this.#openMenu(button),
      pin_session: () => this.#tell('pin_session', { isPinned: !this.chosen.isPinned }),
      rename_session: () => this.#openNaming(),
      delete_session: () => this.#delete(),
      open_in_tab: () => this.#openInTab(),
      export_session: ({ format }) => this.#tell('export_session', { format }),
      undo_delete: () => {
        post({ type: 'undo_delete' });
        this.search.focus();
      },
    };
    this.drawer.addEventListener('toggle', ({ target, newState }) => {
      if (target === this.drawer) this.#toggled(newState === 'open');
    });
    this.search.addEventListener('input', () => this.#seek());
    this.drawer.addEventListener('keydown', (event) => this.#pressed(event));
    this.list.addEventListener('focusin', ({ target }) => this.#activate(target.closest('li')));
    this.naming.addEventListener('submit', (event) => this.#name(event));
  }

  /** Another engine answers: it does not know what is searched for. */
  attached() {
    if (this.search.value !== '') this.#seek();
  }

  /** Put the rows under their days, unless they are. `anew`: the day or the drafts may be others. */
  arrange({ anew = false } = {}) {
    const holder = this.list.querySelector('.session-groups');
    if (holder === null || ('arranged' in holder.dataset && !anew)) return;
    holder.dataset.arranged = '';
    const focused = holder.contains(document.activeElement) ? document.activeElement : null;
    const rows = [...holder.querySelectorAll('li')];
    const groups = new Map();
    for (const row of rows) {
      const name = groupOf(row);
      if (!groups.has(name)) groups.set(name, makeGroup(name, holder.dataset[name]));
      groups.get(name)[1].append(row);
      this.#markDraft(row, holder.dataset.draft);
    }
    holder.replaceChildren(...[...groups.values()].flat());
    focused?.focus({ preventScroll: true }); // a row that is moved loses the focus
    const current = rows.find((row) => row.contains(focused))
      ?? rows.find((row) => row.querySelector('[aria-current]')) ?? rows[0];
    for (const row of rows) this.#setTabStop(row, row === current);
  }

  #markDraft(row, label) {
    const draft = recallDraft(row.querySelector(ROW).dataset.session).trim();
    row.querySelector('.session-draft')?.remove();
    if (draft === '') return;
    const mark = document.createElement('span');
    mark.className = 'session-draft';
    mark.dir = 'auto';
    mark.textContent = `${label} ${draft.slice(0, 80)}`;
    row.querySelector('.session-meta').prepend(mark);
  }

  /** The engine has made a file: let the browser save it. */
  save({ name, format, text }) {
    const [extension, type] = format === 'json' ? ['json', 'application/json'] : ['md', 'text/markdown'];
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], { type }));
    link.download = `${name}.${extension}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), SAVING_MS);
  }

  // ---- Opening and searching

  #toggled(isOpen) {
    if (isOpen) {
      this.post({ type: 'list_sessions' });
      this.arrange({ anew: true });
    } else if (this.search.value !== '') {
      this.search.value = '';
      this.#seek();
    }
  }

  #seek() {
    this.post({ type: 'search_sessions', query: this.search.value });
  }

  // ---- Keys

  #pressed(event) {
    if (event.isComposing) return;
    const inMenu = this.menu.contains(event.target);
    if (!inMenu && this.naming.contains(event.target)) return;
    const items = [...(inMenu ? this.menu.querySelectorAll('button') : this.list.querySelectorAll(ROW))];
    if (event.key === 'Enter' && event.target === this.search) {
      event.preventDefault();
      items[0]?.click();
      return;
    }
    const at = items.indexOf(inMenu ? event.target : event.target.closest('li')?.querySelector(ROW));
    const next = this.#next(event.key, at, items.length);
    if (next === null || (event.target === this.search && !(event.key in MOVES))) return;
    event.preventDefault();
    (items[next] ?? (inMenu ? items.at(next) : this.search))?.focus();
  }

  /** The place that a key leads to: -1 is before the first. */
  #next(key, at, length) {
    if (key in MOVES) return Math.max(-1, Math.min(length - 1, at + MOVES[key]));
    if (key === 'Home') return 0;
    return key === 'End' ? length - 1 : null;
  }

  #activate(active) {
    if (active === null) return;
    for (const row of this.list.querySelectorAll('li')) this.#setTabStop(row, row === active);
  }

  /** Tab stops once in the list, at the row where the keys are. */
  #setTabStop(row, isStop) {
    for (const button of row.querySelectorAll('button')) button.tabIndex = isStop ? 0 : -1;
  }

  // ---- What can be done with one

  #openMenu(button) {
    const { session, title, pin, rename, delete: remove } = button.dataset;
    const isPinned = 'pinned' in button.closest('li').dataset;
    this.chosen = { session, title, rename, isPinned, button };
    find('session-pin').textContent = pin;
    find('session-rename').textContent = rename;
    find('session-delete').textContent = remove;
    this.menu.showPopover({ source: button });
    find('session-pin').focus();
  }

  #closeMenu() {
    this.menu.hidePopover();
    this.#buttonNow()?.focus();
  }

  /** The ⋯ of the chosen row, which may be another element by now. */
  #buttonNow() {
    const { session } = this.chosen;
    return this.list.querySelector(`.session-more[data-session="${CSS.escape(session)}"]`);
  }

  #tell(type, members = {}) {
    this.post({ type, session: this.chosen.session, ...members });
    this.#closeMenu();
  }

  #delete() {
    const { session } = this.chosen;
    this.menu.hidePopover();
    this.search.focus();
    forgetPaint(session);
    this.left(session);
    this.post({ type: 'delete_session', session });
  }

  #openInTab() {
    const { session } = this.chosen;
    this.#closeMenu();
    chrome.tabs.create({ url: `panel.html?session=${encodeURIComponent(session)}` });
  }

  #openNaming() {
    this.#closeMenu();
    find('session-naming-label').textContent = this.chosen.rename;
    find('session-name').value = this.chosen.title;
    this.naming.showPopover({ source: this.#buttonNow() });
    find('session-name').select();
  }

  #name(event) {
    event.preventDefault();
    const title = find('session-name').value.trim();
    if (title !== '' && title !== this.chosen.title) {
      this.post({ type: 'rename_session', session: this.chosen.session, title });
    }
    this.naming.hidePopover();
    this.#buttonNow()?.focus();
  }
}

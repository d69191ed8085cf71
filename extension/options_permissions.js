// The permissions card: what Chrome has granted, what for, and taking it back.
//
// Nothing is kept here: Chrome is asked each time, and whenever it says that something changed.

import { say } from './i18n.js';

const find = (id) => document.getElementById(id);

/** The match pattern of the server at `address`, or null. */
function patternOf(address) {
  if (!URL.canParse(address)) return null;
  const { protocol, hostname } = new URL(address);
  return `${protocol}//${hostname}/*`;
}

export class Permissions {
  /** `servers()` gives the addresses in force: `{api, auth}`. */
  constructor({ servers }) {
    this.servers = servers;
    this.list = find('permissions');
    this.list.addEventListener('click', ({ target }) => {
      const button = target.closest('button');
      if (button !== null) this.#change(button.dataset);
    });
    this.notify = find('notify');
    this.notify.addEventListener('change', () => this.#setNotifications());
    chrome.permissions.onAdded.addListener(() => this.show());
    chrome.permissions.onRemoved.addListener(() => this.show());
  }

  /** Show what is so. */
  async show() {
    const { origins = [], permissions = [] } = await chrome.permissions.getAll();
    const { host_permissions: fixed = [] } = chrome.runtime.getManifest();
    const { api, auth } = this.servers();
    const purposes = new Map([[patternOf(auth), 'auth'], [patternOf(api), 'api']]);
    purposes.delete(null);
    const all = [...new Set([...purposes.keys(), ...origins])];
    const rows = all.map((origin) => this.#row({
      origin, name: origin.replace(/\/\*$/u, ''), purpose: purposes.get(origin) ?? 'old',
      isGranted: origins.includes(origin), isFixed: fixed.includes(origin),
    }));
    this.notify.checked = permissions.includes('notifications');
    if (this.notify.checked) {
      const name = say('permissions_notifications');
      rows.push(this.#row({ name, purpose: 'notifications', isGranted: true }));
    }
    this.list.replaceChildren(...rows);
  }

  #row({ origin, name, purpose, isGranted, isFixed = false }) {
    const row = find('permission-row').content.cloneNode(true).firstElementChild;
    row.dataset.granted = String(isGranted);
    const why = say(`permissions_for_${purpose}`);
    row.querySelector('.permission-name').textContent = name;
    row.querySelector('.permission-why').textContent = isFixed ? `${why} ${say('permissions_built_in')}` : why;
    const button = row.querySelector('button');
    button.textContent = say(isGranted ? 'permissions_revoke' : 'button_allow');
    button.setAttribute('aria-label', `${button.textContent} ${name}`);
    button.hidden = isFixed;
    if (origin === undefined) button.dataset.permission = 'notifications';
    else button.dataset.origin = origin;
    button.dataset.isGranted = String(isGranted);
    return row;
  }

  async #change({ origin, permission, isGranted }) {
    const what = origin === undefined ? { permissions: [permission] } : { origins: [origin] };
    const act = isGranted === 'true' ? 'remove' : 'request';
    const isDone = await chrome.permissions[act](what).catch(() => false);
    this.#say(say(isDone ? 'permissions_done' : 'permissions_not_done'), isDone);
    await this.show();
    this.list.querySelector('button:not([hidden])')?.focus();
  }

  async #setNotifications() {
    const wanted = this.notify.checked;
    const what = { permissions: ['notifications'] };
    const act = wanted ? 'request' : 'remove';
    const isDone = await chrome.permissions[act](what).catch(() => false);
    await this.show();
    find('notify-said').textContent = say(isDone ? 'form_saved' : 'permissions_not_allowed');
  }

  #say(words, isGood) {
    find('permissions-said').textContent = words;
    find('permissions-said').dataset.tone = isGood ? 'ok' : 'bad';
  }
}

// The permissions card: what Chrome has granted, what for, and taking it back.
//
// Nothing is kept here: Chrome is asked each time, and whenever it says that something changed.

const PURPOSES = {
  api: 'Messages, history and sign-in.',
  auth: 'Joining the live channel.',
  old: 'A server that is not in use any more.',
  notifications: 'Telling you when a run ends that you do not watch.',
};
const BUILT_IN = 'Part of this build.';

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
    const purposes = new Map([[patternOf(auth), PURPOSES.auth], [patternOf(api), PURPOSES.api]]);
    purposes.delete(null);
    const all = [...new Set([...purposes.keys(), ...origins])];
    const rows = all.map((origin) => this.#row({
      origin, name: origin.replace(/\/\*$/u, ''), why: purposes.get(origin) ?? PURPOSES.old,
      isGranted: origins.includes(origin), isFixed: fixed.includes(origin),
    }));
    this.notify.checked = permissions.includes('notifications');
    const why = PURPOSES.notifications;
    if (this.notify.checked) rows.push(this.#row({ name: 'Notifications', why, isGranted: true }));
    this.list.replaceChildren(...rows);
  }

  #row({ origin, name, why, isGranted, isFixed = false }) {
    const row = find('permission-row').content.cloneNode(true).firstElementChild;
    row.dataset.granted = String(isGranted);
    row.querySelector('.permission-name').textContent = name;
    row.querySelector('.permission-why').textContent = isFixed ? `${why} ${BUILT_IN}` : why;
    const button = row.querySelector('button');
    button.textContent = isGranted ? 'Revoke' : 'Allow';
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
    this.#say(isDone ? 'Done.' : 'Chrome did not change it.', isDone);
    await this.show();
    this.list.querySelector('button:not([hidden])')?.focus();
  }

  async #setNotifications() {
    const wanted = this.notify.checked;
    const what = { permissions: ['notifications'] };
    const act = wanted ? 'request' : 'remove';
    const isDone = await chrome.permissions[act](what).catch(() => false);
    await this.show();
    find('notify-said').textContent = isDone ? 'Saved.' : 'Chrome did not allow it.';
  }

  #say(words, isGood) {
    find('permissions-said').textContent = words;
    find('permissions-said').dataset.tone = isGood ? 'ok' : 'bad';
  }
}

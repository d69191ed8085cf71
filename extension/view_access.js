// Chrome's leave to talk to the server, as a panel sees it: whether it is missing, and asking for it.
//
// The engine knows the server and says which leave it takes (the fact `accessOrigins`); only a page
// knows whether Chrome has given it. A leave may be withdrawn at any time, which is noticed here.

export class Access {
  /** `changed(missing)` is told which hosts may not be talked to, by name; "" for none. */
  constructor({ changed }) {
    this.changed = changed;
    this.origins = '';
    this.told = ''; // what the engine believes: of a view that says nothing, that nothing is missing
    const look = () => this.#look();
    chrome.permissions.onAdded.addListener(look);
    chrome.permissions.onRemoved.addListener(look);
  }

  /** The engine says which origins it talks to: match patterns, with spaces between them. */
  need(origins) {
    if (origins === this.origins) return;
    this.origins = origins;
    this.#look();
  }

  /** The engine has been greeted anew, and knows nothing of what it was told. */
  attached() {
    this.told = '';
    this.#look();
  }

  /** Ask for what is missing. To be called in a click: Chrome asks for nothing outside of one. */
  ask() {
    return chrome.permissions.request({ origins: this.origins.split(' ') }).catch(() => false);
  }

  async #look() {
    const { origins } = this;
    if (!origins) return;
    const missing = [];
    for (const origin of origins.split(' ')) {
      if (!(await chrome.permissions.contains({ origins: [origin] }))) missing.push(origin);
    }
    if (origins !== this.origins) return; // they are others by now, and looked at by another call
    const hosts = missing.map((origin) => new URL(origin.slice(0, -1)).host).join(', ');
    if (hosts === this.told) return;
    this.told = hosts;
    this.changed(hosts);
  }
}

// Signing out, and the texts that stay on this device: what is unsent is asked about first, and what cannot be read is
// shown and removed by the person alone.

import { plural } from './i18n.js';

const find = (id) => document.getElementById(id);

export class Leaving {
  /** `ask(type, members)` asks the engine; `left()` is called once the person is signed out. */
  constructor({ ask, left }) {
    Object.assign(this, { ask, left });
    find('unsent').addEventListener('click', ({ target }) => {
      const choice = target.closest('button')?.dataset.unsent;
      if (choice === '') this.#close();
      else if (choice !== undefined) this.#leave(choice);
    });
    find('damaged-list').addEventListener('click', ({ target }) => {
      const key = target.closest('button')?.dataset.key;
      if (key !== undefined) this.#remove(key);
    });
  }

  /** Sign out, or ask first what becomes of the unsent; the answer for `Form`. */
  async begin() {
    const answer = await this.ask('sign_out', { unsent: 'ask' });
    if (answer.ok) this.left();
    else if (answer.unsent > 0) this.#question(answer.unsent);
    else return answer;
    return { ok: true };
  }

  /** Show what the engine tells of texts that cannot be read, and of those that wait for another account. */
  show({ damaged = [], sealed = 0 }) {
    find('sealed').hidden = sealed === 0;
    find('sealed').textContent = plural('account_sealed', sealed);
    find('damaged').hidden = damaged.length === 0;
    find('damaged-list').replaceChildren(...damaged.map(({ key, text }) => {
      const row = find('damaged-row').content.cloneNode(true);
      row.querySelector('pre').textContent = text;
      row.querySelector('button').dataset.key = key;
      return row;
    }));
  }

  #question(unsent) {
    find('unsent-words').textContent = plural('account_unsent', unsent);
    find('unsent').hidden = false;
    find('unsent').querySelector('button').focus();
  }

  #close() {
    find('unsent').hidden = true;
    find('sign-out').querySelector('button').focus();
  }

  async #leave(choice) {
    const answer = await this.ask('sign_out', { unsent: choice });
    if (answer.ok) {
      find('unsent').hidden = true;
      this.left();
    } else {
      find('unsent-words').textContent = Object.values(answer.errors ?? {}).join(' ');
    }
  }

  async #remove(key) {
    const answer = await this.ask('remove_damaged', { key });
    if (answer.ok) this.show(answer);
  }
}

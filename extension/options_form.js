// One form of the options page: its fields, what is wrong with them, and what became of a submit.
//
// Errors stand below the field they are about and are tied to it for screen readers; nothing that
// was typed is ever taken away because of one.

import { plural, say } from './i18n.js';

export class Form {
  /** `submit(form)` does the work and resolves to `{ok, errors, words}`. */
  constructor(element, submit) {
    this.element = element;
    this.said = element.querySelector('.said');
    this.button = element.querySelector('button[type="submit"]');
    this.touched = new Set();
    this.busy = false;
    element.addEventListener('input', ({ target }) => {
      this.touched.add(target.name);
      this.#mark(target.name, '');
      this.say('');
    });
    element.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit(submit);
    });
  }

  /** The field's text, check or choice. */
  value(name) {
    const field = this.element.elements[name];
    return field.type === 'checkbox' ? field.checked : field.value;
  }

  /** Put `values` into the fields that the person has not touched. */
  fill(values) {
    for (const [name, value] of Object.entries(values)) {
      const field = this.element.elements[name];
      if (field === undefined || value === null || this.touched.has(name)) continue;
      if (field.type === 'checkbox') field.checked = value;
      else field.value = String(value);
    }
  }

  /** Empty the field `name`. */
  clear(name) {
    this.element.elements[name].value = '';
    this.touched.delete(name);
  }

  /** Say `words` beside the button. */
  say(words, tone = '') {
    this.said.textContent = words;
    this.said.dataset.tone = tone;
  }

  async #submit(work) {
    if (this.busy) return;
    this.busy = true;
    this.button.setAttribute('aria-disabled', 'true');
    for (const { name } of this.element.elements) if (name) this.#mark(name, '');
    this.say(say('form_busy'));
    const { ok, errors = {}, words = '' } = await work(this);
    this.button.removeAttribute('aria-disabled');
    this.busy = false;
    if (ok) {
      this.touched.clear();
      this.say(words, 'ok');
    } else {
      this.showErrors(errors);
    }
  }

  /** Say what is wrong: at the fields, and what belongs to none beside the button. */
  showErrors(errors) {
    const elsewhere = [];
    let first = null;
    for (const [name, words] of Object.entries(errors)) {
      if (!this.#mark(name, words)) elsewhere.push(words);
      else first ??= this.element.elements[name];
    }
    const count = Object.keys(errors).length - elsewhere.length;
    if (elsewhere.length > 0) this.say(elsewhere.join(' '), 'bad');
    else this.say(plural('form_wrong', count), 'bad');
    if (first instanceof HTMLElement) first.focus();
  }

  /** Say what is wrong with a field, or that nothing is. False: there is no such field. */
  #mark(name, words) {
    const place = this.element.querySelector(`#${CSS.escape(name)}-error`);
    if (place === null) return false;
    place.textContent = words;
    const field = this.element.elements[name];
    if (field instanceof HTMLElement) {
      if (words) field.setAttribute('aria-invalid', 'true');
      else field.removeAttribute('aria-invalid');
    }
    return true;
  }
}

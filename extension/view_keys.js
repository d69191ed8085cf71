// The keys of the panel (ux.md 5.8), and the sheet that lists them.
//
// Keys with Ctrl or Cmd work everywhere in the page. Keys without work only where nobody types, those
// of a single letter only while the conversation has the focus and the person has not switched them
// off. While an input method composes none does.

import { hasLetterKeys } from './view_surface.js';

const IME_KEY_CODE = 229; // what a key press is called while an input method has it
const isMac = navigator.platform.startsWith('Mac');
const isTyping = () => document.activeElement?.matches('textarea, input, select') ?? false;

export class Keys {
  /** `does` names what can be done: each member is a function, and `log` is the conversation. */
  constructor({ log, does }) {
    Object.assign(this, { log, does });
    document.addEventListener('keydown', (event) => {
      if (event.defaultPrevented || event.isComposing || event.keyCode === IME_KEY_CODE) return;
      const act = this.#meant(event);
      if (act === undefined) return;
      event.preventDefault();
      act();
    });
  }

  #meant(event) {
    const { does } = this;
    const isCommand = isMac ? event.metaKey : event.ctrlKey;
    const key = event.key.toLowerCase();
    if (isCommand && event.shiftKey) return { o: does.newChat, c: does.copyLast }[key];
    if (isCommand) {
      if (event.altKey) return undefined;
      if (isTyping() && key.startsWith('arrow')) return undefined; // the caret's
      return {
        k: does.sessions, f: does.find, '.': does.stop, '/': does.sheet,
        arrowup: does.first, arrowdown: does.last,
      }[key];
    }
    if (isTyping() || event.ctrlKey || event.metaKey) return undefined;
    if (event.altKey) return { arrowup: does.previous, arrowdown: does.next }[key];
    if (!hasLetterKeys() || !this.log.parentElement.parentElement.contains(document.activeElement)) {
      return key === '?' && hasLetterKeys() ? does.sheet : undefined;
    }
    return { j: does.next, k: does.previous, f: does.nextFailed, '?': does.sheet }[key];
  }
}

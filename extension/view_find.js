// Find in the conversation: the engine says which messages hold the words, this page shows them.
//
// All of the session is searched, also what is not on show: a message above the window is asked for,
// and shown when it comes. What is folded is unfolded. The words are marked by a highlight, which
// changes no element.

import { say } from './i18n.js';

const TYPING_MS = 150; // between a key and the search
const MARKED = 'found';

const BLOCK = 'p, li, td, th, h1, h2, h3, h4, h5, h6, pre, blockquote, div, summary';

/** `text` as it is compared; letter by letter, so that places in it are places in `text`. */
function folded(text) {
  const lower = text.toLowerCase();
  return (lower.length === text.length ? lower : text).replace(/\s/g, ' ');
}

/** Every place in `root` that holds `words`, as ranges; a place may begin in one element and end in another. */
function placesOf(words, root) {
  const parts = []; // a text node, and where it begins in all of the text
  let text = '';
  let block = null;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.parentElement.closest('.unseen, .tools')) continue;
    const around = node.parentElement.closest(BLOCK);
    if (around !== block) text += '\n'; // no place reaches from one block into another
    block = around;
    parts.push({ node, at: text.length });
    text += folded(node.data);
  }
  const ranges = [];
  for (let at = text.indexOf(words); at !== -1; at = text.indexOf(words, at + words.length)) {
    const end = at + words.length;
    const first = parts.findLast((part) => part.at <= at);
    const last = parts.findLast((part) => part.at < end);
    const range = new Range();
    range.setStart(first.node, at - first.at);
    range.setEnd(last.node, end - last.at);
    ranges.push(range);
  }
  return ranges;
}

export class Find {
  /**
   * `post(message)` speaks to the engine, `rowOf(key)` gives a row on show or undefined, `reveal(row)`
   * unfolds what is folded in one, and `goTo(place)` scrolls to an element or a range. `closed()` is
   * called when the person is done.
   */
  constructor({ form, post, rowOf, reveal, goTo, closed }) {
    Object.assign(this, { form, post, rowOf, reveal, goTo, closed });
    this.box = form.querySelector('input');
    this.count = form.querySelector('output');
    this.request = 0;
    this.keys = [];
    this.place = -1;
    this.isWaiting = false; // for a message that is not on show yet
    form.addEventListener('submit', (event) => event.preventDefault());
    this.box.addEventListener('input', () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.#search(), TYPING_MS);
    });
    form.addEventListener('keydown', (event) => {
      if (event.isComposing) return;
      if (event.key === 'Escape') this.close();
      else if (event.key === 'Enter' && event.target === this.box) this.step(event.shiftKey ? -1 : 1);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
  }

  open() {
    this.form.hidden = false;
    this.box.focus();
    this.box.select();
    if (this.box.value) this.#search();
  }

  close() {
    if (this.form.hidden) return;
    this.form.hidden = true;
    this.keys = [];
    this.isWaiting = false;
    this.request += 1;
    CSS.highlights.delete(MARKED);
    this.closed();
  }

  /** Go to the next message found (1), or the one before (-1); after the last comes the first. */
  step(by) {
    if (this.keys.length === 0) return;
    this.place = (this.place + by + this.keys.length) % this.keys.length;
    this.#show();
  }

  /** The engine has answered. The newest message comes first: it is nearest to where most people are. */
  found({ request, keys }) {
    if (request !== this.request || this.form.hidden) return;
    this.keys = keys;
    this.place = keys.length - 1;
    if (keys.length === 0) {
      CSS.highlights.delete(MARKED);
      this.count.textContent = say('find_none');
    } else this.#show();
  }

  /** Something was painted: what is waited for may be on show now. */
  settle() {
    if (this.isWaiting && this.rowOf(this.keys[this.place])) this.#show();
  }

  #search() {
    this.request += 1;
    this.keys = [];
    CSS.highlights.delete(MARKED);
    this.count.textContent = '';
    const text = this.box.value.trim();
    if (text !== '') this.post({ type: 'find', request: this.request, text });
  }

  #show() {
    const key = this.keys[this.place];
    const row = this.rowOf(key);
    this.count.textContent = say('find_place', { place: this.place + 1, count: this.keys.length });
    this.isWaiting = row === undefined;
    if (this.isWaiting) {
      this.post({ type: 'reach', message: key });
      return;
    }
    this.reveal(row);
    const places = placesOf(folded(this.box.value.trim()), row);
    CSS.highlights.set(MARKED, new Highlight(...places));
    this.goTo(places[0] ?? row);
  }
}

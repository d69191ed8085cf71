// Puts what the engine says on the page: rows, slots and facts.
//
// A row that does not change keeps its element; view_fold.js sees to what is unfolded in one that does.

import { afterFrame } from './view_frame.js';
import { parse as sanitized, rowElements } from './view_html.js';
import { writeTimes } from './view_time.js';

// Rows are at least so high: by that it is told which are in sight before any layout is made.
const LOWEST_MESSAGE_PX = 40;
const LOWEST_ROW_PX = 24; // of a step that is folded, and of a line between messages

// Shown only once the engine has confirmed them: a line that was live when the panel was closed, or
// a run that was on, may be neither now.
const UNCERTAIN_SLOTS = ['badge', 'connection', 'banner', 'loading', 'working'];

function parse(html) {
  const holder = sanitized(html);
  writeTimes(holder);
  return holder;
}

/** Elements for `rows`, in their order. */
function elementsOf(rows) {
  const elements = rowElements(rows);
  for (const element of elements) writeTimes(element);
  return elements;
}

/**
 * All that is painted in one page. `lost` is called when the focused element has gone for good,
 * `prepare(element, before)` with each row's new element, and the one that it replaces, if any, and
 * `filled(slot)` when a slot has new content.
 */
export class Painting {
  constructor({ log, lost, prepare, filled }) {
    this.log = log;
    this.lost = lost;
    this.prepare = prepare;
    this.filled = filled;
    this.rows = new Map(); // key -> {element, html}; the order is the order of the log's children
    this.own = new Map(); // key -> element: texts shown by this page that the engine has not painted
    this.slots = {};
    this.facts = {};
    this.withheld = [];
    this.far = []; // elements that are drawn only after the first frame
    this.late = new Set(); // slots of closed sheets whose new content is not there yet
    this.term = null;
    this.version = 0;
  }

  /**
   * Paint what was kept of a session, without what only the engine can know. Where it opens `atEnd`, what is above
   * the rows in sight is drawn after them: it would hold them up, and nobody can have come to it before that.
   */
  restore(entry, { atEnd }) {
    this.#fill(entry.rows);
    if (atEnd) this.#leaveForLater();
    this.slots = { ...entry.slots };
    this.facts = { ...entry.facts };
    this.term = entry.term;
    this.version = entry.version;
    this.withheld = UNCERTAIN_SLOTS.filter((slot) => slot in entry.slots);
    for (const slot of Object.keys(entry.slots)) {
      if (!this.withheld.includes(slot)) this.#show(slot);
    }
  }

  /** Draw what was left for later: somebody is to be shown a place in it. */
  drawAll() {
    for (const element of this.far) element.classList.remove('far');
    this.far = [];
  }

  #leaveForLater() {
    let left = outerHeight || screen.availHeight; // of the window; of the page itself it would take a layout
    for (const element of [...this.log.children].reverse()) {
      if (left <= 0) this.far.push(element);
      left -= element.matches('article:not(.message-step)') ? LOWEST_MESSAGE_PX : LOWEST_ROW_PX;
    }
    for (const element of this.far) element.classList.add('far');
    afterFrame(() => this.drawAll());
  }

  /** Show something else in `slot` until the engine says again what belongs there. */
  stand(slot, nodes) {
    document.querySelector(`[data-slot="${slot}"]`).replaceChildren(nodes);
    if (slot in this.slots && !this.withheld.includes(slot)) this.withheld.push(slot);
  }

  /** Apply a message of the engine. False: it does not fit what is painted; ask for a snapshot. */
  apply(message) {
    if (message.type === 'snapshot') this.#snapshot(message);
    else if (!this.#follows(message)) return false;
    else if (!this.#confirm(message)) return false;
    this.term = message.term;
    this.version = message.version;
    return true;
  }

  /** What is painted, as the cache keeps it. */
  kept() {
    const rows = [...this.log.children]
      .map((element) => element.dataset.key)
      .filter((key) => this.rows.has(key))
      .map((key) => ({ key, html: this.rows.get(key).html }));
    const { term, version, slots, facts } = this;
    return { term, version, rows, slots, facts: { ...facts, announcement: '' } };
  }

  /** Show a text of the person's own until the engine shows it. */
  addOwn(key, element) {
    if (this.rows.has(key) || this.own.has(key)) return;
    element.dataset.key = key;
    this.own.set(key, element);
    this.log.append(element);
  }

  /** Take away the texts that this page shows by itself. */
  dropOwn() {
    for (const element of this.own.values()) element.remove();
    this.own.clear();
  }

  /** Take everything away. */
  clear() {
    this.dropOwn();
    this.#fill([]);
    for (const slot of Object.keys(this.slots)) this.#set(slot, '');
    this.facts = {};
    this.withheld = [];
    this.term = null;
    this.version = 0;
  }

  #follows(message) {
    const before = message.type === 'ops' ? message.base : message.version;
    return message.term === this.term && before === this.version;
  }

  #confirm(message) {
    for (const slot of this.withheld) this.#show(slot);
    this.withheld = [];
    if (message.type === 'same') this.facts = { ...this.facts, ...message.facts };
    const ops = message.ops ?? [];
    const elements = elementsOf(ops.filter(({ op }) => op === 'insert' || op === 'replace')).values();
    return ops.every((op) => this.#perform(op, elements));
  }

  #snapshot({ rows, slots, facts }) {
    this.#fill(rows);
    // Withheld slots are filled even with what they held: something else stands in them now.
    for (const [slot, html] of Object.entries(slots)) this.#set(slot, html);
    this.withheld = [];
    this.facts = facts;
  }

  /** Do one operation; its row is the next of `elements`. False: it is about a row that is not here. */
  #perform(op, elements) {
    if (op.op === 'insert') return this.#insert(op, elements.next().value);
    if (op.op === 'replace') return this.#replace(op, elements.next().value);
    if (op.op === 'remove') return this.#remove(op.key);
    if (op.op === 'set') this.#set(op.slot, op.html);
    if (op.op === 'facts') this.facts = { ...this.facts, ...op.facts };
    return true;
  }

  #insert({ key, before, html }, element) {
    if (this.rows.has(key) || (before !== null && !this.rows.has(before))) return false;
    this.prepare(element);
    this.log.insertBefore(element, this.rows.get(before)?.element ?? this.#firstOwn());
    this.rows.set(key, { element, html });
    this.#supersede(key);
    return true;
  }

  #replace({ key, html }, element) {
    const known = this.rows.get(key);
    if (known === undefined) return false;
    this.prepare(element, known.element);
    this.#keepFocus(known.element, element, () => known.element.replaceWith(element));
    this.rows.set(key, { element, html });
    return true;
  }

  #remove(key) {
    const known = this.rows.get(key);
    if (known === undefined) return false;
    this.#keepFocus(known.element, null, () => known.element.remove());
    this.rows.delete(key);
    return true;
  }

  #firstOwn() {
    return this.own.values().next().value ?? null;
  }

  #supersede(key) {
    this.own.get(key)?.remove();
    this.own.delete(key);
  }

  /** Make the log hold exactly `rows`, keeping every element whose HTML is the same. */
  #fill(rows) {
    const old = this.rows;
    const changed = rows.filter(({ key, html }) => old.get(key)?.html !== html);
    const elements = elementsOf(changed);
    for (const element of elements) this.prepare(element, old.get(element.dataset.key)?.element);
    const fresh = new Map(changed.map(({ key }, place) => [key, elements[place]]));
    this.rows = new Map(rows.map(({ key, html }) => {
      return [key, { element: fresh.get(key) ?? old.get(key).element, html }];
    }));
    for (const [key, { element }] of old) {
      if (this.rows.get(key)?.element === element) continue;
      this.#keepFocus(element, fresh.get(key), () => element.remove());
    }
    for (const { key } of rows) this.#supersede(key);
    let next = this.log.firstElementChild;
    for (const { element } of this.rows.values()) {
      if (element === next) next = next.nextElementSibling;
      else this.log.insertBefore(element, next);
    }
  }

  #set(slot, html) {
    if (this.slots[slot] === html && !this.withheld.includes(slot)) return;
    this.slots[slot] = html;
    this.#show(slot);
  }

  /** Fill a slot; one of a closed sheet, which nobody sees, once the page has been painted. */
  #show(slot) {
    const place = document.querySelector(`[data-slot="${slot}"]`);
    if (place === null) return;
    if (place.closest('[popover]:not(:popover-open)') === null) {
      this.#fillSlot(slot, place);
      return;
    }
    if (this.late.size === 0) afterFrame(() => this.#showLate());
    this.late.add(slot);
  }

  #showLate() {
    const late = [...this.late];
    this.late.clear();
    for (const slot of late) this.#fillSlot(slot, document.querySelector(`[data-slot="${slot}"]`));
  }

  #fillSlot(slot, place) {
    const holder = parse(this.slots[slot]);
    this.#keepFocus(place, holder, () => place.replaceChildren(...holder.childNodes));
    this.filled(slot);
  }

  /** Do `change`; if the focused button goes with it, focus its like in `after`, or report it lost. */
  #keepFocus(before, after, change) {
    const focused = document.activeElement;
    const inside = focused !== before && before.contains(focused);
    const { command, session } = focused.dataset;
    const whose = session === undefined ? '' : `[data-session="${CSS.escape(session)}"]`;
    const like = inside && command ? after?.querySelector(`[data-command="${command}"]${whose}`) : null;
    change();
    if (!inside) return;
    if (like) like.focus({ preventScroll: true });
    else this.lost();
  }
}

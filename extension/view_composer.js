// The composer: keeps what is typed, and on Enter makes it durable before it lets go of it.
//
// It needs no engine. The text is written to the outbox first; only then is the box emptied, the
// text shown in the log, and the engine told. A write that fails leaves the text where it is.

import { say } from './i18n.js';
import { keepDraft, recallDraft } from './view_drafts.js';
import { doesEnterSend } from './view_surface.js';

// The outbox is needed on Enter and not before; it is asked for then, or as soon as the page rests.
const outbox = () => import('./intake.js');

const IME_KEY_CODE = 229; // what a key press is called while an input method has it
const MAX_BYTES = 1_000_000; // of one message in UTF-8 (sync.md O10)

const REASONS = { QuotaExceededError: 'composer_full', OutboxFull: 'composer_outbox_full' };

/** What is sent of what was typed: no blank lines around it, and its indentation as it was. */
const trimmed = (text) => text.replace(/^(?:[^\S\n]*\n)+/u, '').trimEnd();

export class Composer {
  /**
   * `facts()` gives the engine's facts, `goesTo()` the session that the person has chosen, which may not
   * be on show yet, `lastText()` what they wrote last, or '', and `sent(row)` is called with each durable row.
   */
  constructor({ form, box, error, facts, goesTo, sent, lastText }) {
    Object.assign(this, { form, box, error, facts, goesTo, sent, lastText });
    this.session = null;
    this.writing = false;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    box.addEventListener('keydown', (event) => this.#pressed(event));
    box.addEventListener('input', () => this.#typed());
    addEventListener('pagehide', () => keepDraft(this.session, box.value));
    requestIdleCallback(() => outbox().catch(() => {})); // Enter says what is wrong
  }

  /** Begin with the draft of `session`, unless something is typed already. */
  start(session) {
    this.session = session;
    if (this.box.value === '') this.box.value = recallDraft(session);
  }

  /** Another session is on show: put this draft away and take that one out. */
  turnTo(session) {
    if (session === this.session) return;
    keepDraft(this.session, this.box.value);
    this.session = session;
    this.box.value = recallDraft(session);
    this.#say('');
  }

  /** Somebody else types from now on, which `change` makes so: put this draft away, and take theirs out. */
  changeHands(change) {
    keepDraft(this.session, this.box.value);
    change();
    this.box.value = recallDraft(this.session);
    this.#say('');
  }

  /** Who types here has a name from now on, which `change` makes so: what nobody's page held is theirs. */
  take(change) {
    keepDraft(this.session, '');
    change();
    this.settleIn(this.session);
  }

  /** The chat without a session has got one: what is typed belongs to it now. */
  settleIn(session) {
    const other = recallDraft(session);
    const parts = [other, this.box.value].filter((part) => part !== '');
    keepDraft(this.session, '');
    this.session = session;
    this.box.value = [...new Set(parts)].join('\n');
    keepDraft(session, this.box.value);
  }

  /** Put `text` into the box, after what is there, and do not send it. */
  suggest(text) {
    this.box.value = this.box.value.trim() === '' ? text : `${this.box.value}\n${text}`;
    this.#typed();
    this.box.focus();
  }

  /** Empty the box without a trace. */
  clear() {
    this.box.value = '';
  }

  #pressed(event) {
    if (event.isComposing || event.keyCode === IME_KEY_CODE || event.shiftKey || event.altKey) return;
    if (event.key === 'ArrowUp' && this.box.value === '') this.#recall(event);
    if (event.key !== 'Enter' || !(doesEnterSend() || event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    this.#submit();
  }

  /** Bring the last text back, to be edited and sent anew. */
  #recall(event) {
    const last = this.lastText();
    if (last === '') return;
    event.preventDefault();
    this.suggest(last);
  }

  #typed() {
    this.#say('');
    keepDraft(this.session, this.box.value);
  }

  #say(words) {
    if (this.error.textContent !== words) this.error.textContent = words;
  }

  async #submit() {
    const typed = this.box.value;
    const content = trimmed(typed);
    if (content === '' || this.writing) return;
    const { canSend, composerHint, account } = this.facts();
    if (canSend === false) {
      this.#say(composerHint);
      return;
    }
    if (content.length > MAX_BYTES || new TextEncoder().encode(content).length > MAX_BYTES) {
      this.#say(say('composer_too_long'));
      return;
    }
    this.writing = true;
    const { session } = this;
    const sessionId = this.goesTo();
    try {
      const { writeIntake } = await outbox();
      const row = await writeIntake({ sessionId, content, account: account ?? null });
      this.#letGo(typed, session);
      this.sent(row);
    } catch (failure) {
      this.#say(say(REASONS[failure?.name] ?? 'composer_refused'));
    } finally {
      this.writing = false;
    }
  }

  /** Empty the box of `typed`, but not of what was typed after it. */
  #letGo(typed, session) {
    this.#say('');
    if (session !== this.session) {
      keepDraft(session, '');
      return;
    }
    const { value } = this.box;
    this.box.value = value.startsWith(typed) ? value.slice(typed.length) : value;
    keepDraft(session, this.box.value);
  }
}

// Copying code, and messages as they were written: it is announced, and the button of code says so too.

import { say } from './i18n.js';

const DONE_MS = 2000; // how long the button says so (ux.md 5.4)

/** The button that copies a message: there is one, and it stands in the message that is pointed at or has the focus. */
export class Copying {
  /**
   * `ask(key)` asks the engine for a message as it was written, `said(words)` announces, and `refused()` is told
   * where the browser did not let us write.
   */
  constructor({ log, tools, ask, said, refused }) {
    Object.assign(this, { log, tools, ask, said, refused });
    const stand = ({ target }) => this.#stand(target.closest?.('#log > article'));
    log.addEventListener('pointerover', stand, { passive: true });
    log.addEventListener('focusin', stand);
    log.addEventListener('pointerleave', () => {
      if (!tools.contains(document.activeElement)) tools.remove();
    });
  }

  /** Copy the message `article`; what a person typed stands on the page as it was typed. */
  copy(article) {
    if (article.dataset.role === 'user') this.write(article.querySelector('.text').textContent);
    else this.ask(article.dataset.key);
  }

  /** Copy the block of code that `button` stands in; the button says so for a while. */
  async code(button) {
    const code = button.closest('.code-block')?.querySelector('code');
    const { done } = button.dataset;
    if (!code || !done || !(await this.write(code.textContent)) || button.textContent === done) return;
    const before = button.textContent;
    button.textContent = done;
    setTimeout(() => { button.textContent = before; }, DONE_MS);
  }

  /** Write `content` to the clipboard, and say so; resolves with whether the browser let us. */
  async write(content) {
    try {
      await navigator.clipboard.writeText(content);
    } catch {
      this.refused();
      return false;
    }
    this.said(say('said_copied'));
    return true;
  }

  #stand(article) {
    if (!article) return;
    const lines = article.querySelectorAll(':scope > .meta');
    const line = lines[lines.length - 1] ?? article;
    if (this.tools.parentElement === line) return;
    // On the side where there is room, so that nothing else moves.
    if (article.dataset.role === 'user') line.prepend(this.tools);
    else line.append(this.tools);
  }
}

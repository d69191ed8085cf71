// Copying code, and messages as they were written: it is announced, and the button of code says so too.

const DONE_MS = 2000; // how long the button says so (ux.md 5.4)

/**
 * Copy the block of code that `button` stands in. Resolves with the words to announce, or "" when the
 * browser did not let us write: then the button stays as it is, and the text can still be selected.
 */
export async function copyCode(button) {
  const code = button.closest('.code-block')?.querySelector('code');
  const { done } = button.dataset;
  if (!code || !done) return '';
  try {
    await navigator.clipboard.writeText(code.textContent);
  } catch {
    return '';
  }
  if (button.textContent !== done) {
    const before = button.textContent;
    button.textContent = done;
    setTimeout(() => { button.textContent = before; }, DONE_MS);
  }
  return done;
}

/** The button that copies a message: there is one, and it stands in the message that is pointed at or has the focus. */
export class MessageCopy {
  /** `ask(key)` asks the engine for a message as it was written; `said(words)` announces. */
  constructor({ log, tools, ask, said }) {
    Object.assign(this, { log, tools, ask, said });
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

  /** Write `content` to the clipboard, and say so. */
  async write(content) {
    try {
      await navigator.clipboard.writeText(content);
    } catch {
      return; // the browser did not let us; the text can still be selected
    }
    this.said('Copied');
  }

  #stand(article) {
    if (article && this.tools.parentElement !== article) article.append(this.tools);
  }
}

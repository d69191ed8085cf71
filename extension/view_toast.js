// What has no place of its own on the page is said here: for long enough to be read, for longer while it is
// pointed at or has the focus, and to screen readers once, politely (ux.md S16).
//
// What is said are templates of the page: words, and a button where there is a way out.

const SHOWN_MS = 6_000; // at the least (ux.md S16); who has held it gets as long again

export class Toast {
  /** `said(words)` announces. */
  constructor({ element, said }) {
    Object.assign(this, { element, said });
    this.body = element.querySelector('.toast-body');
    for (const type of ['pointerenter', 'focusin']) element.addEventListener(type, () => this.#hold());
    for (const type of ['pointerleave', 'focusout']) element.addEventListener(type, () => this.#begin());
    element.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      this.hide();
    });
  }

  /** Say what the template `id` holds, in place of what is being said. */
  show(id) {
    this.hide(); // so that it comes to stand above whatever was opened meanwhile
    this.body.replaceChildren(document.getElementById(id).content.cloneNode(true));
    this.element.showPopover();
    this.said(this.body.querySelector('p').textContent);
    this.#begin();
  }

  hide() {
    this.#hold();
    this.element.hidePopover();
  }

  #begin() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.hide(), SHOWN_MS);
  }

  #hold() {
    clearTimeout(this.timer);
  }
}

// Where this page is shown, and in which colours, told to the style sheets before anything is laid out.
//
// A popup takes its size from the first layout, and a theme that arrives late flashes. This reads two
// things that need no waiting and writes two attributes; pages import it first, and are not painted
// before they have run.

const root = document.documentElement;
const popups = globalThis.chrome?.extension?.getViews?.({ type: 'popup' }) ?? [];
if (popups.includes(globalThis)) root.dataset.surface = 'popup';

// What the person chose on the options page: a member of the root's `data-…`, and what it may be.
const CHOICES = { theme: ['light', 'dark'], density: ['compact'], text: ['13', '16'] };
const PREFIX = 'threadline.';

const show = () => {
  for (const [name, values] of Object.entries(CHOICES)) {
    const chosen = localStorage.getItem(PREFIX + name);
    if (values.includes(chosen)) root.dataset[name] = chosen;
    else delete root.dataset[name];
  }
};
show();
addEventListener('storage', show);

/** Keep a choice of how pages look or behave; '' is the usual. It applies at once, here and elsewhere. */
export function choose(name, value) {
  if (value === '') localStorage.removeItem(PREFIX + name);
  else localStorage.setItem(PREFIX + name, value);
  show();
}

/** What was chosen, or '' for the usual. */
export const choiceOf = (name) => localStorage.getItem(PREFIX + name) ?? '';

/** Whether keys of a single letter do something where nobody types (WCAG 2.1.4). */
export const hasLetterKeys = () => choiceOf('letters') !== 'off';

/** Whether Enter alone sends; otherwise it does with Ctrl or Cmd, and alone it starts a new line. */
export const doesEnterSend = () => choiceOf('enter') !== 'line';

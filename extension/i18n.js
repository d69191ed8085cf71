// What pages say, by id, in the person's language.
//
// The words are those of `_locales`; the build puts what pages need of them into messages.js, so that nothing is waited
// for before the first frame, and the default language into the HTML itself. An element that carries words names them:
// `data-i18n` for its text, `data-i18n-title` for its title, and so on.
import { language, onLanguage, pluralForm } from './language.js';
import { MESSAGES } from './messages.js';

const ATTRIBUTES = ['aria-label', 'placeholder', 'title'];

/** The words of `id`, with `values` in the places that are named in braces. */
export function say(id, values = {}) {
  return MESSAGES[language()][id].replaceAll(/\{(\w+)\}/gu, (_, name) => values[name]);
}

/** The form of `id` that fits `count`, which is put in as `count`. */
export const plural = (id, count, values = {}) => say(`${id}_${pluralForm(count)}`, { count, ...values });

function write(root) {
  for (const element of root.querySelectorAll('[data-i18n]')) element.textContent = say(element.dataset.i18n);
  for (const name of ATTRIBUTES) {
    for (const element of root.querySelectorAll(`[data-i18n-${name}]`)) {
      element.setAttribute(name, say(element.getAttribute(`data-i18n-${name}`)));
    }
  }
  for (const template of root.querySelectorAll('template')) write(template.content);
}

/** Write the words of the page itself, unless the build has: in the language that `lang` names. */
function writePage() {
  if (document.documentElement.lang === language()) return;
  document.documentElement.lang = language();
  write(document);
}

writePage();
onLanguage(writePage);

// Which language Threadline speaks in this browser: the one that the person chose, or else the browser's own. All
// pages read it here, the engine's included, and hear when it becomes another.
//
// The words of a language are `_locales/<language>/messages.json`; what `Intl` knows of it is asked here too, because
// Python has no such thing. languages.js is made by the build: the languages that there are, the default first.
import { LANGUAGES } from './languages.js';

const CHOSEN = 'threadline.language'; // in localStorage; nothing for the browser's own
const OF_BROWSER = 'threadline.browserLanguage'; // in localStorage: noted for the engine's page, which cannot ask Chrome

function ofBrowser() {
  const told = globalThis.chrome?.i18n?.getUILanguage?.();
  const noted = localStorage.getItem(OF_BROWSER);
  if (told !== undefined && told !== noted) localStorage.setItem(OF_BROWSER, told);
  return told ?? noted ?? navigator.language;
}

const stem = (tag) => tag.split('-')[0];

function resolve() {
  const wanted = localStorage.getItem(CHOSEN) ?? ofBrowser();
  return LANGUAGES.find((one) => one === wanted) ?? LANGUAGES.find((one) => one === stem(wanted)) ?? LANGUAGES[0];
}

let spoken = resolve();
let generation = 0; // of what was made for a language
const listeners = [];

/** The language that is spoken: a BCP 47 tag, and a folder of `_locales` with "_" for "-". */
export const language = () => spoken;

/** The locale for dates and numbers: the browser's own kind of the language, such as en-GB, where it has one. */
function locale() {
  const { locale: own } = new Intl.DateTimeFormat().resolvedOptions();
  return stem(own) === stem(spoken) ? own : spoken;
}

/** `listener()` is called when another language is spoken. */
export function onLanguage(listener) {
  listeners.push(listener);
}

/** Look again what was chosen: somebody chose anew in this page. */
export function readLanguage() {
  const now = resolve();
  if (now === spoken) return;
  spoken = now;
  generation += 1;
  for (const listener of listeners) listener();
}

addEventListener('storage', ({ key }) => {
  if (key === null || key === CHOSEN || key === OF_BROWSER) readLanguage();
});

/**
 * What `make(locale)` makes, made when it is needed first, and anew for another language: a formatter takes longer to
 * make than a screen of words.
 */
export function perLanguage(make) {
  let made = null;
  let madeIn = -1;
  return () => {
    if (madeIn !== generation) {
      made = make(locale());
      madeIn = generation;
    }
    return made;
  };
}

const pluralRules = perLanguage((of) => new Intl.PluralRules(of));
const numbers = perLanguage((of) => [0, 1].map((digits) => {
  return new Intl.NumberFormat(of, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}));

/** The plural category of `count`: `one`, `other`, and what else the language has. */
export const pluralForm = (count) => pluralRules().select(count);

/** `value` with 0 or 1 `digits` after the decimal mark. */
export const formatNumber = (value, digits) => numbers()[digits].format(value);

let read = ['', ''];

async function textOf(tag) {
  const answer = await fetch(`/_locales/${tag.replace('-', '_')}/messages.json`);
  return answer.text();
}

/** Read the words of the language as it is now, for Python, and those of English, which its core speaks. */
export async function readMessages() {
  const wanted = spoken;
  const texts = await Promise.all([textOf(wanted), wanted === LANGUAGES[0] ? '' : textOf(LANGUAGES[0])]);
  if (wanted === spoken) read = texts;
}

/** The text of the messages.json that was read last. */
export const messages = () => read[0];

/** The text of the English one, or '' where that is the language. */
export const englishMessages = () => read[1];

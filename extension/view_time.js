// Writes the words of <time> elements in the reader's own language and time zone.
//
// The engine sends moments (datetime, in UTC) and what kind of words they want (data-format). One
// timer serves the page: once a second while something that counts is on screen, twice a minute
// while only ages are, and not at all while nothing is or the page is hidden.

import { say } from './i18n.js';
import { perLanguage } from './language.js';
import { afterFrame } from './view_frame.js';

const COUNTING_MS = 1_000;
const AGEING_MS = 30_000;
const SOON_S = 5; // a countdown below this flickers more than it tells (ux.md 5.3)
const SELECTOR = 'time[data-format]';

const clock = perLanguage((locale) => new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' }));
const dayAndClock = perLanguage((locale) => new Intl.DateTimeFormat(locale, {
  day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit',
}));
const precise = perLanguage((locale) => new Intl.DateTimeFormat(locale, { timeStyle: 'medium' }));
const whole = perLanguage((locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'medium' }));
const ago = perLanguage((locale) => new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' }));
const AGES = [['day', 86_400], ['hour', 3_600], ['minute', 60], ['second', 1]];

function clockWords(moment, now) {
  const today = new Date(now).toDateString() === moment.toDateString();
  return (today ? clock : dayAndClock)().format(moment);
}

function ageWords(seconds) {
  const past = Math.max(0, seconds); // a clock that is wrong shows no future
  const [unit, length] = AGES.find(([, size]) => past >= size) ?? AGES.at(-1);
  return ago().format(-Math.floor(past / length), unit);
}

function countdownWords(seconds) {
  const left = -seconds;
  if (left <= 0) return say('time_now');
  return left < SOON_S ? say('time_soon') : say('time_in', { seconds: Math.ceil(left) });
}

function elapsedWords(seconds) {
  const past = Math.floor(Math.max(0, seconds));
  if (past < SOON_S) return '';
  return `${Math.floor(past / 60)}:${String(past % 60).padStart(2, '0')}`;
}

function words(format, moment, now) {
  const seconds = (now - moment.getTime()) / 1_000;
  if (format === 'relative') return ageWords(seconds);
  if (format === 'countdown') return countdownWords(seconds);
  if (format === 'elapsed') return elapsedWords(seconds);
  if (format === 'seconds') return precise().format(moment);
  return clockWords(moment, now);
}

function writeOne(element, now) {
  const moment = new Date(element.dateTime);
  if (Number.isNaN(moment.getTime())) return;
  const text = words(element.dataset.format, moment, now);
  if (element.textContent !== text) element.textContent = text;
}

// The whole moment is told of the one time that somebody points at, not of all.
document.addEventListener('pointerover', ({ target }) => {
  const element = target.closest(SELECTOR);
  const moment = new Date(element?.dateTime ?? '');
  if (!Number.isNaN(moment.getTime())) element.title = whole().format(moment);
});

/** Write the words of every <time> in `root`, which need not be in the page yet. */
export function writeTimes(root) {
  const now = Date.now();
  for (const element of root.querySelectorAll(SELECTOR)) writeOne(element, now);
}

let timer = 0;
let isLooking = false;

function pause() {
  const shown = [...document.querySelectorAll(`${SELECTOR}:not([data-format="clock"])`)]
    .filter((element) => element.checkVisibility());
  if (shown.some((element) => element.dataset.format !== 'relative')) return COUNTING_MS;
  const young = shown.some((element) => Date.now() - Date.parse(element.dateTime) < 60_000);
  if (young) return COUNTING_MS;
  return shown.length > 0 ? AGEING_MS : 0;
}

/**
 * Let the times that are on screen run on; call it after anything came on or went off. What is on
 * screen is looked at once that has been painted, once for all that has changed by then.
 */
export function keepTimes() {
  if (isLooking) return;
  isLooking = true;
  afterFrame(look, COUNTING_MS);
}

function look() {
  isLooking = false;
  clearTimeout(timer);
  const delay = document.hidden ? 0 : pause();
  if (delay === 0) return;
  timer = setTimeout(() => {
    writeTimes(document);
    look();
  }, delay);
}

document.addEventListener('visibilitychange', () => {
  writeTimes(document);
  keepTimes();
});

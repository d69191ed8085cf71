// Turns the engine's HTML into elements: the one way by which HTML gets onto the page.
//
// Element.setHTML with an allow-list; the page's content security policy forbids every other way.

const SANITIZER = new Sanitizer({
  elements: [
    'a', 'article', 'blockquote', 'br', 'button', 'code', 'dd', 'details', 'div', 'dl', 'dt', 'em', 'h2', 'h3',
    'h4', 'h5', 'h6', 'hr', 'li', 'ol', 'p', 'pre', 's', 'span', 'strong', 'summary', 'table', 'tbody', 'td',
    'th', 'thead', 'time', 'tr', 'ul',
  ],
  attributes: [
    'aria-current', 'aria-expanded', 'aria-haspopup', 'aria-hidden', 'aria-label', 'aria-live', 'class', 'datetime', 'dir',
    'href', 'open', 'rel',
    'role', 'start', 'tabindex', 'target', 'title', 'type',
  ],
  dataAttributes: true,
  comments: false,
});

/** An element that holds `html`, or as much of it as the allow-list lets through. */
export function parse(html) {
  const holder = document.createElement('div');
  holder.setHTML(html, { sanitizer: SANITIZER });
  return holder;
}

/** One element for each of `rows`; parsed in one go, because a hundred calls cost a hundredfold. */
export function rowElements(rows) {
  if (rows.length === 0) return [];
  const together = [...parse(rows.map(({ html }) => html).join('')).children];
  const elements = together.length === rows.length
    ? together
    : rows.map(({ html }) => parse(html).firstElementChild ?? document.createElement('div'));
  rows.forEach(({ key }, place) => { elements[place].dataset.key = key; });
  return elements;
}

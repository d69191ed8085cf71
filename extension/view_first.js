// What the panel does before its modules are there: says hello to the engine, and shows the last
// known text.
//
// A classic script in the head, so that neither waits for a style sheet or a module: the line is open
// while the rest of the page is still being read, and the text is there with the first frame. What it
// has begun it leaves in `threadlineFirst`, where view.js, view_paint.js and view_link.js take it over.
// It also owns the one way by which HTML gets onto the page.

{
  const INDEX = 'threadline.paint'; // written by view_cache.js

  const SANITIZER = new Sanitizer({
    elements: [
      'a', 'article', 'blockquote', 'br', 'button', 'code', 'dd', 'details', 'div', 'dl', 'dt', 'em', 'h2', 'h3',
      'h4', 'h5', 'h6', 'hr', 'li', 'ol', 'p', 'pre', 's', 'span', 'strong', 'summary', 'table', 'tbody', 'td',
      'th', 'thead', 'time', 'tr', 'ul',
    ],
    attributes: [
      'aria-current', 'aria-hidden', 'aria-label', 'aria-live', 'class', 'datetime', 'dir', 'href', 'open', 'rel',
      'role', 'start', 'tabindex', 'target', 'title', 'type',
    ],
    dataAttributes: true,
    comments: false,
  });

  /** An element that holds the engine's HTML, or as much of it as the allow-list lets through. */
  const parse = (html) => {
    const holder = document.createElement('div');
    holder.setHTML(html, { sanitizer: SANITIZER });
    return holder;
  };

  /** One element for each of `rows`; parsed in one go, because a hundred calls cost a hundredfold. */
  const rowElements = (rows) => {
    const together = [...parse(rows.map(({ html }) => html).join('')).children];
    const elements = together.length === rows.length
      ? together
      : rows.map(({ html }) => parse(html).firstElementChild ?? document.createElement('div'));
    rows.forEach(({ key }, place) => { elements[place].dataset.key = key; });
    return elements;
  };

  const read = (key) => {
    try {
      return JSON.parse(localStorage.getItem(key) ?? 'null');
    } catch {
      return null; // written by another version, or cut short: as good as absent
    }
  };

  /** What was painted of `session` for the account whose paints are kept, or null. */
  const recall = (session, account) => {
    const entry = session === null ? null : read(`${INDEX}.${session}`);
    const isWhole = Array.isArray(entry?.rows) && entry.slots && entry.facts;
    return isWhole && entry.account === account ? entry : null;
  };

  /** Open a line and keep what comes in. Null: the engine cannot be looked for now. */
  const open = (hello) => {
    try {
      const port = chrome.runtime.connect({ name: 'view' });
      const line = { port, heard: [], isGone: false };
      line.hear = (text) => line.heard.push(text);
      line.leave = () => {
        void chrome.runtime.lastError; // read, so that Chrome does not print it
        line.isGone = true;
      };
      port.onMessage.addListener((text) => line.hear(text));
      port.onDisconnect.addListener(() => line.leave());
      port.postMessage(JSON.stringify(hello));
      return line;
    } catch {
      return null;
    }
  };

  const index = read(INDEX);
  const sessions = Array.isArray(index?.sessions) ? index.sessions : [];
  const wanted = new URLSearchParams(location.search).get('session') ?? sessions[0] ?? null;
  const kept = recall(wanted, index?.account ?? null);
  const { term = null, version = 0 } = kept ?? {};
  const hello = {
    type: 'hello', session: wanted, newChat: false, term, version, surface: 'panel',
  };
  globalThis.threadlineFirst = { parse, rowElements, wanted, kept, line: open(hello), elements: [] };

  if (kept !== null) {
    const elements = rowElements(kept.rows);
    const title = parse(kept.slots.title ?? '');
    const show = () => {
      document.getElementById('log').append(...elements);
      document.querySelector('[data-slot="title"]').replaceChildren(...title.childNodes);
      globalThis.threadlineFirst.elements = elements;
      // In the first frame, when the styles are there; later ones are for view_scroll.js.
      requestAnimationFrame(() => {
        const scroller = document.getElementById('scroller');
        scroller.scrollTop = scroller.scrollHeight;
      });
    };
    // The document is read to its end; module scripts come after this.
    document.addEventListener('readystatechange', show, { once: true });
  }
}

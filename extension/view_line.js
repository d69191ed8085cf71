// A line from this page to the engine: texts both ways (ARCHITECTURE.md, border 1).
//
// Chrome runs all pages of an extension in one process, so the page that holds the engine is in reach
// from here: a text goes to its bridge.js by a function call, and comes back by one. The browser's own
// ports take a text through another process and back, which costs more than all that the engine does
// with it. A port is open all the same, and silent: by its end each side learns that the other is
// gone. Where no page in reach holds the engine, the port carries the texts, to whoever is there; so it is
// for the page that had the engine started, until the engine has come into reach.

/** The page in reach that holds the engine, or undefined. */
function enginePage() {
  return chrome.extension.getViews().find((page) => page.threadlineHost?.holdsEngine());
}

/** A port whose end is told to `ended`. Throws when the extension has been replaced. */
function openPort(name, ended) {
  const port = chrome.runtime.connect({ name });
  port.onDisconnect.addListener(() => {
    void chrome.runtime.lastError; // read, so that Chrome does not print it
    ended();
  });
  return port;
}

/**
 * A line. `isHere`: the engine runs in this very page. `isOutdated()`: a shorter line could be had now.
 *
 * @typedef {{say: (text: string) => void, isHere: boolean, isOutdated: () => boolean, id?: string}} Line
 */

/**
 * Open a line. `heard(text)` gets what comes in, never before this function has returned, and `ended()` is
 * called when the line is gone, which may be all that ever comes of it. `instead` is the line that this one
 * takes the place of; the engine ends that one first.
 *
 * @returns {Line}
 * @throws when the extension has been replaced: this page cannot speak to it any more
 */
export function openLine({ heard, ended, instead }) {
  const page = enginePage();
  const id = crypto.randomUUID();
  if (page === undefined) {
    const port = openPort(`far:${id}`, ended);
    port.onMessage.addListener(heard);
    const isOutdated = () => enginePage() !== undefined;
    return { say: (text) => port.postMessage(text), isHere: false, isOutdated, id };
  }
  const isHere = page === window;
  if (!isHere) openPort(`view:${id}`, ended);
  const say = page.threadlineHost.attachView({ heard, ended, id: isHere ? null : id, instead: instead?.id });
  return { say, isHere, isOutdated: () => false };
}

// Runs in every panel page of the benchmark before the page's own scripts, in ours and in the peer's alike, and notes
// when what was painted. A change counts as painted in the task after the next animation frame.
(() => {
  if (!location.pathname.endsWith('/panel.html')) return;

  const ON_SCREEN = 50; // messages
  const marks = {}; // name -> ms since the navigation began
  const changed = new Map(); // message id -> ms since 1970 at which the document held it
  const painted = new Map(); // message id -> ms since 1970 at which it was painted
  const tasks = []; // long tasks: [start in ms since 1970, duration in ms]
  const frames = []; // times of animation frames, ms since 1970, while they are watched
  let waiting = []; // [holds, resolve]

  const wall = () => performance.timeOrigin + performance.now();

  function afterPaint(then) {
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => { then(); port1.close(); };
      port2.postMessage(null);
    });
  }

  function settle() {
    waiting = waiting.filter(([holds, resolve]) => {
      if (!holds()) return true;
      resolve();
      return false;
    });
  }

  function until(holds) {
    return new Promise((resolve) => { waiting.push([holds, resolve]); settle(); });
  }

  // What is on the screen, once each: text from anywhere, text from the engine, and a joined channel as well.
  let left = {
    text: (shown) => shown,
    engine: (shown, log) => shown && log.ariaBusy !== 'true',
    live: (shown, log) => shown && log.ariaBusy !== 'true'
      && document.querySelector('[data-connection-state="connected"]') !== null,
    joined: () => document.querySelector('[data-connection-state="connected"]') !== null,
  };

  function look() {
    const names = Object.keys(left);
    const log = document.querySelector('[role="log"]');
    if (names.length === 0 || log === null) return;
    const shown = log.querySelectorAll('[data-message-id]').length >= ON_SCREEN;
    for (const name of names) {
      if (!left[name](shown, log)) continue;
      delete left[name];
      afterPaint(() => { marks[name] = performance.now(); settle(); });
    }
  }

  let fresh = [];
  function note(node) {
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    const found = node.matches('[data-message-id]') ? [node] : node.querySelectorAll('[data-message-id]');
    for (const { dataset: { messageId } } of found) {
      if (changed.has(messageId)) continue;
      changed.set(messageId, wall());
      if (fresh.length === 0) {
        afterPaint(() => {
          const at = wall();
          for (const id of fresh) painted.set(id, at);
          fresh = [];
          settle();
        });
      }
      fresh.push(messageId);
    }
  }

  new MutationObserver((records) => {
    for (const { addedNodes } of records) addedNodes.forEach(note);
    look();
  }).observe(document, {
    subtree: true, childList: true, attributes: true, attributeFilter: ['aria-busy', 'data-connection-state'],
  });
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) tasks.push([performance.timeOrigin + startTime, duration]);
  }).observe({ type: 'longtask', buffered: true });

  let watching = false;
  function watch() {
    frames.push(wall());
    if (watching) requestAnimationFrame(watch);
  }

  const sockets = new Set();
  globalThis.WebSocket = class extends WebSocket {
    constructor(...parameters) {
      super(...parameters);
      sockets.add(this);
    }
  };

  globalThis.threadlineProbe = {
    sockets,
    /** Resolves to the ms from the beginning of the navigation to the mark. */
    async mark(name) {
      await until(() => name in marks);
      return marks[name];
    },
    marks: () => marks,
    /** Resolves once `count` messages have been painted since the page began. */
    count: (count) => until(() => painted.size >= count),
    size: () => painted.size,
    /** Resolves once this message has been painted. */
    message: (id) => until(() => painted.has(id)),
    /** Whether the whole of this message is within the log that shows it, and within the page. */
    inSight(id) {
      const element = document.querySelector(`[data-message-id="${CSS.escape(id)}"]`);
      const { top, bottom } = element.getBoundingClientRect();
      let scroller = element.parentElement;
      while (scroller !== null && !/auto|scroll/.test(getComputedStyle(scroller).overflowY)) scroller = scroller.parentElement;
      const room = (scroller ?? document.documentElement).getBoundingClientRect();
      return bottom > top && top >= room.top - 1 && bottom <= Math.min(room.bottom, innerHeight) + 1;
    },
    times: (ids) => ids.map((id) => [id, changed.get(id) ?? null, painted.get(id) ?? null]),
    tasks: () => tasks,
    watchFrames() { watching = true; frames.length = 0; watch(); },
    frames() { watching = false; return frames; },
  };
})();

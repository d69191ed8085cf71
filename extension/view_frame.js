// What can wait until the page has been painted: it would make the frame that somebody waits for longer.

const LONGEST_MS = 100; // a page that is covered may get no frame at all

/**
 * Run `then` once what is on the page now has been painted and nothing is more urgent, and after `longest` milliseconds
 * where that never comes.
 */
export function afterFrame(then, longest = LONGEST_MS) {
  let timer = 0; // 0: it has run
  const run = () => {
    if (timer === 0) return;
    clearTimeout(timer);
    timer = 0;
    then();
  };
  timer = setTimeout(run, longest);
  requestAnimationFrame(() => requestIdleCallback(run));
}

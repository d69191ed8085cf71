// How long the last opening of a panel took until something was on screen, for the diagnostics (ux.md B19).
//
// The browser measures it, from the beginning of the page's load; the page keeps the figure, and nothing else.

const FIRST_PAINT = 'threadline.firstPaint'; // in localStorage: milliseconds

/** Keep the figure as soon as the browser has it. A page that nobody sees has none. */
export function keepFirstPaint() {
  new PerformanceObserver((list, observer) => {
    const [paint] = list.getEntriesByName('first-contentful-paint');
    if (paint === undefined) return;
    observer.disconnect();
    localStorage.setItem(FIRST_PAINT, String(Math.round(paint.startTime)));
  }).observe({ type: 'paint', buffered: true });
}

/** The figure in milliseconds, or null before a first panel. */
export function firstPaint() {
  const kept = localStorage.getItem(FIRST_PAINT);
  return kept === null ? null : Number(kept);
}

// Where this page is shown, and in which colours, told to the style sheets before anything is laid out.
//
// A popup takes its size from the first layout, and a theme that arrives late flashes. This reads two
// things that need no waiting and writes two attributes; pages import it first, and are not painted
// before they have run.

const root = document.documentElement;
const popups = globalThis.chrome?.extension?.getViews?.({ type: 'popup' }) ?? [];
if (popups.includes(globalThis)) root.dataset.surface = 'popup';

const THEME_KEY = 'threadline.theme'; // 'light', 'dark' or absent; written by the options page
const showTheme = () => {
  const theme = localStorage.getItem(THEME_KEY);
  if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
  else delete root.dataset.theme;
};
showTheme();
addEventListener('storage', (event) => {
  if (event.key === THEME_KEY) showTheme();
});

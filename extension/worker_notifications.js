// Notifications, for as long as the person allows them: the engine says of what, this file shows it.
//
// The permission is optional and asked for in the settings. Without it the browser has no
// `chrome.notifications`, and the order comes to nothing. One notification a session: a later one
// takes the place of the earlier. A click opens the session, in a tab that shows it or in a new one.

const ICON = 'icons/icon-128.png';
const PANEL = 'panel.html';

const panelUrl = (session) => chrome.runtime.getURL(`${PANEL}?session=${encodeURIComponent(session)}`);

/** Show that something has happened in `session`. */
export async function notify({ session, title, text }) {
  if (chrome.notifications === undefined) return;
  await chrome.notifications.create(session, { type: 'basic', iconUrl: ICON, title, message: text });
}

export async function open(session) {
  chrome.notifications.clear(session);
  const url = panelUrl(session);
  const tabs = await chrome.runtime.getContexts({ contextTypes: ['TAB'] });
  const shown = tabs.find(({ documentUrl }) => documentUrl === url);
  if (shown === undefined) {
    await chrome.tabs.create({ url });
    return;
  }
  await chrome.tabs.update(shown.tabId, { active: true });
  await chrome.windows.update(shown.windowId, { focused: true });
}

let isListening = false;

/** Hear of clicks, as soon as there can be any. */
export function listenForClicks() {
  if (isListening || chrome.notifications === undefined) return;
  isListening = true;
  chrome.notifications.onClicked.addListener(open);
}

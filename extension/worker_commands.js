// The browser's commands: keys that work with no panel open (manifest.json, `commands`).
//
// A panel that is on screen in that window carries a command out by itself (view_commands.js). With
// none, the popup is opened, and finds the command when it starts.

const WAITING = 'panelCommand'; // in storage.session: for the panel that is being opened

/** Open the side panel, or close it. Opening takes a gesture, so nothing may be waited for before. */
async function toggle(windowId) {
  const asked = chrome.runtime.getContexts({ contextTypes: ['SIDE_PANEL'], windowIds: [windowId] });
  const opened = chrome.sidePanel.open({ windowId });
  const wasOpen = (await asked).length > 0;
  await opened;
  if (wasOpen) await chrome.sidePanel.close?.({ windowId }); // Chrome 141
}

async function tell(command, windowId) {
  const message = { type: 'panel-command', command, windowId };
  const isTaken = await chrome.runtime.sendMessage(message).catch(() => false); // nobody is there
  if (isTaken === true) return;
  await chrome.storage.session.set({ [WAITING]: command });
  await chrome.action.openPopup({ windowId });
}

/** Hear of the commands. */
export function listenForCommands() {
  chrome.commands.onCommand.addListener((command, tab) => {
    if (tab === undefined) return undefined;
    return command === 'toggle-panel' ? toggle(tab.windowId) : tell(command, tab.windowId);
  });
}

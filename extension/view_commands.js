// The browser's commands, as a panel carries them out: those that come while it is on screen, and the
// one for which it was opened (worker_commands.js).

const WAITING = 'panelCommand'; // in storage.session
const PRESSED = { 'new-chat': 'button[data-command="new_chat"]', stop: 'button[data-command^="stop"]' };

function carryOut(command, composer) {
  window.focus();
  if (command in PRESSED) document.querySelector(PRESSED[command])?.click();
  else composer.focus();
}

/** Listen for commands; `composer` is the box that is written in. */
export async function listenForCommands(composer) {
  let windowId = null;
  chrome.runtime.onMessage.addListener((message, sender, reply) => {
    if (message?.type !== 'panel-command' || sender.id !== chrome.runtime.id) return;
    if (message.windowId !== windowId || document.hidden) return;
    carryOut(message.command, composer);
    reply(true);
  });
  ({ id: windowId } = await chrome.windows.getCurrent());
  const { [WAITING]: command } = await chrome.storage.session.get(WAITING);
  if (command === undefined || document.hidden) return;
  await chrome.storage.session.remove(WAITING);
  carryOut(command, composer);
}

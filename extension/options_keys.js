// The keys card: the browser's commands with the keys that they really have, which a clash with another
// extension, or the person, may have changed.

import { say } from './i18n.js';

const find = (id) => document.getElementById(id);

// Chrome describes the commands in its own language, which may be another than the one chosen here.
const DESCRIPTIONS = {
  _execute_action: 'keys_popup', 'toggle-panel': 'commandTogglePanel', 'new-chat': 'commandNewChat',
  'focus-composer': 'commandFocusComposer', stop: 'commandStop',
};

/** Show the commands and their keys. */
export async function showKeys() {
  const commands = await chrome.commands.getAll();
  find('keys').replaceChildren(...commands.map(({ description, name, shortcut }) => {
    const row = find('key-row').content.cloneNode(true);
    row.querySelector('dt').textContent = name in DESCRIPTIONS ? say(DESCRIPTIONS[name]) : description || name;
    row.querySelector('kbd').textContent = shortcut || say('keys_none');
    return row;
  }));
}

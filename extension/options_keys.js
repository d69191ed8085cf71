// The keys card: the browser's commands with the keys that they really have, which a clash with another
// extension, or the person, may have changed.

const find = (id) => document.getElementById(id);
const NONE = 'No key';
const NAMELESS = { _execute_action: 'Open the popup' }; // Chrome's own command has no description

/** Show the commands and their keys. */
export async function showKeys() {
  const commands = await chrome.commands.getAll();
  find('keys').replaceChildren(...commands.map(({ description, name, shortcut }) => {
    const row = find('key-row').content.cloneNode(true);
    row.querySelector('dt').textContent = description || NAMELESS[name] || name;
    row.querySelector('kbd').textContent = shortcut || NONE;
    return row;
  }));
}

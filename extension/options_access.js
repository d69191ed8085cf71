// Chrome's leave to talk to a server: asked for when a new address is saved, for that address alone.
//
// An address that the manifest does not let us ask for may still work, if its server allows other
// origins; so a refusal is told and does not stop the saving.

import { say } from './i18n.js';

/** Ask for access to `addresses`; resolves to words if some was not given, else "". */
export async function askAccess(addresses) {
  const origins = [...new Set(addresses.filter((address) => URL.canParse(address)).map(pattern))];
  const missing = [];
  for (const origin of origins) {
    if (!(await chrome.permissions.contains({ origins: [origin] }))) missing.push(origin);
  }
  if (missing.length === 0) return '';
  const given = await chrome.permissions.request({ origins: missing }).catch(() => false);
  if (given) return '';
  const hosts = missing.map((origin) => new URL(origin.replace('*', '')).host);
  return say('form_saved_without_access', { hosts: hosts.join(', ') });
}

function pattern(address) {
  const { protocol, hostname } = new URL(address);
  return `${protocol}//${hostname}/*`;
}

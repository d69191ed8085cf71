// Writes what the person sends into the outbox, before anything else is done with it.
//
// The engine adopts these rows (ARCHITECTURE.md, border 1). The write is durable when the promise
// resolves, so a panel that is closed the next instant has lost nothing.

import { addRow } from './outbox_store.js';

/**
 * Write one text durably and return its row.
 * Rejects with the database's error; nothing is stored then.
 */
export function writeIntake({ sessionId, content, account }) {
  return addRow({ clientMessageId: crypto.randomUUID(), sessionId, content, createdAt: Date.now(), account });
}

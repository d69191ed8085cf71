// The outbox in IndexedDB (ARCHITECTURE.md, border 1): opened in one place by whoever reads or writes it, so that
// pages, engine and service worker cannot disagree about its shape. Each call is one strictly durable transaction.
import { Database, Fenced, Lost, META } from './database.js';

const STORE = 'outbox';
const MAX_ROWS = 200; // texts that may wait at once (sync.md O10)

const MIGRATIONS = [
  (database) => { database.createObjectStore(STORE, { keyPath: 'clientMessageId' }); },
  (database) => { database.createObjectStore(META); },
];

// A connection is kept, so that a deletion is heard of; it is opened again when it is needed again.
let isDeletedTo = () => {};
const outbox = new Database('threadline', MIGRATIONS, (isDeleted) => { if (isDeleted) isDeletedTo(); });

/** Call `listener` when the outbox is deleted under us. */
export function onOutboxDeleted(listener) {
  isDeletedTo = listener;
}

function transact(mode, work) {
  return outbox.transact([STORE], mode, 'strict', (transaction, keep, refuse) => {
    work(transaction.objectStore(STORE), keep, refuse);
  });
}

/**
 * Write a new row; resolves with it. Its `ordinal` is one more than the highest, taken in the same transaction, so that
 * two windows cannot take the same. Rejects with an `OutboxFull` where enough wait already.
 */
export function addRow(draft) {
  return transact('readwrite', (store, keep, refuse) => {
    store.getAll().onsuccess = ({ target }) => {
      if (target.result.length >= MAX_ROWS) {
        refuse(new DOMException(`${MAX_ROWS} texts wait already.`, 'OutboxFull'));
        return;
      }
      const highest = target.result.reduce((most, { ordinal }) => Math.max(most, ordinal ?? 0), 0);
      const row = { ...draft, ordinal: highest + 1, rejected: null };
      store.add(row);
      keep(row);
    };
  });
}

/** Resolves with all rows. */
export function allRows() {
  return transact('readonly', (store, keep) => {
    store.getAll().onsuccess = ({ target }) => keep(target.result);
  });
}

// --- the engine's own writes ------------------------------------------------------------------------------------

let term = null; // a promise of this engine's term; pages that hold no engine have none

/** This engine's term, taken at the first call; raised where it is lower than `atLeast`. Rejects where it is fenced. */
export function takeTerm(atLeast) {
  const before = term ?? outbox.takeTerm();
  term = before.then(async (taken) => {
    if (taken >= atLeast) return taken;
    await outbox.write(taken, [], 'strict', () => {}); // still the last engine, so it may take another one
    return outbox.takeTerm(atLeast);
  });
  term.catch((error) => { if (!(error instanceof Fenced)) term = null; }); // asked anew the next time
  return term;
}

async function write(work) {
  const taken = await takeTerm(0);
  const attempt = () => outbox.write(taken, [STORE], 'strict', (transaction) => work(transaction.objectStore(STORE)));
  try {
    await attempt();
  } catch (error) {
    if (!(error instanceof Lost)) throw error;
    if ((await outbox.takeTerm(taken)) !== taken) throw new Fenced(outbox.name);
    await attempt(); // the database was made anew, and is ours
  }
}

/** Put members into a row. One that is gone comes back where these are all of it, and stays gone otherwise. */
export function putRow(row) {
  return write((store) => {
    store.get(row.clientMessageId).onsuccess = ({ target }) => {
      if (target.result !== undefined || row.content !== undefined) store.put({ ...target.result, ...row });
    };
  });
}

/** Delete a row; one that is gone is no error. */
export function deleteRow(clientMessageId) {
  return write((store) => { store.delete(clientMessageId); });
}

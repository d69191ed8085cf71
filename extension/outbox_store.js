// The outbox in IndexedDB (ARCHITECTURE.md, border 1): opened in one place by whoever reads or writes it, so that
// pages, engine and service worker cannot disagree about its shape. Each call is one transaction of its own.

const DATABASE = 'threadline';
const VERSION = 1;
const STORE = 'outbox';
const MAX_ROWS = 200; // texts that may wait at once (sync.md O10)

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, VERSION);
    request.onupgradeneeded = () => {
      if (!request.result.objectStoreNames.contains(STORE)) {
        request.result.createObjectStore(STORE, { keyPath: 'clientMessageId' });
      }
    };
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new DOMException('The outbox is held open by an older page.'));
  });
}

/**
 * Run `work(store, keep, refuse)` in one strictly durable transaction; resolve with what it kept, once it is written.
 * Rejects with what it refused or with the database's error; nothing of the transaction is stored then.
 */
async function transact(mode, work) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode, { durability: 'strict' });
      let kept;
      let refused = null;
      const refuse = (error) => {
        refused = error;
        transaction.abort();
      };
      work(transaction.objectStore(STORE), (value) => { kept = value; }, refuse);
      transaction.oncomplete = () => resolve(kept);
      transaction.onabort = () => reject(refused ?? transaction.error ?? new DOMException('The write was undone.'));
    });
  } finally {
    database.close();
  }
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

/** Put members into a row that is there; one that is gone stays gone. */
export function updateRow(members) {
  return transact('readwrite', (store) => {
    store.get(members.clientMessageId).onsuccess = ({ target }) => {
      if (target.result !== undefined) store.put({ ...target.result, ...members });
    };
  });
}

/** Delete a row; one that is gone is no error. */
export function deleteRow(clientMessageId) {
  return transact('readwrite', (store) => { store.delete(clientMessageId); });
}

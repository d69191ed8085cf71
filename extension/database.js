// IndexedDB as every store of ours is used: opened in one place, upgraded step by step, written in whole transactions,
// and by one engine alone.
//
// The term (ARCHITECTURE.md, "Border 2") is a number in each database's `meta` store. An engine takes one that is higher
// than any before it, and every write of an engine's asserts it: one that another engine has followed writes nothing.

export const META = 'meta';
const TERM = 'term';

/** The write of an engine that another one has followed: nothing of it is stored. */
export class Fenced extends Error {}

/** The database is not the one that was opened: it was deleted, and is empty. */
export class Lost extends Error {}

export class Database {
  /**
   * `migrations[n]` makes version n + 1 from version n: `(database, transaction) => …`. `lost(isDeleted)` is told when
   * another page deletes or upgrades the database while it is open here.
   */
  constructor(name, migrations, lost = () => {}) {
    Object.assign(this, { name, migrations, lost });
    this.opening = null;
    this.isNewer = false; // made by a newer version of ours: it may be read, and is not written
  }

  /** The open connection. Rejects with the database's error; the next call tries again. */
  connection() {
    this.opening ??= this.#open().catch((error) => {
      this.opening = null;
      throw error;
    });
    return this.opening;
  }

  close() {
    this.opening?.then((database) => database.close(), () => {});
    this.opening = null;
  }

  async #open() {
    try {
      return await this.#request(this.migrations.length);
    } catch (error) {
      if (error.name !== 'VersionError') throw error;
      this.isNewer = true;
      return this.#request(undefined);
    }
  }

  #request(version) {
    return new Promise((resolve, reject) => {
      const request = indexedDB.open(this.name, version);
      request.onupgradeneeded = ({ oldVersion }) => {
        const { result, transaction } = request;
        for (const migrate of this.migrations.slice(oldVersion)) migrate(result, transaction);
      };
      request.onsuccess = () => {
        const database = request.result;
        database.onversionchange = ({ newVersion }) => {
          this.opening = null;
          database.close();
          this.lost(newVersion === null);
        };
        database.onclose = () => {
          this.opening = null;
          this.lost(true);
        };
        resolve(database);
      };
      request.onerror = () => reject(request.error);
      request.onblocked = () => reject(new DOMException('An older page holds it open.', 'BlockedError'));
    });
  }

  /**
   * Run `work(transaction, keep)` in one transaction over `stores`; resolves with what it kept, once it is written.
   * Rejects with the database's error, or the one that `work` threw; nothing of the transaction is stored then.
   */
  async transact(stores, mode, durability, work) {
    const database = await this.connection();
    if (mode === 'readwrite' && this.isNewer) throw new DOMException('A newer version made it.', 'VersionError');
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(stores, mode, { durability });
      let kept;
      let thrown = null;
      const fail = (error) => {
        thrown = error;
        transaction.abort();
      };
      transaction.oncomplete = () => resolve(kept);
      transaction.onabort = () => reject(thrown ?? transaction.error ?? new DOMException('The write was undone.'));
      work(transaction, (value) => { kept = value; }, fail);
    });
  }

  /** Write as the engine of `term`: the same as `transact`, once the database's term is seen to be that one. */
  write(term, stores, durability, work) {
    return this.transact([...stores, META], 'readwrite', durability, (transaction, keep, fail) => {
      transaction.objectStore(META).get(TERM).onsuccess = ({ target }) => {
        if (target.result === undefined) fail(new Lost(this.name));
        else if (target.result !== term) fail(new Fenced(this.name));
        else work(transaction, keep, fail);
      };
    });
  }

  /**
   * Take the term `term`; resolves with the one that is in force, which is higher where a later engine was here.
   * Without a number the next one is taken.
   */
  takeTerm(term = null) {
    return this.transact([META], 'readwrite', 'strict', (transaction, keep) => {
      const meta = transaction.objectStore(META);
      meta.get(TERM).onsuccess = ({ target }) => {
        const before = target.result ?? 0;
        const taken = Math.max(before, term ?? before + 1);
        if (taken !== before) meta.put(taken, TERM);
        keep(taken);
      };
    });
  }

  /** Delete the whole database. One that is not there is no error. */
  erase() {
    this.close();
    return new Promise((resolve, reject) => {
      const request = indexedDB.deleteDatabase(this.name);
      request.onsuccess = () => resolve();
      request.onerror = () => reject(request.error);
      // Other pages of ours close theirs when they hear of it; the request goes on then.
      request.onblocked = () => {};
    });
  }
}

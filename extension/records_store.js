// The stored sessions in IndexedDB: one database per account, whose name Python makes. Rows are text that nobody here
// reads; what they mean, and what is written when, is decided in py/threadline/core/saving.py.
import { Database, Fenced, Lost, META } from './database.js';

const RECORDS = 'records'; // [session, message] -> row
const COVERAGE = 'coverage'; // session -> row

const MIGRATIONS = [
  (database) => {
    database.createObjectStore(META);
    database.createObjectStore(RECORDS);
    database.createObjectStore(COVERAGE);
  },
];

const allOf = (session) => IDBKeyRange.bound([session], [session, []]);

export class RecordsStore {
  /**
   * `takeTerm(atLeast)` resolves with this engine's term, raised where it is lower than `atLeast`; it rejects with
   * `Fenced` where another engine has followed. `lost(name)` is told when a database is deleted or changed under us.
   */
  constructor({ takeTerm, lost }) {
    Object.assign(this, { takeTerm, lost });
    this.databases = new Map();
    this.term = 0; // known from the first opening on
  }

  #database(name) {
    if (!this.databases.has(name)) {
      this.databases.set(name, new Database(name, MIGRATIONS, () => this.lost(name)));
    }
    return this.databases.get(name);
  }

  /** Open a database and take its term; resolves with every session's coverage row. */
  async open({ database }) {
    const store = this.#database(database);
    await store.connection();
    if (!store.isNewer) {
      this.term = await this.takeTerm(0);
      const inForce = await store.takeTerm(this.term);
      if (inForce > this.term) this.term = await store.takeTerm(await this.takeTerm(inForce + 1));
    }
    const coverage = await store.transact([COVERAGE], 'readonly', 'default', (transaction, keep) => {
      const rows = [];
      transaction.objectStore(COVERAGE).openCursor().onsuccess = ({ target }) => {
        const cursor = target.result;
        if (cursor === null) return;
        rows.push([cursor.key, cursor.value]);
        keep(rows);
        cursor.continue();
      };
      keep(rows);
    });
    return { coverage, isNewer: store.isNewer };
  }

  /** Resolves with all rows of a session. */
  load({ database, session }) {
    return this.#database(database).transact([RECORDS, COVERAGE], 'readonly', 'default', (transaction, keep) => {
      transaction.objectStore(RECORDS).getAll(allOf(session)).onsuccess = ({ target: { result: records } }) => {
        transaction.objectStore(COVERAGE).get(session).onsuccess = ({ target: { result: coverage } }) => {
          keep({ coverage: coverage ?? null, records });
        };
      };
    });
  }

  // Nothing is awaited before the transaction is asked for, so that orders are carried out in their order.

  /** Write records and the coverage they justify, together. */
  async save({ database, session, records, removed, coverage, isWhole }) {
    await this.#database(database).write(this.term, [RECORDS, COVERAGE], 'relaxed', (transaction) => {
      const store = transaction.objectStore(RECORDS);
      if (isWhole) store.delete(allOf(session));
      for (const message of removed) store.delete([session, message]);
      for (const [message, row] of records) store.put(row, [session, message]);
      transaction.objectStore(COVERAGE).put(coverage, session);
    });
    return {};
  }

  /** Delete all rows of these sessions. */
  async drop({ database, sessions }) {
    await this.#database(database).write(this.term, [RECORDS, COVERAGE], 'relaxed', (transaction) => {
      for (const session of sessions) {
        transaction.objectStore(RECORDS).delete(allOf(session));
        transaction.objectStore(COVERAGE).delete(session);
      }
    });
    return {};
  }

  /** Delete a whole database. */
  erase(name) {
    const database = this.#database(name);
    this.databases.delete(name);
    return database.erase();
  }
}

/** What an error of a store means, in the words of the engine's events. */
export function causeOf(error) {
  if (error instanceof Fenced) return 'fenced';
  if (error instanceof Lost) return 'lost';
  return error?.name === 'QuotaExceededError' ? 'quota' : 'failed';
}

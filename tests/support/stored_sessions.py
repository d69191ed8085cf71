"""What the extension keeps in IndexedDB, as a test looks into it and damages it.

Everything goes through the service worker, which has the same databases as the extension's pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from .extension_browser import ExtensionBrowser

__all__ = [
    "databases",
    "delete_database",
    "end_engine",
    "make_newer",
    "stored_in",
    "stored_records",
    "transact",
]

# One transaction over a database as it is; what `work(stores)` leaves in `told` is returned.
TRANSACT: Final = """
async ([name, stores, mode, work, args]) => {
  const database = await new Promise((resolve, reject) => {
    const request = indexedDB.open(name);
    request.onupgradeneeded = () => request.transaction.abort(); // there is none: none is made
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => resolve(null);
  });
  if (database === null) return null;
  database.onversionchange = () => database.close();
  try {
    if (stores.some((store) => !database.objectStoreNames.contains(store))) return null;
    const transaction = database.transaction(stores, mode);
    const done = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    const asked = stores.map((store) => transaction.objectStore(store));
    const answer = WORKS[work](asked, ...args);
    await done;
    return answer.map ? answer.map(({ result }) => result) : answer.result;
  } finally {
    database.close();
  }
}
"""
WORKS: Final = """
  const WORKS = {
    all: (stores) => stores.map((store) => store.getAll()),
    clear: (stores) => stores.map((store) => store.clear()),
    keys: (stores) => stores.map((store) => store.getAllKeys()),
    put: ([store], value, key) => (key === undefined ? store.put(value) : store.put(value, key)),
  };
"""


def transact(
    browser: ExtensionBrowser,
    name: str,
    stores: list[str],
    work: str,
    *args: Any,
    write: bool = False,
) -> Any:
    """Do one transaction in the service worker; None where there is no such database or store."""
    script = TRANSACT.replace("=> {", "=> {" + WORKS, 1)
    mode = "readwrite" if write else "readonly"
    return browser.worker().evaluate(script, [name, stores, mode, work, list(args)])


def databases(browser: ExtensionBrowser) -> list[str]:
    """Return the names of the databases of stored sessions."""
    names: list[str] = browser.worker().evaluate(
        "async () => (await indexedDB.databases()).map(({ name }) => name)"
    )
    return sorted(name for name in names if name.startswith("threadline."))


def stored_records(browser: ExtensionBrowser, session: str) -> int:
    """Return how many messages of a session are on disk, in any account's database."""
    count = 0
    for name in databases(browser):
        told = transact(browser, name, ["records"], "keys")
        count += sum(key[0] == session for key in (told or [[]])[0])
    return count


def stored_in(browser: ExtensionBrowser, session: str, count: int) -> str:
    """Wait until so many messages of a session are on disk; return the database's name."""
    browser.wait_until(
        lambda: stored_records(browser, session) == count, f"{session}: not {count} on disk"
    )
    for name in databases(browser):
        if session in transact(browser, name, ["coverage"], "keys")[0]:
            return name
    raise AssertionError("a session without coverage")


def end_engine(browser: ExtensionBrowser) -> None:
    """End the engine, and every trace of what views have painted."""
    browser.close_pages()
    browser.forget_engine()
    page = browser.context.new_page()
    page.goto(browser.url("options.html"))
    page.evaluate("localStorage.clear()")
    page.close()
    browser.forget_engine()


def delete_database(browser: ExtensionBrowser, name: str) -> None:
    """Delete a database under whoever has it open."""
    browser.worker().evaluate(
        "(name) => new Promise((resolve, reject) => {"
        " const request = indexedDB.deleteDatabase(name);"
        " request.onsuccess = () => resolve(); request.onerror = () => reject(request.error); })",
        name,
    )


def make_newer(browser: ExtensionBrowser, name: str) -> None:
    """Let a database be of a version that nobody knows yet."""
    browser.worker().evaluate(
        "(name) => new Promise((resolve, reject) => {"
        " const request = indexedDB.open(name, 99);"
        " request.onsuccess = () => { request.result.close(); resolve(); };"
        " request.onerror = () => reject(request.error); })",
        name,
    )

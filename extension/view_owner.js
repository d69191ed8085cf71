// Whose page this is: the account that the engine named last, or null before anybody was.
//
// What the page keeps (drafts, places, what is unfolded) is that person's, also where somebody else has
// signed in meanwhile and the page has not heard of it. The last one to have a page is kept in
// localStorage, which is read without waiting: the next page is theirs until the engine says another.

const OWNER = 'threadline.owner';

/** Whose the last page was that heard of a change, in any window. */
export const lastOwner = () => localStorage.getItem(OWNER);

let current = lastOwner();

/** Whose this page is. */
export const owner = () => current;

/** This page, and the next to be opened, is `account`'s; null: nobody's. */
export function becomeOwner(account) {
  current = account;
  try {
    if (account !== null) localStorage.setItem(OWNER, account);
    else localStorage.removeItem(OWNER);
  } catch {
    localStorage.removeItem(OWNER); // full: the next page asks the engine first
  }
}

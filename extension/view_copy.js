// Copying what the agent wrote: the button says that it is done, and so does the announcer.

const DONE_MS = 2000; // how long the button says so (ux.md 5.4)

/**
 * Copy the block of code that `button` stands in. Resolves with the words to announce, or "" when the
 * browser did not let us write: then the button stays as it is, and the text can still be selected.
 */
export async function copyCode(button) {
  const code = button.closest('.code-block')?.querySelector('code');
  const { done } = button.dataset;
  if (!code || !done) return '';
  try {
    await navigator.clipboard.writeText(code.textContent);
  } catch {
    return '';
  }
  if (button.textContent !== done) {
    const before = button.textContent;
    button.textContent = done;
    setTimeout(() => { button.textContent = before; }, DONE_MS);
  }
  return done;
}

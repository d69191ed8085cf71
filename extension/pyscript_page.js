// Starts PyScript in this page and runs the page's one Python script. The page holds
//   <script type="py" src="./….py" config="./pyscript.json"></script>
// from the start: to Chrome a script of an unknown type is inert data, and it cannot be made here, because the src
// of a script element is a Trusted Types sink whatever its type. It begins to mean something once PyScript is loaded.

/**
 * Run the page's script.
 *
 * @returns {Promise<HTMLScriptElement>} the script's element, once it has run to its end, well or not; fails where
 *     there is no Python to run it
 */
export async function runPyScript() {
  const script = document.querySelector('script[type="py"]');
  if (script === null) throw new Error('the page has no <script type="py"> to run it with');
  // PyScript knows a second language, MicroPython, and loads every plugin for it unless it is told not to.
  const unused = document.createElement('mpy-config');
  unused.setAttribute('src', './pyscript.json');
  unused.hidden = true;
  document.body.append(unused);
  const done = new Promise((resolve, reject) => {
    script.addEventListener('py:done', resolve, { once: true });
    addEventListener('threadline:no-python', ({ detail }) => reject(detail), { once: true }); // interpreter.mjs
  });
  done.catch(() => {}); // told of where it is waited for
  const { hooks } = await import('./vendor/pyscript/core.js');
  // PyScript builds functions from text for these, which this page's policy forbids; without any it builds none.
  for (const hook of Object.values(hooks.worker)) hook.clear();
  await done;
  return script;
}

// Runs the engine inside this panel page, as a PyScript page. The page holds
//   <script type="py" src="./panel_engine.py" config="./pyscript.json"></script>
// from the start: to Chrome a script of an unknown type is inert data, and it cannot be made here, because the src
// of a script element is a Trusted Types sink whatever its type. It begins to mean something once PyScript is loaded.

let starting = null;

/**
 * Waits until no other page holds the engine, then starts it here and keeps it until the page goes.
 *
 * @returns {Promise<void>} settles when the engine runs; fails, and may be asked again, where it cannot
 */
export function startEngineHere() {
  starting ??= new Promise((resolve, reject) => {
    navigator.locks
      .request('threadline-engine', async () => {
        await run();
        resolve();
        await new Promise(() => {});
      })
      .catch((error) => {
        starting = null;
        const words = `the engine did not start in this page: ${error?.stack ?? error}`;
        if (globalThis.threadlineHost) globalThis.threadlineHost.report('error', words);
        else console.error(words);
        reject(error);
      });
  });
  return starting;
}

async function run() {
  const script = document.querySelector('script[type="py"]');
  if (script === null) throw new Error('the page has no <script type="py"> to run it with');
  await import('./bridge.js');
  // PyScript knows a second language, MicroPython, and loads every plugin for it unless it is told not to.
  const unused = document.createElement('mpy-config');
  unused.setAttribute('src', './pyscript.json');
  unused.hidden = true;
  document.body.append(unused);
  const done = new Promise((resolve) => script.addEventListener('py:done', resolve, { once: true }));
  const { hooks } = await import('./vendor/pyscript/core.js');
  // PyScript builds functions from text for these, which this page's policy forbids; without any it builds none.
  for (const hook of Object.values(hooks.worker)) hook.clear();
  await done;
  if (script.dataset.engine !== 'running') throw new Error('its script failed; the console says how');
}

// Runs the engine inside this panel page, as a PyScript page: pyscript_page.js.
import { runPyScript } from './pyscript_page.js';

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
        await globalThis.threadlineHost.lifeOver; // until the page ends, or the engine steps down
      })
      .catch((error) => {
        starting = null;
        const words = `the engine did not start in this page: ${error?.stack ?? error}`;
        if (globalThis.threadlineHost) globalThis.threadlineHost.engineDied(words);
        else console.error(words);
        reject(error);
      });
  });
  return starting;
}

async function run() {
  await import('./bridge.js');
  globalThis.threadlineHost.holdEngine();
  await globalThis.threadlineHost.ready;
  const script = await runPyScript();
  if (script.dataset.engine !== 'running') throw new Error('its script failed; the console says how');
}

// The offscreen document: holds the engine for as long as Chrome keeps the document, or until the engine ends it.
// bridge.js comes first, so that what happens before Python listens is queued and not lost.
import './bridge.js';
import { loadPyodide } from './interpreter.mjs';

// One engine per browser: a second one waits here until the first is gone. The lock is kept until the page ends.
navigator.locks
  .request('threadline-engine', async () => {
    globalThis.threadlineHost.holdEngine();
    const [python] = await Promise.all([loadPyodide(), globalThis.threadlineHost.ready]);
    python.runPython('from threadline.app import engine_host; engine_host.start("offscreen")');
    await globalThis.threadlineHost.lifeOver; // until the page ends, or the engine steps down
  })
  .catch((error) => globalThis.threadlineHost.engineDied(`the engine did not start: ${error?.stack ?? error}`));

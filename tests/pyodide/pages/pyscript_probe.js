// Starts the engine in this page, as the panel does where it is to hold it, and writes down what came of it.
import { startEngineHere } from './panel_engine.js';

const output = document.querySelector('output');
const script = document.querySelector('script[type="py"]');
const before = [globalThis.threadlineBoot ?? null, script.dataset.engine ?? null];
let failure = null;
try {
  await startEngineHere();
} catch (error) {
  failure = String(error?.stack ?? error);
}
output.textContent = JSON.stringify({ before, boot: globalThis.threadlineBoot, engine: script.dataset.engine, failure });

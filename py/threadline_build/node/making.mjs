// Starts Pyodide in Node the way the page does. Everything that would differ from one run to the next (clocks
// and randomness) stands still, so that the same input gives the same bytes.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

// Node would show the line that failed, and Pyodide's are a megabyte long.
process.on('uncaughtException', (error) => {
  console.error(String(error.stack ?? error).slice(0, 4000));
  process.exit(1);
});

process.argv[1] = 'python'; // Emscripten tells Python its program's name, which would otherwise be a path of this machine

const EPOCH = Date.UTC(2026, 0, 1); // ms; any fixed moment would do

/** Stops every clock and random source that Python can reach. For a process that only makes build products. */
export function standStill() {
  const RealDate = Date;
  globalThis.Date = class extends RealDate {
    constructor(...parts) {
      super(...(parts.length ? parts : [EPOCH]));
    }
    static now() {
      return EPOCH;
    }
  };
  Object.defineProperty(globalThis, 'performance', { value: { now: () => 0, timeOrigin: EPOCH } });
  process.hrtime = Object.assign(() => [0, 0], { bigint: () => 0n });
  const constant = (view) => view.fill(7);
  const nodeCrypto = createRequire(import.meta.url)('node:crypto');
  nodeCrypto.randomFillSync = constant;
  globalThis.crypto.getRandomValues = constant;
}

/**
 * @param {string} runtime folder with pyodide.mjs, pyodide.asm.mjs and pyodide.asm.wasm
 * @param {object} options for loadPyodide
 * @param {(createModule: Function) => Function} [wrap] around the module factory
 */
export async function startPyodide(runtime, options, wrap = (factory) => factory) {
  const at = (name) => pathToFileURL(`${runtime}/${name}`).href;
  const { loadPyodide } = await import(at('pyodide.mjs'));
  const { default: createModule } = await import(at('pyodide.asm.mjs'));
  return loadPyodide({
    indexURL: `${runtime}/`,
    lockFileContents: { info: JSON.parse(readFileSync(`${runtime}/pyodide-lock.json`, 'utf8')).info, packages: {} },
    packageBaseUrl: `${runtime}/`,
    createPyodideModule: wrap(createModule),
    env: { PYTHONHASHSEED: '0', LANG: 'C.UTF-8' },
    ...options,
  });
}

// What boots Python, for engine.js directly and for PyScript as its `interpreter`: from the memory snapshot that
// the build made, or without it when that fails for any reason. Which of the two, why and how fast stands in
// `globalThis.threadlineBoot`.
import { loadPyodide as load, version } from './vendor/pyodide/pyodide.mjs';
import { linkedModule, SIDE_MODULE } from './runtime/linking.mjs';
import { layOut, lend, PREAMBLE_CAPACITY, readSnapshot } from './runtime/sparse.mjs';

export { version };

const PYTHON_ZIP = '/lib/python314.zip'; // where this Python looks for its modules
const SLOW_BOOT_MS = 4_000; // several times what a boot takes; on a busy machine it may be just that
const LONGEST_BOOT_MS = 60_000;
const LATEST_MOUNT_MS = 5_000; // after the boot, however busy the page is

const here = (path) => new URL(path, import.meta.url).href;

async function read(path) {
  try {
    return await fetch(here(path)); // of the extension's own: there is the file, or the request fails
  } catch {
    throw new Error(`${path} cannot be read`);
  }
}

function report(level, text) {
  if (globalThis.threadlineHost?.report) globalThis.threadlineHost.report(level, text);
  else console.warn(text);
}

/** Options that both ways of booting share. Packages are ours to place: the list of Pyodide's own is empty. */
function common(options) {
  const info = { arch: 'wasm32', platform: 'emscripten', version, python: '3.14', abi_version: '2026_0' };
  return {
    ...options,
    indexURL: here('./vendor/pyodide/'),
    packageBaseUrl: here('./vendor/pyodide/'),
    lockFileContents: { info, packages: {} },
  };
}

/**
 * What Pyodide is started with, all of it on its way at the same time.
 *
 * @param {(module: object) => Promise<void>} [whenLinked]
 */
function moduleFactory(whenLinked) {
  const createModule = import('./vendor/pyodide/pyodide.asm.mjs');
  const sideModule = WebAssembly.compileStreaming(read('./runtime/pydantic_core.wasm'));
  sideModule.catch(() => {}); // told of where it is waited for
  return async (settings) => linkedModule((await createModule).default, sideModule, whenLinked)(settings);
}

/** From the snapshot: nothing is imported, nothing compiled, the memory is simply there. */
async function fromSnapshot(options) {
  const reading = read('./runtime/snapshot.bin').then((response) => response.arrayBuffer()).then(readSnapshot);
  reading.catch(() => {}); // told of where it is waited for
  const preamble = new Uint8Array(PREAMBLE_CAPACITY); // lent now, filled before Pyodide looks into it
  const python = await load({
    ...common(options),
    stdLibURL: 'data:,', // the modules are in memory; the zip comes later
    createPyodideModule: moduleFactory(async (module) => {
      const snapshot = await reading;
      lend(snapshot.preamble, preamble);
      layOut(module, snapshot);
    }),
    _loadSnapshot: preamble,
  });
  python.runPython('import threadline_runtime; threadline_runtime.awake()');
  return python;
}

/** Without: Python starts and imports from compiled modules, which takes about twice as long. */
async function plainly(options) {
  const python = await load({
    ...common(options),
    stdLibURL: here('./runtime/python.zip'),
    fsInit: (FS) => {
      FS.mkdirTree(SIDE_MODULE.slice(0, SIDE_MODULE.lastIndexOf('/')));
      FS.writeFile(SIDE_MODULE, '');
    },
    createPyodideModule: moduleFactory(),
  });
  python.runPython('import threadline_runtime; threadline_runtime.link()');
  return python;
}

/** Puts the zip where a late import looks for it, once the page has nothing better to do. */
function mountLater(python) {
  const mount = async () => {
    try {
      const zip = new Uint8Array(await (await read('./runtime/python.zip')).arrayBuffer());
      python.FS.writeFile(PYTHON_ZIP, zip, { canOwn: true });
    } catch (error) {
      report('error', `late imports will fail: ${error.message}`);
    }
  };
  requestIdleCallback(mount, { timeout: LATEST_MOUNT_MS });
}

/**
 * @param {object} options Pyodide's own; where its files lie is decided here
 * @returns {Promise<object>} Pyodide, with Threadline importable; where that fails, the page hears `threadline:no-python`
 *     as well, because PyScript, where it is the one who asked, tells nobody
 */
export function loadPyodide(options = {}) {
  const loading = watched(boot(options));
  loading.catch((error) => dispatchEvent(new CustomEvent('threadline:no-python', { detail: error })));
  return loading;
}

/** Pyodide says nothing when its own module cannot be had, and waits for ever: where it is slow, see whether it can. */
async function watched(booting) {
  const timers = [];
  const fault = new Promise((_, reject) => {
    const check = () => WebAssembly.compileStreaming(read('./vendor/pyodide/pyodide.asm.wasm')).catch(reject);
    timers.push(setTimeout(check, SLOW_BOOT_MS));
    timers.push(setTimeout(() => reject(new Error('Python did not start within a minute')), LONGEST_BOOT_MS));
  });
  try {
    return await Promise.race([booting, fault]);
  } finally {
    timers.forEach(clearTimeout);
  }
}

async function boot(options) {
  const started = performance.now();
  const booted = (kind, reason) => {
    globalThis.threadlineBoot = { kind, reason, milliseconds: Math.round(performance.now() - started) };
  };
  try {
    const python = await fromSnapshot(options);
    booted('snapshot', null);
    mountLater(python);
    return python;
  } catch (error) {
    const reason = String(error?.message ?? error).trim();
    report('warning', `the start from the snapshot failed, Python starts without it: ${reason}`);
    const python = await plainly(options);
    booted('plain', reason);
    return python;
  }
}

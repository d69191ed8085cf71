// Boots Python in this page, in the way that `?way=` names, and writes down how many milliseconds it took, from the
// first import to the moment when the engine runs ('direct', 'pyscript') or pydantic can be used ('plain').
const output = document.querySelector('output');

const ways = {
  // Pyodide as its own documentation has it: the wheels loaded one after the other into a fresh interpreter.
  async plain() {
    const { wheels } = await (await fetch('./plain/wheels.json')).json();
    const { loadPyodide } = await import('./plain/pyodide.mjs');
    const python = await loadPyodide({ indexURL: new URL('./plain/', location.href).href });
    await python.loadPackage(wheels.map((name) => new URL(`./plain/${name}`, location.href).href));
    python.runPython('from pydantic import TypeAdapter; TypeAdapter(list[int]).validate_json("[1, 2]")');
    return 'plain';
  },
  async direct() {
    await import('./bridge.js');
    const { loadPyodide } = await import('./interpreter.mjs');
    const python = await loadPyodide();
    python.runPython('from threadline.app import engine_host; engine_host.start("offscreen")');
    return globalThis.threadlineBoot.kind;
  },
  async pyscript() {
    const { startEngineHere } = await import('./panel_engine.js');
    await startEngineHere();
    return globalThis.threadlineBoot.kind;
  },
};

const started = performance.now();
try {
  const kind = await ways[new URLSearchParams(location.search).get('way')]();
  output.textContent = JSON.stringify({ kind, milliseconds: performance.now() - started });
} catch (error) {
  output.textContent = JSON.stringify({ failure: String(error?.stack ?? error) });
}

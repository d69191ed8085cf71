// Wraps Pyodide's module factory so that pydantic_core, the one compiled wheel that Threadline needs,
// is linked before Python starts. The build makes the memory snapshot through this wrapper and the page
// restores it through the same one: same moment, hence the same memory base and the same slots in the
// function table, so that the restored heap, the side module's live data included, means the same.
//
// Emscripten's own `dynamicLibraries` does the same, but reads and compiles the side module only after the main one.

/** Where Python looks for the compiled module; part of the snapshot, so it may not differ between the two. */
export const SIDE_MODULE = '/lib/python3.14/site-packages/pydantic_core/_pydantic_core.cpython-314-wasm32-emscripten.so';

/**
 * @param {Function} createModule the default export of pyodide.asm.mjs
 * @param {Promise<WebAssembly.Module>} sideModule compiled, or still compiling
 * @param {(module: object) => Promise<void> | void} [whenLinked] called once the module is complete and Python
 *   has not run yet
 * @returns {Function} a factory for loadPyodide's `createPyodideModule`
 */
export function linkedModule(createModule, sideModule, whenLinked) {
  return async (settings) => {
    let failure = null;
    const link = async (module) => {
      module.addRunDependency(SIDE_MODULE);
      try {
        const flags = { loadAsync: true, global: true, nodelete: true, allowUndefined: true };
        const exports = await module.loadWebAssemblyModule(await sideModule, flags, SIDE_MODULE, {});
        module.preloadedWasm[SIDE_MODULE] = exports;
        await module.loadDynamicLibrary(SIDE_MODULE, flags);
        module.reportUndefinedSymbols();
      } catch (error) {
        failure = error;
      }
      module.removeRunDependency(SIDE_MODULE);
    };
    settings.preRun = [...settings.preRun, link];
    const module = await createModule(settings);
    if (failure) throw failure;
    await whenLinked?.(module);
    return module;
  };
}

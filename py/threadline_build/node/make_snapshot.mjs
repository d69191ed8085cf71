// Makes the memory snapshot: Python started, pydantic, Jinja2 and every module of ours imported. Reads a job on
// standard input: {runtime, linking, sideModule, stdlib, packages, output}; prints what the page will have to
// find again: {heapBytes, tableLength, modules}.
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { standStill, startPyodide } from './making.mjs';

const job = JSON.parse(readFileSync(0, 'utf8'));
standStill();
// What our Python imports from JavaScript has to exist now; Pyodide notes its path from globalThis and looks it up
// again, on the real page, when the snapshot is restored.
globalThis.threadlineHost = {};

const { linkedModule, SIDE_MODULE } = await import(pathToFileURL(job.linking).href);
const python = await startPyodide(
  job.runtime,
  {
    _makeSnapshot: true,
    stdLibURL: job.stdlib,
    fsInit: (FS) => {
      FS.mkdirTree(SIDE_MODULE.slice(0, SIDE_MODULE.lastIndexOf('/')));
      FS.writeFile(SIDE_MODULE, '');
    },
  },
  (createModule) => linkedModule(createModule, WebAssembly.compile(readFileSync(job.sideModule))),
);
python.runPython('import threadline_runtime; threadline_runtime.prepare()');
const modules = python.runPython('import json, sys; json.dumps(sorted(sys.modules))');
python.runPython('del json, sys, threadline_runtime; import gc; gc.collect()');
const { HEAP8, wasmTable } = python._module;
writeFileSync(job.output, python.makeMemorySnapshot());
console.log(JSON.stringify({ tableLength: wasmTable.length, heapBytes: HEAP8.length, modules: JSON.parse(modules) }));
process.exit(0);

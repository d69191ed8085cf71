// Runs pytest inside Pyodide, in Node, with the Python and the packages that the extension carries, over the sources
// of the checkout. Reads a job on standard input: {runtime, linking, making, sideModule, stdlib, checkout, tools, arguments};
// ends with pytest's exit status.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { installHost } from './inside/host.mjs';

const job = JSON.parse(readFileSync(0, 'utf8'));
const { startPyodide } = await import(pathToFileURL(job.making).href);
const { linkedModule, SIDE_MODULE } = await import(pathToFileURL(job.linking).href);

installHost();
const python = await startPyodide(
  job.runtime,
  {
    stdLibURL: job.stdlib,
    // Nothing is written into the checkout: no bytecode, and hypothesis keeps its examples in memory.
    env: { PYTHONDONTWRITEBYTECODE: '1', HYPOTHESIS_STORAGE_DIRECTORY: '/tmp/hypothesis', LANG: 'C.UTF-8' },
    fsInit: (FS) => {
      FS.mkdirTree(SIDE_MODULE.slice(0, SIDE_MODULE.lastIndexOf('/')));
      FS.writeFile(SIDE_MODULE, '');
    },
  },
  (createModule) => linkedModule(createModule, WebAssembly.compile(readFileSync(job.sideModule))),
);
python.mountNodeFS('/checkout', job.checkout);
python.mountNodeFS('/tools', job.tools);
python.globals.set('arguments', job.arguments.join('\n'));
process.prependListener('uncaughtException', () => {
  console.error(`Python did not survive ${globalThis.runningTest ?? 'its start'}`);
});
process.exit(await python.runPythonAsync(readFileSync(new URL('./inside/start_pytest.py', import.meta.url), 'utf8')));

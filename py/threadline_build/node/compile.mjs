// Compiles Python sources to .pyc with the very Python that will run them. Reads a job on standard input:
// {runtime, stdlib, sources: [{name, path, optimize, output}]}; `name` is what tracebacks show, `stdlib`
// null or a compiled standard library, which starts faster.
import { readFileSync, writeFileSync } from 'node:fs';
import { standStill, startPyodide } from './making.mjs';

const job = JSON.parse(readFileSync(0, 'utf8'));
standStill();
const python = await startPyodide(job.runtime, job.stdlib ? { stdLibURL: job.stdlib } : {});
python.runPython(readFileSync(new URL('./compiling.py', import.meta.url), 'utf8'));
const compiled = python.globals.get('compiled');
for (const { name, path, optimize, output } of job.sources) {
  const code = compiled(name, readFileSync(path, 'utf8'), optimize);
  writeFileSync(output, code.toJs());
  code.destroy();
}
process.exit(0);

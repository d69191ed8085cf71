// Boots Python as the engine's page does and writes into the page what test_boot.py asks about.
const output = document.querySelector('output');
const reports = [];
globalThis.threadlineHost = { report: (level, text) => reports.push([level, text]) };

async function untilMounted(python) {
  while (python.FS.stat('/lib/python314.zip').size === 0) {
    await new Promise((resolve) => requestIdleCallback(resolve));
  }
}

try {
  const { loadPyodide } = await import('./interpreter.mjs');
  const python = await loadPyodide();
  const isLate = !python.runPython('import sys; "colorsys" in sys.modules');
  await untilMounted(python);
  output.textContent = JSON.stringify({
    boot: globalThis.threadlineBoot,
    reports,
    drawn: python.runPython('import random; random.random()'),
    validated: python.runPython(
      'from pydantic import TypeAdapter; TypeAdapter(list[int]).validate_json("[1, 2]") == [1, 2]',
    ),
    isLate,
    late: python.runPython('import colorsys; colorsys.__name__'),
  });
} catch (error) {
  output.textContent = JSON.stringify({ failure: String(error?.stack ?? error), reports });
}

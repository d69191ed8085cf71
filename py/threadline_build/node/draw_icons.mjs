// Draws an SVG at several sizes, as PNG. Reads a job on standard input: {resvg, drawing, sizes, output}; `resvg` is
// the folder of the npm package @resvg/resvg-wasm, `sizes` are pixels of width, `output` is a folder.
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const job = JSON.parse(readFileSync(0, 'utf8'));
const { default: resvg } = await import(pathToFileURL(`${job.resvg}/index.js`).href);
await resvg.initWasm(readFileSync(`${job.resvg}/index_bg.wasm`));
const drawing = readFileSync(job.drawing, 'utf8');
for (const size of job.sizes) {
  const image = new resvg.Resvg(drawing, { fitTo: { mode: 'width', value: size } }).render();
  writeFileSync(`${job.output}/icon-${size}.png`, image.asPng());
}

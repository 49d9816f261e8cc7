// Puts the panels together: the drawing is read as it grows, and what looks inside follows it.
import { WorkerEngine } from './engine.js';
import { DrawingPad } from './panels/pad.js';
import { ReadingPanel } from './panels/reading.js';
import { InsidePanel } from './panels/inside.js';

const model = 'digits-small';
const engine = new WorkerEngine();
const pad = new DrawingPad(document.querySelector('#pad'));
const reading = new ReadingPanel(document.querySelector('#reading'));
const inside = new InsidePanel(document.querySelector('#inside'));
const state = document.querySelector('#state');

// How long nothing must be drawn before what takes longer than an answer is computed.
const rest = 400;

let isReading = false, isToBeRead = false, resting = 0;

/** Reads what is drawn, and again if there is more of it by then: one at a time, so that no answer is late. */
async function read() {
  isToBeRead = true;
  clearTimeout(resting);
  if (isReading) return;
  isReading = true;
  let answer = null;
  while (isToBeRead) {
    isToBeRead = false;
    answer = pad.isEmpty ? null : pad.isPicture ? await engine.readPicture(model, pad.colours(), pad.side) : await engine.readDrawing(model, pad.ink(), pad.side);
    reading.show(answer);
    if (isToBeRead) continue;
    inside.show(answer?.pixels ? await engine.inspect(model, answer.pixels) : null);
  }
  isReading = false;
  if (answer?.pixels) resting = setTimeout(async () => inside.showOcclusion(await engine.occlude(model, answer.pixels)), rest);
}

pad.onchange = read;

try {
  await engine.ready;
  state.textContent = '';
  document.body.dataset.ready = 'true';
  read();
} catch (error) {
  state.textContent = `The page cannot start: ${error.message}`;
}

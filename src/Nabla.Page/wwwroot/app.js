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

let isReading = false, isToBeRead = false;

/** Reads what is drawn, and again if there is more of it by then: one at a time, so that answers are never late. */
async function read() {
  isToBeRead = true;
  if (isReading) return;
  isReading = true;
  while (isToBeRead) {
    isToBeRead = false;
    const answer = pad.isEmpty ? null : await engine.read(model, pad.ink(), pad.side, true);
    reading.show(answer);
    const inspection = answer?.pixels ? await engine.inspect(model, answer.pixels) : null;
    inside.show(answer, inspection);
  }
  isReading = false;
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

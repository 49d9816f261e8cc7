// Puts the panels together: the drawing is read as it grows, and what looks inside follows it.
import { WorkerEngine } from './engine.js';
import { DrawingPad } from './panels/pad.js';
import { ReadingPanel } from './panels/reading.js';
import { InsidePanel } from './panels/inside.js';

const engine = new WorkerEngine();
const pad = new DrawingPad(document.querySelector('#pad'));
const section = document.querySelector('#reading');
const reading = new ReadingPanel(section);
const inside = new InsidePanel(document.querySelector('#inside'));
const state = document.querySelector('#state');
const choice = document.querySelector('[name=model]');

let model = choice.value = 'digits-small';

// For so many milliseconds nothing must be drawn before the inside is looked at, and before what takes longest is computed.
const rest = 120, longRest = 400;

let isReading = false, isToBeRead = false, resting = 0, drawing = 0;

/** Reads what is drawn, and again if there is more of it by then: one at a time, so that no answer is late. */
async function read() {
  isToBeRead = true;
  drawing++;
  clearTimeout(resting);
  if (isReading) return;
  isReading = true;
  section.setAttribute('aria-busy', 'true');
  let answer = null;
  while (isToBeRead) {
    isToBeRead = false;
    answer = pad.isEmpty ? null : pad.isPicture ? await engine.readPicture(model, pad.colours(), pad.side) : await engine.readDrawing(model, pad.ink(), pad.side);
    reading.show(answer);
  }
  isReading = false;
  section.setAttribute('aria-busy', 'false');
  if (answer?.pixels) resting = setTimeout(() => look(answer.pixels), rest);
  else inside.show(null);
}

/** Looks at what was read, unless something else is drawn meanwhile. */
async function look(pixels) {
  const of = drawing, inspection = await engine.inspect(model, pixels);
  if (of !== drawing) return;
  inside.show(inspection);
  resting = setTimeout(async () => {
    const occlusion = await engine.occlude(model, pixels);
    if (of === drawing) inside.showOcclusion(occlusion);
  }, longRest);
}

/** Reads with another network from now on, which is fetched when it is chosen for the first time. */
async function choose(name) {
  try {
    if (!(await engine.models()).some(known => known.name === name)) {
      state.textContent = 'Fetching the network …';
      const response = await fetch(`models/${name}.safetensors`);
      if (!response.ok) throw new Error(`the server answered ${response.status}`);
      await engine.addModel(name, new Uint8Array(await response.arrayBuffer()));
    }
    state.textContent = '';
    model = name;
    read();
  } catch (error) {
    choice.value = model;
    state.textContent = `The network could not be fetched: ${error.message}.`;
  }
}

pad.onchange = read;
choice.onchange = () => choose(choice.value);

try {
  await engine.ready;
  state.textContent = '';
  document.body.dataset.ready = 'true';
  read();
} catch (error) {
  state.textContent = `The page cannot start: ${error.message}`;
}

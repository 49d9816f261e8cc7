// Puts the panels together: the drawing is read as it grows, and the panel that is open follows it.
import { Engine } from './engine-choice.js';
import { DrawingPad } from './panels/pad.js';
import { ReadingPanel } from './panels/reading.js';
import { Tabs } from './panels/tabs.js';
import { InsidePanel } from './panels/inside.js';
import { LadderPanel } from './panels/ladder.js';
import { BreakPanel } from './panels/break.js';
import { TrainPanel } from './panels/train.js';
import { YourselfPanel } from './panels/yourself.js';
import { Drawings } from './drawings.js';

// For so many milliseconds nothing must be drawn before a panel looks at it.
const rest = 120;

/** What panels share. */
const page = {
  engine: new Engine(),

  /** What was read last, once the pen rests: { model, pixels }, pixels the 28×28 levels; null where there is nothing. */
  drawing: null,

  /** The network that reads, as the engine's models() has it; null before it has read anything. */
  get model() {
    return models.find(({ name }) => name === model) ?? null;
  },

  drawings: new Drawings(),

  /** Takes what is drawn away. */
  clear() {
    pad.clear();
  },

  /** Opens the panel that trains, with these samples chosen. */
  trainOn(kind) {
    tabs.open('train');
    panels.train.chooseSamples(kind);
  },

  /** Lists the networks anew, and reads with the named one from now on. */
  async modelsChanged(chosen = choice.value) {
    models = await page.engine.models();
    choice.replaceChildren(...models.filter(({ readsDrawings }) => readsDrawings).map(({ name, parameters, accuracy }) => {
      const figure = accuracy === null ? '' : `, ${(100 * accuracy).toFixed(1)}%`;
      return new Option(`${name}: ${parameters.toLocaleString('en')} weights${figure}`, name, false, name === chosen);
    }));
    read();
  },
};

const pad = new DrawingPad(document.querySelector('#pad'));
const section = document.querySelector('#reading');
const reading = new ReadingPanel(section);
const state = document.querySelector('#state');
const choice = document.querySelector('[name=model]');

// Each has show(drawing), which is called when it is opened and when what is drawn has changed.
const panels = {
  inside: new InsidePanel(document.querySelector('#inside'), page),
  ladder: new LadderPanel(document.querySelector('#ladder'), page),
  break: new BreakPanel(document.querySelector('#break'), page),
  train: new TrainPanel(document.querySelector('#train'), page),
  yourself: new YourselfPanel(document.querySelector('#yourself'), page),
};
const tabs = new Tabs(document.querySelector('#panels'));

let models = [], model, isReading = false, isToBeRead = false, resting = 0;

/** Reads what is drawn, and again if there is more of it by then: one at a time, so that no answer is late. */
async function read() {
  isToBeRead = true;
  clearTimeout(resting);
  if (isReading) return;
  isReading = true;
  section.setAttribute('aria-busy', 'true');
  let answer = null;
  while (isToBeRead) {
    isToBeRead = false;
    const asked = choice.value;
    try {
      answer = pad.isEmpty ? null : pad.isPicture ? await page.engine.readPicture(asked, pad.colours(), pad.side) : await page.engine.readDrawing(asked, pad.ink(), pad.side);
      model = asked;
      state.textContent = '';
    } catch (error) {
      state.textContent = error.message;
      // As it was, unless there is no other.
      if (model !== undefined && model !== asked) choice.value = model;
      isToBeRead ||= model !== undefined && model !== asked;
    }
    reading.show(answer, page.model?.classNames);
  }
  isReading = false;
  section.setAttribute('aria-busy', 'false');
  const drawing = answer?.pixels ? { model, pixels: answer.pixels } : null;
  if (drawing === null) rested(null);
  else resting = setTimeout(() => rested(drawing), rest);
}

function rested(drawing) {
  page.drawing = drawing;
  panels[tabs.current].show(drawing);
}

pad.onchange = read;
choice.onchange = read;
tabs.onopen = name => panels[name].show(page.drawing);

document.querySelector('#privacy').textContent = page.engine.privacy;
try {
  await page.engine.ready;
  await page.modelsChanged('digits-small');
  await page.drawings.load();
  state.textContent = '';
  document.body.dataset.ready = 'true';
} catch (error) {
  state.textContent = `The page cannot start: ${error.message}`;
}

// Looks inside the network: which ink decided, and what each layer makes of the drawing.
import { showNumbers } from './pictures.js';

const mostTiles = 64;

// For so many milliseconds nothing must change before what takes longest is computed.
const longRest = 400;

export class InsidePanel {
  #root;
  #page;
  #label;

  constructor(root, page) {
    this.#root = root;
    this.#page = page;
    this.#show(null);
  }

  async show(drawing) {
    const isOld = () => drawing !== this.#page.drawing, { engine } = this.#page;
    const inspection = drawing && await engine.inspect(drawing.model, drawing.pixels);
    if (isOld()) return;
    this.#show(inspection);
    if (drawing === null) return;
    await new Promise(resolve => setTimeout(resolve, longRest));
    if (isOld()) return;
    const occlusion = await engine.occlude(drawing.model, drawing.pixels);
    if (!isOld()) this.#showOcclusion(occlusion);
  }

  /** Shows an inspection of the engine; null where there is none. */
  #show(inspection) {
    this.#root.classList.toggle('empty', inspection === null);
    this.#root.querySelector('.causes').replaceChildren();
    this.#root.querySelector('.layers').replaceChildren(...(inspection?.layers ?? []).map(layer => this.#layer(layer)));
    if (inspection === null) return;
    this.#label = inspection.label;
    this.#root.querySelector('.causes').append(this.#image(`Gradient × input: what each pixel adds to “${this.#label}”`, inspection.contributions, 28, 28));
  }

  /** Adds what became of the best guess where parts were covered. */
  #showOcclusion(numbers) {
    this.#root.querySelector('.causes').append(this.#image(`Occlusion: what “${this.#label}” loses where a square of 4×4 pixels is covered`, numbers, 28, 28));
  }

  #image(title, numbers, width, height) {
    const figure = document.createElement('figure'), canvas = document.createElement('canvas'), caption = document.createElement('figcaption');
    const limit = greatest(numbers);
    showNumbers(canvas, numbers, width, height, limit);
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', title);
    caption.append(title, this.#scale(limit, numbers));
    figure.append(canvas, caption);
    return figure;
  }

  #layer({ name, description, shape, values }) {
    const section = document.createElement('section'), heading = document.createElement('h3'), detail = document.createElement('p'), tiles = document.createElement('div');
    heading.textContent = name;
    detail.className = 'detail';
    detail.textContent = description;
    tiles.className = 'tiles';
    const limit = greatest(values), [height, width, channels] = shape.length === 3 ? shape : shape.length === 2 ? [...shape, 1] : [1, 1, shape[0]];
    const isRow = shape.length === 1;
    for (let channel = 0; channel < Math.min(channels, mostTiles); channel++) {
      const tile = document.createElement('canvas');
      showNumbers(tile, values, width, height, limit, i => i * channels + channel);
      const mean = isRow ? values[channel] : average(values, channel, channels);
      tile.setAttribute('role', 'img');
      tile.setAttribute('aria-label', `${isRow ? 'unit' : 'channel'} ${channel}: ${isRow ? '' : 'mean '}${mean.toPrecision(3)}`);
      tile.title = tile.getAttribute('aria-label');
      tiles.append(tile);
    }
    tiles.classList.toggle('row', isRow);
    section.append(heading, detail, tiles, this.#scale(limit, values));
    if (channels > mostTiles) section.append(note(`the first ${mostTiles} of ${channels}`));
    return section;
  }

  /** What the colours mean; of numbers that are none below 0 only that half. */
  #scale(limit, numbers) {
    const scale = document.createElement('span'), isSigned = numbers.some(number => number < 0);
    scale.className = 'scale';
    scale.classList.toggle('signed', isSigned);
    scale.append(note(isSigned ? `−${limit.toPrecision(2)}` : '0'), document.createElement('i'), note(limit.toPrecision(2)));
    return scale;
  }
}

function note(text) {
  const note = document.createElement('span');
  note.textContent = text;
  return note;
}

function greatest(numbers) {
  return numbers.reduce((most, number) => Math.max(most, Math.abs(number)), 0);
}

function average(values, channel, channels) {
  let sum = 0;
  for (let i = channel; i < values.length; i += channels) sum += values[i];
  return sum * channels / values.length;
}

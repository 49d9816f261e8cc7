// Looks inside the network: which ink decided, and what each layer makes of the drawing.
import { showNumbers } from './pictures.js';

const mostTiles = 64;

export class InsidePanel {
  #root;

  constructor(root) {
    this.#root = root;
    this.show(null, null);
  }

  /** Shows an inspection of the engine; null where there is none. */
  show(reading, inspection) {
    this.#root.classList.toggle('empty', inspection === null);
    const causes = this.#root.querySelector('.causes'), layers = this.#root.querySelector('.layers');
    if (inspection === null) {
      causes.replaceChildren();
      layers.replaceChildren();
      return;
    }
    const { label, contributions, occlusion } = inspection;
    causes.replaceChildren(
      this.#image(`Gradient × input: what each pixel adds to “${label}”`, contributions, 28, 28),
      this.#image(`Occlusion: how much “${label}” loses where a square of 4×4 is covered`, occlusion, 28, 28));
    layers.replaceChildren(...inspection.layers.map(layer => this.#layer(layer)));
  }

  #image(title, numbers, width, height) {
    const figure = document.createElement('figure'), canvas = document.createElement('canvas'), caption = document.createElement('figcaption');
    const limit = greatest(numbers);
    showNumbers(canvas, numbers, width, height, limit);
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', title);
    caption.append(title, this.#scale(limit));
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
    section.append(heading, detail, tiles, this.#scale(limit));
    if (channels > mostTiles) section.append(note(`the first ${mostTiles} of ${channels}`));
    return section;
  }

  #scale(limit) {
    const scale = document.createElement('span');
    scale.className = 'scale';
    scale.append(note(`−${limit.toPrecision(2)}`), document.createElement('i'), note(limit.toPrecision(2)));
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

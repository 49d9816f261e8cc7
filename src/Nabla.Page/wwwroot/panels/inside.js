// Looks inside the network: its layers as a graph, which ink decided, what each layer makes of the drawing, and what a unit reads.
import { drawGraph } from './graph.js';
import { showNumbers } from './pictures.js';

const mostTiles = 64;

// Of what a unit reads, so many channels or numbers are shown: those that add most.
const mostInputs = 12;

// For so many milliseconds nothing must change before what takes longest is computed.
const longRest = 400;

export class InsidePanel {
  #root;
  #page;
  #drawing = null;
  #label;
  #names;

  constructor(root, page) {
    this.#root = root;
    this.#page = page;
    this.#show(null);
  }

  async show(drawing) {
    const isOld = () => drawing !== this.#page.drawing, { engine } = this.#page;
    const inspection = drawing && await engine.inspect(drawing.model, drawing.pixels);
    if (isOld()) return;
    this.#drawing = drawing;
    this.#show(inspection);
    if (drawing === null) return;
    await new Promise(resolve => setTimeout(resolve, longRest));
    if (isOld()) return;
    const occlusion = await engine.occlude(drawing.model, drawing.pixels);
    if (!isOld()) this.#showOcclusion(occlusion);
  }

  /** Shows an inspection of the engine; null where there is none. */
  #show(inspection) {
    const layers = inspection?.layers ?? [];
    this.#root.classList.toggle('empty', inspection === null);
    this.#root.querySelector('.causes').replaceChildren();
    const at = focusedTile(this.#root);
    this.#root.querySelector('.layers').replaceChildren(...layers.map((layer, i) => this.#layer(layer, i, i === layers.length - 1)));
    drawGraph(this.#root.querySelector('.graph'), layers, i => this.#root.querySelectorAll('.layers section')[i].scrollIntoView({ block: 'nearest' }));
    if (inspection === null) return;
    // Whoever looks at a unit goes on looking at it, while the drawing changes.
    if (at) this.#root.querySelectorAll('.layers section')[at.layer]?.querySelectorAll('.tiles button')[at.unit]?.focus({ preventScroll: true });
    this.#label = this.#names?.[inspection.label] ?? inspection.label;
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
    caption.append(title, scaleOf(limit, numbers));
    figure.append(canvas, caption);
    return figure;
  }

  #layer({ name, description, shape, hasWeights, values }, index, isLast) {
    const section = document.createElement('section'), heading = document.createElement('h3'), detail = document.createElement('p'), tiles = document.createElement('div'), unit = document.createElement('div');
    heading.textContent = name;
    detail.className = 'detail';
    detail.textContent = description;
    tiles.className = 'tiles';
    unit.className = 'unit';
    const limit = greatest(values), [height, width, channels] = shape.length === 3 ? shape : shape.length === 2 ? [...shape, 1] : [1, 1, shape[0]];
    const isRow = shape.length === 1;
    this.#names = isLast ? this.#page.model?.classNames : this.#names;
    for (let channel = 0; channel < Math.min(channels, mostTiles); channel++) {
      const tile = document.createElement('canvas');
      showNumbers(tile, values, width, height, limit, i => i * channels + channel);
      const mean = isRow ? values[channel] : average(values, channel, channels), title = isLast ? `“${this.#names?.[channel] ?? channel}”` : `${isRow ? 'unit' : 'channel'} ${channel}`;
      const label = `${title}: ${isRow ? '' : 'mean '}${mean.toPrecision(3)}`;
      tiles.append(hasWeights ? button(tile, label, channel) : picture(tile, label));
      if (isLast && isRow) tiles.lastChild.append(note(this.#names?.[channel] ?? channel));
    }
    tiles.classList.toggle('row', isRow);
    tiles.classList.toggle('answers', isRow && isLast);
    section.append(heading, detail, tiles, scaleOf(limit, values));
    if (channels > mostTiles) section.append(note(`the first ${mostTiles} of ${channels}`));
    if (hasWeights) {
      section.append(unit);
      this.#listen(tiles, index, unit, shape.length === 3);
    }
    return section;
  }

  /** Shows a unit when it is pointed at or has the focus; arrow keys go from one to the next. */
  #listen(tiles, layer, root, isConvolution) {
    const show = tile => {
      for (const other of tiles.children) other.setAttribute('aria-pressed', other === tile);
      this.#showUnit(root, layer, Number(tile.dataset.unit), tile.getAttribute('aria-label'), isConvolution);
    };
    tiles.addEventListener('pointerover', ({ target }) => { const tile = target.closest('button'); if (tile) show(tile); });
    tiles.addEventListener('focusin', ({ target }) => {
      for (const other of tiles.children) other.tabIndex = other === target ? 0 : -1;
      show(target);
    });
    tiles.addEventListener('keydown', event => {
      const all = [...tiles.children], next = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (next === undefined) return;
      event.preventDefault();
      all[(all.indexOf(event.target) + next + all.length) % all.length].focus();
    });
  }

  /** Its weights, and which of its inputs add most to what it puts out. */
  async #showUnit(root, layer, unit, label, isConvolution) {
    const drawing = this.#drawing;
    const { row, column, height, width, channels, weights, values } = await this.#page.engine.inspectUnit(drawing.model, drawing.pixels, layer, unit);
    if (drawing !== this.#drawing) return;
    const size = height * width, limit = greatest(weights);
    const inputs = Array.from({ length: channels }, (_, channel) => {
      let sum = 0;
      for (let i = 0; i < size; i++) sum += weights[i * channels + channel] * values[i * channels + channel];
      return { channel, sum };
    }).sort((one, other) => Math.abs(other.sum) - Math.abs(one.sum)).slice(0, mostInputs);
    const title = document.createElement('p');
    title.className = 'detail';
    const place = isConvolution ? `, where it puts out most: row ${row}, column ${column}` : '';
    title.textContent = `${label}. Its ${size > 1 ? `${height}×${width} weights for ` : ''}${channels === 1 ? 'what it reads' : `the ${inputs.length} ${size > 1 ? 'channels' : 'numbers'} that add most`}, and what they add${place}.`;
    const list = document.createElement('ul');
    list.append(...inputs.map(({ channel, sum }) => {
      const item = document.createElement('li');
      if (size > 1) {
        const kernel = document.createElement('canvas'), seen = document.createElement('canvas'), most = greatest(values);
        showNumbers(kernel, weights, width, height, limit, i => i * channels + channel);
        showNumbers(seen, values, width, height, most, i => i * channels + channel);
        item.append(picture(kernel, `weights for channel ${channel}`), picture(seen, `what it reads of channel ${channel}`));
      }
      item.append(note(`${channels === 1 ? '' : `${size > 1 ? 'channel' : 'number'} ${channel}: `}${sum < 0 ? '−' : '+'}${Math.abs(sum).toPrecision(3)}`));
      return item;
    }));
    root.replaceChildren(title, list, ...(size > 1 ? [scaleOf(limit, weights)] : []));
  }
}

/** What the colours mean; of numbers that are none below 0 only that half. */
function scaleOf(limit, numbers) {
  const scale = document.createElement('span'), isSigned = numbers.some(number => number < 0);
  scale.className = 'scale';
  scale.classList.toggle('signed', isSigned);
  scale.append(note(isSigned ? `−${limit.toPrecision(2)}` : '0'), document.createElement('i'), note(limit.toPrecision(2)));
  return scale;
}

function button(canvas, label, unit) {
  const button = document.createElement('button');
  button.type = 'button';
  button.dataset.unit = unit;
  button.tabIndex = unit === 0 ? 0 : -1;
  button.title = label;
  button.setAttribute('aria-label', label);
  button.setAttribute('aria-pressed', false);
  button.append(canvas);
  return button;
}

function picture(canvas, label) {
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', label);
  canvas.title = label;
  return canvas;
}

/** Which unit has the focus; null where none has. */
function focusedTile(root) {
  const tile = document.activeElement?.closest?.('.tiles button');
  return tile && root.contains(tile) ? { layer: [...root.querySelectorAll('.layers section')].indexOf(tile.closest('section')), unit: Number(tile.dataset.unit) } : null;
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

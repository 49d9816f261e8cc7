// What the panels ask of a network, whoever computes it.

// Networks that come with the page as files, fetched when first asked for; the small one is in the library.
const files = [{ name: 'digits', parameters: 354_650, accuracy: 0.9957 }];

/** The library in this browser. */
export class WorkerEngine {
  #worker = new Worker(new URL('engine-worker.js', import.meta.url), { type: 'module' });
  #waiting = new Map();
  #next = 0;
  #fetched = new Map();

  constructor() {
    /** Fulfilled when it can be asked; it says why when it cannot be. */
    this.ready = new Promise((resolve, reject) => {
      this.#waiting.set('ready', { resolve, reject });
      this.#worker.onerror = event => reject(new Error(event.message || 'WebAssembly could not be started.'));
    });
    this.#worker.onmessage = ({ data: { id, answer, error } }) => {
      const { resolve, reject } = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) resolve(answer); else reject(new Error(error));
    };
  }

  /** The networks: [{ name, parameters, accuracy }], the accuracy on test images, 0 to 1, or null. */
  async models() {
    const loaded = JSON.parse(await this.#call('ListModels'));
    return [...loaded, ...files.filter(file => !loaded.some(({ name }) => name === file.name))];
  }

  /** Takes a model file, a Uint8Array. */
  addModel(name, file) {
    return this.#call('AddModel', name, file);
  }

  /** Fetches the network, if it is a file that has not been fetched yet. */
  async need(model) {
    if (!files.some(({ name }) => name === model)) return;
    if (!this.#fetched.has(model)) this.#fetched.set(model, this.#fetch(model));
    try {
      await this.#fetched.get(model);
    } catch (error) {
      // To be tried again.
      this.#fetched.delete(model);
      throw new Error(`The network could not be fetched: ${error.message}.`);
    }
  }

  async #fetch(model) {
    const response = await fetch(`models/${model}.safetensors`);
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    await this.addModel(model, new Uint8Array(await response.arrayBuffer()));
  }

  /**
   * Reads what was drawn, grey levels from 0 for paper to 255 for ink:
   * { verdict: 'sure' | 'unsure' | 'noDigit', label, scores, digitness, pixels, steps: [{ name, width, height, pixels }] }; pixels are Uint8Arrays.
   */
  async readDrawing(model, ink, width) {
    await this.need(model);
    return reading(await this.#call('ReadDrawing', model, ink, width));
  }

  /** Reads the digit of a picture: red, green, blue and opacity of each pixel. */
  async readPicture(model, colours, width) {
    await this.need(model);
    return reading(await this.#call('ReadPicture', model, colours, width));
  }

  /**
   * What each layer puts out for 28×28 levels, and what each pixel adds to the best guess:
   * { label, layers: [{ name, description, shape, values }], contributions }; numbers are Float32Arrays.
   */
  async inspect(model, pixels) {
    const inspection = JSON.parse(await this.#call('Inspect', model, pixels));
    for (const layer of inspection.layers) layer.values = floats(bytes(layer.values));
    inspection.contributions = floats(bytes(inspection.contributions));
    return inspection;
  }

  /** How much less the best guess has where part of the 28×28 levels is covered: a Float32Array, one a pixel. It takes a while. */
  async occlude(model, pixels) {
    return floats(await this.#call('Occlude', model, pixels));
  }

  /** Takes a model file of the ladder, a Uint8Array: it can be asked for scores, and is not listed. */
  addRung(name, file) {
    return this.#call('AddRung', name, file);
  }

  /** What a network, of the ladder or listed, says of 28×28 levels: { scores, areProbabilities }. */
  async score(model, pixels) {
    await this.need(model);
    return JSON.parse(await this.#call('Score', model, pixels));
  }

  /** The layers of a network that have units to switch off: [{ index, name, description, order }], order the units as a growing share of them is. */
  async breakableLayers(model) {
    await this.need(model);
    return JSON.parse(await this.#call('BreakableLayers', model));
  }

  /** Images of 28×28 levels one after the other, moved to the right and down, turned clockwise by degrees, and a share of their pixels erased. */
  damageImages(images, { shiftX, shiftY, degrees, erased }) {
    return this.#call('DamageImages', images, shiftX, shiftY, degrees, erased);
  }

  /** What a network with damaged weights takes images for, a label each: with so many bits of a weight, noise of that share of a layer's deviation, and units of a layer switched off. */
  async predictBroken(model, images, { bits, noise, layer, unitsOff }) {
    await this.need(model);
    return this.#call('PredictBroken', model, images, bits, noise, layer, unitsOff);
  }

  async #call(name, ...args) {
    await this.ready;
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, name, args });
    });
  }
}

function reading(json) {
  const reading = JSON.parse(json);
  reading.pixels &&= bytes(reading.pixels);
  for (const step of reading.steps) step.pixels = bytes(step.pixels);
  return reading;
}

function bytes(base64) {
  return Uint8Array.from(atob(base64), character => character.charCodeAt(0));
}

function floats(bytes) {
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
}

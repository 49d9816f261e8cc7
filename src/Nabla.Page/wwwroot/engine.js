// What the panels ask of a network, whoever computes it.

/** The library in this browser. */
export class WorkerEngine {
  #worker = new Worker(new URL('engine-worker.js', import.meta.url), { type: 'module' });
  #waiting = new Map();
  #next = 0;

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

  /** The networks: [{ name, parameters, input }]. */
  async models() {
    return JSON.parse(await this.#call('ListModels'));
  }

  /** Takes a model file, a Uint8Array. */
  addModel(name, file) {
    return this.#call('AddModel', name, file);
  }

  /**
   * Reads what was drawn, grey levels from 0 for paper to 255 for ink:
   * { verdict: 'sure' | 'unsure' | 'noDigit', label, scores, digitness, pixels, steps: [{ name, width, height, pixels }] }; pixels are Uint8Arrays.
   */
  async readDrawing(model, ink, width) {
    return reading(await this.#call('ReadDrawing', model, ink, width));
  }

  /** Reads the digit of a picture: red, green, blue and opacity of each pixel. */
  async readPicture(model, colours, width) {
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

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
   * Reads grey levels, 0 for paper to 255 for ink: { verdict: 'sure' | 'unsure' | 'noDigit', label, scores, digitness, pixels, steps }.
   * pixels, and those of the steps { name, width, height, pixels }, are Uint8Arrays.
   */
  async read(model, ink, width, withSteps) {
    const reading = JSON.parse(await this.#call('Read', model, ink, width, withSteps));
    reading.pixels &&= bytes(reading.pixels);
    for (const step of reading.steps) step.pixels = bytes(step.pixels);
    return reading;
  }

  /**
   * What each layer puts out for 28×28 levels, and what each pixel adds to the best guess:
   * { label, layers: [{ name, description, shape, values }], contributions, occlusion }; numbers are Float32Arrays.
   */
  async inspect(model, pixels) {
    const inspection = JSON.parse(await this.#call('Inspect', model, pixels));
    for (const layer of inspection.layers) layer.values = floats(layer.values);
    inspection.contributions = floats(inspection.contributions);
    inspection.occlusion = floats(inspection.occlusion);
    return inspection;
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

function bytes(base64) {
  return Uint8Array.from(atob(base64), character => character.charCodeAt(0));
}

function floats(base64) {
  return new Float32Array(bytes(base64).buffer);
}

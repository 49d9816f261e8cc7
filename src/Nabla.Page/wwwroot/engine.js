// What the panels ask of networks, whoever computes it.

// Networks that come with the page as files, fetched when first asked for; the small one is in the library.
const files = [{ name: 'digits', parameters: 354_650, accuracy: 0.9957, readsDrawings: true, classNames: null }];

/** Whether nothing more will happen in a training of that state. */
export function isOver(state) {
  return ['finished', 'stopped', 'failed'].includes(state);
}

/** The library in a worker. */
class LibraryWorker {
  #worker = new Worker(new URL('engine-worker.js', import.meta.url), { type: 'module' });
  #waiting = new Map();
  #next = 0;

  constructor(onevent = () => {}) {
    /** Fulfilled when it can be asked; it says why when it cannot be. */
    this.ready = new Promise((resolve, reject) => {
      this.#waiting.set('ready', { resolve, reject });
      this.#worker.onerror = event => reject(new Error(event.message || 'WebAssembly could not be started.'));
    });
    this.#worker.onmessage = ({ data: { id, answer, error, event } }) => {
      if (event !== undefined) {
        onevent(JSON.parse(event));
        return;
      }
      const { resolve, reject } = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) resolve(answer); else reject(new Error(error));
    };
  }

  async call(name, ...args) {
    await this.ready;
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, name, args });
    });
  }
}

/** The library in this browser: it reads in one worker and trains in another, so that neither waits. */
export class WorkerEngine {
  #reader = new LibraryWorker();
  #trainer = null;
  #fetched = new Map();
  #trainings = [];

  /** Fulfilled when it can be asked; it says why when it cannot be. */
  ready = this.#reader.ready;

  /** What becomes of what people draw, as the end of a sentence. */
  privacy = ': nothing leaves this page.';

  /** Kinds of data that it trains on beside those that are brought along. */
  kinds = ['built-in'];

  /** The recipe to begin with: one that is fast enough to be watched. */
  usualRecipe = 'dense';

  /** The networks: [{ name, parameters, accuracy, readsDrawings, classNames }], the accuracy on test samples, 0 to 1, or null; so are the names of its classes. */
  async models() {
    const loaded = JSON.parse(await this.#reader.call('ListModels'));
    return [...loaded, ...files.filter(file => !loaded.some(({ name }) => name === file.name))];
  }

  /** Takes a model file, a Uint8Array. */
  addModel(name, file) {
    return this.#reader.call('AddModel', name, file);
  }

  /** The file of a model, a Uint8Array: 'safetensors' or 'onnx'. */
  async modelFile(model, format) {
    await this.need(model);
    return this.#reader.call(format === 'onnx' ? 'ExportOnnx' : 'ModelFile', model);
  }

  /**
   * Reads what was drawn, grey levels from 0 for paper to 255 for ink:
   * { verdict: 'sure' | 'unsure' | 'noDigit', label, scores, digitness, pixels, steps: [{ name, width, height, pixels }] }; pixels are Uint8Arrays.
   */
  async readDrawing(model, ink, width) {
    await this.need(model);
    return reading(await this.#reader.call('ReadDrawing', model, ink, width));
  }

  /** Reads the digit of a picture: red, green, blue and opacity of each pixel. */
  async readPicture(model, colours, width) {
    await this.need(model);
    return reading(await this.#reader.call('ReadPicture', model, colours, width));
  }

  /** The ten scores of each image of 28×28 levels, image after image: a Float32Array. */
  async score(model, pixels) {
    await this.need(model);
    return floats(await this.#reader.call('Score', model, pixels));
  }

  /**
   * What each layer puts out for 28×28 levels, and what each pixel adds to the best guess:
   * { label, layers: [{ name, description, shape, inputs, hasWeights, values }], contributions }; numbers are Float32Arrays. Inputs are numbers of values: 0 is the image, i + 1 what layer i puts out.
   */
  async inspect(model, pixels) {
    const inspection = JSON.parse(await this.#reader.call('Inspect', model, pixels));
    for (const layer of inspection.layers) layer.values = floats(bytes(layer.values));
    inspection.contributions = floats(bytes(inspection.contributions));
    return inspection;
  }

  /**
   * What a unit of a layer with weights reads, where it puts out most, and its weights, [height, width, channels] both:
   * { row, column, height, width, channels, weights, values }; numbers are Float32Arrays.
   */
  async inspectUnit(model, pixels, layer, unit) {
    const field = JSON.parse(await this.#reader.call('InspectUnit', model, pixels, layer, unit));
    return { ...field, weights: floats(bytes(field.weights)), values: floats(bytes(field.values)) };
  }

  /** How much less the best guess has where part of the 28×28 levels is covered: a Float32Array, one a pixel. It takes a while. */
  async occlude(model, pixels) {
    return floats(await this.#reader.call('Occlude', model, pixels));
  }

  /** Takes a model file of the ladder, a Uint8Array; it is not listed. Returns whether its scores are probabilities. */
  addRung(name, file) {
    return this.#reader.call('AddRung', name, file);
  }

  /** The ten scores of 28×28 levels by a network of the ladder: a Float32Array. */
  async scoreRung(name, pixels) {
    return floats(await this.#reader.call('ScoreRung', name, pixels));
  }

  /** The layers of a network that have units to switch off: [{ index, name, description, order }], order the units as a growing share of them is. */
  async breakableLayers(model) {
    await this.need(model);
    return JSON.parse(await this.#reader.call('BreakableLayers', model));
  }

  /** Images of 28×28 levels, image after image, moved to the right and down, turned clockwise by degrees, and a share of their pixels erased. */
  damageImages(images, { shiftX, shiftY, degrees, erased }) {
    return this.#reader.call('DamageImages', images, shiftX, shiftY, degrees, erased);
  }

  /** What a network with damaged weights takes images for, the index of a class each: so many bits of a weight, noise of that share of a layer's deviation, and units of a layer switched off. */
  async predictBroken(model, images, { bits, noise, layer, unitsOff }) {
    await this.need(model);
    return this.#reader.call('PredictBroken', model, images, bits, noise, layer, unitsOff);
  }

  /** The recipes that there are: [{ name, description, json }]. */
  async recipes() {
    return JSON.parse(await this.#reader.call('ListRecipes'));
  }

  /** What is wrong with a recipe, in a sentence; an empty one where nothing is. */
  checkRecipe(json) {
    return this.#reader.call('CheckRecipe', json);
  }

  /** Trainings, the newest last: [{ id, name, state }]. */
  async trainings() {
    return this.#trainings.map(({ id, name, state }) => ({ id, name, state }));
  }

  /**
   * Starts a training, and returns its id.
   * @param request { name, recipe, data }, as TrainingRequest in src/Nabla.Live has them.
   * @param drawing 28×28 levels whose scores are told, too; null for none.
   */
  async startTraining(request, drawing) {
    this.#trainer ??= new LibraryWorker(event => this.#tell(event));
    await this.#trainer.ready;
    if (this.#trainings.some(({ state }) => !isOver(state))) throw new Error('A training is under way; stop it, or wait for its end.');
    const training = { id: String(this.#trainings.length + 1), name: await this.#unused(request.name), state: 'preparing', events: [], followers: new Set() };
    this.#trainings.push(training);
    this.#trainer.call('Train', JSON.stringify(request), drawing ?? new Uint8Array()).then(() => this.#finish(training), error => this.#add(training, { status: { state: 'failed', message: error.message } }));
    return training.id;
  }

  /**
   * Tells what has happened in a training and what happens: { status }, { progress }, { epoch } or { look }, as TrainingEvent in src/Nabla.Live has them.
   * @returns A function that ends that.
   */
  followTraining(id, onevent) {
    const { events, followers } = this.#trainings.find(training => training.id === id);
    events.forEach(onevent);
    followers.add(onevent);
    return () => followers.delete(onevent);
  }

  /** 'pause', 'resume', 'step' or 'stop'. */
  commandTraining(id, command) {
    return this.#trainer.call('Command', command);
  }

  /** Waits so many milliseconds after each step. */
  slowTraining(id, milliseconds) {
    return this.#trainer.call('Slow', milliseconds);
  }

  /** Tells the scores of these 28×28 levels from now on; null for none. */
  watchDrawing(id, drawing) {
    return this.#trainer.call('Watch', drawing ?? new Uint8Array());
  }

  /** The name, with a number behind it where there is a network of that name. */
  async #unused(name) {
    const used = (await this.models()).map(model => model.name);
    let unused = name;
    for (let number = 2; used.includes(unused); number++) unused = `${name}-${number}`;
    return unused;
  }

  /** Makes sure that the worker has the network: fetches it, if it is a file that has not been fetched yet. */
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

  #tell(event) {
    const training = this.#trainings.at(-1);
    // The last thing that is told waits for the network.
    if (['finished', 'stopped'].includes(event.status?.state)) training.last = event;
    else this.#add(training, event);
  }

  #add(training, event) {
    training.state = event.status?.state ?? training.state;
    // Of looks the newest says all.
    if (event.look) training.events = training.events.filter(({ look }) => !look);
    training.events.push(event);
    for (const follower of training.followers) follower(event);
  }

  async #finish(training) {
    if (!training.last) return;
    await this.addModel(training.name, await this.#trainer.call('Trained'));
    training.last.status.model = training.name;
    this.#add(training, training.last);
  }
}

function reading(json) {
  const reading = JSON.parse(json);
  reading.pixels &&= bytes(reading.pixels);
  for (const step of reading.steps) step.pixels = bytes(step.pixels);
  return reading;
}

/** The bytes of a text in base64. */
export function bytes(base64) {
  return Uint8Array.from(atob(base64), character => character.charCodeAt(0));
}

/** Bytes as a text in base64. */
export function base64(bytes) {
  let text = '';
  // In parts: a call takes so many arguments and no more.
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(text);
}

function floats(bytes) {
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
}

// Trains a network of one's own, and shows what it learns while it does.
import { base64, bytes, isOver } from '../engine.js';
import { Bars } from './bars.js';
import { showConfusion } from './confusion.js';
import { Curve } from './curve.js';
import { download } from './download.js';
import { picturesOf } from './folder.js';
import { showLevels, showNumbers } from './pictures.js';

// What the form calls 'epochs' is, in a recipe: here.
const placeOf = {
  epochs: recipe => [recipe.training ??= {}, 'epochs'],
  batchSize: recipe => [recipe.training ??= {}, 'batchSize'],
  seed: recipe => [recipe.training ??= {}, 'seed'],
  learningRate: recipe => [recipe.optimizer ??= {}, 'learningRate'],
};

// Of recipes that leave them out.
const usual = { epochs: 10, batchSize: 32, seed: 1, learningRate: '' };

// So long nobody must type before the recipe is checked.
const rest = 250;

const sentences = { queued: 'Waits for its turn', preparing: 'Reads the samples …', running: 'Learns', paused: 'Paused', finished: 'Done', stopped: 'Stopped', failed: 'Failed' };

export class TrainPanel {
  #root;
  #page;
  #form;
  #recipes;
  #checking = 0;
  #training = null;
  #unfollow = () => {};
  #bars;
  #loss;
  #accuracy;
  #drawn = null;

  constructor(root, page) {
    this.#root = root;
    this.#page = page;
    this.#form = root.querySelector('form');
    this.#bars = new Bars(root.querySelector('.own .bars'));
    this.#recipes = this.#prepare();
    const { recipe, data, json, table } = this.#form.elements;
    recipe.addEventListener('change', () => this.#choose(recipe.value));
    data.addEventListener('change', () => this.#chooseData());
    for (const name of Object.keys(placeOf)) this.#form.elements[name].addEventListener('input', () => this.#edit(name));
    json.addEventListener('input', () => this.#check(true));
    this.#form.addEventListener('submit', event => { event.preventDefault(); this.#start(); });
    root.addEventListener('dragover', event => event.preventDefault());
    root.addEventListener('drop', event => {
      event.preventDefault();
      if (event.dataTransfer.files.length === 0) return;
      data.value = 'file';
      table.files = event.dataTransfer.files;
      this.#chooseData();
    });
    this.#button('pause', () => this.#command(this.#training.state === 'paused' ? 'resume' : 'pause'));
    this.#button('step', () => this.#command('step'));
    this.#button('stop', () => this.#command('stop'));
    this.#button('use', () => page.modelsChanged(this.#training.model));
    for (const format of ['safetensors', 'onnx']) this.#button(format, () => this.#download(format));
    root.querySelector('[name=slower]').addEventListener('input', ({ target }) => page.engine.slowTraining(this.#training.id, Number(target.value)));
  }

  async show(drawing) {
    this.#drawn = drawing?.pixels ?? null;
    await this.#recipes;
    this.#chooseData();
    if (this.#training && !this.#isOver) this.#page.engine.watchDrawing(this.#training.id, this.#drawn);
    else if (!this.#training) this.#comeBack();
  }

  /** Opens with these samples chosen. */
  async chooseSamples(kind) {
    await this.#recipes;
    this.#form.elements.data.value = kind;
    this.#chooseData();
  }

  get #isOver() {
    return isOver(this.#training.state);
  }

  #button(name, act) {
    this.#root.querySelector(`button[name=${name}]`).addEventListener('click', act);
  }

  async #prepare() {
    const { engine } = this.#page, recipes = new Map((await engine.recipes()).map(recipe => [recipe.name, recipe]));
    this.#form.elements.recipe.replaceChildren(...[...recipes.keys()].map(name => new Option(name)));
    for (const option of [...this.#form.elements.data.options]) {
      if (['built-in', 'mnist'].includes(option.value) && !engine.kinds.includes(option.value)) option.remove();
    }
    this.#form.elements.recipe.value = engine.usualRecipe;
    await this.#choose(engine.usualRecipe, recipes);
    return recipes;
  }

  async #choose(name, recipes) {
    const recipe = (recipes ?? await this.#recipes).get(name);
    this.#form.elements.json.value = recipe.json.trim();
    this.#root.querySelector('.about').textContent = recipe.description;
    await this.#check(true);
  }

  async #chooseData() {
    const { data, recipe } = this.#form.elements;
    for (const part of this.#form.querySelectorAll('[data-for]')) part.hidden = part.dataset.for !== data.value;
    this.#form.elements.count.disabled = data.value !== 'built-in';
    const own = [...data.options].find(({ value }) => value === 'drawings');
    own.textContent = `my drawings (${this.#page.drawings.all.length})`;
    // What a table is given to is a recipe for tables.
    if (data.value === 'file' && recipe.value === this.#page.engine.usualRecipe) {
      recipe.value = 'table';
      await this.#choose('table');
    }
  }

  /** Brings a field's number into the JSON. */
  #edit(name) {
    const { [name]: field, json } = this.#form.elements;
    let recipe;
    try { recipe = JSON.parse(json.value); } catch { return; }
    const [part, member] = placeOf[name](recipe);
    if (field.value === '') delete part[member]; else part[member] = Number(field.value);
    json.value = JSON.stringify(recipe, null, 2);
    this.#check(false);
  }

  /** Checks the JSON, and brings its numbers into the fields. */
  async #check(fillsFields) {
    const { json, start } = this.#form.elements, checking = ++this.#checking, fault = this.#root.querySelector('.fault');
    let recipe = null;
    try { recipe = JSON.parse(json.value); } catch { /* The library says it better. */ }
    if (fillsFields && recipe !== null && typeof recipe === 'object') {
      for (const name of Object.keys(placeOf)) {
        const [part, member] = placeOf[name](recipe);
        this.#form.elements[name].value = part[member] ?? usual[name];
      }
    }
    await new Promise(resolve => setTimeout(resolve, rest));
    if (checking !== this.#checking) return;
    const found = await this.#page.engine.checkRecipe(json.value);
    if (checking !== this.#checking) return;
    fault.textContent = found;
    start.disabled = found !== '';
    json.setAttribute('aria-invalid', found !== '');
    if (found !== '') this.#form.querySelector('details').open = true;
  }

  async #start() {
    const { json, name, start } = this.#form.elements, { engine } = this.#page, fault = this.#root.querySelector('.fault');
    start.disabled = true;
    try {
      const request = { name: name.value.trim(), recipe: JSON.parse(json.value), data: await this.#samples() };
      const id = await engine.startTraining(request, this.#drawn);
      this.#follow((await engine.trainings()).find(training => training.id === id));
      fault.textContent = '';
    } catch (error) {
      fault.textContent = error.message;
    }
    start.disabled = false;
  }

  async #samples() {
    const { data, count, table, pictures } = this.#form.elements;
    switch (data.value) {
      case 'built-in': return { kind: 'built-in', count: Number(count.value) };
      case 'drawings': {
        const all = this.#page.drawings.all;
        if (all.length < 2) throw new Error('You have kept fewer than two drawings; draw some and say in “Yourself” what they are.');
        return { kind: 'images', shape: [28, 28], pixels: base64(this.#page.drawings.pixels()), labels: all.map(({ label }) => label) };
      }
      case 'file': {
        const [file] = table.files;
        if (!file) throw new Error('Choose a file first.');
        return { kind: 'file', name: file.name, content: base64(new Uint8Array(await file.arrayBuffer())) };
      }
      case 'folder': {
        if (pictures.files.length === 0) throw new Error('Choose a folder first.');
        const { labels, classNames, pixels } = await picturesOf([...pictures.files]);
        return { kind: 'images', shape: [28, 28], pixels: base64(pixels), labels, classNames };
      }
      default: return { kind: data.value };
    }
  }

  /** Shows a training that goes on, or the last one, after the page was closed. */
  async #comeBack() {
    const last = (await this.#page.engine.trainings()).at(-1);
    if (last && !this.#training) this.#follow(last);
  }

  #follow(training) {
    this.#unfollow();
    this.#training = training;
    const run = this.#root.querySelector('.run');
    run.hidden = false;
    this.#loss?.destroy();
    this.#accuracy?.destroy();
    this.#loss = new Curve(run.querySelector('.plot.loss'), 'Loss', [{ label: 'of training', stroke: '--accent' }, { label: 'of validation, each epoch', stroke: '--negative' }]);
    this.#accuracy = new Curve(run.querySelector('.plot.accuracy'), 'Accuracy', [{ label: 'on samples not learnt', stroke: '--accent' }], [0, 1]);
    run.querySelector('[name=slower]').value = 0;
    run.querySelector('.numbers').textContent = '';
    run.querySelector('progress').value = 0;
    run.querySelector('.watch').hidden = true;
    this.#unfollow = this.#page.engine.followTraining(training.id, event => this.#told(event));
    run.scrollIntoView({ block: 'nearest' });
  }

  #told({ status, progress, epoch, look }) {
    if (status) this.#showStatus(status);
    if (progress) this.#showProgress(progress);
    if (epoch?.validationLoss !== undefined) this.#loss.add(epoch.epoch, [null, epoch.validationLoss]);
    if (look) this.#showLook(look);
  }

  #showStatus({ state, message, data, before, testAccuracy, testSamples, model }) {
    Object.assign(this.#training, { state, model });
    const run = this.#root.querySelector('.run'), isOver = this.#isOver;
    const figure = testAccuracy === undefined ? '' : `: ${(100 * testAccuracy).toFixed(2)}% of ${testSamples.toLocaleString('en')} test samples right`;
    const waiting = before ? `, ${before} before it` : '';
    run.querySelector('.state').textContent = `${this.#training.name}: ${sentences[state].toLowerCase()}${waiting}${figure}${message ? `: ${message}` : ''}`;
    if (data) run.querySelector('.state').title = data;
    run.querySelector('[name=pause]').textContent = state === 'paused' ? 'Go on' : 'Pause';
    run.querySelector('[name=pause]').disabled = run.querySelector('[name=stop]').disabled = isOver;
    run.querySelector('[name=step]').disabled = state !== 'paused';
    run.querySelector('[name=slower]').disabled = isOver;
    run.querySelector('.result').hidden = !model;
    if (model) this.#page.engine.models().then(models => { run.querySelector('[name=use]').hidden = !models.find(({ name }) => name === model)?.readsDrawings; });
    if (['finished', 'stopped'].includes(state)) run.querySelector('progress').value = 1;
    if (isOver) this.#page.modelsChanged();
    this.#showQueue();
  }

  /** All trainings, where there is more than one. */
  async #showQueue() {
    const all = await this.#page.engine.trainings(), queue = this.#root.querySelector('.queue');
    queue.hidden = all.length < 2;
    queue.replaceChildren(...all.map(training => {
      const item = document.createElement('li'), link = document.createElement('button');
      link.textContent = `${training.name}: ${sentences[training.state].toLowerCase()}`;
      link.setAttribute('aria-pressed', training.id === this.#training.id);
      link.addEventListener('click', () => this.#follow(training));
      item.append(link);
      return item;
    }));
  }

  #showProgress({ epoch, epochs, step, steps, loss, samplesPerSecond }) {
    const done = epoch - 1 + step / steps;
    this.#root.querySelector('.numbers').textContent =
      `Epoch ${epoch.toLocaleString('en')} of ${epochs.toLocaleString('en')}, step ${step.toLocaleString('en')} of ${steps.toLocaleString('en')}, loss ${loss.toPrecision(3)}, ${Math.round(samplesPerSecond).toLocaleString('en')} samples a second`;
    this.#root.querySelector('progress').value = done / epochs;
    this.#loss.add(done, [loss, null]);
    this.#training.done = done;
  }

  #showLook({ samples, accuracy, classNames, confusion, mistakes, kernels, drawing }) {
    const watch = this.#root.querySelector('.watch');
    watch.hidden = false;
    this.#root.querySelector('.charts figure:last-child').hidden = accuracy === undefined;
    if (accuracy !== undefined) this.#accuracy.add(this.#training.done ?? 0, [accuracy]);
    const own = watch.querySelector('.own');
    own.hidden = drawing === undefined;
    if (drawing) this.#bars.show(drawing, drawing.indexOf(Math.max(...drawing)), classNames);
    const matrix = watch.querySelector('.matrix');
    matrix.hidden = confusion === undefined;
    matrix.querySelector('h3').textContent = `Confusion of ${samples.toLocaleString('en')} samples`;
    if (confusion) showConfusion(matrix.querySelector('table'), confusion, classNames);
    watch.querySelector('.kernels').hidden = kernels === undefined;
    if (kernels) this.#showKernels(kernels);
    watch.querySelector('.mistakes').hidden = mistakes.length === 0;
    watch.querySelector('.mistakes .steps').replaceChildren(...mistakes.map(mistake => {
      const figure = document.createElement('figure'), canvas = document.createElement('canvas'), caption = document.createElement('figcaption');
      const [height, width, channels = 1] = mistake.shape, pixels = bytes(mistake.pixels);
      showLevels(canvas, channels === 1 ? pixels : pixels.filter((_, i) => i % channels === 0), width, height);
      caption.textContent = `${mistake.actual}, taken for ${mistake.predicted}`;
      figure.append(canvas, caption);
      return figure;
    }));
  }

  #showKernels({ layer, height, width, limit, values }) {
    const weights = new Int8Array(bytes(values).buffer), size = height * width, tiles = this.#root.querySelector('.kernels .tiles'), count = weights.length / size;
    while (tiles.children.length > count) tiles.lastChild.remove();
    while (tiles.children.length < count) tiles.append(document.createElement('canvas'));
    for (let i = 0; i < count; i++) {
      const tile = tiles.children[i];
      showNumbers(tile, weights.subarray(i * size, (i + 1) * size), width, height, 127);
      tile.setAttribute('role', 'img');
      tile.setAttribute('aria-label', `${layer}, unit ${i}: ${height}×${width} weights of up to ${limit.toPrecision(2)}`);
    }
  }

  async #command(command) {
    try {
      await this.#page.engine.commandTraining(this.#training.id, command);
    } catch (error) {
      this.#root.querySelector('.state').textContent = error.message;
    }
  }

  async #download(format) {
    const { model } = this.#training;
    try {
      await download([`${model}.${format}`, await this.#page.engine.modelFile(model, format)]);
    } catch (error) {
      this.#root.querySelector('.state').textContent = error.message;
    }
  }
}

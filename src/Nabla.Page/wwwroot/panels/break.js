// A network that is damaged, or sees badly, and what becomes of a hundred digits.
import { get } from './get.js';
import { showLevels } from './pictures.js';

const side = 28, size = side * side;

// The lengths of the headers of IDX files, of images and of labels.
const imagesBegin = 16, labelsBegin = 8;

const signed = value => `${value > 0 ? '+' : value < 0 ? '−' : ''}${Math.abs(value)}`;
const share = value => `${Math.round(100 * value)}%`;

// How the sliders say what they stand at.
const words = { noise: share, shiftX: signed, shiftY: signed, degrees: value => `${signed(value)}°`, erased: share };

export class BreakPanel {
  #root;
  #page;
  #form;
  #cells;
  #images;
  #labels;
  #damage;
  #damaged;
  #answers = [];
  #model;
  #layers = [];
  #unitsOff = new Set();
  #before;
  #isRunning = false;
  #isWanted = false;

  constructor(root, page) {
    this.#root = root;
    this.#page = page;
    this.#form = root.querySelector('form').elements;
    root.querySelector('form').addEventListener('input', ({ target }) => this.#changed(target.name));
    root.querySelector('form').addEventListener('submit', event => event.preventDefault());
    root.querySelector('.units').addEventListener('click', ({ target }) => { if (target.dataset.unit) this.#toggle(Number(target.dataset.unit)); });
    root.querySelector('[name=reset]').addEventListener('click', () => this.#reset());
    this.#cells = Array.from({ length: 100 }, () => {
      const cell = document.createElement('li');
      cell.innerHTML = '<canvas aria-hidden="true"></canvas><span aria-hidden="true"></span><span class="unseen"></span>';
      root.querySelector('.hundred').append(cell);
      return cell;
    });
    this.#sayValues();
  }

  /** Shows what becomes of the digits with the network that reads; the drawing has no part in it. */
  show() {
    if (this.#page.model !== null && this.#model !== this.#page.model) this.#run();
  }

  #changed(name) {
    if (name === 'layer') this.#chooseLayer();
    if (name === 'off') this.#switchOff(this.#layer?.order.slice(0, this.#form.off.value) ?? []);
    this.#sayValues();
    this.#run();
  }

  #toggle(unit) {
    if (!this.#unitsOff.delete(unit)) this.#unitsOff.add(unit);
    this.#form.off.value = this.#unitsOff.size;
    this.#switchOff([...this.#unitsOff]);
    this.#sayValues();
    this.#run();
  }

  #reset() {
    this.#root.querySelector('form').reset();
    this.#chooseLayer();
    this.#sayValues();
    this.#run();
  }

  get #layer() {
    return this.#layers[this.#form.layer.selectedIndex];
  }

  /** Offers the units of the layer that is chosen, all of them on. */
  #chooseLayer() {
    const units = this.#layer?.order.length ?? 1;
    this.#form.off.max = units;
    this.#form.off.value = 0;
    this.#root.querySelector('.units div').replaceChildren(...Array.from({ length: units }, (_, unit) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.dataset.unit = unit;
      button.textContent = unit;
      return button;
    }));
    this.#switchOff([]);
  }

  #switchOff(units) {
    this.#unitsOff = new Set(units);
    for (const button of this.#root.querySelectorAll('.units button')) {
      const isOff = this.#unitsOff.has(Number(button.dataset.unit));
      button.ariaPressed = isOff;
      button.ariaLabel = `Unit ${button.dataset.unit} off`;
    }
  }

  #sayValues() {
    for (const [name, say] of Object.entries(words)) outputOf(this.#form[name]).textContent = say(this.#form[name].valueAsNumber);
    outputOf(this.#form.off).textContent = `${this.#unitsOff.size} of ${this.#layer?.order.length ?? 0}`;
  }

  /** Computes what is asked for, and again if that has changed by then: one at a time, so that no answer is late. */
  async #run() {
    this.#isWanted = true;
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#root.querySelector('.verdict').ariaBusy = true;
    try {
      while (this.#isWanted) {
        this.#isWanted = false;
        await this.#prepare();
        await this.#damageImages();
        const { noise, bits } = this.#form;
        this.#mark(this.#named(await this.#page.engine.predictBroken(this.#model.name, this.#damaged, { bits: Number(bits.value), noise: Number(noise.value), layer: this.#layer?.index ?? 0, unitsOff: [...this.#unitsOff] }), this.#model));
      }
    } catch (error) {
      this.#say(error.message);
    }
    this.#isRunning = false;
    this.#root.querySelector('.verdict').ariaBusy = false;
  }

  /** Fetches the digits, and gets to know the network, when either is not here yet. */
  async #prepare() {
    const { engine, model } = this.#page;
    if (this.#images === undefined) {
      this.#labels = (await bytes('digits/labels.bin')).subarray(labelsBegin);
      this.#images = (await bytes('digits/images.bin')).slice(imagesBegin);
    }
    if (this.#model === model) return;
    this.#layers = await engine.breakableLayers(model.name);
    this.#before = this.#right(this.#named(await engine.predictBroken(model.name, this.#images, { bits: 32, noise: 0, layer: 0, unitsOff: [] }), model));
    this.#form.layer.replaceChildren(...this.#layers.map(({ name, order }) => new Option(`${name}, ${order.length} units`)));
    this.#model = model;
    this.#chooseLayer();
    this.#sayValues();
  }

  /** Makes and draws the images that the network sees, unless they are as before. */
  async #damageImages() {
    const damage = Object.fromEntries(['shiftX', 'shiftY', 'degrees', 'erased'].map(name => [name, Number(this.#form[name].value)])), text = JSON.stringify(damage);
    if (this.#damage === text) return;
    this.#damaged = await this.#page.engine.damageImages(this.#images, damage);
    this.#damage = text;
    this.#cells.forEach((cell, i) => showLevels(cell.querySelector('canvas'), this.#damaged.subarray(i * size, (i + 1) * size), side, side));
  }

  /** What classes are called: digits, unless the network has learnt others. */
  #named(classes, { classNames }) {
    return Array.from(classes, index => classNames?.[index] ?? `${index}`);
  }

  #isRight(answer, i) {
    return answer === `${this.#labels[i]}`;
  }

  #right(answers) {
    return answers.filter((answer, i) => this.#isRight(answer, i)).length;
  }

  /** Marks which digits are right. */
  #mark(answers) {
    this.#cells.forEach((cell, i) => {
      if (answers[i] === this.#answers[i]) return;
      const isRight = this.#isRight(answers[i], i), [, answer, word] = cell.children;
      cell.classList.toggle('wrong', !isRight);
      answer.textContent = isRight ? answers[i] : `✗${answers[i]}`;
      word.textContent = `${this.#labels[i]}: ${isRight ? 'right' : `wrong, read as ${answers[i]}`}`;
    });
    this.#answers = answers;
    this.#say(`${this.#right(answers)} of 100 right (${this.#before} before)`);
  }

  #say(text) {
    this.#root.querySelector('.verdict [role=status]').textContent = text;
  }
}

function outputOf(input) {
  return input.parentElement.querySelector('output');
}

async function bytes(path) {
  return new Uint8Array(await (await get(path)).arrayBuffer());
}

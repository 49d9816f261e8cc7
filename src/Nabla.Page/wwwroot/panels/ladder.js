// The drawing, read by networks from the plainest to the best.
import { get } from './get.js';

const folder = 'models/ladder/';

export class LadderPanel {
  #root;
  #page;
  #rungs;
  #isFetching = false;

  constructor(root, page) {
    this.#root = root;
    this.#page = page;
    root.querySelector('[name=again]').addEventListener('click', () => {
      this.#failure.hidden = true;
      this.show(page.drawing);
    });
  }

  get #failure() {
    return this.#root.querySelector('.failure');
  }

  async show(drawing) {
    if (this.#isFetching) return;
    // What has failed is tried again when somebody asks for that.
    if (!this.#rungs?.every(rung => rung.isHere) && this.#failure.hidden) {
      this.#isFetching = true;
      await this.#fetch();
      this.#isFetching = false;
      // It may be another one by now.
      drawing = this.#page.drawing;
    }
    if (this.#rungs) await this.#read(drawing);
  }

  /** Fetches what is not here yet: the list, and then the networks, those that read well last. */
  async #fetch() {
    const fetching = this.#root.querySelector('.fetching'), progress = fetching.querySelector('progress');
    fetching.hidden = false;
    try {
      this.#rungs ??= (await (await get(`${folder}ladder.json`)).json()).map(entry => new Rung(entry, this.#root.querySelector('.rungs')));
      progress.max = this.#rungs.reduce((sum, { entry }) => sum + entry.bytes, 0);
      progress.value = this.#rungs.reduce((sum, { entry, isHere }) => sum + (isHere ? entry.bytes : 0), 0);
      for (const rung of this.#rungs.filter(({ isHere }) => !isHere)) {
        await rung.fetch(this.#page.engine);
        progress.value += rung.entry.bytes;
      }
    } catch (error) {
      this.#failure.querySelector('span').textContent = `The networks could not be fetched: ${error.message}`;
      this.#failure.hidden = false;
    }
    fetching.hidden = true;
  }

  /** Asks all that are here, unless something else is drawn meanwhile. */
  async #read(drawing) {
    if (drawing === null) {
      for (const rung of this.#rungs) rung.show(null);
      return;
    }
    // The best first, which the others are compared with.
    let best;
    for (const rung of this.#rungs.filter(({ isHere }) => isHere).reverse()) {
      const scores = [...await rung.score(this.#page.engine, drawing.pixels)];
      if (drawing !== this.#page.drawing) return;
      const label = scores.indexOf(Math.max(...scores));
      const word = best === undefined ? 'the best' : label === best ? 'agrees' : 'differs';
      best ??= label;
      rung.show({ scores, label, word });
    }
  }
}

/** A network's row. */
class Rung {
  isHere = false;
  #areProbabilities = true;
  #row = document.createElement('li');

  constructor(entry, list) {
    this.entry = entry;
    const { title, idea, correct, parameters, bytes } = entry;
    this.#row.innerHTML = '<div><h3></h3><p class="detail idea"></p><p class="detail figures"></p></div><div class="scores" role="img"></div><p class="said"><b></b><span></span></p>';
    this.#row.querySelector('h3').textContent = title;
    this.#row.querySelector('.idea').textContent = idea;
    this.#row.querySelector('.figures').textContent = `${(correct / 100).toFixed(2)}% right · ${parameters.toLocaleString('en')} weights · ${Math.round(bytes / 1000).toLocaleString('en')} kB`;
    this.#row.querySelector('.scores').append(...Array.from({ length: 10 }, () => document.createElement('i')));
    list.append(this.#row);
    this.show(null);
  }

  /** Those that come with the page are models that can be read with, too, and have softmax. */
  async fetch(engine) {
    const { name, comesWithThePage } = this.entry;
    if (comesWithThePage) await engine.need(name);
    else this.#areProbabilities = await engine.addRung(name, new Uint8Array(await (await get(`${folder}${name}.safetensors`)).arrayBuffer()));
    this.isHere = true;
  }

  score(engine, pixels) {
    const { name, comesWithThePage } = this.entry;
    return comesWithThePage ? engine.score(name, pixels) : engine.scoreRung(name, pixels);
  }

  /** Shows { scores, label, word }, the word how it stands to the best; or nothing. Outputs that are no probabilities go from their least to their greatest. */
  show(answer) {
    const [least, greatest] = answer === null || this.#areProbabilities ? [0, 1] : [Math.min(...answer.scores), Math.max(...answer.scores)];
    const text = score => this.#areProbabilities ? `${(100 * score).toFixed(0)}%` : score.toFixed(2);
    this.#row.classList.toggle('differs', answer?.word === 'differs');
    [...this.#row.querySelectorAll('i')].forEach((bar, digit) => {
      bar.style.setProperty('--share', answer === null ? 0 : (answer.scores[digit] - least) / (greatest - least || 1));
      bar.classList.toggle('best', digit === answer?.label);
    });
    this.#row.querySelector('.scores').setAttribute('aria-label', answer === null ? 'no answer yet' : `${this.#areProbabilities ? 'probabilities' : 'outputs'}: ${answer.scores.map((score, digit) => `${digit}: ${text(score)}`).join(', ')}`);
    this.#row.querySelector('b').textContent = answer?.label ?? '';
    this.#row.querySelector('.said span').textContent = answer === null ? '' : `${text(answer.scores[answer.label])}, ${answer.word}`;
  }
}

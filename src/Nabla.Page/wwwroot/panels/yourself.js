// One's own drawings with what they are: kept, measured, trained on and saved.
import { showConfusion } from './confusion.js';
import { download } from './download.js';
import { showLevels } from './pictures.js';

export class YourselfPanel {
  #root;
  #page;
  #asked = 0;

  constructor(root, page) {
    this.#root = root;
    this.#page = page;
    for (let digit = 0; digit < 10; digit++) {
      const button = document.createElement('button');
      button.textContent = digit;
      button.addEventListener('click', () => this.#keep(digit));
      root.querySelector('.labels').append(button);
    }
    // With the keyboard: a digit is its own button, wherever in the panel.
    root.addEventListener('keydown', event => {
      if (/^[0-9]$/.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) this.#keep(Number(event.key));
    });
    root.querySelector('[name=save]').addEventListener('click', () => this.#save());
    root.querySelector('[name=train]').addEventListener('click', () => page.trainOn('drawings'));
    root.querySelector('[name=forget]').addEventListener('click', () => {
      if (confirm(`Delete all ${page.drawings.all.length} drawings? They are nowhere else.`)) page.drawings.clear();
    });
    page.drawings.onchange = () => this.show(page.drawing);
  }

  async show(drawing) {
    const { engine, drawings, model } = this.#page, all = drawings.all, asked = ++this.#asked;
    for (const button of this.#root.querySelectorAll('.labels button')) button.disabled = drawing === null;
    this.#root.querySelector('.ask').textContent = drawing === null ? 'Draw a digit, then say here what it is.' : 'What did you draw?';
    this.#root.querySelector('.kept').hidden = all.length === 0;
    if (all.length === 0 || !model) return;
    const scores = await engine.score(model.name, drawings.pixels());
    if (asked !== this.#asked) return;
    const classes = scores.length / all.length, answers = all.map((_, i) => best(scores.subarray(i * classes, (i + 1) * classes)));
    const right = all.filter(({ label }, i) => label === answers[i]).length;
    this.#root.querySelector('.figure').textContent = `${model.name} reads ${right} of your ${all.length} drawing${all.length === 1 ? '' : 's'} as you meant ${all.length === 1 ? 'it' : 'them'}: ${(100 * right / all.length).toFixed(1)}%`;
    const counts = new Array(100).fill(0);
    if (classes === 10) all.forEach(({ label }, i) => counts[10 * label + answers[i]]++);
    this.#root.querySelector('.confusion').hidden = classes !== 10;
    showConfusion(this.#root.querySelector('.confusion'), counts);
    this.#root.querySelector('.gallery').replaceChildren(...all.map((one, i) => this.#item(one, answers[i])).reverse());
  }

  #item({ id, label, pixels }, answer) {
    const item = document.createElement('li'), canvas = document.createElement('canvas'), text = document.createElement('span'), remove = document.createElement('button');
    showLevels(canvas, pixels, 28, 28);
    text.textContent = answer === label ? `${label}` : `${label}, read as ${answer}`;
    item.classList.toggle('wrong', answer !== label);
    remove.textContent = '×';
    remove.setAttribute('aria-label', `Delete this ${label}`);
    remove.addEventListener('click', () => this.#page.drawings.remove(id));
    item.append(canvas, text, remove);
    return item;
  }

  #keep(label) {
    const { drawing } = this.#page;
    if (drawing === null) return;
    this.#page.drawings.add(label, drawing.pixels);
    this.#page.clear();
    this.#root.querySelector('[role=status]').textContent = `Kept as ${label}.`;
  }

  #save() {
    const { images, labels } = this.#page.drawings.idxPair();
    download(['train-images-idx3-ubyte', images], ['train-labels-idx1-ubyte', labels]);
  }
}

function best(scores) {
  return scores.indexOf(scores.reduce((most, score) => Math.max(most, score)));
}

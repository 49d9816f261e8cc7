// What was read: the answer in a word, a bar for each class, and each step from the drawing to what the network sees.
import { Bars } from './bars.js';
import { showLevels } from './pictures.js';

export class ReadingPanel {
  #answer;
  #bars;
  #steps;

  constructor(root) {
    this.#answer = root.querySelector('.answer');
    this.#steps = root.querySelector('.steps');
    this.#bars = new Bars(root.querySelector('.bars'));
    this.show(null);
  }

  /**
   * Shows an answer of the engine; null where nothing is drawn.
   * @param names Names of the network's classes; null for digits.
   */
  show(reading, names = null) {
    const label = reading?.verdict === 'noDigit' ? null : reading?.label ?? null;
    this.#answer.textContent = reading === null ? 'Draw a digit' : label === null ? 'Not a digit' : reading.verdict === 'unsure' ? `${names?.[label] ?? label}, perhaps` : names?.[label] ?? label;
    this.#answer.dataset.verdict = reading?.verdict ?? '';
    this.#bars.show(reading?.scores ?? [], label, names);
    this.#steps.replaceChildren(...(reading?.steps ?? []).map(({ name, width, height, pixels }) => {
      const figure = document.createElement('figure'), caption = document.createElement('figcaption'), canvas = document.createElement('canvas');
      showLevels(canvas, pixels, width, height);
      caption.textContent = name;
      figure.append(canvas, caption);
      return figure;
    }));
  }
}

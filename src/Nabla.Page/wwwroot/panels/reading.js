// What was read: the answer in a word, ten bars, and each step from the drawing to what the network sees.
import { showLevels } from './pictures.js';

export class ReadingPanel {
  #answer;
  #bars;
  #steps;

  constructor(root) {
    this.#answer = root.querySelector('.answer');
    this.#steps = root.querySelector('.steps');
    this.#bars = Array.from({ length: 10 }, (_, digit) => {
      const bar = document.createElement('li');
      bar.innerHTML = '<span class="digit"></span><span class="bar"></span><span class="share"></span>';
      bar.querySelector('.digit').textContent = digit;
      root.querySelector('.bars').append(bar);
      return bar;
    });
    this.show(null);
  }

  /** Shows an answer of the engine; null where nothing is drawn. */
  show(reading) {
    const label = reading?.verdict === 'noDigit' ? null : reading?.label ?? null;
    this.#answer.textContent = reading === null ? 'Draw a digit' : label === null ? 'Not a digit' : reading.verdict === 'unsure' ? `${label}, perhaps` : label;
    this.#answer.dataset.verdict = reading?.verdict ?? '';
    this.#bars.forEach((bar, digit) => {
      const score = reading?.scores[digit] ?? 0;
      bar.style.setProperty('--share', score);
      bar.classList.toggle('best', digit === label);
      bar.querySelector('.share').textContent = reading?.scores.length ? `${(100 * score).toFixed(0)}%` : '';
    });
    this.#steps.replaceChildren(...(reading?.steps ?? []).map(({ name, width, height, pixels }) => {
      const figure = document.createElement('figure'), caption = document.createElement('figcaption'), canvas = document.createElement('canvas');
      showLevels(canvas, pixels, width, height);
      caption.textContent = name;
      figure.append(canvas, caption);
      return figure;
    }));
  }
}

// A bar for each class: how probable it is.

export class Bars {
  #list;

  constructor(list) {
    this.#list = list;
    this.show([], null);
  }

  /**
   * @param scores One a class, 0 to 1; none where nothing is read.
   * @param best The class that is the answer; null where none is.
   * @param names Names of the classes; null for digits.
   */
  show(scores, best, names = null) {
    names ??= Array.from({ length: scores.length || 10 }, (_, digit) => String(digit));
    while (this.#list.children.length > names.length) this.#list.lastChild.remove();
    while (this.#list.children.length < names.length) this.#list.append(bar());
    names.forEach((name, i) => {
      const bar = this.#list.children[i], score = scores[i] ?? 0;
      bar.style.setProperty('--share', Math.max(0, Math.min(1, score)));
      bar.classList.toggle('best', i === best);
      bar.querySelector('.digit').textContent = name;
      bar.querySelector('.share').textContent = scores.length ? `${(100 * score).toFixed(0)}%` : '';
    });
  }
}

function bar() {
  const bar = document.createElement('li');
  bar.innerHTML = '<span class="digit"></span><span class="bar"></span><span class="share"></span>';
  return bar;
}
